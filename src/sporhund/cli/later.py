"""Commands of rooms that are not built yet: they say so, as the contract asks (exit 3, `not-yet`)."""
from pathlib import Path

import click

from sporhund.cli.context import common
from sporhund.cli.output import Output
from sporhund.errors import Refused

MEASURES = {name: f"Measuring {name}" for name in ("video", "elements", "near-duplicates", "text", "objects", "reports")}


def later(name: str, what: str) -> click.Command:
    """A command that says that its room is not built yet, whatever is asked of it."""
    @click.command(name, help=f"{what}: not built yet.", context_settings={"ignore_unknown_options": True}, hidden=True)
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    @common
    def command(out: Output, home: Path | None, words: tuple[str, ...]) -> None:
        raise Refused("not-yet", f"{what}: not built yet.", "What is there: sporhund --help")

    return command


EVALUATIONS = tuple(later(name, what) for name, what in MEASURES.items())
