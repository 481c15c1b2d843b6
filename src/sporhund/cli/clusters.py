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
            [item["id"], len(item["tracks"]), item["media"], "" if data["withheld"] else f"{item['weakest_link']:.3f}",
             ", ".join(sorted({one["because"] for one in item["because"]}))] for item in data["clusters"]])
        console.print("Weakest link: lowest mean score of a track to the others; no probability. Why: sporhund faces why TRACK",
                      markup=False)
    else:
        console.print("No two tracks are close enough to be proposed as one person.", markup=False)
    console.print(f"Alone: {len(data['unclustered'])} tracks", markup=False)
    if data["withheld"]:
        console.print(f"Withheld until you have concluded: {len(data['withheld'])} tracks, and every score. "
                      "Conclude: sporhund candidates --case CASE", markup=False)
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
        if item["withheld"]:
            where = f"is in {item['cluster']}" if item["cluster"] else "stands in no cluster that you may see"
            console.print(f"{item['track']} {where}; its scores are {item['withheld']}.", markup=False)
        elif item["cluster"] is None:
            console.print(f"{item['track']} is in no cluster.", markup=False)
        else:
            console.print(f"{item['track']} is in {item['cluster']}: nearest {item['nearest']} ({item['score']:.3f}), "
                          f"mean score to all in it {item['together']:.3f}, needed {item['needed']:.3f}.", markup=False)
        for said in item["said"]:
            console.print(f"  {said['verb']} by {said['by']} on {said['at'][:16]} ({said['id']})", markup=False)
    if data["between"] is not None:
        first, second = data["items"]
        one = first["cluster"] is not None and first["cluster"] == second["cluster"]
        where = "in one cluster" if one else "not in one cluster"
        console.print(f"The two score {data['between']:.3f} with each other and are {where}.", markup=False)
    console.print("Scores are cosines between -1 and 1, and no probabilities.", markup=False)


@click.command("same")
@click.argument("first", metavar="TRACK")
@click.argument("second", metavar="TRACK")
@click.option("--because", type=click.Choice(["mirror", "poster", "screen", "collage"]), help="Why one frame can show both.")
@in_case
@common
def same(out: Output, home: Path | None, case: str, first: str, second: str, because: str | None) -> None:
    """Say that two tracks are one person."""
    with opened(home) as place:
        data = place.case(case).faces.same(first, second, because=because)
    out.done(data, show_corrected)


@click.command("not-same")
@click.argument("first", metavar="TRACK")
@click.argument("second", metavar="TRACK")
@in_case
@common
def not_same(out: Output, home: Path | None, case: str, first: str, second: str) -> None:
    """Say that two tracks are two people. It outlives every later run, mode and pack."""
    with opened(home) as place:
        data = place.case(case).faces.not_same(first, second)
    out.done(data, show_corrected)


@click.command("split")
@click.argument("cluster")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK…")
@in_case
@common
def split(out: Output, home: Path | None, case: str, cluster: str, tracks: tuple[str, ...]) -> None:
    """Take tracks out of a cluster: these alone."""
    with opened(home) as place:
        data = place.case(case).faces.split(cluster, *tracks)
    out.done(data, show_corrected)


@click.command("merge")
@click.argument("first", metavar="CLUSTER")
@click.argument("second", metavar="CLUSTER")
@in_case
@common
def merge(out: Output, home: Path | None, case: str, first: str, second: str) -> None:
    """Say that two clusters, as they are now, are one person."""
    with opened(home) as place:
        data = place.case(case).faces.merge(first, second)
    out.done(data, show_corrected)


@click.command("undo")
@click.argument("constraint", required=False)
@in_case
@common
def undo(out: Output, home: Path | None, case: str, constraint: str | None) -> None:
    """Take back your last correction, or the one named."""
    with opened(home) as place:
        data = place.case(case).faces.undo(constraint)
    out.done(data, show_corrected)


def show_corrected(console: Console, data: Mapping[str, Any]) -> None:
    done = "taken back" if data["undone"] else "noted"
    console.print(f"{data['verb']} {done}: {data['id']}", markup=False)
    inside: dict[str, list[str]] = {}
    for side in data["now"]:
        for track, names in side.items():
            inside.setdefault(", ".join(names) or "no cluster", []).append(track)
    for name, tracks in sorted(inside.items()):
        shown = ", ".join(tracks[:5]) + (f" and {len(tracks) - 5} more" if len(tracks) > 5 else "")
        console.print(f"  in {name}: {shown}", markup=False)
    for one in data["replaces"]:
        console.print(f"  In the place of: {one['verb']} by {one['by']} on {one['at'][:16]} ({one['id']}).", markup=False)
    if not data["undone"]:
        console.print(f"Take it back: sporhund faces undo {data['id']} --case CASE", markup=False)


@click.command("constraints")
@in_case
@common
def constraints(out: Output, home: Path | None, case: str) -> None:
    """What people said of tracks, and what of it could not be re-applied."""
    with opened(home) as place:
        data = place.case(case).faces.constraints()
    out.done(data, show_constraints)


def show_constraints(console: Console, data: Mapping[str, Any]) -> None:
    if not data["items"]:
        console.print("Nobody has corrected anything.", markup=False)
        return
    table(console, "", ["Said", "What", "Tracks", "Because", "By", "At", "State"], [
        [item["id"], item["verb"], " | ".join(_few(side) for side in item["sides"]), item["because"], item["by"],
         item["at"][:16], _state(item)] for item in data["items"]])
    for item in data["items"]:
        for pack, came in item["packs"].items():
            for track, why in came["lost"].items():
                console.print(f"{item['id']} with {pack}: {track} was lost ({why}).", markup=False)


def _few(tracks: list[str]) -> str:
    return ", ".join(tracks[:2]) + (f" and {len(tracks) - 2} more" if len(tracks) > 2 else "")


def _state(item: Mapping[str, Any]) -> str:
    if item["undone"]:
        return f"taken back by {item['undone']['by']}"
    states = {pack: "applied" if came["applied"] else "contradicted" if came["contradicted"] else "lost"
              for pack, came in item["packs"].items()}
    return ", ".join(f"{state} ({pack})" for pack, state in states.items()) or "stands"


COMMANDS: tuple[click.Command, ...] = (clusters, why, same, not_same, split, merge, undo, constraints)
