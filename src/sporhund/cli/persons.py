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
    if data["withheld"]:
        console.print(f"{data['withheld']} assertions of others are withheld: you can still conclude on their tracks.",
                      markup=False)


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


@click.group()
def known() -> None:
    """Known persons: enrolled from a link or with a basis of their own; new material is checked where bases cover it."""


@known.command("enrol")
@click.argument("pictures", nargs=-1, type=click.Path(path_type=Path), metavar="[PICTURE…]")
@click.option("--link", help="Enrol from this link: the linked track, and the probe pictures.")
@click.option("--basis", help="For pictures: the live basis that they are enrolled with.")
@click.option("--label", required=True, help="What the person is called in this case.")
@click.option("--face", metavar="N|largest|central", help="Which face, where a picture shows several.")
@click.option("--pack", default="base", show_default=True)
@in_case
@common
def enrol(
    out: Output, home: Path | None, case: str, pictures: tuple[Path, ...], link: str | None, basis: str | None, label: str,
    face: str | None, pack: str,
) -> None:
    """Enrol a known person: --link LINK, or --basis BASIS PICTURE…"""
    if bool(link) == bool(pictures) or bool(pictures) != bool(basis):
        raise click.UsageError("Give --link LINK, or --basis BASIS with one or more pictures.")
    with opened(home) as place:
        persons = place.case(case).persons
        data = persons.enrol_linked(link, label=label) if link else persons.enrol_pictures(
            pictures, basis=basis, label=label, face=face, pack=pack)
    out.done(data, lambda console, d: console.print(
        f"{d['label']} ({d['known']}) is known from {sum(d['templates'].values())} templates. "
        "New material is compared where a live basis of this case names its case.", markup=False))


@known.command("list")
@in_case
@common
def known_list(out: Output, home: Path | None, case: str) -> None:
    """The known persons of the case."""
    with opened(home) as place:
        items = place.case(case).persons.list_known()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Known", "Label", "From", "By", "At", "Templates", "Removed"],
        [[k["known"], k["label"], k["link"] or k["basis"], k["by"], k["at"],
          ", ".join(f"{count} of {pack}" for pack, count in k["templates"].items()), k["removed_at"]] for k in d["items"]])
        if d["items"] else console.print("Nobody is known in this case. Enrol: sporhund known enrol"))


@known.command("remove")
@click.argument("person", metavar="KNOWN")
@click.option("--why", required=True, help="Kept in the log.")
@in_case
@common
def remove(out: Output, home: Path | None, case: str, person: str, why: str) -> None:
    """Take a known person out: templates and hits go; that it was there stays."""
    with opened(home) as place:
        data = place.case(case).persons.remove_known(person, why=why)
    out.done(data, lambda console, d: console.print(f"{d['label']} ({d['known']}) is not looked for any more.", markup=False))


@known.command("hits")
@in_case
@common
def hits(out: Output, home: Path | None, case: str) -> None:
    """Tracks of this case that look like a known person; without access to that person's case only whom to ask."""
    with opened(home) as place:
        data = place.case(case).persons.known_hits()
    out.done(data, show_hits)


def show_hits(console: Console, data: Mapping[str, Any]) -> None:
    if not data["items"]:
        console.print("No hits.")
    for one in data["items"]:
        who = f"ask {one['ask']['name']} of the unit {one['ask']['unit']}"
        if not one["access"]:
            console.print(f"{one['track']} · a hit on somebody whom you have no access to: {who} ({one['hit']})", markup=False)
            continue
        if "withheld" in one:
            console.print(f"{one['track']} · a hit, {one['withheld']} ({one['hit']})", markup=False)
            continue
        chance = one["chance"]
        worth = (f"{'fewer than ' if chance['floor'] else ''}{chance['expected']:.2g} of {chance['gallery']} other people would "
                 "score as high by accident" if chance else f"no number: {one['chance_reason']}")
        console.print(f"{one['track']} · may be {one['label']} · {worth} · {who}", markup=False)
        for warning in one["warnings"]:
            console.print(f"  {warning}", markup=False)
    if data["items"]:
        console.print("A hit is no identity: that takes a search, two examiners, and two people.", markup=False)
    if data["sealed"]:
        console.print(f"{data['sealed']} hits are sealed: no live basis reaches this case from theirs.", markup=False)


COMMANDS: tuple[click.Command, ...] = (subject, known)
