"""sporhund subject, known."""
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened
from sporhund.cli.output import Output, clock, table


@click.group()
def subject() -> None:
    """Subjects: tracks over cameras that an officer takes for one person or vehicle. An assertion, no identity."""


@subject.command("add")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK…")
@click.option("--label", help="Default: the next \"Ukendt N\" of the case.")
@click.option("--note", default="", help="What it is seen by.")
@in_case
@common
def add(out: Output, home: Path | None, case: str, tracks: tuple[str, ...], label: str | None, note: str) -> None:
    """Say that these tracks, of any kind, are of one subject."""
    with opened(home) as place:
        data = place.case(case).persons.add_subject(tracks, label=label, note=note)
    out.done(data, show_changed)


@subject.command("join")
@click.argument("subject", metavar="SUBJECT")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK…")
@click.option("--note", default="", help="What it is seen by.")
@in_case
@common
def join(out: Output, home: Path | None, case: str, subject: str, tracks: tuple[str, ...], note: str) -> None:
    """Say that these tracks are of a subject too."""
    with opened(home) as place:
        data = place.case(case).persons.join_subject(subject, tracks, note=note)
    out.done(data, show_changed)


@subject.command("leave")
@click.argument("subject", metavar="SUBJECT")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK…")
@in_case
@common
def leave(out: Output, home: Path | None, case: str, subject: str, tracks: tuple[str, ...]) -> None:
    """Take back that these tracks are of a subject; that it was said stays."""
    with opened(home) as place:
        data = place.case(case).persons.leave_subject(subject, tracks)
    out.done(data, show_changed)


@subject.command("rename")
@click.argument("subject", metavar="SUBJECT")
@click.option("--label", required=True, help="The new label.")
@in_case
@common
def rename(out: Output, home: Path | None, case: str, subject: str, label: str) -> None:
    """Give a subject another label."""
    with opened(home) as place:
        data = place.case(case).persons.rename_subject(subject, label)
    out.done(data, show_changed)


@subject.command("list")
@in_case
@common
def list_(out: Output, home: Path | None, case: str) -> None:
    """The subjects of the case."""
    with opened(home) as place:
        items = place.case(case).persons.list_subjects()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Subject", "Label", "Tracks", "By", "At"],
        [[s["subject"], s["label"], len(s["tracks"]), s["by"], s["at"]] for s in d["items"]])
        if d["items"] else console.print("No subject yet. Make one: sporhund subject add TRACK… --case CASE"))


@subject.command("show")
@click.argument("subject", metavar="SUBJECT")
@in_case
@common
def show(out: Output, home: Path | None, case: str, subject: str) -> None:
    """One subject with its route over the cameras."""
    with opened(home) as place:
        data = place.case(case).persons.show_subject(subject)
    out.done(data, show_subject)


def show_changed(console: Console, data: Mapping[str, Any]) -> None:
    said = f"{len(data['tracks'])} tracks. An assertion by {data['by']}, no identity."
    console.print(f"{data['label']} ({data['subject']}): {said}", markup=False)


_CLOCKS = {
    "world": "Times are UTC.",
    "wall": "Some clock's zone is unknown: times are as they hung on the wall.",
    "none": "No time of the world is known for any of it; anchor a camera: sporhund camera anchor.",
}


def show_subject(console: Console, data: Mapping[str, Any]) -> None:
    show_changed(console, data)
    console.print(_CLOCKS[data["clock"]], markup=False)
    if data["route"]:
        table(console, "Route", ["Seen from", "To", "±", "Camera", "Track", "Kind", "In the medium", "File", "Order"], [
            [s["begins"]["at"], s["ends"]["at"], f"{s['begins']['uncertainty_s']:g} s", ", ".join(s["cameras"]), s["track"],
             s["class"] or s["kind"], f"{clock(s['from'])}-{clock(s['to'])}", s["path"], "unsure" if s["order_unsure"] else ""]
            for s in data["route"]])
    if data["time_unknown"]:
        table(console, "Time of the world unknown (ordered within each medium alone)",
              ["Camera", "Track", "Kind", "In the medium", "File"],
              [[", ".join(s["cameras"]), s["track"], s["class"] or s["kind"], f"{clock(s['from'])}-{clock(s['to'])}", s["path"]]
               for s in data["time_unknown"]])
    for one in data["contradictions"]:
        console.print(f"Contradiction: {one}", markup=False)
    gone = [one for one in data["assertions"] if one["removed_at"]]
    for one in gone:
        console.print(f"Taken back: {one['track']} by {one['removed_by']} at {one['removed_at']}", markup=False)


COMMANDS: tuple[click.Command, ...] = (subject,)
