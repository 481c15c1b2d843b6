"""Cameras of a case: where they hang, whose they are, which files are theirs, how far their clocks are off."""
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby
from math import isfinite

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.evidence import clock as times
from sporhund.evidence import names, records
from sporhund.evidence.deadlines import Deadline, check_past, deadline
from sporhund.evidence.find import medium_named
from sporhund.evidence.medium_clock import clock_of_files
from sporhund.evidence.model import Anchor, Around, Camera
from sporhund.evidence.rules import check_label, named
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Then = Callable[[Connection, str], None]
"""What is to be done in the transaction in which a camera (its id) came to other files or to another clock."""


def nothing(rows: Connection, camera: str) -> None:
    """Nobody keeps anything that depends on cameras."""


def add(
    case_id: str, name: str, *, place: str | None = None, owner: str | None = None, overwritten_on: date | None = None,
    files: str | None = None, then: Then = nothing, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Camera:
    """Add a camera; files already taken in that match its pattern and have no camera become its own.

    Raises WrongUsage `bad-name`, `camera-exists`.
    """
    pattern = names.text(os.fsencode(files)) if files else None
    camera = Camera(new_id("k"), check_label(name, "camera"), _line(place), _line(owner), overwritten_on, pattern)
    with store.transaction() as rows:
        if not records.add_camera(rows, case_id, camera):
            raise WrongUsage("camera-exists", f"There is a camera '{camera.name}' already.", "See: sporhund camera list.")
        if pattern:
            mine = [row.id for row in records.files_without_camera(rows, case_id) if names.matches(row.path, pattern)]
            records.set_camera(rows, case_id, mine, camera.id)
        then(rows, camera.id)
        audit.record(rows, action="camera add", actor=actor, at=clock.now(), keys=keys, case_id=case_id, payload={
            "camera": camera.id, "name": camera.name, "place": camera.place, "owner": camera.owner, "files": pattern,
            "overwritten_on": overwritten_on})
    return camera


def asked(
    case_id: str, name: str, on: date, *, today: date, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Camera:
    """Note that its owner was asked for the recordings. Raises WrongUsage `unknown-camera`, `bad-day`."""
    return _noted(case_id, name, "camera ask", {"asked_on": check_past(on, today)}, store, keys, clock, actor)


def received(
    case_id: str, name: str, on: date, *, today: date, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Camera:
    """Note that the recordings came. Raises WrongUsage `unknown-camera`, `bad-day`."""
    return _noted(case_id, name, "camera received", {"received_on": check_past(on, today)}, store, keys, clock, actor)


def _noted(
    case_id: str, name: str, action: str, values: dict[str, date], store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Camera:
    with gate.act("camera ask", action=action, case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        camera = named(records.cameras(doing.rows, case_id), name)
        records.change_camera(doing.rows, case_id, camera.id, **values)
        doing.tell(camera=camera.id, name=camera.name, **values)
        return named(records.cameras(doing.rows, case_id), name)


def deadlines(rows: Connection, case_id: str, today: date) -> list[tuple[Camera, Deadline]]:
    """Every camera by name, each with how far its recordings are."""
    there = records.cameras_with_files(rows, case_id)
    return [(camera, deadline(camera, files=camera.id in there, today=today)) for camera in records.cameras(rows, case_id)]


def _line(said: str | None) -> str | None:
    return names.printable(said) if said else None


def cameras(rows: Connection, case_id: str) -> list[tuple[Camera, tuple[Anchor, ...]]]:
    """Every camera by name, each with its clock anchors."""
    anchors = records.anchors(rows, case_id)
    return [(camera, tuple(anchor for anchor in anchors if anchor.camera_id == camera.id))
            for camera in records.cameras(rows, case_id)]


def anchor(
    case_id: str, camera: str, *, t: float, shows: str, zone: str = "unknown", medium: str | None = None,
    true_time: datetime | None = None, uncertainty_s: float = 1.0, then: Then = nothing,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Anchor:
    """Note that at `t` seconds the picture shows this clock; and what a checked clock said then, if anybody looked.

    medium: id or path. Without one the anchor says how far the camera's clock is off, so it needs `true_time`.
    Raises WrongUsage `unknown-camera`, `unknown-medium`, `bad-time`, `bad-zone`, `anchor-incomplete`.
    """
    said = check_anchor(t, shows, zone, medium, true_time, uncertainty_s)
    with store.transaction() as rows:
        owner = named(records.cameras(rows, case_id), camera)
        of = medium_named(rows, case_id, medium) if medium is not None else None
        made = Anchor(new_id("n"), owner.id, of, t, said, zone, true_time, uncertainty_s)
        records.add_anchor(rows, case_id, made, actor.name)
        then(rows, owner.id)
        audit.record(rows, action="camera anchor", actor=actor, at=clock.now(), keys=keys, case_id=case_id, payload={
            "camera": owner.id, "medium": of, "t": t, "shows": said.isoformat(), "zone": zone, "true_time": true_time,
            "uncertainty_s": uncertainty_s})
    return made


def check_anchor(
    t: float, shows: str, zone: str, medium: str | None, true_time: datetime | None, uncertainty_s: float,
) -> datetime:
    """The time on the screen, without zone. Raises WrongUsage as `anchor` does."""
    times.zone_of(zone)
    if not isfinite(t) or not isfinite(uncertainty_s) or uncertainty_s < 0:
        raise WrongUsage("bad-time", "Seconds are a number, and an uncertainty is not negative.", "Give --at and --uncertainty.")
    if true_time is not None and true_time.tzinfo is None:
        raise WrongUsage("bad-time", "The true time has no zone.", "Write it as 2026-01-31T22:14:05+01:00.")
    if medium is None and true_time is None:
        raise WrongUsage("anchor-incomplete", "Without a medium this ties nothing to anything.",
                         "Name the medium with --medium, or what a checked clock said with --true-time.")
    try:
        said = datetime.fromisoformat(shows)
    except ValueError as fault:
        raise WrongUsage("bad-time", f"'{shows}' is no time.", "Write it as 2026-01-31T22:14:05.") from fault
    if said.tzinfo is not None:
        raise WrongUsage("bad-time", "A clock in a picture shows no zone.", "Leave it out of --shows and state it with --zone.")
    return said


def media_around(
    rows: Connection, case_id: str, time: datetime, within: timedelta, camera: str | None = None,
) -> list[Around]:
    """Which media may cover that moment, give or take `within`; the nearest first, each with what its time rests on.

    A medium's anchors go before anything that is stated; of stated times every one counts, for none of them is known to be
    true. A medium without any time is not among them: it may be asked for by its camera.
    Raises WrongUsage `unknown-camera`.
    """
    chosen = named(records.cameras(rows, case_id), camera).id if camera is not None else None
    anchors = records.anchors(rows, case_id)
    found = []
    for medium, of in groupby(records.media_with_places(rows, case_id), key=lambda row: row.id):
        files = list(of)
        held = [file.camera_id for file in files if file.camera_id is not None]
        if chosen is not None and chosen not in held:
            continue
        clock = clock_of_files(medium, files, anchors)
        of_camera = chosen or next(iter(held), None)
        spans = list(clock.spans(files[0].duration or 0.0))
        near = min((Around(medium, *span, times.distance_s(time, *span), of_camera) for span in spans),
                   key=lambda one: one.distance_s, default=None)
        if near is not None and near.distance_s <= within.total_seconds():
            found.append(near)
    return sorted(found, key=lambda one: (one.distance_s, one.medium))
