"""sporhund case, purpose, camera."""
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, in_case, opened
from sporhund.cli.output import Output, table

DAY = click.DateTime(["%Y-%m-%d"])


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


@click.group("case")
def case_group() -> None:
    """Cases: create, list, show, verify, hold, erase."""


@case_group.command("create")
@click.argument("name", metavar="CASE")
@click.option("--title", required=True, help="For people: what the case is.")
@click.option("--purpose", required=True, help="What the material may be looked at for; see: sporhund purpose list.")
@click.option("--unit", help="The unit of the force that runs the case; without it: yours.")
@click.option("--ends", type=DAY, help="When keeping it must be reviewed, YYYY-MM-DD.")
@common
def create(
    out: Output, home: Path | None, name: str, title: str, purpose: str, unit: str | None, ends: datetime | None,
) -> None:
    """Open a case."""
    with opened(home) as place:
        data = place.create_case(name, title=title, purpose=purpose, unit=unit, ends=_day(ends))
        for note in data.pop("notes"):
            out.warn(note)
    out.done(data, lambda console, d: console.print(
        f"Case {d['case']} is open.\nNext: sporhund analyse FOLDER --case {d['case']}", markup=False))


@case_group.command("list")
@common
def list_(out: Output, home: Path | None) -> None:
    """The cases you may know of."""
    with opened(home) as place:
        items = place.list_cases()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Case", "Title", "Purpose", "Unit", "State", "Ends"],
        [[i["case"], i["title"], i["purpose"], i["unit"], i["state"], i["ends"]] for i in d["items"]])
        if d["items"] else console.print("No case yet. Open one: sporhund case create CASE --title T --purpose P"))


@case_group.command("show")
@click.argument("name", metavar="CASE")
@common
def show(out: Output, home: Path | None, name: str) -> None:
    """One case with its exhibits, cameras and runs."""
    with opened(home) as place:
        data = place.case(name).show()
    out.done(data, show_case)


def show_case(console: Console, data: Any) -> None:
    console.print(f"{data['case']}: {data['title']}", markup=False)
    ends = data["ends"] or "not set"
    console.print(f"  purpose {data['purpose']} · unit {data['unit']} · {data['state']} · ends {ends}", markup=False)
    for hold in data["holds"]:
        if not hold["lifted"]:
            console.print(f"  held: {hold['hold']} since {hold['at']} by {hold['by']}: {hold['reason']}", markup=False)
    table(console, "Exhibits", ["Exhibit", "Files"], [[e["label"], e["files"]] for e in data["exhibits"]])
    table(console, "Cameras", ["Camera", "Place", "Owner", "Overwritten on", "Files"],
          [[c["name"], c["place"], c["owner"], c["overwritten_on"], c["files"]] for c in data["cameras"]])
    table(console, "Runs", ["Run", "Mode", "Looks", "Pack", "Templates", "Started"],
          [[r["run"], r["mode"], ", ".join(r["looks"]), r["pack"], "yes" if r["templates"] else "no", r["started"]]
           for r in data["runs"]])


@case_group.command("verify")
@click.argument("name", metavar="CASE")
@common
def verify(out: Output, home: Path | None, name: str) -> int:
    """Hash every original again and compare."""
    with opened(home) as place:
        data = place.case(name).verify()

    def show_verified(console: Console, d: Any) -> None:
        console.print(f"{d['checked']} files checked: {d['same']} unchanged, {d['changed']} changed, {d['missing']} missing.")
        if d["problems"]:
            table(console, "", ["File", "What"], [[p["path"], p["reason"]] for p in d["problems"]])

    out.done(data, show_verified)
    return 0 if data["ok"] else 1


@case_group.command("hold")
@click.argument("name", metavar="CASE")
@click.option("--reason", help="The charge, trial or appeal for which nothing may be deleted.")
@click.option("--lift", metavar="HOLD", help="Lift this hold instead.")
@common
def hold(out: Output, home: Path | None, name: str, reason: str | None, lift: str | None) -> None:
    """Place or lift a hold: while one stands, nothing is deleted."""
    if bool(reason) == bool(lift):
        raise click.UsageError("Give --reason to place a hold, or --lift HOLD to lift one.")
    with opened(home) as place:
        data = place.case(name).hold(reason=reason, lift=lift)
    out.done(data, lambda console, d: console.print(f"Hold {d['hold']}: {d['state']}."))


@case_group.command("ends")
@click.argument("name", metavar="CASE")
@click.argument("day", type=DAY)
@click.option("--why", required=True, help="Why it is kept until then; kept in the log.")
@common
def ends(out: Output, home: Path | None, name: str, day: datetime, why: str) -> None:
    """Set the day on which keeping the case must be reviewed."""
    with opened(home) as place:
        data = place.case(name).retention.set_ends(day.date(), why=why)
    out.done(data, lambda console, d: console.print(f"{d['case']} is reviewed on {d['ends']}.", markup=False))


@case_group.command("erase")
@click.argument("name", metavar="CASE")
@click.option("--reason", required=True, help="Why the case is erased; kept in the audit log.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def erase(out: Output, home: Path | None, name: str, reason: str, yes: bool) -> None:
    """Destroy a case's content and key; a certificate and the audit chain remain. Originals are not touched."""
    if not yes and (out.as_json or not sys.stdin.isatty()):
        raise click.UsageError("Give --yes: nobody can be asked here.")
    with opened(home) as place:
        if not yes:
            show_erasure(out.err, name, place.erasure(name))
            click.confirm("Erase all of it? This cannot be undone", abort=True, err=True)
        data = place.erase_case(name, reason=reason)
    out.done(data, lambda console, d: console.print(
        f"Erased: {d['case']} ({sum(d['rows'].values())} rows, {d['media']} contents, its key).\n"
        f"Certificate: {d['media_digest']} (also in the log: sporhund audit show)\nLeft to you: {'; '.join(d['remains'])}",
        markup=False))


def show_erasure(console: Console, name: str, data: Any) -> None:
    """The review list of an erasure."""
    table(console, f"Erasing {name} destroys", ["What", "Rows"], data["rows"].items())
    if data["elsewhere"]:
        table(console, "In other cases, naming its tracks or persons", ["What", "Rows"], data["elsewhere"].items())
    for hold in data["holds"]:
        console.print(f"Held since {hold['at']}: {hold['reason']} ({hold['hold']}). It will be refused.", markup=False)
    console.print("Also its key, matrices and working copies. The originals are not touched.", markup=False)


@click.group("purpose")
def purpose_group() -> None:
    """Purposes: what material may be looked at for, per unit of the force."""


@purpose_group.command("list")
@common
def purpose_list(out: Output, home: Path | None) -> None:
    """Every purpose, and whether it is on."""
    with opened(home) as place:
        items = place.list_purposes()
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Purpose", "Formål", "Unit", "On", "Face templates", "Assessment", "Until"],
        [[i["purpose"], i["danish"], i["unit"], "yes" if i["on"] else "no", "yes" if i["templates"] else "no",
          i["assessment"], i["until"]] for i in d["items"]]))


@purpose_group.command("enable")
@click.argument("purpose")
@click.option("--unit", default="default", show_default=True)
@click.option("--assessment", required=True, metavar="ID", help="The impact assessment's id.")
@click.option("--date", "assessed_on", type=DAY, required=True, help="Its date, YYYY-MM-DD.")
@click.option("--until", type=DAY, help="Last day on which the purpose is on.")
@common
def enable(
    out: Output, home: Path | None, purpose: str, unit: str, assessment: str, assessed_on: datetime, until: datetime | None,
) -> None:
    """Switch a purpose on for a unit, on an impact assessment."""
    with opened(home) as place:
        data = place.enable_purpose(purpose, unit=unit, assessment=assessment, assessed_on=assessed_on.date(), until=_day(until))
    out.done(data, lambda console, d: console.print(f"{d['purpose']} is on for the unit {d['unit']}."))


@purpose_group.command("disable")
@click.argument("purpose")
@click.option("--unit", default="default", show_default=True)
@common
def disable(out: Output, home: Path | None, purpose: str, unit: str) -> None:
    """Switch a purpose off for a unit."""
    with opened(home) as place:
        data = place.disable_purpose(purpose, unit=unit)
    out.done(data, lambda console, d: console.print(f"{d['purpose']} is off for the unit {d['unit']}."))


@click.group("camera")
def camera_group() -> None:
    """Cameras: places, owners, overwrite dates, clock anchors."""


@camera_group.command("add")
@click.argument("name")
@in_case
@click.option("--place", help="Where it hangs.")
@click.option("--owner", help="Whose it is.")
@click.option("--overwritten-on", type=DAY, help="Day after which the recorder has lost it, YYYY-MM-DD.")
@click.option("--files", metavar="PATTERN", help="Its files below an exhibit, as in 'cam3/*'.")
@common
def camera_add(
    out: Output, home: Path | None, case: str, name: str, overwritten_on: datetime | None, **known: str | None,
) -> None:
    """Add a camera to the case."""
    with opened(home) as place:
        data = place.case(case).add_camera(name, overwritten_on=_day(overwritten_on), place=known["place"], owner=known["owner"],
                                           files=known["files"])
    out.done(data, lambda console, d: console.print(f"Camera {d['name']} added."))


@camera_group.command("list")
@in_case
@common
def camera_list(out: Output, home: Path | None, case: str) -> None:
    """The cameras of the case: how far their recordings are, and their clock anchors."""
    with opened(home) as place:
        opened_case = place.case(case)
        states = {one["camera"]: one for one in opened_case.viewing.camera_states()}
        items = [one | states[one["camera"]] for one in opened_case.cameras()]
    out.done({"items": items, "next": None}, lambda console, d: table(
        console, "", ["Camera", "Place", "Owner", "Recordings", "Overwritten on", "Files", "Anchors"],
        [[c["name"], c["place"], c["owner"], _recordings(c), c["overwritten_on"], c["files"], len(c["anchors"])]
         for c in d["items"]]))


def _recordings(camera: Mapping[str, Any]) -> str:
    """How far they are, and how long they are still there."""
    left = camera["days_left"]
    return str(camera["state"]) + (f", {left} days left" if left is not None else "")


@camera_group.command("asked")
@click.argument("name")
@in_case
@click.option("--on", type=DAY, help="Day; today where it is left out.")
@common
def camera_asked(out: Output, home: Path | None, case: str, name: str, on: datetime | None) -> None:
    """Note that the camera's owner was asked for its recordings."""
    with opened(home) as place:
        data = place.case(case).viewing.ask_camera(name, _day(on))
    out.done(data, lambda console, d: console.print(f"{d['name']}: asked for on {d['asked_on']}.", markup=False))


@camera_group.command("received")
@click.argument("name")
@in_case
@click.option("--on", type=DAY, help="Day; today where it is left out.")
@common
def camera_received(out: Output, home: Path | None, case: str, name: str, on: datetime | None) -> None:
    """Note that the camera's recordings came."""
    with opened(home) as place:
        data = place.case(case).viewing.camera_received(name, _day(on))
    out.done(data, lambda console, d: console.print(f"{d['name']}: received on {d['received_on']}.", markup=False))


@camera_group.command("anchor")
@click.argument("name")
@in_case
@click.option("--at", "t", type=float, required=True, help="Seconds in the medium.")
@click.option("--shows", required=True, help="What the clock in the picture shows, as in 2026-01-31T22:14:05.")
@click.option("--zone", default="unknown", show_default=True, help="Its zone, if known: +01:00, UTC.")
@click.option("--medium", help="The medium it was read in; without one it holds for all of the camera.")
@click.option("--true-time", help="What a known clock said at that moment, with zone.")
@click.option("--uncertainty", type=float, default=1.0, show_default=True, help="Seconds.")
@common
def anchor(
    out: Output, home: Path | None, case: str, name: str, t: float, shows: str, zone: str, medium: str | None,
    true_time: str | None, uncertainty: float,
) -> None:
    """Say what the clock in the picture showed at a moment."""
    with opened(home) as place:
        data = place.case(case).anchor(
            name, t=t, shows=shows, zone=zone, medium=medium, true_time=true_time, uncertainty_s=uncertainty)
    out.done(data, lambda console, d: console.print(f"Anchor noted for {d['camera']}."))


COMMANDS = (case_group, purpose_group, camera_group)
