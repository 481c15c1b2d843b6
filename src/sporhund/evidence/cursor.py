"""The cursor of a list: where the last page ended, opaque to readers. Pure."""
import base64
import binascii
import json
from collections.abc import Sequence

from sporhund.errors import WrongUsage

Part = str | int | float | bytes | None


def encode(parts: Sequence[Part]) -> str:
    """The cursor behind an entry, by what the list is sorted by."""
    plain = [{"b": base64.b64encode(part).decode()} if isinstance(part, bytes) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(cursor: str, count: int) -> list[Part]:
    """The parts of a cursor. Raises WrongUsage `bad-cursor` for what was not made by `encode` with as many parts."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        parts = [base64.b64decode(part["b"]) if isinstance(part, dict) else part for part in plain]
    except (ValueError, binascii.Error, TypeError, KeyError) as fault:
        raise _bad() from fault
    if len(parts) != count:
        raise _bad()
    return parts


def _bad() -> WrongUsage:
    return WrongUsage("bad-cursor", "This is no cursor of this list.", "Use `next` of the page before, unchanged.")
