"""The audit log: an event is written with what it tells of or not at all, chained soon after, and checked whenever asked."""
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Row

from sporhund.actor import Actor
from sporhund.audit import payload as payloads
from sporhund.audit import records, verifier
from sporhund.audit.check import Walk
from sporhund.audit.keys import CannotOpen, Keys
from sporhund.audit.model import Checkpoint, Event, KeyUse, Verification, Wanted
from sporhund.store.ids import new_id
from sporhund.store.service import Store

_BATCH = 1000


def record(
    rows: Connection,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    keys: Keys,
    case_id: str | None = None,
    payload: Mapping[str, object] = {},
    outcome: str = "done",
) -> str:
    """Write an event in the acting transaction; its id.

    action: "faces search". outcome: done | refused | failed. payload: what only the case may tell (names, paths, digests,
    reasons): JSON values, and times, dates, paths, bytes and dataclasses, which become JSON. The actor's assurance and
    host go into the payload. It is sealed with the case's key; the log keeps a salted digest of it.
    """
    event, key = new_id("e"), keys.for_case(case_id)
    whole = {**payload, "actor_assurance": actor.assurance, "actor_host": actor.host}
    digest, sealed = payloads.sealed(event, whole, key)
    records.insert_event(rows, {
        "event": event, "case_id": case_id, "at": at.astimezone(UTC), "actor": actor.name, "action": action,
        "outcome": outcome, "digest": digest, "sealed": sealed, "key_id": key.id,
    })
    return event


def sequence(store: Store) -> int:
    """Give every waiting event its place in the chains; how many there were. Called at the end of each command."""
    done = 0
    while True:
        with store.transaction() as rows:
            waiting = records.take_waiting(rows, _BATCH)
            if not waiting:
                return done
            records.insert_links(rows, list(_links(rows, waiting)))
        done += len(waiting)


Withhold = Callable[[str, Mapping[str, object] | None], str | None]
"""(action, payload) -> why its reader may not see this payload now; None: they may."""


def everything(action: str, payload: Mapping[str, object] | None) -> None:
    """Nothing is withheld."""


def show(
    store: Store, keys: Keys, case_id: str | None = None, limit: int = 100, after: int | None = None,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
) -> list[Event]:
    """Events, newest first, with their payloads opened where the key is there. after: the cursor of the last one seen."""
    opener = payloads.Opener(keys)
    with store.reader() as rows:
        return [_event(row, opener) for row in records.events(rows, case_id, limit, after, wanted)]


def verify(store: Store, keys: Keys, checkpoint: Checkpoint | None = None) -> Verification:
    """Check every event, link and payload, and the chain against a checkpoint kept elsewhere."""
    walk = Walk(payloads.Opener(keys), checkpoint)
    with store.snapshot() as rows:
        waiting, lost = records.unchained(rows)
        for row in records.chained(rows):
            walk.link(row)
    return walk.finish(waiting, lost)


def checkpoint(store: Store, case_id: str | None = None) -> Checkpoint:
    """The head of the whole log, or of one case's, to keep elsewhere: printed, signed, mailed. Chains what waits first."""
    sequence(store)
    with store.reader() as rows:
        found = records.head(rows) if case_id is None else records.case_head(rows, case_id)
    position, head = found or (0, verifier.START)
    return Checkpoint(position, head.hex(), case_id)


def key_uses(rows: Connection, keys: Keys, case_id: str | None = None) -> list[KeyUse]:
    """Which key opens which events; a key that is gone is an erased case, or a home that was not brought over whole."""
    return [KeyUse(row.key_id, row.case_id, row.events, row.first, row.last, keys.by_id(row.key_id) is not None)
            for row in records.key_uses(rows, case_id)]


def _open(rows: Connection) -> Withhold:
    return everything


def _nothing() -> None:
    """Nothing is to be kept of an export."""


def export(
    store: Store, keys: Keys, out: Path, case_id: str | None = None, *, veil: Callable[[Connection], Withhold] = _open,
    before: Callable[[], None] = _nothing,
) -> tuple[int, int]:
    """Write the log, or one case's, as JSON lines that `verifier.py` checks without Sporhund.

    (events, payloads withheld): an event without its payload keeps its digest and its place in the chain.
    veil: what is withheld, asked of the same moment as the events.   before: done when all is gathered and nothing of it can be
    read yet: until then it lies in a file without a name, which a sudden end takes with it.
    Raises FileExistsError: nothing is overwritten.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", dir=out.parent) as whole:
        counted = export_into(store, keys, whole, case_id, veil=veil)
        before()
        whole.seek(0)
        with open(out, "x", encoding="utf-8") as file:
            shutil.copyfileobj(whole, file)
    return counted


def export_into(
    store: Store, keys: Keys, file: TextIO, case_id: str | None = None, *, veil: Callable[[Connection], Withhold] = _open,
) -> tuple[int, int]:
    """As `export`, into a file that is open: one without a name keeps nothing of it when it is closed."""
    sequence(store)
    with store.snapshot() as rows:
        return _gather(rows, keys, file, case_id, veil(rows))


def _gather(rows: Connection, keys: Keys, file: TextIO, case_id: str | None, withhold: Withhold) -> tuple[int, int]:
    opener = payloads.Opener(keys)
    scope = {"sporhund-audit": verifier.FORM, "scope": "all" if case_id is None else "case", "case_id": case_id}
    count, hidden, head = 0, 0, verifier.START
    file.write(json.dumps(scope) + "\n")
    for row in records.chained(rows, case_id):
        line = _exported(row, opener, withhold)
        file.write(json.dumps(line) + "\n")
        hidden += "withheld" in line
        count, head = (row.position, row.head) if case_id is None else (row.case_position, row.case_head)
    file.write(json.dumps({"end": count, "head": head.hex()}) + "\n")
    return count, hidden


def _links(rows: Connection, waiting: list[Row[Any]]) -> Iterator[dict[str, Any]]:
    """The next links of the chains, in order."""
    position, head = records.head(rows) or (0, verifier.START)
    cases: dict[str, tuple[int, bytes]] = {}
    for event in waiting:
        case = event.case_id or ""
        if case not in cases:
            cases[case] = records.case_head(rows, case) or (0, verifier.START)
        digest = verifier.row_digest(payloads.fields(event))
        position, head = position + 1, verifier.next_head(head, position + 1, digest)
        place = cases[case][0] + 1
        cases[case] = place, verifier.next_head(cases[case][1], place, digest)
        yield {
            "position": position, "head": head, "audit_id": event.id,
            "case_id": case, "case_position": place, "case_head": cases[case][1],
        }


def veiled(events: Sequence[Event], withhold: Withhold) -> list[Event]:
    """These events; a payload that is withheld reads `{"withheld": why}`."""
    told = [(event, withhold(event.action, event.payload)) for event in events]
    return [replace(event, payload={"withheld": why}) if why else event for event, why in told]


def _event(row: Row[Any], opener: payloads.Opener) -> Event:
    try:
        opened = opener.payload(row)
    except CannotOpen as fault:
        opened = {"damaged": str(fault)}     # the log stays readable; `verify` says where it was changed
    return Event(row.event, row.position, row.case_id, row.at, row.actor, row.action, row.outcome, opened, row.id)


def _exported(row: Row[Any], opener: payloads.Opener, withhold: Withhold) -> dict[str, object]:
    if row.event is None:
        return {"position": row.position, "missing": True}
    try:
        opened = opener.opened(row)
    except CannotOpen:
        opened = bytes(32), b'{"damaged":true}'   # goes out as it is; the verifier finds that it does not fit
    payload = json.loads(opened[1]) if opened else None
    why = withhold(row.action, payload)
    return {
        "position": row.position, "head": row.head.hex(),
        "case_position": row.case_position, "case_head": row.case_head.hex(), **payloads.fields(row),
        "salt": opened[0].hex() if opened and not why else None, "payload": None if why else payload,
    } | ({"withheld": why} if why else {})
