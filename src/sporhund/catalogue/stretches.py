"""Which parts of some videos cannot be read, and which wait: read by the keys of these videos, never of a whole case."""
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from sqlalchemy import Connection, select

from sporhund.evidence import rules
from sporhund.evidence.records import among
from sporhund.store import tables

AT_ONCE = 400
"""Videos whose parts are read for one answer; of further ones the whole is said to be unread in parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """[start, end) of a medium, seconds in it."""

    medium: str
    start: float
    end: float
    waits: bool                #: its turn has not come; else it cannot be read
    code: str | None           #: of the part; None: what is known of it is the medium's
    why: str | None


def reasons(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """Why each of these media could not be read, or not all of it: code and reason."""
    m = tables.medium.c
    return {row.id: (row.code, row.reason) for row in rows.execute(
        select(m.id, m.code, m.reason).where(m.case_id == case_id, among(m.id, list(media_ids))))}


def parts(rows: Connection, case_id: str, media_ids: Sequence[str]) -> list[Part]:
    """What machines have not looked at in these videos, by medium and time; counted as the account counts it."""
    m, u = tables.medium.c, tables.unit.c
    units: dict[str, list[Any]] = defaultdict(list)
    for row in rows.execute(select(
        u.medium_id, u.stream, u.start, u.end, u.state, u.code, u.reason, u.coverage["unread"].label("unread"),
    ).where(u.case_id == case_id, among(u.medium_id, list(media_ids)), u.state != "split")):
        units[row.medium_id].append(row)
    # One look into the facts, which name every keyframe: each further one would unpack them again.
    stream = m.facts["streams"][0].op("-")("keyframes").label("stream")
    facts = rows.execute(select(m.id, stream).where(m.case_id == case_id, among(m.id, list(media_ids))).order_by(m.id))
    return [part for row in facts for part in _parts(row, row.stream or {}, units[row.id])]


def _parts(row: Any, of_stream: Mapping[str, Any], units: Sequence[Any]) -> list[Part]:
    start = of_stream.get("start") or 0.0
    end = max(of_stream.get("end") or 0.0, of_stream.get("announced_end") or 0.0, start)
    stream = min((unit.stream for unit in units), default=0)
    of = [unit for unit in units if unit.stream == stream]
    spans = [rules.Span(unit.start, unit.end, unit.state, tuple(_holes(unit))) for unit in of]
    unread, waiting = rules.video_parts(start, end, spans)
    return [Part(row.id, *part, waits=True, code=None, why=None) for part in waiting] + [
        Part(row.id, *part, False, *_why(part, of)) for part in unread]


def _holes(unit: Any) -> list[tuple[float, float]]:
    """JSON knows no infinity: an open end is None."""
    return [(-inf if one.get("start") is None else one["start"], inf if one.get("end") is None else one["end"])
            for one in unit.unread or ()]


UNCODED = "unread"
"""The code of a part that has none of its own."""


def _why(part: tuple[float, float], units: Sequence[Any]) -> tuple[str | None, str | None]:
    """Code and reason."""
    for unit in units:
        for one, (start, end) in zip(unit.unread or (), _holes(unit), strict=True):
            if start < part[1] and end > part[0]:
                code = one.get("code")
                return None if code == UNCODED else code, str(one["why"])
        if unit.state == "failed" and unit.start < part[1] and unit.end > part[0]:
            return unit.code, unit.reason
    return None, None
