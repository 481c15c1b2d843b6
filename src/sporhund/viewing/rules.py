"""What of a report of a browser counts, which marks stand, and what to secure around a sighting. Pure."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import asin, cos, isfinite, radians, sin, sqrt

from sporhund.errors import WrongUsage
from sporhund.evidence.model import WorldTime
from sporhund.viewing.model import VALUES, Near, Spans, Spot, Window

MARK_CHARACTERS = 40
NOTE_CHARACTERS = 500
AHEAD_S = 5.0
"""Seconds by which reports may run ahead of the clock: a browser's timers are not exact, and a report takes a moment to come."""
LONGEST_S = 120.0
"""Seconds that one report may tell of at most: a page reports more often than that."""
SUM_S = 900.0
"""Once in so many seconds the log is told how long somebody looked at a case."""
MINUTES = range(1, 121)
AROUND = timedelta(minutes=15)
NEARBY = 5
_EARTH_M = 6_371_000.0
_FAR = date.max
NO_MARK = "none"
"""How a filter asks for what has no mark: no mark is called so."""
ADJUSTMENTS: Mapping[str, tuple[float, float]] = {
    "brightness": (0.0, 10.0), "contrast": (0.0, 10.0), "rotation": (-360.0, 360.0), "zoom": (0.01, 100.0), "speed": (0.01, 16.0)}
"""What a viewer changes of a picture, with the least and the most: factors, 1 is as it is; rotation in degrees, clockwise."""


# ------------------------------------------------------------------ marks

def check_value(value: str) -> str:
    """What a mark says, trimmed. Raises WrongUsage `bad-mark`."""
    trimmed = value.strip()
    if not 1 <= len(trimmed) <= MARK_CHARACTERS or not trimmed.isprintable() or trimmed.casefold() == NO_MARK:
        known = ", ".join(VALUES)
        raise WrongUsage("bad-mark", "This cannot be a mark.", f"{known}, or 1 to {MARK_CHARACTERS} printable characters.")
    return next((one for one in VALUES if one == trimmed.casefold()), trimmed)


# ------------------------------------------------------------------ what was before the eyes

def joined(spans: Iterable[Sequence[float]], start: float, duration: float) -> Spans:
    """The union of these parts of a video, clipped to its length: in order, none touching another.

    duration: 0 where nobody knows it: nothing is clipped at the end.
    """
    end = start + duration if duration > 0 else float("inf")
    parts = sorted((max(start, first), min(end, last)) for first, last in spans)
    out: list[tuple[float, float]] = []
    for first, last in parts:
        if last <= first:
            continue
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return tuple(out)


def length(spans: Spans) -> float:
    """Seconds."""
    return sum(last - first for first, last in spans)


@dataclass(frozen=True, slots=True)
class Credit:
    """What of a report counts."""

    seen_s: float
    clear_s: float
    counted_to: datetime       #: hand it in with the next report


def credit(seen_s: float, clear_s: float, at: datetime, counted_to: datetime | None) -> Credit:
    """What counts of a report that came at `at`, if everything up to `counted_to` is counted already (None: nothing is).

    Over any time no more seconds are counted than have passed, give or take AHEAD_S (and LONGEST_S before the first report):
    neither a broken script nor two windows beside each other make a person look longer than they sat there.
    """
    oldest = at - timedelta(seconds=LONGEST_S)
    begin = oldest if counted_to is None else max(oldest, counted_to)
    room = max(0.0, (at - begin).total_seconds() + AHEAD_S)
    seen = min(seen_s, room, LONGEST_S)
    return Credit(seen, min(clear_s, seen), max(at, begin + timedelta(seconds=seen)))


def sum_due(before: datetime | None, now: datetime) -> bool:
    """Whether a quarter of an hour has begun since `before` (None: nothing is counted yet), so that the sum is told."""
    return before is None or int(before.timestamp() // SUM_S) < int(now.timestamp() // SUM_S)


def check_report(spans: Iterable[Sequence[float]], seen_s: float, clear_s: float) -> list[tuple[float, float]]:
    """The spans of a report. Raises WrongUsage `bad-report`."""
    parts = [tuple(float(side) for side in span) for span in spans]
    sides = [side for part in parts for side in part]
    if (any(len(part) != 2 for part in parts) or not all(map(isfinite, [*sides, seen_s, clear_s]))
            or min(seen_s, clear_s) < 0 or clear_s > seen_s):
        raise WrongUsage("bad-report", "This is no report of what was seen.",
                         "Spans are pairs of seconds; seconds are not negative, and no more are clear than were seen.")
    return [(part[0], part[1]) for part in parts]


def check_adjustments(adjustments: Mapping[str, float]) -> dict[str, float]:
    """What was changed of a picture. Raises WrongUsage `bad-adjustment`."""
    for name, value in adjustments.items():
        least, most = ADJUSTMENTS.get(name, (1.0, 0.0))
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            known = ", ".join(f"{one} {low:g} to {high:g}" for one, (low, high) in ADJUSTMENTS.items())
            raise WrongUsage("bad-adjustment", "A picture is not changed in that way here.", f"Give: {known}.")
    return {name: float(value) for name, value in adjustments.items()}


def check_minutes(minutes: int) -> int:
    """Raises WrongUsage `bad-minutes`."""
    if isinstance(minutes, bool) or minutes not in MINUTES:
        raise WrongUsage("bad-minutes", "Nothing is reserved for so long.", f"{MINUTES.start} to {MINUTES.stop - 1} minutes.")
    return minutes


# ------------------------------------------------------------------ securing more

def around(begins: WorldTime, ends: WorldTime) -> Window:
    """The time to ask recordings for around a sighting: a quarter of an hour on either side, and what its clock may be off."""
    start = begins.at - AROUND - timedelta(seconds=begins.uncertainty_s)
    end = ends.at + AROUND + timedelta(seconds=ends.uncertainty_s)
    whole = end.replace(microsecond=0) + timedelta(seconds=1 if end.microsecond else 0)
    checked = begins.origin.endswith("+checked-clock")
    return Window(_iso(start.replace(microsecond=0)), _iso(whole), checked)


def _iso(at: datetime) -> str:
    return at.isoformat() if at.tzinfo is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def check_window(wanted_from: str, wanted_to: str) -> Window:
    """Both in ISO 8601, as they were written. Raises WrongUsage `bad-time`."""
    hint = "Write both as 2026-01-31T22:14:05+01:00, or both without a zone as on the wall; the earlier one first."
    try:
        start, end = datetime.fromisoformat(wanted_from), datetime.fromisoformat(wanted_to)
    except ValueError as fault:
        raise WrongUsage("bad-time", "This is no time.", hint) from fault
    if (start.tzinfo is None) != (end.tzinfo is None) or start >= end:
        raise WrongUsage("bad-time", "These two are no time from the one to the other.", hint)
    return Window(_iso(start), _iso(end))


def check_note(note: str) -> str:
    """Trimmed. Raises WrongUsage `bad-note`."""
    trimmed = note.strip()
    if len(trimmed) > NOTE_CHARACTERS or not all(one.isprintable() or one == "\n" for one in trimmed):
        raise WrongUsage("bad-note", "This cannot be a note.", f"At most {NOTE_CHARACTERS} printable characters.")
    return trimmed


def nearest(of: Spot, others: Iterable[Spot]) -> list[Near]:
    """The other cameras whose recordings may be worth securing, at most NEARBY.

    Those known to hang nearest first; of those nobody can place, what is lost soonest.
    """
    found = [(_metres(of, other), other) for other in others if other.camera != of.camera]
    found.sort(key=lambda one: (one[0] is None, one[0] or 0.0, one[1].overwritten_on or _FAR, one[1].name))
    return [Near(other.camera, distance) for distance, other in found[:NEARBY]]


def _metres(one: Spot, other: Spot) -> float | None:
    """Along the surface of a round earth."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    first, second = radians(one.latitude), radians(other.latitude)
    up, across = (second - first) / 2, radians(other.longitude - one.longitude) / 2
    share = sin(up) ** 2 + cos(first) * cos(second) * sin(across) ** 2
    return 2 * _EARTH_M * asin(sqrt(min(1.0, share)))
