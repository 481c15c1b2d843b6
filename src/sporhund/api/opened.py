"""One medium, opened: what it is, how it is played, and its clock, moment by moment."""
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from sporhund.api.documents import Document
from sporhund.api.previews import playable_item
from sporhund.api.sightings import clock_and_cameras
from sporhund.catalogue.derive import seconds
from sporhund.errors import Unreadable
from sporhund.evidence.medium_clock import CONTRADICTED, MediumClock
from sporhund.evidence.model import WorldTime
from sporhund.media.model import Facts, Sampling
from sporhund.previews import orders, records
from sporhund.review.plan import EMBEDDED_STREAM
from sporhund.viewing import records as viewing
from sporhund.viewing.model import Thing

if TYPE_CHECKING:
    from sporhund.api.case import Case

KNOTS = 64
"""Spans between two of which a clock is taken as straight: two checks of it make no sharper bend."""


def opened(case: "Case", medium: str, *, stream: int | None = None, clip: int | None = None) -> Document:
    """`findings.media`'s item with what a viewer needs.

    `shown`: width and height in pixels of the upright picture that tracks lie in, and the `stream` that they carry.
    `pages` of a picture, `streams` of a video, `clips` behind a picture.   `gap_s`: between two sightings of a track no more
    than this is interpolated.   `moving`: it has a time; then `play` as `previews.playable` says it, else None.
    Raises WrongUsage `unknown-medium`, `no-clip`, `no-stream`; Refused `which-medium`.
    """
    item: Document = case.media(medium=medium, limit=1)["items"][0]
    with case.place.store.reader() as rows:
        source = records.source(rows, case.id, item["id"])
    facts, moving = source.facts, item["kind"] in ("video", "audio") or clip is not None
    return item | {
        "moving": moving, "play": playable_item(orders.playable(source, stream, clip), item["id"]) if moving else None,
        "pages": facts.pages if facts is not None and item["kind"] == "still" else 1,
        "clips": len(facts.clips) if facts is not None else 0,
        "streams": [one.index for one in facts.streams] if facts is not None and item["kind"] == "video" else [],
        "shown": _shown(source, facts, stream, clip), "gap_s": Sampling().max_gap}


def _shown(source: records.Source, facts: Facts | None, stream: int | None, clip: int | None) -> Document:
    if facts is None:
        return {"width": 0, "height": 0, "stream": 0}
    if clip is None and not facts.streams:
        return {"width": facts.width, "height": facts.height, "stream": 0}
    try:
        media = orders.moving(source, clip)
        chosen = orders.stream_of(media, stream)
    except Unreadable:
        return {"width": facts.width, "height": facts.height, "stream": 0}
    return {"width": chosen.upright_width, "height": chosen.upright_height,
            "stream": chosen.index + (EMBEDDED_STREAM if media.clip else 0)}


# ------------------------------------------------------------------ its clock

@dataclass(frozen=True)
class Clock:
    """What a medium's moments are tied to, for who looks at it."""

    of: MediumClock
    cameras: tuple[str, ...]       #: names of those that the medium's files are from

    def at(self, t: float) -> Document | None:
        """What its own clock said at t seconds, and what that is once it is corrected; None where nobody knows.

        Its own clock: the one in the picture where it was tied to the medium, else the time that the file states.
        `camera_s`, `corrected_s`: seconds since 1970, of UTC where `…_zoned`, else as on the wall.
        `uncertainty_s` and `origin` are of the corrected time; `checked`: somebody compared that clock with a true one;
        `contradicted`: another checked clock says otherwise.
        """
        corrected = self.of.at(t)
        if corrected is None:
            return None
        return {"t": t, **_told("camera", self.of.own(t)), **_told("corrected", corrected), "origin": corrected.origin,
                "uncertainty_s": round(corrected.uncertainty_s, 3), "checked": corrected.origin.endswith("checked-clock"),
                "contradicted": CONTRADICTED in corrected.origin}


def _told(name: str, time: WorldTime | None) -> Document:
    return {f"{name}_s": round(seconds(time.at), 3) if time is not None else None,
            f"{name}_zoned": time is not None and time.at.tzinfo is not None}


def clock(case: "Case", medium: str) -> Clock:
    """The clock of a medium. medium: the id of one that is there."""
    with case.place.store.reader() as rows:
        files = viewing.moments(rows, case.id, Thing(medium, medium, "medium"))
        return Clock(*clock_and_cameras(rows, case.id, medium, files))


def knots(clock: Clock, start: float, end: float) -> list[Document]:
    """The clock from start to end, seconds of the medium, at moments between which it is taken as straight; [] where unknown."""
    if not (isfinite(start) and isfinite(end)) or end < start:
        return []
    count = KNOTS if end > start else 0
    times = {start + (end - start) * place / KNOTS for place in range(count)} | {start, end}
    times |= {one.t for one in clock.of.tied if one.medium_id == clock.of.medium and start <= one.t <= end}
    return [found for found in map(clock.at, sorted(times)) if found is not None]
