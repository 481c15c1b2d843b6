"""How a case may be named, when it may be erased, and cells that no spreadsheet runs. Pure."""
import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

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


Path = npt.NDArray[np.float64]
"""(n, 6) t, x, y, width, height, score: the sightings of one track, ascending in time."""
NEAR_S = 0.5
"""Sightings of two tracks this close in time are compared: looks sample the same frames, tracks may miss some."""
COVERED = 0.25
"""Share of the smaller box that has to be covered for two boxes to show the same thing."""


def recognised(motion: Path, others: Iterable[Path]) -> bool:
    """Whether something else was found where and when this movement is: one sighting that lies over it is enough."""
    return any(_touch(motion, other) for other in others)


def _touch(motion: Path, other: Path) -> bool:
    if not len(motion) or not len(other):
        return False
    place = np.clip(np.searchsorted(motion[:, 0], other[:, 0]), 0, len(motion) - 1)
    before = np.maximum(place - 1, 0)
    return any(bool(np.any(_covers(motion[near], other))) for near in (place, before))


def _covers(a: Path, b: Path) -> npt.NDArray[np.bool_]:
    """Pairwise: close in time, and overlapping by enough of the smaller box."""
    width = np.minimum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    height = np.minimum(a[:, 2] + a[:, 4], b[:, 2] + b[:, 4]) - np.maximum(a[:, 2], b[:, 2])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    smaller = np.minimum(a[:, 3] * a[:, 4], b[:, 3] * b[:, 4])
    same: npt.NDArray[np.bool_] = (np.abs(a[:, 0] - b[:, 0]) <= NEAR_S) & (shared > 0) & (shared >= COVERED * smaller)
    return same
