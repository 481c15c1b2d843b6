"""Rows of purposes switched on. A row is never changed but ended."""
from datetime import datetime

from sqlalchemy import Connection, exists, insert, select, update

from sporhund.access.model import Enabled
from sporhund.store import tables


def enabled(rows: Connection, *, unit: str | None = None, purpose: str | None = None) -> list[Enabled]:
    """Every switch ever thrown, oldest first, the ended ones included."""
    c = tables.purpose.c
    wanted = select(c.id, c.unit, c.purpose, c.assessment, c.assessed_on, c.until, c.enabled_by, c.enabled_at,
                    c.disabled_at).order_by(c.enabled_at, c.id)
    if unit is not None:
        wanted = wanted.where(c.unit == unit)
    if purpose is not None:
        wanted = wanted.where(c.purpose == purpose)
    return [Enabled(*row) for row in rows.execute(wanted)]


def add(rows: Connection, switch: Enabled) -> None:
    rows.execute(insert(tables.purpose).values(
        id=switch.id, unit=switch.unit, purpose=switch.purpose, assessment=switch.assessment,
        assessed_on=switch.assessed_on, until=switch.until, enabled_by=switch.enabled_by, enabled_at=switch.enabled_at,
    ))


def end(rows: Connection, ids: list[str], *, by: str, at: datetime) -> None:
    c = tables.purpose.c
    rows.execute(update(tables.purpose).where(c.id.in_(ids), c.disabled_at.is_(None)).values(disabled_by=by, disabled_at=at))


def purpose_of_case(rows: Connection, case_id: str) -> tuple[str, str]:
    """Purpose and unit of a case."""
    c = tables.case.c
    row = rows.execute(select(c.purpose, c.unit).where(c.id == case_id)).one()
    return row.purpose, row.unit


def any_accounts(rows: Connection) -> bool:
    """Whether the home has accounts: before the first one, whoever owns the machine sets it up."""
    return bool(rows.scalar(select(exists(select(tables.user_account.c.id)))))


def members(rows: Connection, case_id: str) -> frozenset[str]:
    """User ids of a case's members today."""
    m = tables.member.c
    return frozenset(rows.scalars(select(m.user_id).where(m.case_id == case_id, m.removed_at.is_(None))))
