"""sporhund faces: what the machine proposes."""
import click

from sporhund.cli import clusters, search


@click.group()
def faces() -> None:
    """Clusters of faces, search, and what a score is worth. Who it is, people decide."""


for acts in (clusters, search):
    for command in acts.COMMANDS:
        faces.add_command(command)

COMMANDS = (faces,)
