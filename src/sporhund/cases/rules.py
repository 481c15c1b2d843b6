"""How a case may be named, when it may be erased, and cells that no spreadsheet runs. Pure."""
import re
from collections.abc import Sequence

from sporhund.cases.model import Hold
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import printable

_NAME = re.compile(r"[\w(][\w .,:;()/#+&'-]{0,99}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
"""Beginnings that spreadsheets run or split on (OWASP, CSV Injection), their full-width twins too."""


def check_name(name: str) -> str:
    """A case's name: it begins with a letter, a digit or a bracket; 100 characters at most. Raises WrongUsage `bad-name`."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise WrongUsage("bad-name", "This cannot be the name of a case.",
                         "1 to 100 letters, digits, spaces and .,:;()/#+&'- , beginning with a letter or a digit.")
    return name


def check_title(title: str) -> str:
    """A title in one printable line. Raises WrongUsage `bad-title`."""
    trimmed = title.strip()
    if not trimmed or len(trimmed) > 300 or not trimmed.isprintable():
        raise WrongUsage("bad-title", "The case needs a title in one line.", "Say with --title what it is about.")
    return trimmed


def check_reason(reason: str, what: str) -> str:
    """Why something weighty is done. Raises WrongUsage `reason-missing`."""
    trimmed = printable(reason.strip())
    if not trimmed:
        raise WrongUsage("reason-missing", f"{what} needs a reason.", "Say why with --reason; it is kept.")
    return trimmed


def may_erase(holds: Sequence[Hold]) -> None:
    """A case under a hold is kept. Raises Refused `held`, naming the holds."""
    standing = [hold for hold in holds if hold.lifted_at is None]
    if standing:
        reasons = "; ".join(f"{hold.reason} (since {hold.placed_at.date().isoformat()})" for hold in standing)
        raise Refused("held", f"A hold stands on this case: {reasons}.",
                      "Lift it when its ground has gone: sporhund case hold CASE --lift HOLD.")


def cell(value: object) -> str:
    """A value for a CSV file: printable, and never taken for a formula. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    text = str(value)
    return ("'" if text.startswith(_FORMULA) else "") + printable(text)
