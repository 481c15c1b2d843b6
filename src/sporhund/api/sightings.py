"""One track, with everything that is known of it, each value with what it rests on: what stands beside it on the desk."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from sporhund.api.documents import Document, moment
from sporhund.cases import findings
from sporhund.evidence import cameras, clock
from sporhund.evidence.medium_clock import ORIGINS, MediumClock, clock_of_files
from sporhund.evidence.model import WorldTime
from sporhund.persons import records as persons
from sporhund.store import tables

if TYPE_CHECKING:
    from sporhund.api.case import Case

SHARP = 0.35
"""Sharpness from which a face is called sharp (ordinary portraits: 0.38)."""


@dataclass(frozen=True)
class Around:
    """What a track's medium gives to what is known of the track."""

    sha256: str
    kind: str
    clock: MediumClock
    cameras: tuple[str, ...]       #: names of those that its files are from


def sighting(case: "Case", track: str, *, subjects: Sequence[Document] | None = None) -> Document:
    """What is known of a track, beside what `case.tracks` lists.

    `times`: begins and ends as the camera's own clock has it (`camera`) and on the one clock (`world`, ± `uncertainty_s`);
    `sha256` of its medium; `cameras` by name; `sharp`: a face's sharpness in a word; `warnings` by code with a number or a
    reason; `marks`, `seen`, `subjects`.
    track: an alias gives the track that counts.   subjects: the case's, where they were asked for already.
    Raises WrongUsage `unknown-track`.
    """
    from sporhund.review.pictures import track_named

    with case.place.store.reader() as rows:
        row = track_named(rows, case.id, track)
        found = findings.track(rows, case.id, row.id)
        around = _around(rows, case.id, row)
    return told(found, row.best[0], around) | {
        "marks": case.viewing.marks([row.id]).get(row.id, []), "seen": case.viewing.seen([row.id]).get(row.id),
        "subjects": [one for one in (case.persons.list_subjects() if subjects is None else subjects) if row.id in one["tracks"]]}


def of_listed(case: "Case", found: Document, around: Around) -> Document:
    """The same of a track that `case.tracks` listed, whose medium is before the eyes; without `marks`, `seen` and `subjects`."""
    t = tables.track.c
    with case.place.store.reader() as rows:
        best = rows.execute(select(t.best).where(t.case_id == case.id, t.id == found["id"])).scalar_one()
    return told(found, best[0], around)


def told(found: Document, best: Mapping[str, Any], around: Around) -> Document:
    """found: as `case.tracks` lists it.   best: its best shot as it is kept, with every measure."""
    times, by = _times(around.clock, found["from"], found["to"], best.get("t", found["from"]))
    box = best.get("box") or (0.0, 0.0, 0.0, 0.0)
    return found | {
        "sha256": around.sha256, "medium_kind": around.kind, "cameras": list(around.cameras), "times": times, "time_by": by,
        "size_px": round(min(box[2], box[3])), "sharp": _sharp(best) if found["kind"] == "face" else None,
        "warnings": _warnings(best, found, times)}


def _around(rows: Connection, case_id: str, track: Any) -> Around:
    files = persons.places(rows, case_id, [track.id])
    m = tables.medium.c
    medium = rows.execute(select(m.sha256, m.kind).where(m.case_id == case_id, m.id == track.medium_id)).one()
    return Around(medium.sha256.hex(), medium.kind, *clock_and_cameras(rows, case_id, track.medium_id, files))


def clock_and_cameras(rows: Connection, case_id: str, medium: str, files: Sequence[Any]) -> tuple[MediumClock, tuple[str, ...]]:
    """The clock of a medium, and the names of the cameras that its files are from. files: as `clock_of_files` takes them."""
    known = cameras.cameras(rows, case_id)
    ids = {file.camera_id for file in files if file.camera_id is not None}
    clock_of_it = clock_of_files(medium, files, [anchor for _, held in known for anchor in held])
    return clock_of_it, tuple(sorted(camera.name for camera, _ in known if camera.id in ids))


def _times(of: MediumClock, start: float, end: float, best: float) -> tuple[Document | None, str | None]:
    """When it was, and what says so first (anchor | container | exif | file-name | ...); None where nobody knows when."""
    moments = {"begins": start, "ends": end, "best": best}
    world = {name: of.at(t) for name, t in moments.items()}
    begins = world["begins"]
    if begins is None:
        return None, None
    camera = {name: _on_the_wall(of.own(t)) for name, t in moments.items()}
    by = next((name for name in ("anchor", *ORIGINS) if begins.origin.startswith(name)), begins.origin)
    return {"camera": camera, "world": {name: _said(time) for name, time in world.items()},
            "zoned": begins.at.tzinfo is not None, "uncertainty_s": round(begins.uncertainty_s, 3), "from": begins.origin}, by


def _on_the_wall(time: WorldTime | None) -> str | None:
    """As the clock itself showed it, in its own zone."""
    if time is None:
        return None
    zone = clock.zone_of(time.zone)
    at: datetime = time.at if time.at.tzinfo is None or zone is None else time.at.astimezone(zone)
    return at.replace(tzinfo=None).isoformat()


def _said(time: WorldTime | None) -> str | None:
    if time is None:
        return None
    return moment(time.at) if time.at.tzinfo is not None else time.at.isoformat()


def _warnings(best: Mapping[str, Any], found: Document, times: Document | None) -> list[Document]:
    """What to mind before anything is concluded from it: the thresholds are those of comparing (faces.warnings)."""
    from sporhund.faces import warnings as limits
    from sporhund.faces.chance import LEAST_CONTRAST, MOST_BLOCKS

    told: list[tuple[str, float | None]] = []
    unsuitable = found["kind"] == "face" and not found["comparable"]
    if found["kind"] == "face":
        width, chroma = float(best["box"][2]), best.get("chroma")
        signs = (
            ("small", width, width < limits.SMALL_PX),
            ("blurred", best.get("sharpness"), _below(best, "sharpness", limits.BLURRED)),
            ("turned", best.get("yaw"), abs(best.get("yaw") or 0.0) > limits.TURNED),
            ("covered", best.get("covered"), _above(best, "covered", limits.COVERED)),
            ("flat", best.get("contrast"), _below(best, "contrast", LEAST_CONTRAST)),
            ("blocks", best.get("blocks"), _above(best, "blocks", MOST_BLOCKS)),
            ("grey", chroma, _below(best, "chroma", limits.GREY)))
        told += [(code, value) for code, value, holds in signs if holds]
    elif found["colours_reason"]:
        told.append(("grey", None))
    if times is None:
        told.append(("no-time", None))
    elif not times["zoned"]:
        told.append(("no-zone", None))
    first = [{"code": "unsuitable", "value": None, "why": found["reason"]}] if unsuitable else []
    return first + [{"code": code, "value": value, "why": None} for code, value in told]


def _sharp(best: Mapping[str, Any]) -> str | None:
    """A face's sharpness in a word."""
    from sporhund.faces.warnings import BLURRED

    value = best.get("sharpness")
    return None if value is None else "low" if value < BLURRED else "medium" if value < SHARP else "good"


def _below(best: Mapping[str, Any], name: str, least: float) -> bool:
    return best.get(name) is not None and float(best[name]) < least


def _above(best: Mapping[str, Any], name: str, most: float) -> bool:
    return best.get(name) is not None and float(best[name]) > most
