"""The audit log: an event is written with what it tells of or not at all, chained soon after, and checked whenever asked."""
import dataclasses
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.actor import Actor
from sporhund.audit import records, verifier
from sporhund.audit.keys import CannotOpen, Key, Keys
from sporhund.audit.model import Checkpoint, Event, Problem, Verification
from sporhund.store.ids import new_id
from sporhund.store.service import Store

_SALT = 32
_BATCH = 1000
_PROBLEMS = 100


def record(
    rows: Connection, *, action: str, actor: Actor, at: datetime, keys: Keys, case_id: str | None = None,
    payload: Mapping[str, object] = {}, outcome: str = "done",  # noqa: B006 - a Mapping is not changed
) -> str:
    """Write an event in the acting transaction; its id.

    action: "faces search". outcome: done | refused | failed. payload: what only the case may tell (names, paths, digests,
    reasons): JSON values, and times, dates, paths and bytes, which become text. The actor's assurance and host go into
    the payload. It is sealed with the case's key; the log keeps a salted digest of it.
    """
    event, key = new_id("e"), keys.for_case(case_id)
    plain = verifier.canonical(_plain({**payload, "actor_assurance": actor.assurance, "actor_host": actor.host}))
    salt = secrets.token_bytes(_SALT)
    records.insert_event(rows, {
        "event": event, "case_id": case_id, "at": at.astimezone(UTC), "actor": actor.name, "action": action, "outcome": outcome,
        "digest": verifier.payload_digest(salt, plain), "sealed": key.encrypt(salt + plain, _purpose(event)), "key_id": key.id,
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


def show(store: Store, keys: Keys, case_id: str | None = None, limit: int = 100, after: int | None = None) -> list[Event]:
    """Events, newest first, with their payloads opened where the key is there. after: the cursor of the last one seen."""
    opener = _Opener(keys)
    with store.reader() as rows:
        found = records.events(rows, case_id, limit, after)
    return [Event(row.event, row.position, row.case_id, row.at, row.actor, row.action, row.outcome, opener.payload(row), row.id) for row in found]


def verify(store: Store, keys: Keys, checkpoint: Checkpoint | None = None) -> Verification:
    """Check every event, link and payload, and the chain against a checkpoint kept elsewhere."""
    check = _Check(_Opener(keys), checkpoint)
    with store.reader() as rows:
        waiting, lost = records.unchained(rows)
        for row in records.chained(rows):
            check.link(row)
    return check.finish(waiting, lost)


def checkpoint(store: Store, case_id: str | None = None) -> Checkpoint:
    """The head of the whole log, or of one case's, to keep elsewhere: printed, signed, mailed. Chains what waits first."""
    sequence(store)
    with store.reader() as rows:
        found = records.head(rows) if case_id is None else records.case_head(rows, case_id)
    position, head = found or (0, verifier.START)
    return Checkpoint(position, head.hex(), case_id)


def export(store: Store, keys: Keys, out: Path, case_id: str | None = None) -> int:
    """Write the log, or one case's, as JSON lines that `verifier.py` checks without Sporhund; how many events."""
    sequence(store)
    opener = _Opener(keys)
    count, head = 0, verifier.START
    with store.reader() as rows, open(out, "x", encoding="utf-8") as file:
        file.write(json.dumps({"sporhund-audit": verifier.FORM, "scope": "all" if case_id is None else "case", "case_id": case_id}) + "\n")
        for row in records.chained(rows, case_id):
            file.write(json.dumps(_exported(row, opener)) + "\n")
            count, head = (row.position, row.head) if case_id is None else (row.case_position, row.case_head)
        file.write(json.dumps({"end": count, "head": head.hex()}) + "\n")
    return count


def _purpose(event: str) -> bytes:
    return b"sporhund-audit-1 payload of " + event.encode()


def _plain(value: object) -> object:
    """JSON for the kinds of value that rooms put into events. Raises TypeError for others: nothing is logged by accident."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    raise TypeError(f"an audit event cannot hold a {type(value).__name__}")


def _fields(row: Row[Any]) -> dict[str, object]:
    """An event's fields as the chain sees them: see verifier.FIELDS."""
    return {
        "event": row.event, "case_id": row.case_id, "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"), "actor": row.actor,
        "action": row.action, "outcome": row.outcome, "digest": row.digest.hex(), "sealed_sha256": hashlib.sha256(row.sealed).hexdigest(),
        "key_id": row.key_id,
    }


def _links(rows: Connection, waiting: list[Row[Any]]) -> Iterator[dict[str, Any]]:
    """The next links of the chains, in order."""
    position, head = records.head(rows) or (0, verifier.START)
    cases: dict[str, tuple[int, bytes]] = {}
    for event in waiting:
        case = event.case_id or ""
        if case not in cases:
            cases[case] = records.case_head(rows, case) or (0, verifier.START)
        row = verifier.row_digest(_fields(event))
        position, head = position + 1, verifier.next_head(head, position + 1, row)
        place = cases[case][0] + 1
        cases[case] = place, verifier.next_head(cases[case][1], place, row)
        yield {"position": position, "head": head, "audit_id": event.id, "case_id": case, "case_position": place, "case_head": cases[case][1]}


def _exported(row: Row[Any], opener: "_Opener") -> dict[str, object]:
    if row.event is None:
        return {"position": row.position, "missing": True}
    salt, plain = opener.opened(row)
    return {
        "position": row.position, "head": row.head.hex(), "case_position": row.case_position, "case_head": row.case_head.hex(), **_fields(row),
        "salt": salt.hex() if plain else None, "payload": json.loads(plain) if plain else None,
    }


class _Opener:
    """Opens payloads; each key is read once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[str, Key | None] = {}

    def opened(self, row: Row[Any]) -> tuple[bytes, bytes]:
        """Salt and canonical payload; both empty when the key was destroyed. Raises CannotOpen."""
        if row.key_id not in self._known:
            self._known[row.key_id] = self._keys.by_id(row.key_id)
        key = self._known[row.key_id]
        if key is None:
            return b"", b""
        both = key.decrypt(row.sealed, _purpose(row.event))
        return both[:_SALT], both[_SALT:]

    def payload(self, row: Row[Any]) -> dict[str, object] | None:
        _, plain = self.opened(row)
        return json.loads(plain) if plain else None


class _Check:
    """One walk along the chain."""

    def __init__(self, opener: _Opener, checkpoint: Checkpoint | None) -> None:
        self._opener, self._checkpoint = opener, checkpoint
        self._chain, self._cases = verifier.Chain("chain"), dict[str, verifier.Chain]()
        self._problems: list[Problem] = []
        self._rows = self._opened = self._erased = 0
        self._at_checkpoint: bytes | None = None

    def link(self, row: Row[Any]) -> None:
        self._rows += 1
        case = self._cases.setdefault(row.chain_case, verifier.Chain(f"case {row.chain_case}" if row.chain_case else "events of no case"))
        if self._checkpoint and self._checkpoint.case_id is None and row.position == self._checkpoint.position:
            self._at_checkpoint = row.head
        if self._checkpoint and self._checkpoint.case_id == row.chain_case and row.case_position == self._checkpoint.position:
            self._at_checkpoint = row.case_head
        if row.event is None:
            self._say(row.position, f"the event at position {row.position} is missing from the log")
            self._chain.position, self._chain.head = row.position, row.head
            case.position, case.head = row.case_position, row.case_head
            return
        digest = verifier.row_digest(_fields(row))
        for sentence in (*self._chain.follow(row.position, row.head, digest), *case.follow(row.case_position, row.case_head, digest)):
            self._say(row.position, sentence)
        if (row.case_id or "") != row.chain_case:
            self._say(row.position, f"the event at position {row.position} was moved to another case")
        self._payload(row)

    def _payload(self, row: Row[Any]) -> None:
        try:
            salt, plain = self._opener.opened(row)
        except CannotOpen as fault:
            self._say(row.position, f"the payload at position {row.position} cannot be opened: {fault}")
            return
        if not plain:
            self._erased += 1
        elif verifier.payload_digest(salt, plain) == row.digest:
            self._opened += 1
        else:
            self._say(row.position, f"the payload at position {row.position} does not belong to its digest")

    def finish(self, waiting: int, lost: int) -> Verification:
        if lost:
            self._say(None, f"{lost} events have no place in the chain and wait for none: the chain's end was cut, or its queue was")
        kept = self._checkpoint
        if kept and kept.position and self._at_checkpoint is None:
            self._say(None, f"the checkpoint knows {kept.position} events; the chain ends before: its tail was cut")
        elif kept and kept.position and self._at_checkpoint and self._at_checkpoint.hex() != kept.head:
            self._say(kept.position, f"the head at position {kept.position} is not the checkpoint's: the chain was rebuilt")
        return Verification(not self._problems, self._rows, waiting, tuple(self._problems[:_PROBLEMS]), self._opened, self._erased,
                            kept.position if kept else None)

    def _say(self, position: int | None, sentence: str) -> None:
        self._problems.append(Problem(position, sentence))
