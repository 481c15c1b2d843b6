"""Rows on both sides of a joint: tracks and shots that go on over it are joined under the earlier id."""
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, delete, func, null, select, update

from sporhund.objects.colour import merged
from sporhund.review.records import BEST_SHOTS, as_json, keep_template, parts_of, unpack_path
from sporhund.store import tables
from sporhund.tracks.model import BestShot, Colour, Track


def neighbours(rows: Connection, case_id: str, unit: Row[Any]) -> list[tuple[str, str]]:
    """Joints of this unit whose other side is recorded: (earlier unit, later unit)."""
    u = tables.unit.c
    beside = rows.execute(
        select(u.id, u.start, u.end).where(
            u.case_id == case_id, u.run_id == unit.run_id, u.medium_id == unit.medium_id, u.stream == unit.stream,
            u.state == "done", (u.end == unit.start) | (u.start == unit.end), u.id != unit.id)
    )
    return [(n.id, unit.id) if n.end == unit.start else (unit.id, n.id) for n in beside]


def tracks_at(rows: Connection, case_id: str, unit_id: str, shot_id: str | None = None) -> list[tuple[Row[Any], Track]]:
    """The tracks of one unit (of one of its shots) with their sightings, enough to stitch."""
    t, o = tables.track.c, tables.observation.c
    asked = select(tables.track, o.path, o.lead).join_from(
        tables.track, tables.observation, and_(o.case_id == t.case_id, o.track_id == t.id)
    ).where(t.case_id == case_id, t.unit_id == unit_id)
    found = rows.execute(asked if shot_id is None else asked.where(t.shot_id == shot_id))
    return [(row, track_of(row)) for row in found]


def shots_at(rows: Connection, case_id: str, unit_id: str) -> list[Row[Any]]:
    """The shots of one unit, first to last."""
    s = tables.shot
    return list(rows.execute(select(s).where(s.c.case_id == case_id, s.c.unit_id == unit_id).order_by(s.c.start)))


def track_of(row: Row[Any]) -> Track:
    return Track(
        kind=row.kind, label=row._mapping["class"], shot=0, observations=tuple(unpack_path(row.path)),
        best=msgspec.convert(row.best, tuple[BestShot, ...]), quality=row.quality, comparable=row.comparable,
        reason=row.reason, lead=tuple(unpack_path(row.lead)), page=row.page,
    )


def root(rows: Connection, case_id: str, track_id: str) -> Row[Any]:
    """The track under whose id this one counts."""
    t = tables.track.c
    alias = rows.scalar(select(t.alias_of).where(t.case_id == case_id, t.id == track_id))
    return rows.execute(select(tables.track).where(t.case_id == case_id, t.id == (alias or track_id))).one()


def join(rows: Connection, case_id: str, earlier: str, later: str) -> None:
    """One thing that goes on over a joint: the earlier id counts, the later becomes its alias; the template is recomputed."""
    first, second = root(rows, case_id, earlier), root(rows, case_id, later)
    if first.id == second.id:
        return
    t = tables.track
    best = sorted([*first.best, *second.best], key=lambda shot: -shot["quality"])[:BEST_SHOTS]
    comparable = first.comparable or second.comparable
    mine = update(t).where(t.c.case_id == case_id)
    rows.execute(mine.where((t.c.id == second.id) | (t.c.alias_of == second.id)).values(alias_of=first.id))
    rows.execute(mine.where(t.c.id == first.id).values(
        start=min(first.start, second.start), end=max(first.end, second.end),
        observations=first.observations + second.observations, best=best, quality=max(first.quality, second.quality),
        comparable=comparable, reason=None if comparable else first.reason, colours=joined_colours(first, second),
    ))
    join_templates(rows, case_id, first.id, second.id)


def joined_colours(first: Row[Any], second: Row[Any]) -> Any:
    """Of both sides, each counting as often as it was seen."""
    sides = [(msgspec.convert(side.colours or [], tuple[Colour, ...]), float(side.observations)) for side in (first, second)]
    colours = merged(sides)
    return as_json(colours) if colours else null()


def join_templates(rows: Connection, case_id: str, keep: str, gone: str) -> None:
    p = tables.template
    both = rows.execute(select(p).where(p.c.case_id == case_id, p.c.track_id.in_([keep, gone]))).all()
    for pack in {row.pack for row in both}:
        parts = [part for row in both if row.pack == pack for part in parts_of(row.parts)]
        keep_template(rows, case_id, keep, pack, parts)
    rows.execute(delete(p).where(p.c.case_id == case_id, p.c.track_id == gone))


def join_shots(rows: Connection, case_id: str, before: Row[Any], after: Row[Any]) -> None:
    """The shot that goes on over a joint: the later one becomes an alias of the earlier."""
    s = tables.shot
    keep = before.alias_of or before.id
    rows.execute(
        update(s).where(s.c.case_id == case_id, (s.c.id == after.id) | (s.c.alias_of == after.id)).values(alias_of=keep))
    rows.execute(update(s).where(s.c.case_id == case_id, s.c.id == keep).values(end=func.greatest(s.c.end, after.end)))
    t = tables.track
    rows.execute(update(t).where(t.c.case_id == case_id, t.c.shot_id == after.id).values(shot_id=keep))
