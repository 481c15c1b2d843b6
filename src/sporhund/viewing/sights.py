"""Rows of what was seen, and of how much a person has looked at."""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy.dialects import postgresql

from sporhund.catalogue import looked
from sporhund.catalogue.items import Played, Seen
from sporhund.evidence.records import among
from sporhund.store import tables
from sporhund.store.changed import THIS_TRANSACTION
from sporhund.viewing.model import ANYBODY, Exposure, Sight, Spans, Thing
from sporhund.viewing.rules import joined, length


def keep(rows: Connection, case_id: str, seen: Mapping[str, tuple[Thing, Spans]], *, by: str, at: datetime) -> frozenset[str]:
    """Note that a person saw these things, and with that anybody; the things that they saw for the first time.

    seen: thing → itself and the parts of it that played. Rows are made and locked in one order: two windows that tell of
    the same things wait for each other and never in a circle.
    """
    order = sorted(seen)
    new = rows.execute(text(
        "insert into seen (case_id, thing, by, medium_id, changed, first_at, last_at, spans, seconds)"
        " select :case_id, said.thing, who.by, said.medium, pg_current_xact_id()::text::bigint, :at, :at, '[]', 0"
        " from unnest(cast(:things as text[]), cast(:media as text[])) with ordinality as said (thing, medium, place)"
        " cross join unnest(cast(:people as text[])) with ordinality as who (by, place) order by said.place, who.place"
        " on conflict (case_id, thing, by) do nothing returning thing, by",
    ), {"case_id": case_id, "at": at, "things": order, "media": [seen[one][0].medium for one in order],
        "people": [ANYBODY, by]}).all()
    s = tables.seen
    mine = (s.c.case_id == case_id, among(s.c.thing, order), s.c.by.in_([ANYBODY, by]))
    kept = rows.execute(select(s.c.thing, s.c.by, s.c.spans).where(*mine)
                        .order_by(s.c.thing.collate("C"), s.c.by.collate("C")).with_for_update()).all()
    rows.execute(update(s).where(*mine, s.c.last_at < at).values(last_at=at))
    for row in kept:
        _lengthen(rows, case_id, row, *seen[row.thing])
    return frozenset(row.thing for row in new if row.by == by)


def _lengthen(rows: Connection, case_id: str, row: Any, thing: Thing, spans: Spans) -> None:
    """Join what played now to what had played before. Not locked twice: the row is held already."""
    before = joined(row.spans, thing.start, thing.duration)
    after = joined([*before, *spans], thing.start, thing.duration)
    if after != before:
        s = tables.seen
        rows.execute(update(s).where(s.c.case_id == case_id, s.c.thing == row.thing, s.c.by == row.by).values(
            spans=[list(span) for span in after], seconds=length(after), changed=THIS_TRANSACTION))


def of(rows: Connection, case_id: str, ids: Collection[str], by: str) -> dict[str, Sight]:
    """What one person (ANYBODY: everybody together) has seen of these things; what they have not is not in it.

    A track that was seen with its medium (catalogue.looked.tracks) has that sight's times: others are not kept.
    """
    own = _kept(rows, case_id, ids, by)
    return own | _with_media(rows, case_id, [one for one in ids if one not in own], by)


def _kept(rows: Connection, case_id: str, ids: Collection[str], by: str) -> dict[str, Sight]:
    s = tables.seen.c
    found = rows.execute(select(s.thing, s.first_at, s.last_at, s.spans, s.seconds).where(
        s.case_id == case_id, among(s.thing, list(ids)), s.by == by))
    return {row.thing: Sight(row.thing, row.first_at, row.last_at, tuple((a, b) for a, b in row.spans), row.seconds)
            for row in found}


def _with_media(rows: Connection, case_id: str, ids: Collection[str], by: str) -> dict[str, Sight]:
    """Those of these that are tracks and were seen as their still was shown or their video played."""
    if not ids:
        return {}
    t, m = tables.track.c, tables.medium.c
    every = rows.execute(
        select(t.id, t.medium_id, t.start, t.end, m.kind)
        .join_from(tables.track, tables.medium, (m.case_id == t.case_id) & (m.id == t.medium_id))
        .where(t.case_id == case_id, among(t.id, list(ids)))).all()
    media = list(_kept(rows, case_id, {row.medium_id for row in every}, by).values())
    place = {one.thing: number for number, one in enumerate(media)}
    tracks = [row for row in every if row.medium_id in place]
    parts = np.array([(place[one.thing], *span) for one in media for span in one.spans], float).reshape(-1, 3)
    seen = Seen(np.zeros(0, "S1"), np.ones(len(media), np.bool_), np.array([one.seconds for one in media]),
                Played(parts[:, 0].astype(np.int64), parts[:, 1], parts[:, 2]))
    found = looked.tracks(
        np.array([row.id.encode() for row in tracks], np.bytes_), np.array([place[row.medium_id] for row in tracks], np.int64),
        np.array([row.start for row in tracks], float), np.array([row.end for row in tracks], float),
        np.array([row.kind == "still" for row in tracks], np.bool_), seen)
    return {row.id: replace(media[place[row.medium_id]], thing=row.id, spans=(), seconds=0.0)
            for row, is_seen in zip(tracks, found.tolist(), strict=True) if is_seen}


# ------------------------------------------------------------------ exposure

def counted_to(rows: Connection, user: str, since: date) -> datetime | None:
    """Up to when this person's looking is counted, in any case. since: the day before; older than that bounds nothing."""
    e = tables.exposure.c
    newest: datetime | None = rows.scalar(select(func.max(e.counted_to)).where(e.user_id == user, e.day >= since))
    return newest


def counted_here(rows: Connection, user: str, case_id: str, day: date) -> datetime | None:
    """Up to when this person's looking at this case is counted on a day."""
    e = tables.exposure.c
    found: datetime | None = rows.scalar(select(e.counted_to).where(e.user_id == user, e.day == day, e.case_id == case_id))
    return found


def expose(rows: Connection, user: str, case_id: str, more: Exposure, counted: datetime) -> tuple[float, float]:
    """Add to what this person looked at on a day; its sums so far: seconds before pictures, and of them clear."""
    e = tables.exposure
    added = postgresql.insert(e).values(user_id=user, day=more.day, case_id=case_id, seen_s=more.seen_s, clear_s=more.clear_s,
                                        media=more.media, counted_to=counted)
    row = rows.execute(added.on_conflict_do_update(index_elements=["user_id", "day", "case_id"], set_={
        "seen_s": e.c.seen_s + added.excluded.seen_s, "clear_s": e.c.clear_s + added.excluded.clear_s,
        "media": e.c.media + added.excluded.media, "counted_to": func.greatest(e.c.counted_to, added.excluded.counted_to),
    }).returning(e.c.seen_s, e.c.clear_s)).one()
    return row.seen_s, row.clear_s


_E = tables.exposure.c
_EXPOSURE = select(_E.day, func.sum(_E.seen_s), func.sum(_E.clear_s), func.sum(_E.media)).where(
    _E.user_id == bindparam("user"), _E.day >= bindparam("since")).group_by(_E.day).order_by(_E.day.desc())
"""Written once, as Store.reader says."""


def exposure(rows: Connection, user: str, since: date) -> list[Exposure]:
    """Day by day over all cases, newest first; days without are not in it."""
    return [Exposure(*row) for row in rows.execute(_EXPOSURE, {"user": user, "since": since})]


def exposure_on(rows: Connection, cases: Sequence[str], since: date) -> list[tuple[str, str, Exposure]]:
    """(account's name, full name, day's sum) of everybody on these cases, newest day first."""
    e, u = tables.exposure.c, tables.user_account.c
    found = rows.execute(
        select(u.name, u.full_name, e.day, func.sum(e.seen_s), func.sum(e.clear_s), func.sum(e.media))
        .join_from(tables.exposure, tables.user_account, u.id == e.user_id)
        .where(among(e.case_id, cases), e.day >= since).group_by(u.name, u.full_name, e.day).order_by(e.day.desc(), u.name))
    return [(name, full_name, Exposure(*of)) for name, full_name, *of in found]


def cases_of(rows: Connection, user: str) -> list[str]:
    """Ids of the cases that this account is a member of."""
    m = tables.member.c
    return list(rows.scalars(select(m.case_id).where(m.user_id == user, m.removed_at.is_(None)).order_by(m.case_id)))
