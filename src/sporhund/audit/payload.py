"""What an event holds: written as JSON, salted, sealed with the case's key, opened again where the key is there."""
import dataclasses
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from sporhund.audit import verifier
from sporhund.audit.keys import Key, Keys

_SALT = 32


def sealed(event: str, payload: Mapping[str, object], key: Key) -> tuple[bytes, bytes]:
    """(salted digest, sealed bytes) of a payload. Raises TypeError for a value that no event can hold."""
    plain = verifier.canonical(_plain(payload))
    salt = secrets.token_bytes(_SALT)
    return verifier.payload_digest(salt, plain), key.encrypt(salt + plain, _purpose(event))


def fields(row: Row[Any]) -> dict[str, object]:
    """An event's fields as the chain sees them: see verifier.FIELDS."""
    return {
        "event": row.event,
        "case_id": row.case_id,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "outcome": row.outcome,
        "digest": row.digest.hex(),
        "sealed_sha256": hashlib.sha256(row.sealed).hexdigest(),
        "key_id": row.key_id,
    }


class Opener:
    """Opens payloads; each key is read once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[str, Key | None] = {}

    def opened(self, row: Row[Any]) -> tuple[bytes, bytes] | None:
        """Salt and canonical payload; None when the key was destroyed. Raises CannotOpen."""
        if row.key_id not in self._known:
            self._known[row.key_id] = self._keys.by_id(row.key_id)
        key = self._known[row.key_id]
        if key is None:
            return None
        both = key.decrypt(row.sealed, _purpose(row.event))
        return both[:_SALT], both[_SALT:]

    def payload(self, row: Row[Any]) -> dict[str, object] | None:
        """The payload; None when the key was destroyed. Raises CannotOpen."""
        found = self.opened(row)
        return json.loads(found[1]) if found else None


def _purpose(event: str) -> bytes:
    return b"sporhund-audit-1 payload of " + event.encode()


def _plain(value: object) -> object:
    """JSON for the kinds of value that rooms put into events; for others TypeError: nothing is logged by accident."""
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
