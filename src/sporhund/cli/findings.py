"""sporhund tracks, reproduce, export."""
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened, paged
from sporhund.cli.output import Output, clock, table


@click.command()
@in_case
@click.option("--kind", type=click.Choice(["face", "person", "vehicle", "object", "motion", "text"]))
@click.option("--medium", metavar="ID|PATH", help="Only of this medium.")
@click.option("--from", "start", type=float, metavar="T", help="Seconds in the medium.")
@click.option("--to", "end", type=float, metavar="T", help="Seconds in the medium.")
@click.option("--observations", is_flag=True, help="With every sighting (path_of_track).")
@click.option("--colour", metavar="NAME", help="What is nearest to this colour (red, rød, ...) first; hides nothing.")
@click.option("--part", type=click.Choice(["upper", "lower", "body"]), help="Of the clothing, or of a vehicle; with --colour.")
@click.option("--unrecognised", is_flag=True, help="Only movement in which nothing was recognised.")
@paged
@common
def tracks(out: Output, home: Path | None, case: str, **options: Any) -> None:
    """Who and what was found, and when."""
    if options["unrecognised"] and options["kind"] not in (None, "motion"):
        raise click.UsageError("--unrecognised is about movement alone.")
    if options["part"] and not options["colour"]:
        raise click.UsageError("--part says where the --colour must be.")
    edges = [edge for edge in (options["start"], options["end"]) if edge is not None]
    if not all(isfinite(edge) for edge in edges) or edges != sorted(edges):
        raise click.UsageError("--from and --to are seconds, the earlier first.")
    with opened(home) as place:
        its = place.case(case)
        data = its.tracks(**options)
        for note in its.not_looked_for(options["kind"], unrecognised=options["unrecognised"]):
            out.warn(note)
    out.done(data, show_tracks)


def show_tracks(console: Console, data: Mapping[str, Any]) -> None:
    if not data["items"]:
        console.print("Nothing found. What was looked at: sporhund status --files", markup=False)
        return
    coloured = any(t["colours"] or t["colours_reason"] for t in data["items"])
    more = ["Colours"] if coloured else []
    table(console, "", ["Track", "Kind", "From", "To", "Best at", "Score", "Comparable", *more, "File"], [
        [t["id"], t["class"] or t["kind"], clock(t["from"]), clock(t["to"]), clock(t["best"]["t"]), f"{t['best']['score']:.2f}",
         ("yes" if t["comparable"] else t["reason"]) if t["kind"] == "face" else "", *([colours_of(t)] if coloured else []),
         t["path"]] for t in data["items"]])
    console.print("Score: how sure the detector was that there is such a thing; it says nothing of who it is.", markup=False)
    if coloured:
        console.print("Colours: as the camera's light showed them; a guess that orders and never leaves out.", markup=False)
    if data["next"]:
        console.print(f"More: --after {data['next']}", markup=False)


def colours_of(track: Mapping[str, Any]) -> str:
    """The first colour of each part, and the second where much of it is seen: "upper red, lower blue/black"."""
    if track["colours_reason"]:
        return "grey picture"
    parts: dict[str, list[str]] = {}
    for colour in track["colours"]:
        names = parts.setdefault(colour["part"], [])
        if colour["name"] not in names and (not names or (len(names) == 1 and colour["share"] >= 0.25)):
            names.append(colour["name"])
    return ", ".join(f"{part} {'/'.join(names)}" for part, names in parts.items())


@click.command()
@click.argument("track")
@in_case
@click.option("--out", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="PNG", help="Write the picture here.")
@click.option("--whole", is_flag=True, help="The whole picture, not only the box with a margin.")
@common
def reproduce(out: Output, home: Path | None, case: str, track: str, target: Path | None, whole: bool) -> int:
    """Decode the original again and show that the stored box and time give the same picture."""
    with opened(home) as place:
        data = place.case(case).reproduce(track, out=target, whole=whole)

    def show(console: Console, d: Mapping[str, Any]) -> None:
        console.print(f"{'The same picture' if d['same'] else 'NOT the same picture'} (distance {d['distance']:.4f}) "
                      f"at {clock(d['t'])} of {d['path']}", markup=False)
        if d["out"]:
            console.print(f"Written: {d['out']}", markup=False)

    out.done(data, show)
    return 0 if data["same"] else 1


@click.command()
@in_case
@click.option("--out", "target", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
@click.option("--crops", is_flag=True, help="With a picture of each track's best shot.")
@common
def export(out: Output, home: Path | None, case: str, target: Path, crops: bool) -> None:
    """Write the findings as CSV and JSON, with digests."""
    with opened(home) as place:
        data = place.case(case).export(target, crops=crops)
        for said in data["withheld"]:
            out.warn(said + ".")

    def show(console: Console, d: Mapping[str, Any]) -> None:
        lists = [file for file in d["files"] if "/" not in file["name"]]
        table(console, f"Written to {d['out']}", ["File", "SHA-256"], [[f["name"], f["sha256"]] for f in lists])
        if len(lists) < len(d["files"]):
            console.print(f"and {len(d['files']) - len(lists)} pictures in crops/", markup=False)

    out.done(data, show)


COMMANDS = (tracks, reproduce, export)
