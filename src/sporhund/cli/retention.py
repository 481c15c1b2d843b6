"""sporhund retention: what may not be kept for ever."""
import click

COMMANDS: tuple[click.Command, ...] = ()
