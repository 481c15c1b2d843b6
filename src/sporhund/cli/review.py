"""sporhund analyse, status, media."""
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened, paged
from sporhund.cli.output import Output, length, table
from sporhund.cli.progress import Display

STATES = ("analysed", "partly", "duplicate", "skipped", "failed", "waiting")
SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def span(text: str | None) -> float | None:
    """Seconds of "90s", "30m", "2h", "1d"."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text.strip())
    if not match:
        raise click.BadParameter(f"{text!r} is no span of time; as in 30m, 2h, 1d")
    return float(match[1]) * SPANS[match[2]]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=bytes))
@in_case
@click.option("--exhibit", metavar="LABEL", help="The exhibit's number. [default: the name of the first PATH]")
@click.option("--mode", type=click.Choice(["quick", "normal", "thorough"]), default="normal", show_default=True)
@click.option("--find", default="faces,persons,vehicles,objects,motion", show_default=True, help="What to look for.")
@click.option("--pack", default="base", show_default=True, help="The models to look with; see: sporhund models list.")
@click.option("--around", metavar="TIME", help="Look first at what may show this moment, as in 2026-01-31T22:14.")
@click.option("--within", default="30m", show_default=True, metavar="SPAN", help="How far from --around.")
@click.option("--camera", help="These are files of this camera; with --around: look at this camera first.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes. [default: one for each processor]")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True)
@common
def analyse(
    out: Output, home: Path | None, paths: tuple[bytes, ...], case: str, exhibit: str | None, find: str, within: str,
    **options: Any,
) -> int:
    """Take in files and folders, look through them, and account for every file.

    Run it again to go on after an interruption; what is finished is kept.
    """
    if exhibit is not None and not exhibit.strip():
        raise click.BadParameter("the exhibit's number is empty")
    with opened(home) as place, Display(out.err, quiet=out.as_json) as display:
        data = place.case(case).analyse(
            paths, exhibit=exhibit, find=[word.strip() for word in find.split(",") if word.strip()], within_s=span(within),
            report=display, note=out.warn, say=out.say, **options)
    out.done(data, show_analysis)
    return 1 if data["failures"] or data["files"]["waiting"] else 0


def show_analysis(console: Console, data: Mapping[str, Any]) -> None:
    """What a run came to."""
    show_files(console, data)
    found = {kind: number for kind, number in data["tracks"].items() if number}
    said = ", ".join(f"{number} {kind}" for kind, number in found.items())
    looked = ", ".join(data["tracks"])
    console.print(f"Found: {said} (tracks)" if said else f"Found: nothing (looked for: {looked})", markup=False)
    if data["resumed"]:
        console.print(f"{data['resumed']} files were done before and are kept", markup=False)
    elif data["video_seconds"]:
        console.print(f"{length(data['video_seconds'])} of video in {length(data['wall_seconds'])}", markup=False)
    for what, title in (("failures", "Not read, or only partly"), ("skipped", "Skipped")):
        if data[what]:
            table(console, title, ["File", "Code", "Reason"], [[f["path"], f["code"], f["reason"]] for f in data[what]])
    case = data["case"]
    console.print(f"Next: sporhund tracks --case {case}   ·   sporhund status --case {case} --files", markup=False)


def show_files(console: Console, data: Mapping[str, Any]) -> None:
    files = data["files"]
    parts = ", ".join(f"{files[state]} {state}" for state in STATES if files[state])
    console.print(f"{files['seen']} files seen: {parts or 'none'}", markup=False)


@click.command()
@in_case
@click.option("--files", is_flag=True, help="One line for every file seen.")
@click.option("--state", type=click.Choice(STATES), help="Only files in this state.")
@paged
@common
def status(out: Output, home: Path | None, case: str, files: bool, state: str | None, limit: int, after: str | None) -> None:
    """The account of the case: what became of every file and every second of video."""
    if not files and (state or after):
        raise click.UsageError("--state and --after go with --files.")
    with opened(home) as place:
        its = place.case(case)
        data = its.files(state=state, limit=limit, after=after) if files else its.status()
    out.done(data, show_file_list if files else show_status)


def show_file_list(console: Console, data: Mapping[str, Any]) -> None:
    table(console, "", ["State", "File", "Exhibit", "Found", "Reason"], [
        [i["state"], i["path"], i["exhibit"], ", ".join(k for k, v in i["looks"].items() if v == "found"), i["reason"]]
        for i in data["items"]])
    if data["next"]:
        console.print(f"More: --after {data['next']}", markup=False)


def show_status(console: Console, data: Mapping[str, Any]) -> None:
    show_files(console, data)
    video = data["video"]
    if video["total"]:
        console.print(f"{length(video['total'])} of video: {length(video['decoded'])} read, {length(video['unread'])} unread, "
                      f"{length(video['waiting'])} waiting", markup=False)
    table(console, "Found", ["Kind", "Tracks"], [[kind, number] for kind, number in data["tracks"].items()])
    if data["running"]:
        console.print(f"{data['running']} parts are being worked on now", markup=False)


@click.command()
@in_case
@click.option("--kind", type=click.Choice(["still", "video", "audio", "other"]))
@click.option("--state", type=click.Choice(["analysed", "partly", "failed", "skipped", "waiting"]))
@paged
@common
def media(out: Output, home: Path | None, case: str, kind: str | None, state: str | None, limit: int, after: str | None) -> None:
    """Every content of the case once: digests, places, what it says of itself, what was looked at."""
    with opened(home) as place:
        data = place.case(case).media(kind=kind, state=state, limit=limit, after=after)
    out.done(data, lambda console, d: table(console, "", ["Medium", "Kind", "State", "Size", "Seconds", "Where"], [
        [m["id"], m["kind"], m["state"], f"{m['width']}x{m['height']}" if m["width"] else "", m["duration"] or "",
         m["occurrences"][0]["path"] if m["occurrences"] else ""] for m in d["items"]]))


COMMANDS = (analyse, status, media)
