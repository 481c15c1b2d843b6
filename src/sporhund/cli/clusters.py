"""sporhund faces clusters, why, same, not-same, split, merge, undo, constraints."""
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened
from sporhund.cli.output import Output, table

PACK = click.option("--pack", metavar="PACK", help="The pack whose templates are compared; without one the newest of the case.")


@click.command("clusters")
@in_case
@PACK
@common
def clusters(out: Output, home: Path | None, case: str, pack: str | None) -> None:
    """Tracks of probably one person, brought up to date. Who it is, no cluster says."""
    with opened(home) as place:
        data = place.case(case).faces.clusters(pack=pack, note=out.warn)
    out.done(data, show_clusters)


def show_clusters(console: Console, data: Mapping[str, Any]) -> None:
    if data["clusters"]:
        head = ["Cluster", "Tracks", "Media", "Weakest link", "Exceptions"]
        table(console, f"Tracks of probably one person, by {data['pack']}", head, [
            [item["id"], len(item["tracks"]), item["media"], f"{item['weakest_link']:.3f}",
             ", ".join(sorted({one["because"] for one in item["because"]}))] for item in data["clusters"]])
        console.print("Weakest link: lowest mean score of a track to the others; no probability. Why: sporhund faces why TRACK",
                      markup=False)
    else:
        console.print("No two tracks are close enough to be proposed as one person.", markup=False)
    console.print(f"Alone: {len(data['unclustered'])} tracks", markup=False)
    for why, count in data["left_out"].items():
        console.print(f"Not compared: {count} ({why})", markup=False)
    for pair in data["perhaps_mirror"]:
        said = "alike and in one frame: perhaps a mirror, poster, screen or collage"
        console.print(f"{pair[0]} and {pair[1]} are {said}.", markup=False)


@click.command("why")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK [TRACK]")
@in_case
@PACK
@common
def why(out: Output, home: Path | None, case: str, tracks: tuple[str, ...], pack: str | None) -> None:
    """Why a track is in its cluster, or two are in one."""
    with opened(home) as place:
        data = place.case(case).faces.why(*tracks, pack=pack)
    out.done(data, show_why)


def show_why(console: Console, data: Mapping[str, Any]) -> None:
    for item in data["items"]:
        if item["cluster"] is None:
            console.print(f"{item['track']} is in no cluster.", markup=False)
        else:
            console.print(f"{item['track']} is in {item['cluster']}: nearest {item['nearest']} ({item['score']:.3f}), "
                          f"mean score to all in it {item['together']:.3f}, needed {item['needed']:.3f}.", markup=False)
        for said in item["said"]:
            console.print(f"  {said['verb']} by {said['by']} on {said['at']} ({said['id']})", markup=False)


COMMANDS: tuple[click.Command, ...] = (clusters, why)
