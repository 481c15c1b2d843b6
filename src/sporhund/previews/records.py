"""What the database knows of media and tracks that are to be shown."""
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, case, select

from sporhund.errors import WrongUsage
from sporhund.media.model import Facts
from sporhund.review.model import Unit
from sporhund.store import tables
from sporhund.tracks.model import BestShot

_ORDER = {"face": 0, "person": 1, "vehicle": 2, "object": 3}


@dataclass(frozen=True, slots=True)
class Source:
    """A medium as its bytes are opened."""

    medium_id: str
    sha256: str
    bytes: int
    state: str
    code: str | None
    reason: str | None
    facts: Facts | None        #: None: not probed yet


@dataclass(frozen=True, slots=True)
class Sighted:
    """A track and its best shot."""

    id: str
    medium_id: str
    unit_id: str
    shot: BestShot


def shown_by(rows: Connection, case_id: str, medium_id: str) -> str | None:
    """The track that shows a video best: faces first, then the clearest. None: no video, or no track.

    Raises WrongUsage `unknown-medium`.
    """
    m, t = tables.medium.c, tables.track.c
    kind = rows.scalar(select(m.kind).where(m.case_id == case_id, m.id == medium_id))
    if kind is None:
        raise _unknown(medium_id)
    if kind != "video":
        return None
    of_medium = select(t.id).where(t.case_id == case_id, t.medium_id == medium_id, t.alias_of.is_(None))
    best: str | None = rows.scalar(
        of_medium.order_by(case(_ORDER, value=t.kind, else_=9), t.quality.desc(), t.id).limit(1))
    return best


def source(rows: Connection, case_id: str, medium_id: str) -> Source:
    """Raises WrongUsage `unknown-medium`."""
    m = tables.medium.c
    row = rows.execute(select(m.sha256, m.bytes, m.state, m.code, m.reason, m.facts).where(
        m.case_id == case_id, m.id == medium_id)).one_or_none()
    if row is None:
        raise _unknown(medium_id)
    facts = msgspec.convert(row.facts, Facts) if row.facts is not None else None
    return Source(medium_id, bytes(row.sha256).hex(), row.bytes, row.state, row.code, row.reason, facts)


def sighted(rows: Connection, case_id: str, track_id: str) -> Sighted:
    """The track under whose id this one counts. Raises WrongUsage `unknown-track`."""
    row = _track(rows, case_id, track_id)
    if row is not None and row.alias_of is not None:
        row = _track(rows, case_id, row.alias_of)
    if row is None:
        raise WrongUsage("unknown-track", f"There is no track {track_id!r} in this case.", "See: sporhund tracks --case CASE.")
    return Sighted(row.id, row.medium_id, row.unit_id, msgspec.convert(row.best[0], BestShot))


def _track(rows: Connection, case_id: str, track_id: str) -> Any:
    t = tables.track.c
    return rows.execute(select(t.id, t.medium_id, t.unit_id, t.alias_of, t.best).where(
        t.case_id == case_id, t.id == track_id)).one_or_none()


def unit(rows: Connection, case_id: str, unit_id: str) -> Unit:
    """How the original was opened when the track was found."""
    u = tables.unit.c
    return msgspec.convert(rows.execute(select(u.plan).where(u.case_id == case_id, u.id == unit_id)).scalar_one(), Unit)


def _unknown(medium_id: str) -> WrongUsage:
    return WrongUsage("unknown-medium", f"There is no medium {medium_id!r} in this case.", "See: sporhund case status.")
