"""What a medium came to, in one row: put together from its facts, its files, its clock and its tracks. Pure."""
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sporhund.evidence.medium_clock import clock_of
from sporhund.evidence.model import Anchor
from sporhund.evidence.names import text

COUNTED = {"face": "faces", "person": "persons", "vehicle": "vehicles", "object": "objects", "motion": "motions"}
"""Kinds of tracks, and the column that counts them."""
MEDIA_KINDS = ("still", "video", "audio")
"""Kinds of media; everything else is `other` for the reader."""
SEPARATE_COLOURS = 24
"""Colours that are kept of one medium, those most seen first: a crowd has every colour."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file that holds the medium."""

    exhibit_id: str
    camera_id: str | None
    path: bytes
    stated: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Span:
    """First and last moment of a medium, seconds since 1970: of UTC if zoned, else of the clock on the wall."""

    at: float | None
    until: float | None
    zoned: bool
    uncertainty_s: float
    origin: str | None


NO_TIME = Span(None, None, False, 0.0, None)


def seconds(at: datetime) -> float:
    """Seconds since 1970: of UTC if the time has a zone, else of the clock on the wall."""
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def span(medium: str, start: float, duration: float, places: Sequence[Place], said: Sequence[Any],
         anchors: Sequence[Anchor]) -> Span:
    """When a medium was recorded, as far as anybody knows. places: its files, the original first.   said: what it states."""
    clock = clock_of(medium, start, said, ((place.camera_id, place.stated) for place in places), anchors)
    begins, ends = clock.at(start), clock.at(start + duration)
    if begins is None:
        return NO_TIME
    last = ends if ends is not None and (ends.at.tzinfo is None) == (begins.at.tzinfo is None) else begins
    return Span(seconds(begins.at), max(seconds(begins.at), seconds(last.at)), begins.at.tzinfo is not None,
                max(begins.uncertainty_s, last.uncertainty_s), begins.origin)


def camera_of(places: Sequence[Place]) -> str | None:
    """The camera of the original, or of the first copy that has one: the row of the timeline that the medium lies on."""
    return next((place.camera_id for place in places if place.camera_id), None)


def spot(places: Sequence[Place], said: Sequence[Any]) -> tuple[float, float] | None:
    """Degrees north and east that the medium or its files' names state first."""
    for one in (*said, *(one for place in places for one in place.stated)):
        if one["what"] == "place" and not one.get("note"):
            return _degrees(one["value"])
    return None


def _degrees(value: str) -> tuple[float, float] | None:
    try:
        latitude, longitude = (float(part) for part in value.split(","))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def folder(path: bytes) -> str:
    """The topmost folder of a path below an exhibit; an archive is one; '' for a file that lies in none."""
    whole = text(path)
    return whole.partition("/")[0] if "/" in whole else ""


def kind(stored: str) -> str:
    return stored if stored in MEDIA_KINDS else "other"


def counts(tracks: Iterable[Any]) -> dict[str, int]:
    """How many tracks there are of each kind, by column."""
    found = Counter(COUNTED[track.kind] for track in tracks if track.kind in COUNTED)
    return {column: found[column] for column in COUNTED.values()}


def face_px(tracks: Iterable[Any]) -> float:
    """Shorter side, in pixels, of the largest face as it is seen best; 0 without a face."""
    return max((float(min(track.box[2], track.box[3])) for track in tracks if track.kind == "face" and track.box), default=0.0)


def colours(tracks: Iterable[Any]) -> list[list[Any]]:
    """[[L, a, b, share, name], ...] of clothing and vehicles, most seen first; what is grey by infrared has no colour."""
    seen = [one for track in tracks for one in track.colours or () if one["name"] is not None]
    best: dict[tuple[Any, ...], float] = {}
    for one in seen:
        shade = (*(round(float(axis), 1) for axis in one["lab"]), one["name"])
        best[shade] = max(best.get(shade, 0.0), float(one["share"]))
    ordered = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [[*shade[:3], round(share, 3), shade[3]] for shade, share in ordered[:SEPARATE_COLOURS]]
