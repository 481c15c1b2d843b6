"""Rows counted and named for lists and summaries. Nothing is written here."""
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from sporhund.evidence.records import among
from sporhund.review.model import KINDS
from sporhund.store import tables


def unit_showing(rows: Connection, case_id: str, track: Row[Any]) -> Row[Any]:
    """A unit of the track's medium and stream: how the original is to be opened."""
    u = tables.unit.c
    return rows.execute(select(tables.unit).where(u.case_id == case_id, u.id == track.unit_id)).one()


def first_path(rows: Connection, case_id: str, medium_id: str) -> bytes:
    o = tables.occurrence.c
    return bytes(rows.execute(
        select(o.path).where(o.case_id == case_id, o.medium_id == medium_id).order_by(o.original.desc()).limit(1)).scalar_one())


def unit_counts(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> dict[str, int]:
    u = tables.unit.c
    counted = rows.execute(select(u.state, func.count()).where(
        u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media)).group_by(u.state))
    states: dict[str, int] = {row[0]: row[1] for row in counted}
    return {"done": states.get("done", 0), "failed": states.get("failed", 0)}


def track_counts(
    rows: Connection, case_id: str, run_id: str | None = None, media: Sequence[str] = (),
) -> dict[str, int]:
    """Tracks by kind: of these media in one run, or of all runs that are current."""
    t, k = tables.track.c, tables.look.c
    asked = select(t.kind, func.count()).where(t.case_id == case_id, t.alias_of.is_(None)).group_by(t.kind)
    if run_id is not None:
        asked = asked.where(t.run_id == run_id, among(t.medium_id, media))
    else:
        asked = asked.where(select(k.look).where(
            k.case_id == case_id, k.run_id == t.run_id, k.medium_id == t.medium_id, k.look == t.kind, k.current).exists())
    found: dict[str, int] = {row[0]: row[1] for row in rows.execute(asked)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def unlooked(rows: Connection, case_id: str, run_id: str, occurrences: Sequence[str], media: Sequence[str]) -> list[Row[Any]]:
    """Media of these files that failed or were skipped before any look, and have no look's state in this run."""
    m, o, k = tables.medium.c, tables.occurrence.c, tables.look.c
    mine = select(o.medium_id).where(o.case_id == case_id, among(o.id, occurrences))
    said = select(k.medium_id).where(k.case_id == case_id, k.run_id == run_id)
    return list(rows.execute(select(m.id, m.state, m.reason).where(
        m.case_id == case_id, m.id.in_(mine), ~among(m.id, media), m.state.in_(["failed", "skipped"]), m.id.not_in(said))))


def of_camera(rows: Connection, case_id: str, medium_id: str) -> bool:
    """Whether some place of this medium was said to be a camera's."""
    o = tables.occurrence.c
    return rows.scalar(select(o.id).where(
        o.case_id == case_id, o.medium_id == medium_id, o.camera_id.is_not(None)).limit(1)) is not None


def copies_in_trouble(rows: Connection, case_id: str, occurrences: Sequence[str]) -> list[tuple[bytes, str, str, str]]:
    """Path, state, code and reason of duplicates whose content could not be read, or only partly."""
    m, o = tables.medium.c, tables.occurrence.c
    found = rows.execute(
        select(o.path, m.state, m.code, m.reason)
        .join_from(tables.occurrence, tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id))
        .where(o.case_id == case_id, among(o.id, occurrences), ~o.original, o.state.is_(None), m.state.in_(["failed", "partly"]))
        .order_by(o.path))
    return [(row.path, row.state, row.code, row.reason) for row in found]


def kinds_looked_for(rows: Connection, case_id: str) -> set[str]:
    """Kinds that some run of this case was asked to find."""
    r = tables.run.c
    return {kind for looks in rows.scalars(select(r.looks).where(r.case_id == case_id)) for kind in looks}


def outdone(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> bool:
    """Whether another run counts instead of this one, for some of these media."""
    k = tables.look.c
    return bool(rows.scalar(select(func.bool_or(~k.current)).where(
        k.case_id == case_id, k.run_id == run_id, among(k.medium_id, media), k.state.in_(["found", "nothing"]))))


def archives_done(rows: Connection, case_id: str, occurrences: Sequence[str]) -> int:
    """How many of these files are archives that are opened already."""
    m, o = tables.medium.c, tables.occurrence.c
    return int(rows.scalar(
        select(func.count()).select_from(tables.occurrence)
        .join(tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id))
        .where(o.case_id == case_id, among(o.id, occurrences), o.original, m.kind == "archive", m.state == "analysed")) or 0)


def originals_among(rows: Connection, case_id: str, occurrences: Sequence[str], media: Sequence[str]) -> list[str]:
    """Those of these media whose first place is among these files: others are copies here."""
    o = tables.occurrence.c
    return list(rows.scalars(select(o.medium_id).where(
        o.case_id == case_id, among(o.id, occurrences), o.original, among(o.medium_id, media))))


def running(rows: Connection, case_id: str) -> int:
    """Units that some process works on now."""
    u = tables.unit.c
    return int(rows.scalar(select(func.count()).where(u.case_id == case_id, u.state == "running")) or 0)


def runs(rows: Connection, case_id: str) -> list[dict[str, Any]]:
    r = tables.run.c
    return [{
        "run": row.id, "mode": row.mode, "looks": row.looks, "pack": row.pack, "templates": row.templates, "by": row.by,
        "started": row.started_at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "settings": row.settings,
    } for row in rows.execute(select(tables.run).where(r.case_id == case_id).order_by(r.started_at))]
