"""sporhund subject, known."""
import click

COMMANDS: tuple[click.Command, ...] = ()
