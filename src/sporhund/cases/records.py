"""Rows of cases and holds."""
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql

from sporhund.cases.model import Case, Hold
from sporhund.store import tables
from sporhund.store.ids import new_id

CASE = (
    tables.case.c.id, tables.case.c.name, tables.case.c.title, tables.case.c.purpose, tables.case.c.unit, tables.case.c.ends,
    tables.case.c.created_at, tables.case.c.created_by, tables.case.c.state,
)


_WITH_ID = select(*CASE).where(tables.case.c.id == bindparam("case"))
"""Written once, as Store.reader says."""


def add_case(rows: Connection, case: Case) -> bool:
    """False if the name is taken."""
    c = tables.case
    added = rows.execute(postgresql.insert(c).values(
        id=case.id, name=case.name, title=case.title, purpose=case.purpose, unit=case.unit, ends=case.ends,
        created_at=case.created_at, created_by=case.created_by, state=case.state,
    ).on_conflict_do_nothing(index_elements=["name"]).returning(c.c.id))
    return added.first() is not None


def case_named(rows: Connection, name: str) -> Case | None:
    if not name.isprintable():                           # no case is called that, and the database could not be asked
        return None
    row = rows.execute(select(*CASE).where(tables.case.c.name == name)).first()
    return Case(*row) if row else None


def case_with_id(rows: Connection, case_id: str) -> Case | None:
    """As `case_named`, by its id."""
    row = rows.execute(_WITH_ID, {"case": case_id}).first() if case_id.isprintable() else None
    return Case(*row) if row else None


def cases(rows: Connection) -> list[Case]:
    return [Case(*row) for row in rows.execute(select(*CASE).order_by(tables.case.c.created_at, tables.case.c.id))]


def lock_case(rows: Connection, case_id: str) -> None:
    """Nobody else changes this case's row until the end of the transaction."""
    rows.execute(select(tables.case.c.id).where(tables.case.c.id == case_id).with_for_update())


def case_of(rows: Connection, case_id: str) -> Case:
    return Case(*rows.execute(_WITH_ID, {"case": case_id}).one())


def blot_out(rows: Connection, case_id: str, *, by: str, at: datetime) -> None:
    """What stays of an erased case: its name, for the log; not its title, nor why it was held. Nobody is a member of it."""
    m = tables.member
    rows.execute(update(m).where(m.c.case_id == case_id, m.c.removed_at.is_(None)).values(removed_by=by, removed_at=at))
    rows.execute(update(tables.case).where(tables.case.c.id == case_id).values(state="erased", title=""))
    rows.execute(update(tables.hold).where(tables.hold.c.case_id == case_id).values(reason=""))


def holds(rows: Connection, case_id: str) -> list[Hold]:
    h = tables.hold.c
    wanted = select(h.id, h.reason, h.placed_by, h.placed_at, h.lifted_by, h.lifted_at).where(h.case_id == case_id)
    return [Hold(*row) for row in rows.execute(wanted.order_by(h.placed_at, h.id))]


def add_hold(rows: Connection, case_id: str, *, reason: str, by: str, at: datetime) -> str:
    key = new_id("h")
    rows.execute(insert(tables.hold).values(id=key, case_id=case_id, reason=reason, placed_by=by, placed_at=at))
    return key


def lift_hold(rows: Connection, case_id: str, hold_id: str, *, by: str, at: datetime) -> bool:
    """False if no such hold stands."""
    h = tables.hold
    lifted = rows.execute(update(h).where(h.c.case_id == case_id, h.c.id == hold_id, h.c.lifted_at.is_(None))
                          .values(lifted_by=by, lifted_at=at).returning(h.c.id))
    return lifted.first() is not None


def row_counts(rows: Connection, case_id: str) -> dict[str, int]:
    """Rows of the case in every content table."""
    return {name: int(rows.scalar(select(func.count()).select_from(_table(name)).where(_table(name).c.case_id == case_id)) or 0)
            for name in tables.CONTENT}


def _table(name: str) -> Any:
    return tables.metadata.tables[name]


def content_digests(rows: Connection, case_id: str) -> list[str]:
    """SHA-256 of every medium, sorted, as text."""
    m = tables.medium.c
    return sorted(digest.hex() for digest in rows.scalars(select(m.sha256).where(m.case_id == case_id)))
