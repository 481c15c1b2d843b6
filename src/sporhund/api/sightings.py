"""One track, with everything that is known of it, each value with what it rests on: what stands beside it on the desk."""
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from sporhund.api.documents import Document, moment
from sporhund.cases import findings
from sporhund.evidence import cameras, clock
from sporhund.evidence.medium_clock import clock_of_files
from sporhund.evidence.model import WorldTime
from sporhund.persons import records as persons
from sporhund.store import tables

if TYPE_CHECKING:
    from sporhund.api.case import Case


def sighting(case: "Case", track: str) -> Document:
    """What is known of a track, beside what `case.tracks` lists.

    `times`: begins and ends as the camera's own clock has it (`camera`) and on the one clock (`world`, ± `uncertainty_s`);
    `sha256` of its medium; `cameras` by name; `warnings` by code with a number; `marks`, `seen`, `subjects`.
    track: an alias gives the track that counts. Raises WrongUsage `unknown-track`.
    """
    from sporhund.review.pictures import track_named

    with case.place.store.reader() as rows:
        row = track_named(rows, case.id, track)
        found = findings.track(rows, case.id, row.id)
        times, own = _times(rows, case.id, row)
        m = tables.medium.c
        medium = rows.execute(select(m.sha256, m.kind).where(m.case_id == case.id, m.id == row.medium_id)).one()
        best = row.best[0]
    box = best.get("box") or (0.0, 0.0, 0.0, 0.0)
    return found | {
        "sha256": medium.sha256.hex(), "medium_kind": medium.kind, "cameras": own, "times": times,
        "size_px": round(min(box[2], box[3])), "warnings": _warnings(row.kind, best, found, times),
        "marks": case.viewing.marks([row.id]).get(row.id, []), "seen": case.viewing.seen([row.id]).get(row.id),
        "subjects": [one for one in case.persons.list_subjects() if row.id in one["tracks"]]}


def _times(rows: Connection, case_id: str, row: Any) -> tuple[Document | None, list[str]]:
    """When it was, and the names of the cameras that its medium is from; None where nobody knows when."""
    files = persons.places(rows, case_id, [row.id])
    known = cameras.cameras(rows, case_id)
    ids = {file.camera_id for file in files if file.camera_id is not None}
    of = clock_of_files(row.medium_id, files, [anchor for _, held in known for anchor in held])
    moments = {"begins": row.start, "ends": row.end, "best": row.best[0].get("t", row.start)}
    world = {name: of.at(t) for name, t in moments.items()}
    begins = world["begins"]
    if begins is None:
        return None, sorted(camera.name for camera, _ in known if camera.id in ids)
    camera = {name: _on_the_wall(of.own(t)) for name, t in moments.items()}
    return {"camera": camera, "world": {name: _said(time) for name, time in world.items()},
            "zoned": begins.at.tzinfo is not None, "uncertainty_s": round(begins.uncertainty_s, 3), "from": begins.origin,
            }, sorted(camera.name for camera, _ in known if camera.id in ids)


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


def _warnings(kind: str, best: Mapping[str, Any], found: Document, times: Document | None) -> list[Document]:
    """What to mind before anything is concluded from it: the thresholds are those of comparing (faces.warnings)."""
    from sporhund.faces import warnings as limits
    from sporhund.faces.chance import LEAST_CONTRAST, MOST_BLOCKS

    told: list[tuple[str, float | None]] = []
    if kind == "face":
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
    return [{"code": code, "value": value} for code, value in told]


def _below(best: Mapping[str, Any], name: str, least: float) -> bool:
    return best.get(name) is not None and float(best[name]) < least


def _above(best: Mapping[str, Any], name: str, most: float) -> bool:
    return best.get(name) is not None and float(best[name]) > most
