"""Rows of background work."""
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from sporhund.actor import Actor
from sporhund.evidence.names import shown, unshown
from sporhund.evidence.records import storable
from sporhund.store import tables
from sporhund.work import rules
from sporhund.work.model import Asked, Focus, Kind, State, Wish, Work

_W = tables.work.c


def add(rows: Connection, work: Work) -> None:
    rows.execute(insert(tables.work).values(
        case_id=work.case_id, id=work.id, asked=_asked_out(work.asked), state=work.state, place=work.place, by=work.by,
        actor=asdict(work.actor) | {"roles": sorted(work.actor.roles)}, at=work.at))


def last_place(rows: Connection) -> float:
    """Behind every work there is; nobody else takes a place until the end of the transaction."""
    rows.execute(text("select pg_advisory_xact_lock(hashtextextended('work place', 0))"))
    return float(rows.scalar(select(func.coalesce(func.max(_W.place), 0.0))) or 0.0) + 1.0


def of(rows: Connection, case_id: str, work_id: str, *, locked: bool = False) -> Work | None:
    asked = select(tables.work).where(_W.case_id == case_id, _W.id == work_id)
    row = rows.execute(asked.with_for_update() if locked else asked).one_or_none()
    return _work(row) if row is not None else None


def listed(rows: Connection, case_id: str, *, ended: int) -> list[Work]:
    """Works of a case: what runs, what waits in its order, what is paused; then so many of those that ended, newest first.

    One statement: between two, a work that ends would be in both lists, and one that is tried again in neither.
    """
    open_ = (State.RUNNING, State.WAITING, State.PAUSED)
    newest = (func.coalesce(_W.ended_at, _W.at).desc(), _W.id)
    over = select(_W.id).where(_W.case_id == case_id, _W.state.not_in(open_)).order_by(*newest).limit(ended)
    asked = select(tables.work).where(_W.case_id == case_id, or_(_W.state.in_(open_), _W.id.in_(over))).order_by(*newest)
    found = [_work(row) for row in rows.execute(asked)]
    going = [one for one in found if one.state in open_]
    return [*sorted(going, key=lambda one: (open_.index(one.state), one.place, one.at, one.id)),
            *(one for one in found if one.state not in open_)]


def lock_waiting(rows: Connection, case_id: str) -> list[tuple[str, float]]:
    """Ids and places of the case's works that wait, theirs until the end of the transaction."""
    asked = select(_W.id, _W.place).where(_W.case_id == case_id, _W.state == State.WAITING).order_by(_W.id).with_for_update()
    return [(row.id, row.place) for row in rows.execute(asked)]


def change(rows: Connection, work: Work, **values: Any) -> None:
    rows.execute(update(tables.work).where(_W.case_id == work.case_id, _W.id == work.id).values(**values))


def set_focus(rows: Connection, work: Work, focus: Focus | None) -> None:
    """What is looked at first from now on."""
    change(rows, work, asked=_asked_out(replace(work.asked, focus=focus)))


# ------------------------------------------------------------------ of the runner

def take(rows: Connection, claim: int, at: datetime) -> Work | None:
    """The work that waits first in the whole home runs now, under this claim; None: nothing waits that nobody else takes."""
    first = select(_W.case_id, _W.id).where(_W.state == State.WAITING).order_by(_W.place, _W.at, _W.id).limit(1)
    key = rows.execute(first.with_for_update(skip_locked=True)).one_or_none()
    if key is None:
        return None
    taken = update(tables.work).where(_W.case_id == key.case_id, _W.id == key.id)
    row = rows.execute(taken.values(
        state=State.RUNNING, wish=None, claim=claim, started_at=at, ended_at=None, code=None, reason=None,
    ).returning(tables.work)).one()
    return _work(row)


def tell(rows: Connection, work: Work, claim: int, progress: Mapping[str, Any] | None) -> Row[Any] | None:
    """Write how far a running work is; its wish and what it was asked. None: it is not this runner's any more."""
    values: dict[str, Any] = {"claim": claim} if progress is None else {"progress": storable(dict(progress))}
    return rows.execute(
        update(tables.work).where(_W.case_id == work.case_id, _W.id == work.id, _W.claim == claim, _W.state == State.RUNNING)
        .values(**values).returning(_W.wish, _W.asked)).one_or_none()


def end(rows: Connection, work: Work, claim: int, **values: Any) -> bool:
    """A running work ends as said, in words that the store takes; False: it is not this runner's any more."""
    ended = rows.execute(
        update(tables.work).where(_W.case_id == work.case_id, _W.id == work.id, _W.claim == claim, _W.state == State.RUNNING)
        .values(claim=None, wish=None, **{name: storable(value) for name, value in values.items()}).returning(_W.id))
    return ended.first() is not None


def wish_of(rows: Connection, work: Work) -> Wish | None:
    """What is wished of it now; nobody wishes anything else until the end of the transaction."""
    said = rows.scalar(select(_W.wish).where(_W.case_id == work.case_id, _W.id == work.id).with_for_update())
    return Wish(said) if said else None


def free_abandoned(rows: Connection, at: datetime) -> list[tuple[Work, State]]:
    """Running works whose runner is gone (its advisory lock is free) wait again, or are what was wished of them.

    Those that a person stopped, as they ran, each with what it is now.
    """
    found = rows.execute(select(tables.work).where(_W.state == State.RUNNING, text(
        """
        (claim is null or not exists (
              select from pg_locks l
              where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and l.database = (select oid from pg_database where datname = current_database())
                and ((l.classid::bigint << 32) | l.objid::bigint) = claim))
        """
    )).with_for_update(skip_locked=True))
    stopped: list[tuple[Work, State]] = []
    for work in map(_work, found):
        state = rules.stopped(work.wish)
        change(rows, work, claim=None, wish=None, state=state, **({"ended_at": at} if state is State.CANCELLED else {}))
        if work.wish is not None:
            stopped.append((work, state))
    return stopped


def count_waiting(rows: Connection) -> int:
    return int(rows.scalar(select(func.count()).where(_W.state == State.WAITING)) or 0)


# ------------------------------------------------------------------ rows into nouns

def _asked_out(asked: Asked) -> dict[str, Any]:
    return asdict(asked) | {"paths": [shown(path) for path in asked.paths]}


def asked_of(said: Mapping[str, Any]) -> Asked:
    focus = said.get("focus")
    return Asked(
        Kind(said["kind"]), tuple(unshown(path) for path in said["paths"]), said["exhibit"], said["mode"], tuple(said["find"]),
        said["pack"], said["camera"], Focus(**focus) if focus else None)


def _work(row: Row[Any]) -> Work:
    actor = Actor(**row.actor | {"roles": frozenset(row.actor["roles"])})
    return Work(
        row.id, row.case_id, asked_of(row.asked), State(row.state), Wish(row.wish) if row.wish else None, row.place, row.by,
        actor, row.at, row.started_at, row.ended_at, row.progress, row.outcome, row.code, row.reason)
