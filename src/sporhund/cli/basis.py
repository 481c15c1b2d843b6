"""sporhund basis."""
import click

COMMANDS: tuple[click.Command, ...] = ()
