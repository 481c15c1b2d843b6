"""sporhund faces search, compare."""
import click

COMMANDS: tuple[click.Command, ...] = ()
