"""Rows of marks, reservations, securing and choices; and what the things are that people speak of."""
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql

from sporhund.evidence.records import among
from sporhund.store import tables
from sporhund.store.changed import THIS_TRANSACTION
from sporhund.store.ids import new_id
from sporhund.viewing.model import LATER, Held, Mark, MarkAct, Securing, Thing

COUNTED = 1000
"""As far as what stands on every page is counted."""


def things(rows: Connection, case_id: str, ids: Collection[str]) -> dict[str, Thing]:
    """Id as it was said → the medium or track; of an alias the track that counts. What there is not is not in it."""
    m, t = tables.medium.c, tables.track.c
    wanted = [one for one in ids if one.isascii() and one.isprintable()]
    media = rows.execute(select(
        m.id, m.kind, m.facts["streams"][0]["start"].as_float().label("start"), m.facts["duration"].as_float().label("duration"),
    ).where(m.case_id == case_id, among(m.id, wanted)))
    found = {row.id: Thing(row.id, row.id, row.kind, row.start or 0.0, row.duration or 0.0) for row in media}
    left = [one for one in wanted if one not in found]
    if left:
        tracks = rows.execute(select(t.id, func.coalesce(t.alias_of, t.id).label("counts"), t.medium_id)
                              .where(t.case_id == case_id, among(t.id, left)))
        found |= {row.id: Thing(row.counts, row.medium_id, "track") for row in tracks}
    return found


def names(rows: Connection, marks: Collection[str]) -> dict[str, str]:
    """What people are called who act as these; a local user's mark stays what it is."""
    u = tables.user_account.c
    asked = select(u.id, u.name).where(among(u.id, list(marks)))
    known = {row.id: row.name for row in rows.execute(asked)} if marks else {}
    return {mark: known.get(mark, mark) for mark in marks}


# ------------------------------------------------------------------ marks

def take_turns(rows: Connection, what: str, by: str) -> None:
    """What one person does in two windows at once happens one after the other: until the end of this transaction."""
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{what}/{by}", 0))))


def latest(rows: Connection, case_id: str, by: str) -> datetime | None:
    """When this person last marked something."""
    k = tables.mark.c
    newest: datetime | None = rows.scalar(select(func.max(k.at)).where(k.case_id == case_id, k.by == by))
    return newest


def add_marks(rows: Connection, case_id: str, chosen: Sequence[Thing], value: str, *, act: str, by: str, at: datetime) -> None:
    """One statement, however many."""
    rows.execute(text(
        "insert into mark (case_id, id, act, thing, medium_id, value, changed, by, at)"
        " select :case_id, said.id, :act, said.thing, said.medium, :value, pg_current_xact_id()::text::bigint, :by, :at"
        " from unnest(cast(:ids as text[]), cast(:things as text[]), cast(:media as text[])) as said (id, thing, medium)",
    ), {"case_id": case_id, "act": act, "value": value, "by": by, "at": at, "ids": [new_id("m") for _ in chosen],
        "things": [one.id for one in chosen], "media": [one.medium for one in chosen]})


def last_act(rows: Connection, case_id: str, by: str) -> str | None:
    """The person's last act that is not taken back."""
    k = tables.mark.c
    mine = select(k.act).where(k.case_id == case_id, k.by == by, k.undone_at.is_(None))
    return rows.scalar(mine.order_by(k.at.desc()).limit(1))


def take_back(rows: Connection, case_id: str, act: str, *, by: str, at: datetime) -> list[tuple[str, str]]:
    """(thing, value) of every mark of this act, now taken back."""
    k = tables.mark
    done = rows.execute(
        update(k).where(k.c.case_id == case_id, k.c.act == act, k.c.by == by, k.c.undone_at.is_(None))
        .values(undone_by=by, undone_at=at, changed=THIS_TRANSACTION).returning(k.c.thing, k.c.value))
    return [(row.thing, row.value) for row in done]


def standing(rows: Connection, case_id: str, ids: Sequence[str] | None = None) -> list[Mark]:
    """Of every person their newest mark on each of these things (None: on all) that is not taken back; by thing, oldest first."""
    k = tables.mark.c
    wanted = select(k.thing, k.medium_id, k.value, k.by, k.at, k.act).where(k.case_id == case_id, k.undone_at.is_(None))
    if ids is not None:
        wanted = wanted.where(among(k.thing, ids))
    newest = wanted.ext(postgresql.distinct_on(k.thing, k.by)).order_by(k.thing, k.by, k.at.desc()).subquery()
    return [Mark(*row) for row in rows.execute(select(newest).order_by(newest.c.thing, newest.c.at, newest.c.by))]


def later(
    rows: Connection, case_id: str, by: str, limit: int, after: tuple[datetime, str] | None = None,
) -> list[tuple[str, str, datetime]]:
    """(thing, medium, at) that this person put aside, newest first. after: at and thing of the last one seen."""
    k, newer = tables.mark.alias("k"), tables.mark.alias("newer")
    since = exists().where(newer.c.case_id == case_id, newer.c.thing == k.c.thing, newer.c.by == by,
                           newer.c.undone_at.is_(None), newer.c.at > k.c.at)
    wanted = select(k.c.thing, k.c.medium_id, k.c.at).where(
        k.c.case_id == case_id, k.c.by == by, k.c.value == text(f"'{LATER}'"), k.c.undone_at.is_(None), ~since)
    if after is not None:
        wanted = wanted.where(tuple_(k.c.at, k.c.thing) < tuple_(literal(after[0]), literal(after[1])))
    found = rows.execute(wanted.order_by(k.c.at.desc(), k.c.thing.desc()).limit(limit))
    return [(row.thing, row.medium_id, row.at) for row in found]


def count_later(rows: Connection, cases: Sequence[str], by: str) -> dict[str, int]:
    """Case → how many things this person put aside in it, counted as far as COUNTED; cases without are not in it."""
    found = rows.execute(text(
        "select asked.id, aside.things from unnest(cast(:cases as text[])) as asked (id) cross join lateral ("
        "  select count(*) as things from (select from mark k where k.case_id = asked.id and k.by = :by"
        f"  and k.value = '{LATER}' and k.undone_at is null and not exists (select from mark newer"
        "   where newer.case_id = k.case_id and newer.thing = k.thing and newer.by = k.by and newer.undone_at is null"
        "   and newer.at > k.at) limit :most) as one) as aside where aside.things > 0"),
        {"cases": list(cases), "by": by, "most": COUNTED})
    return {row.id: row.things for row in found}


def acts(rows: Connection, case_id: str, by: str, limit: int) -> list[MarkAct]:
    """What this person last marked, newest first, taken back or not. Steps from act to act: one may have thousands of rows."""
    found = rows.execute(text(
        "with recursive step (at, n) as ("
        "  select max(at), 1 from mark where case_id = :case_id and by = :by union all"
        "  select (select max(at) from mark where case_id = :case_id and by = :by and at < step.at), n + 1"
        "  from step where n < :limit and step.at is not null)"
        " select mark.act, mark.value, mark.at, count(*) as things, max(mark.undone_at) as undone_at"
        " from step join mark on mark.case_id = :case_id and mark.by = :by and mark.at = step.at"
        " group by mark.act, mark.value, mark.at order by mark.at desc",
    ), {"case_id": case_id, "by": by, "limit": limit})
    return [MarkAct(*row) for row in found]


# ------------------------------------------------------------------ reservations

def reserve(
    rows: Connection, case_id: str, media: Sequence[str], *, by: str, at: datetime, until: datetime,
) -> frozenset[str]:
    """Which of these media are this person's now: those that nobody else holds. Always in one order: two people cannot lock
    each other out."""
    r = tables.reservation
    asked = func.unnest(literal(list(media), postgresql.ARRAY(Text))).table_valued("id").render_derived(name="asked")
    chosen = select(literal(case_id), asked.c.id, literal(by), literal(at), literal(until)).order_by(asked.c.id.collate("C"))
    taken = postgresql.insert(r).from_select(["case_id", "medium_id", "by", "at", "until"], chosen)
    mine = taken.on_conflict_do_update(
        index_elements=["case_id", "medium_id"], set_={"by": by, "at": at, "until": until},
        where=(r.c.by == by) | (r.c.until <= at)).returning(r.c.medium_id)
    return frozenset(rows.scalars(mine))


def release(rows: Connection, case_id: str, media: Sequence[str] | None, *, by: str) -> list[str]:
    """The media that this person gave free; None: all of theirs."""
    r = tables.reservation
    which: list[ColumnElement[bool]] = [r.c.case_id == case_id, r.c.by == by]
    if media is not None:
        which.append(among(r.c.medium_id, media))
    ordered = select(r.c.medium_id).where(*which).order_by(r.c.medium_id.collate("C")).with_for_update()
    mine = list(rows.scalars(ordered))
    return list(rows.scalars(delete(r).where(r.c.case_id == case_id, r.c.by == by, among(r.c.medium_id, mine))
                             .returning(r.c.medium_id)))


def held(rows: Connection, case_id: str, media: Sequence[str], at: datetime) -> list[Held]:
    """Who works on these media now."""
    r = tables.reservation.c
    found = rows.execute(select(r.medium_id, r.by, r.until).where(
        r.case_id == case_id, among(r.medium_id, media), r.until > at).order_by(r.medium_id))
    return [Held(*row) for row in found]


# ------------------------------------------------------------------ securing

def add_securing(rows: Connection, case_id: str, made: Securing) -> None:
    rows.execute(insert(tables.securing).values(
        case_id=case_id, id=made.id, camera_id=made.camera, track_id=made.track, wanted_from=made.wanted_from,
        wanted_to=made.wanted_to, note=made.note, by=made.by, at=made.at))


def securings(rows: Connection, case_id: str, *, open_only: bool = False) -> list[Securing]:
    """Oldest first."""
    s = tables.securing.c
    wanted = select(s.id, s.camera_id, s.track_id, s.wanted_from, s.wanted_to, s.note, s.by, s.at, s.done_by, s.done_at)
    wanted = wanted.where(s.case_id == case_id).order_by(s.at, s.id)
    chosen = wanted.where(s.done_at.is_(None)) if open_only else wanted
    found: list[Any] = list(rows.execute(chosen))
    return [Securing(*row) for row in found]


def secured(rows: Connection, case_id: str, securing_id: str, *, by: str, at: datetime) -> Securing | None:
    """The securing, done by now; who was first stays. None: there is none of this id."""
    s = tables.securing
    rows.execute(update(s).where(s.c.case_id == case_id, s.c.id == securing_id, s.c.done_at.is_(None))
                 .values(done_by=by, done_at=at))
    return next((one for one in securings(rows, case_id) if one.id == securing_id), None)


def places(rows: Connection, case_id: str) -> dict[str, tuple[float, float]]:
    """Camera → (latitude, longitude), as one of its recordings says; those of which none says it are not in it."""
    found = rows.execute(text(
        "select camera.id, spot.latitude, spot.longitude from camera cross join lateral ("
        "  select latitude, longitude from item where item.case_id = camera.case_id and item.camera_id = camera.id"
        "  and item.latitude is not null and item.longitude is not null order by item.camera_id limit 1) as spot"
        " where camera.case_id = :case_id"), {"case_id": case_id})
    return {row.id: (row.latitude, row.longitude) for row in found}


def moments(rows: Connection, case_id: str, thing: Thing) -> list[Any]:
    """A thing's files with what they state of its time, the original first: camera, medium's own statements, first moment."""
    m, o, t = tables.medium.c, tables.occurrence.c, tables.track.c
    start, end = (literal(thing.start), literal(thing.start + thing.duration))
    wanted = select(
        m.id, m.facts["stated"].label("said_inside"), m.facts["streams"][0]["start"].as_float().label("first"),
        o.stated.label("said_by_name"), o.camera_id,
        *((t.start.label("begins"), t.end.label("ends")) if thing.kind == "track" else
          (start.label("begins"), end.label("ends"))),
    ).join_from(tables.medium, tables.occurrence, (o.case_id == m.case_id) & (o.medium_id == m.id))
    if thing.kind == "track":
        wanted = wanted.join(tables.track, (t.case_id == m.case_id) & (t.medium_id == m.id)).where(t.id == thing.id)
    return list(rows.execute(wanted.where(m.case_id == case_id, m.id == thing.medium).order_by(o.original.desc(), o.id)))


# ------------------------------------------------------------------ choices

_CHOICES = select(tables.preference.c.choices).where(tables.preference.c.user_id == bindparam("user"))
"""Written once, as Store.reader says."""


def choices(rows: Connection, user: str) -> Mapping[str, Any]:
    """As they are kept."""
    return rows.scalar(_CHOICES, {"user": user}) or {}


def lock_choices(rows: Connection, user: str) -> None:
    """Nobody else changes this person's choices until the end of the transaction."""
    p = tables.preference
    rows.execute(postgresql.insert(p).values(user_id=user, choices={}).on_conflict_do_nothing(index_elements=["user_id"]))
    rows.execute(select(p.c.user_id).where(p.c.user_id == user).with_for_update())


def keep_choices(rows: Connection, user: str, chosen: Mapping[str, Any]) -> None:
    p = tables.preference
    rows.execute(update(p).where(p.c.user_id == user).values(choices=dict(chosen)))
