"""From a medium's time to the time of the world, and how sure that is. Pure.

The container's, the file name's and the on-screen time stay apart; a zone is unknown unless somebody stated it.
"""
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from sporhund.errors import WrongUsage
from sporhund.evidence.model import Anchor, WorldTime

DRIFT = 2.0 / 86400
"""Seconds a second that an unchecked quartz clock may be off (20 ppm is 1.7 s a day): uncertainty away from an anchor."""
STATED_UNCERTAINTY_S = 60.0
"""Of a time that a file only states: often the minute is all that a name carries."""
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def zone_of(zone: str) -> timezone | None:
    """The zone of "UTC", "Z", "+02:00"; None for "unknown". Raises WrongUsage `bad-zone`."""
    if zone == "unknown":
        return None
    if zone.upper() in {"UTC", "Z"}:
        return UTC
    match = _OFFSET.fullmatch(zone)
    if not match or int(match[2]) > 14 or int(match[3]) > 59:
        raise WrongUsage("bad-zone", f"'{zone}' is no zone.", "Write it as +02:00 or UTC, or leave it out.")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def world_time(medium: str, t: float, anchors: Sequence[Anchor]) -> WorldTime | None:
    """When moment `t` of a medium was, from the anchors of its camera; None where none of them is of this medium.

    Two anchors of the medium give its drift against the clock on the screen, one is taken as running true. Anchors that know
    what a checked clock said correct the clock on the screen, those of the camera's other media too. None also for a time
    that no calendar holds.
    """
    own = sorted((anchor for anchor in anchors if anchor.medium_id == medium), key=lambda anchor: anchor.t)
    if not own:
        return None
    zone = next((anchor.zone for anchor in own if anchor.zone != "unknown"), "unknown")
    near = min(own, key=lambda anchor: abs(anchor.t - t))
    uncertainty = near.uncertainty_s + (0.0 if _between(t, own) else abs(t - near.t) * DRIFT)
    try:
        shows = near.shows + timedelta(seconds=(t - near.t) * _rate(own))
        return _corrected(shows, zone, uncertainty, "anchor", anchors)
    except OverflowError:
        return None


def stated_time(value: str, zone: str, origin: str, anchors: Sequence[Anchor]) -> WorldTime | None:
    """When a stated time was, corrected by the camera's checked clock if it has one; None if it is no time."""
    try:
        said = datetime.fromisoformat(value)
        if said.tzinfo is not None:
            return WorldTime(said.astimezone(UTC), "UTC", STATED_UNCERTAINTY_S, origin)
        return _corrected(said, zone, STATED_UNCERTAINTY_S, origin, anchors)
    except (ValueError, OverflowError, WrongUsage):          # "not a time", "year 0", "zone 'CEST'": kept as text, not used
        return None


def later(time: WorldTime, seconds: float) -> WorldTime | None:
    """That much later; None for a time that no calendar holds."""
    try:
        return replace(time, at=time.at + timedelta(seconds=seconds))
    except OverflowError:
        return None


def _rate(own: Sequence[Anchor]) -> float:
    """Seconds on the screen for one second of the medium."""
    first, last = own[0], own[-1]
    if last.t - first.t <= 0:
        return 1.0
    return (last.shows - first.shows).total_seconds() / (last.t - first.t)


def _between(t: float, own: Sequence[Anchor]) -> bool:
    return len(own) > 1 and own[0].t <= t <= own[-1].t


def _corrected(shows: datetime, zone: str, uncertainty: float, origin: str, anchors: Sequence[Anchor]) -> WorldTime:
    checked = sorted((anchor for anchor in anchors if anchor.true_time is not None), key=lambda anchor: anchor.shows)
    if checked:
        near = min(checked, key=lambda anchor: abs(anchor.shows - shows))
        away = abs((shows - near.shows).total_seconds())
        inside = len(checked) > 1 and checked[0].shows <= shows <= checked[-1].shows
        spread = near.uncertainty_s + (0.0 if inside else away * DRIFT)
        return WorldTime(_true(shows, checked), "UTC", max(uncertainty, spread), f"{origin}+checked-clock")
    known = zone_of(zone)
    at = shows if known is None else shows.replace(tzinfo=known).astimezone(UTC)
    return WorldTime(at, zone, uncertainty, origin)


def _true(shows: datetime, checked: Sequence[Anchor]) -> datetime:
    """Aware UTC: the nearest check plus what has passed since, the clock's drift between first and last check taken out."""
    near = min(checked, key=lambda anchor: abs(anchor.shows - shows))
    first, last = checked[0], checked[-1]
    assert near.true_time and first.true_time and last.true_time
    shown = (last.shows - first.shows).total_seconds()
    rate = (last.true_time - first.true_time).total_seconds() / shown if shown > 0 else 1.0
    return near.true_time + timedelta(seconds=(shows - near.shows).total_seconds() * rate)


def overlaps(moment: datetime, within_s: float, start: WorldTime, end: WorldTime) -> bool:
    """Whether [start, end] may touch the moment, give or take `within_s` and the uncertainty.

    Where either side has no zone, the clocks on the wall are compared: who asks for 22:14+02:00 means what hung there.
    """
    return distance_s(moment, start, end) <= within_s


def distance_s(moment: datetime, start: WorldTime, end: WorldTime) -> float:
    """Seconds from the moment to [start, end], their uncertainty given away; 0 inside."""
    asked, first, last = comparable([moment, start.at, end.at])
    apart = max((first - asked).total_seconds(), (asked - last).total_seconds())
    return max(0.0, apart - max(start.uncertainty_s, end.uncertainty_s))


def comparable(times: Iterable[datetime]) -> list[datetime]:
    """The times on one scale: the world's if all have a zone, else as on the wall."""
    times = list(times)
    if all(one.tzinfo is not None for one in times):
        return [one.astimezone(UTC) for one in times]
    return [one.replace(tzinfo=None) for one in times]
