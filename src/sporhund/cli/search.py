"""sporhund faces search, compare."""
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened
from sporhund.cli.output import Output, clock, table
from sporhund.evidence.names import printable

BASIS = click.option("--basis", required=True, metavar="BASIS", help="The legal basis; see: sporhund basis list --case CASE.")
FACE = click.option("--face", metavar="N|largest|central", help="Which of several faces: N counts from the left.")
PACK = click.option("--pack", metavar="PACK", help="The pack whose templates are compared; base, or the newest of the case.")

NOT_PROVEN = (
    "What a score is worth: how many other people among those searched would score at least as high by accident. This is not the",
    "probability that it is the same person; relatives and look-alikes are not covered. Who it is, two people decide.",
)
BLIND = "Who has seen these scores cannot conclude on these candidates; two other examiners do: sporhund candidates --case CASE"


@click.command("search")
@click.argument("images", nargs=-1, metavar="[IMAGE]...")
@in_case
@click.option("--track", "tracks", multiple=True, metavar="TRACK", help="Search with a track of the case; may be given again.")
@FACE
@click.option("--scope", type=click.Choice(["case", "all"]), default="case", show_default=True,
              help="The case, or every case that the basis names.")
@click.option("--max-chance", type=click.FloatRange(min=0), metavar="X", help="Leave out candidates with E over X.")
@click.option("--top", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N", help="People listed at most.")
@click.option("--adult", is_flag=True, help="Said by an examiner: the probe shows an adult.")
@PACK
@BASIS
@common
def search(out: Output, home: Path | None, images: tuple[str, ...], case: str, tracks: tuple[str, ...], **options: Any) -> None:
    """Look for one person among the faces of the case.

    IMAGE is a picture, or a moment of a video as FILE@SECONDS. Several pictures must show the same person.
    """
    with opened(home) as place:
        data = place.case(case).faces.search(images, tracks=tracks, note=out.warn, **options)
    out.done(data, show_search)


def show_search(console: Console, data: Mapping[str, Any]) -> None:
    for probe in data["probes"]:
        note = f" ({probe['note']})" if probe["note"] else ""
        console.print(f"Probe: {printable(probe['path'])}{note}: " + ("compared" if probe["comparable"] else "not compared"),
                      markup=False)
    gallery = data["gallery"]
    console.print(f"Searched: {gallery['templates']} templates of {gallery['people']} people, by {data['pack']}", markup=False)
    if not data["candidates"]:
        console.print("No candidate is listed.", markup=False)
        return
    for line in NOT_PROVEN:
        console.print(line, markup=False)
    table(console, "", ["Rank", "Candidate", "What it is worth", "Score", "Where", "When", "Also"], [[
        one["rank"], one["candidate"], in_words(one["chance"], one["chance_reason"]), f"{one['score']:.3f}", one["path"],
        clock(one["t"]), len(one["also"]) or ""] for one in data["candidates"]])
    for one in data["candidates"]:
        for warning in one["warnings"]:
            console.print(f"  {one['rank']}: {warning}", markup=False)
    console.print(BLIND, markup=False)


def in_words(chance: Mapping[str, Any] | None, reason: str | None) -> str:
    """What E says, for a table."""
    if chance is None:
        return f"no number: {reason}"
    if chance["floor"]:
        return f"fewer than {figure(chance['expected'])} other people here would score as high by accident (the data end there)"
    between = f"({figure(chance['low'])} to {figure(chance['high'])})"
    return f"about {figure(chance['expected'])} other people here would score as high by accident {between}"


def figure(value: float) -> str:
    """Two figures, no false precision."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value >= 0.001 else "0.001"


@click.command("compare")
@click.argument("first", metavar="IMAGE")
@click.argument("second", metavar="IMAGE")
@in_case
@FACE
@PACK
@BASIS
@common
def compare(out: Output, home: Path | None, first: str, second: str, case: str, **options: Any) -> None:
    """How alike the faces of two pictures are, and what that is worth in this case. Recorded as a search is."""
    with opened(home) as place:
        data = place.case(case).faces.compare(first, second, note=out.warn, **options)
    out.done(data, show_comparison)


def show_comparison(console: Console, data: Mapping[str, Any]) -> None:
    console.print(data["meaning"], markup=False)
    console.print(f"Score {data['score']:.3f}: alone it means nothing.", markup=False)
    for warning in data["warnings"]:
        console.print(f"  {warning}", markup=False)


COMMANDS: tuple[click.Command, ...] = (search, compare)
