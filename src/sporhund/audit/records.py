"""The rows of the audit log."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, text

from sporhund.audit.model import Wanted
from sporhund.store.tables import audit, audit_chain, audit_waiting

_LOCK = 0x5350_4155  # advisory: one sequencer at a time
_FETCH = 2000


def insert_event(rows: Connection, values: dict[str, Any]) -> None:
    """Add an event and note that it waits for its place in the chain."""
    added = insert(audit).values(**values).returning(audit.c.id).cte("added")
    rows.execute(insert(audit_waiting).from_select(["audit_id"], select(added.c.id)).add_cte(added))


def take_waiting(rows: Connection, limit: int) -> list[Row[Any]]:
    """The next events to chain, in the order of insertion; no longer waiting. Holds the sequencer's lock until commit."""
    rows.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    chosen = select(audit_waiting.c.audit_id).order_by(audit_waiting.c.audit_id).limit(limit)
    taken = [
        row[0]
        for row in rows.execute(
            delete(audit_waiting).where(audit_waiting.c.audit_id.in_(chosen)).returning(audit_waiting.c.audit_id)
        )
    ]
    return list(rows.execute(select(audit).where(audit.c.id.in_(taken)).order_by(audit.c.id)))


def head(rows: Connection) -> tuple[int, bytes] | None:
    """Last position and head of the whole chain."""
    found = rows.execute(
        select(audit_chain.c.position, audit_chain.c.head).order_by(audit_chain.c.position.desc()).limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def case_head(rows: Connection, case_id: str) -> tuple[int, bytes] | None:
    """Last position and head of one case's chain ("": of the events of no case)."""
    found = rows.execute(
        select(audit_chain.c.case_position, audit_chain.c.case_head)
        .where(audit_chain.c.case_id == case_id)
        .order_by(audit_chain.c.case_position.desc())
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def insert_links(rows: Connection, links: list[dict[str, Any]]) -> None:
    """Add links to the chain."""
    rows.execute(insert(audit_chain), links)


def chained(rows: Connection, case_id: str | None = None) -> Iterator[Row[Any]]:
    """Every link with its event, in the order of the chain; the event's columns are None where it is missing."""
    chosen = (
        select(
            audit_chain.c.position,
            audit_chain.c.head,
            audit_chain.c.case_id.label("chain_case"),
            audit_chain.c.case_position,
            audit_chain.c.case_head,
            audit_chain.c.audit_id,
            *(column for column in audit.c if column.name != "id"),
        )
        .select_from(audit_chain.outerjoin(audit, audit.c.id == audit_chain.c.audit_id))
        .order_by(audit_chain.c.position)
    )
    if case_id is not None:
        chosen = chosen.where(audit_chain.c.case_id == case_id)
    return iter(rows.execution_options(stream_results=True, yield_per=_FETCH).execute(chosen))


def unchained(rows: Connection) -> tuple[int, int]:
    """(events that wait for their place, events without a place that do not wait: nobody will ever chain them)."""
    found = rows.execute(
        text(
            "select count(w.audit_id), count(*) - count(w.audit_id)"
            " from audit a left join audit_waiting w on w.audit_id = a.id"
            " where not exists (select from audit_chain c where c.audit_id = a.id)"
        )
    ).one()
    return found[0], found[1]


def events(
    rows: Connection, case_id: str | None, limit: int, after: int | None, wanted: Wanted = Wanted(),  # noqa: B008 - frozen
) -> list[Row[Any]]:
    """Events, newest first; `after`: only those older than this cursor."""
    chosen = select(audit, audit_chain.c.position).select_from(
        audit.outerjoin(audit_chain, audit_chain.c.audit_id == audit.c.id)
    )
    if case_id is not None:
        chosen = chosen.where(audit.c.case_id == case_id)
    if after is not None:
        chosen = chosen.where(audit.c.id < literal(after))
    for column, value in ((audit.c.actor, wanted.actor), (audit.c.action, wanted.action), (audit.c.outcome, wanted.outcome)):
        if value is not None:
            chosen = chosen.where(column == value)
    if wanted.since is not None:
        chosen = chosen.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(audit.c.at < wanted.until)
    return list(rows.execute(chosen.order_by(audit.c.id.desc()).limit(limit)))


def key_uses(rows: Connection, case_id: str | None) -> list[Row[Any]]:
    """Per key the events that it seals: key_id, case_id, events, first, last; oldest first."""
    first = func.min(audit.c.at).label("first")
    chosen = select(
        audit.c.key_id, audit.c.case_id, func.count().label("events"), first, func.max(audit.c.at).label("last"),
    ).group_by(audit.c.key_id, audit.c.case_id)
    if case_id is not None:
        chosen = chosen.where(audit.c.case_id == case_id)
    return list(rows.execute(chosen.order_by(first, audit.c.key_id)))
