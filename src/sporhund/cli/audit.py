"""sporhund audit."""
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, opened, paged
from sporhund.cli.output import Output, table


@click.group("audit")
def audit_group() -> None:
    """Who did what, when: show, verify, export, checkpoint, key."""


@audit_group.command("show")
@click.option("--case", "case", metavar="CASE", help="Only of this case.")
@paged
@common
def show(out: Output, home: Path | None, case: str | None, limit: int, after: str | None) -> None:
    """The log, newest first."""
    with opened(home) as place:
        data = place.audit_show(case, limit=limit, after=after)
    out.done(data, lambda console, d: table(console, "", ["When", "Who", "What", "Case", "Outcome", "Details"], [
        [e["at"], e["actor"], e["action"], e["case"], e["outcome"], e["summary"]] for e in d["items"]]))


@audit_group.command("verify")
@click.option("--checkpoint", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A checkpoint kept elsewhere.")
@common
def verify(out: Output, home: Path | None, checkpoint: Path | None) -> int:
    """Check that nothing in the log was changed, left out or put in."""
    with opened(home) as place:
        data = place.audit_verify(checkpoint)

    def show_verified(console: Console, d: Mapping[str, Any]) -> None:
        verdict = "The log is whole" if d["ok"] else "THE LOG IS NOT WHOLE"
        console.print(f"{verdict}: {d['rows']} events, {d['lag']} not chained yet, {d['erased']} with an erased key")
        for problem in d["problems"]:
            console.print(f"  {problem}", markup=False)

    out.done(data, show_verified)
    return 0 if data["ok"] else 1


@audit_group.command("export")
@click.option("--case", "case", metavar="CASE")
@click.option("--out", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE")
@common
def export(out: Output, home: Path | None, case: str | None, target: Path) -> None:
    """Write the log so that it can be checked without Sporhund."""
    with opened(home) as place:
        data = place.audit_export(target, case)
    out.done(data, lambda console, d: console.print(
        f"{d['rows']} events written to {d['out']}\n"
        + (f"{d['withheld']} payloads are withheld: you can still conclude on what they speak of, or others can.\n"
           if d["withheld"] else "") + f"Check it anywhere: python {d['verifier']} {d['out']}", markup=False))


@audit_group.command("checkpoint")
@common
def checkpoint(out: Output, home: Path | None) -> None:
    """Print the head of the chain: keep it elsewhere, and a cut or rebuilt log shows."""
    with opened(home) as place:
        data = place.audit_checkpoint()
    out.done(data, lambda console, d: console.print_json(data=d))


@audit_group.command("key")
@click.option("--case", "case", metavar="CASE", help="Only of this case.")
@common
def key(out: Output, home: Path | None, case: str | None) -> None:
    """Which key opens which events; a key that is gone is an erased case. No key is shown."""
    with opened(home) as place:
        items = place.audit_keys(case)
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Key", "Case", "Events", "First", "Last", "State"],
        [[i["key"], i["case"], i["events"], i["first"], i["last"], i["state"]] for i in d["items"]]))


COMMANDS = (audit_group,)
