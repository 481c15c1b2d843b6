"""The cursor of a list: where the last page ended, opaque to readers. Pure."""
import base64
import json
from collections.abc import Sequence

from sporhund.errors import WrongUsage

Part = str | float | bytes


def encode(parts: Sequence[Part]) -> str:
    """The cursor behind an entry, by what the list is sorted by."""
    plain = [{"b": base64.b64encode(part).decode()} if isinstance(part, bytes) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type[str] | type[float] | type[bytes]) -> list[Part]:
    """The parts of a cursor. Raises WrongUsage `bad-cursor` for what was not made by `encode` of such parts."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        parts = [base64.b64decode(part["b"]) if isinstance(part, dict) else part for part in plain]
    except (ValueError, TypeError, KeyError) as fault:   # binascii.Error and JSON's errors are ValueErrors
        raise _bad() from fault
    if len(parts) != len(kinds) or not all(_fits(part, kind) for part, kind in zip(parts, kinds, strict=True)):
        raise _bad()
    return parts


def _fits(part: object, kind: type) -> bool:
    return isinstance(part, kind) and (not isinstance(part, str) or part.isprintable())


def _bad() -> WrongUsage:
    return WrongUsage("bad-cursor", "This is no cursor of this list.", "Use `next` of the page before, unchanged.")
