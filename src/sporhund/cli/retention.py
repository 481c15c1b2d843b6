"""sporhund retention: what may not be kept for ever."""
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened
from sporhund.cli.output import Output


@click.group()
def retention() -> None:
    """What may not be kept for ever: end dates, lapsed bases, deletions that wait for a person or for a hold."""


@retention.command("list")
@common
def list_(out: Output, home: Path | None) -> None:
    """The review list for a supervisor, with what to do about each line."""
    with opened(home) as place:
        data = place.reviews.list()
    out.done(data, show_list)


def show_list(console: Console, data: Mapping[str, Any]) -> None:
    if not data["items"]:
        console.print("Nothing to review.")
    for one in data["items"]:
        due = f" · {one['due'][:10]}" if one["due"] else ""
        console.print(f"{one['case']} · {one['what']} · {one['state']}{due}: {one['said']}", markup=False)
        if one["takes"]:
            console.print(f"  it takes: {_counts(one['takes'])}", markup=False)
        for hold in one["holds"]:
            console.print(f"  held: {hold}", markup=False)
        console.print(f"  → {one['do']}", markup=False)
    if data["closed"]:
        console.print(f"{data['closed']} more cases are open to their members alone.")


def _counts(takes: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in takes.items()) or "nothing"


@retention.command("propose")
@in_case
@click.option("--what", type=click.Choice(["results", "templates", "case"]), required=True)
@click.option("--basis", help="Whose results.")
@click.option("--why", required=True)
@common
def propose(out: Output, home: Path | None, case: str, what: str, basis: str | None, why: str) -> None:
    """Put a deletion to a supervisor: results of a basis, templates of the case, or the whole case."""
    with opened(home) as place:
        data = place.case(case).retention.propose(what, basis=basis, why=why)
    out.done(data, lambda console, d: console.print(
        f"Proposed: {d['deletion']}.\nA supervisor decides: sporhund retention decide {d['deletion']} --delete|--keep --why …",
        markup=False))


@retention.command("decide")
@click.argument("deletion")
@click.option("--delete/--keep", "delete", default=None, help="What is decided.")
@click.option("--why", required=True, help="Kept in the log.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def decide(out: Output, home: Path | None, deletion: str, delete: bool | None, why: str, yes: bool) -> None:
    """Decide, by name, that something is deleted or kept. Under a hold a deletion waits."""
    if delete is None:
        raise click.UsageError("Say --delete or --keep.")
    asks = delete and not yes
    if asks and (out.as_json or not sys.stdin.isatty()):
        raise click.UsageError("Give --yes: nobody can be asked here.")
    with opened(home) as place:
        if asks:
            taken = place.reviews.takes(deletion)["takes"]
            click.confirm(f"Delete {_counts(taken)}? This cannot be undone", abort=True, err=True)
        data = place.reviews.decide(deletion, delete=delete, why=why)
    out.done(data, show_decided)


def show_decided(console: Console, data: Mapping[str, Any]) -> None:
    said = {"done": "deleted", "kept": "kept", "held": "decided; it waits until the last hold is lifted",
            "due": "decided; it is deleted at the next sweep"}[data["state"]]
    console.print(f"{data['deletion']}: {said}.", markup=False)
    for hold in data["holds"]:
        console.print(f"  held: {hold}", markup=False)


@retention.command("sweep")
@common
def sweep(out: Output, home: Path | None) -> None:
    """Do what is due: lapsed bases, ended sessions, cases whose day is over, deletions that no hold stops any more."""
    with opened(home) as place:
        data = place.reviews.sweep()
    out.done(data, lambda console, d: console.print(
        f"Bases lapsed: {d['bases']} · sessions over: {d['sessions']} · deletions proposed: {d['proposed']} · "
        f"done: {len(d['deleted'])} · erasures finished: {d['finished']} · waiting for a hold: {d['waiting']}", markup=False))


COMMANDS: tuple[click.Command, ...] = (retention,)
