"""sporhund user, login, logout, case member."""
import click

COMMANDS: tuple[click.Command, ...] = ()
