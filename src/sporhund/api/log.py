"""The log as one person may read it: filtered, and veiled where it would tell an examiner the answer."""
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.access import records as access_records
from sporhund.access.model import Role
from sporhund.actor import Actor
from sporhund.api.choices import cursor, parse_time
from sporhund.api.documents import Document, moment, summary
from sporhund.audit import service as audit
from sporhund.audit.model import Event, Wanted
from sporhund.cases import records as case_records
from sporhund.identify import blind

if TYPE_CHECKING:
    from sporhund.api.home import Sporhund

_CLOSED: dict[str, object] = {"withheld": "of a case that you are not on"}
_NOT_YOURS: dict[str, object] = {"withheld": "of somebody of the same name who was not signed in as you are"}


def wanted(
    *, actor: str | None = None, action: str | None = None, since: str | None = None, until: str | None = None,
    outcome: str | None = None,
) -> Wanted:
    """What to show of the log. since, until: ISO 8601 with a zone, the second one no longer included.

    Raises WrongUsage `bad-time`.
    """
    first, end = (parse_time(one) if one else None for one in (since, until))
    return Wanted(actor or None, action or None, first, end, outcome or None)


def show(place: "Sporhund", case_id: str | None, chosen: Wanted, *, limit: int, after: str | None) -> Document:
    """`Sporhund.audit_show`."""
    filters = {name: value for name, value in asdict(chosen).items() if value is not None}
    return _read(place, "audit read", "audit show", case_id, chosen, filters, limit, after)


def own(place: "Sporhund", *, limit: int, after: str | None) -> Document:
    """What this person did themselves, as the log has it: behind the same veil as for any reader."""
    return _read(place, "own lookups", "own lookups", None, Wanted(actor=place.actor.name), {}, limit, after)


def _read(
    place: "Sporhund", right: str, act: str, case_id: str | None, chosen: Wanted, filters: Document, limit: int,
    after: str | None,
) -> Document:
    start, actor = cursor(after), place.actor
    with place.store.reader() as rows:
        names = {one.id: one.name for one in case_records.cases(rows)}
        closed = _closed(rows, actor)
    with gate.act(right, action=act, case_id=case_id, **place.hands) as doing:
        doing.tell(**({"filter": filters} if filters else {}))
        whole = audit.show(place.store, place.keys, case_id, limit + 1, start, chosen)
        # Asked after the events were read, and of their cases alone: what was said in between is veiled too.
        spoken_of = {event.case_id for event in whole if event.case_id is not None} | ({case_id} if case_id else set())
        reader = blind.Reader(blind.veil(doing.rows, spoken_of, actor))
        if right == "own lookups":
            whole = [event if _is_mine(event, actor) else replace(event, payload=_NOT_YOURS) for event in whole]
        events = audit.veiled(whole, reader.withheld)
        blind.note_read(doing.rows, reader, actor, act=act, at=doing.at, closed=closed)
    events = [replace(e, case_id=None, payload=_CLOSED) if e.case_id in closed else e for e in events]
    return {"items": [{
        "event": e.event, "position": e.position, "at": moment(e.at), "actor": e.actor, "action": e.action,
        "case": names.get(e.case_id or ""), "outcome": e.outcome, "payload": e.payload, "summary": summary(e.payload),
    } for e in events[:limit]], "next": str(events[limit - 1].cursor) if len(events) > limit else None}


def _closed(rows: Connection, actor: Actor) -> frozenset[str]:
    """Ids of the cases of which this reader of the log does not learn: an auditor learns of all."""
    return frozenset() if Role.AUDITOR in actor.roles else access_records.closed_to(rows, actor.user)


def _is_mine(event: Event, actor: Actor) -> bool:
    """A local account of the machine may have the name of somebody who signs in. An erased payload tells nothing anyway."""
    return event.payload is None or event.payload.get("actor_assurance") == actor.assurance
