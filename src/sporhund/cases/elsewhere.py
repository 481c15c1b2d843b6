"""Rows of other cases that name a case's tracks or persons: destroyed with it, or reported where somebody relies on them."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select

from sporhund.store import tables


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What became of rows in other cases."""

    destroyed: Mapping[str, int] = field(default_factory=dict)   #: rows, by table
    stays: tuple[str, ...] = ()                    #: sentences for the certificate
    pages: tuple[tuple[str, str], ...] = ()        #: (case id, table) from which rows were deleted


def destroy(rows: Connection, case_id: str) -> Elsewhere:
    """Delete candidates of other cases that lie in this one, and hits on its known persons.

    A row stays where a hold stands on its own case, and a candidate where a person has decided on it: those name a track by its
    id, a time and a box, no picture; the certificate says how many and where.
    """
    (c, candidates), (h, hits) = _naming(case_id)
    decided = exists().where(tables.decision.c.case_id == c.c.case_id, tables.decision.c.candidate_id == c.c.id)
    gone = {
        "candidate": _delete(rows, c, and_(candidates, ~decided, ~_held(c))),
        "known_hit": _delete(rows, h, and_(hits, ~_held(h)))}
    stays = [*_left(rows, c, candidates, "candidates name its tracks and stay: people decided on them, or a hold stands there"),
             *_left(rows, h, hits, "hits on its known persons stay: a hold stands there"), *_ids(rows, case_id)]
    return Elsewhere({name: sum(of.values()) for name, of in gone.items() if of}, tuple(stays),
                     tuple((case, name) for name, of in gone.items() for case in of))


def _ids(rows: Connection, case_id: str) -> list[str]:
    """What of other cases keeps ids of this one as part of its own act, and no more."""
    s, b = tables.search, tables.basis
    searched = and_(s.c.case_id != case_id, s.c.gallery.contains({"cases": [{"case": case_id}]}))
    named = and_(b.c.case_id != case_id, b.c.scope.contains({"cases": [case_id]}))
    return [*_left(rows, s, searched, "searches looked through it: their records keep its id, ids of its tracks and scores"),
            *_left(rows, b, named, "bases name its id")]


def counts(rows: Connection, case_id: str) -> dict[str, int]:
    """Rows of other cases that name tracks or persons of this one, by table."""
    found = {table.name: int(rows.scalar(select(func.count()).select_from(table).where(which)) or 0)
             for table, which in _naming(case_id)}
    return {name: count for name, count in found.items() if count}


def _naming(case_id: str) -> tuple[tuple[Any, ColumnElement[bool]], tuple[Any, ColumnElement[bool]]]:
    """The two tables in which a case can name another, each with which of its rows do."""
    c, h = tables.candidate, tables.known_hit
    return ((c, and_(c.c.track_case == case_id, c.c.case_id != case_id)),
            (h, and_(h.c.known_case == case_id, h.c.case_id != case_id)))


def _held(table: Any) -> ColumnElement[bool]:
    hold = tables.hold.c
    return exists().where(hold.case_id == table.c.case_id, hold.lifted_at.is_(None))


def _delete(rows: Connection, table: Any, which: ColumnElement[bool]) -> dict[str, int]:
    """Rows deleted, by case."""
    gone = rows.scalars(delete(table).where(which).returning(table.c.case_id)).all()
    return {case: gone.count(case) for case in sorted(set(gone))}


def _left(rows: Connection, table: Any, which: ColumnElement[bool], said: str) -> list[str]:
    named = tables.case.c
    found = rows.execute(select(named.name, func.count()).join_from(table, tables.case, named.id == table.c.case_id)
                         .where(which).group_by(named.name).order_by(named.name))
    return [f"in the case {name} {count} {said}" for name, count in found]
