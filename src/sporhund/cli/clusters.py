"""sporhund faces clusters, same, not-same, split, merge, undo."""
import click

COMMANDS: tuple[click.Command, ...] = ()
