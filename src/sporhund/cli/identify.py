"""sporhund candidates, decide, age, identity."""
import click

COMMANDS: tuple[click.Command, ...] = ()
