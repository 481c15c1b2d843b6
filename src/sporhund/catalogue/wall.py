"""The one clock of the timeline: seconds since 1970, UTC, and what hangs on the wall of a zone. Pure."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
EARLIEST, LATEST = -62_135_000_000.0, 253_402_200_000.0
"""Years 1 and 9999, a day inside: no calendar goes further."""
_DAY = 86_400.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_S = 10 * _DAY
"""No zone has changed its offset and changed it back within so short a time."""


@dataclass(frozen=True, slots=True)
class Wall:
    """A zone's offsets from UTC over a span of time."""

    zone: ZoneInfo
    changes: Seconds           #: moments, UTC, from which another offset holds
    offsets: Seconds           #: before the first of them, and from each on: one more than changes

    def offset(self, at: Seconds) -> Seconds:
        """What has to be added to UTC to read the clock on the wall."""
        return np.asarray(self.offsets[np.searchsorted(self.changes, at, side="right")])

    def world(self, shown: Seconds) -> Seconds:
        """When a clock on the wall of this zone shows that; of an hour that comes twice the first, as people mean it."""
        first = shown - self.offset(shown - self.offsets.max())
        return np.asarray(shown - self.offset(first))


def wall(zone: ZoneInfo, first: float, last: float) -> Wall:
    """The zone's offsets from `first` to `last`, seconds since 1970, and a day around them."""
    first, last = max(first - 2 * _DAY, EARLIEST), min(last + 2 * _DAY, LATEST)
    changes = list(_changes(zone, first, last)) if last > first else []
    offsets = [_offset(zone, first), *(offset for _, offset in changes)]
    return Wall(zone, np.array([at for at, _ in changes], float), np.array(offsets, float))


def _offset(zone: ZoneInfo, at: float) -> float:
    return _offset_at(zone, _EPOCH + timedelta(seconds=at))


def _offset_at(zone: ZoneInfo, at: datetime) -> float:
    found = at.astimezone(zone).utcoffset()
    return found.total_seconds() if found is not None else 0.0


def _changes(zone: ZoneInfo, first: float, last: float) -> Iterator[tuple[float, float]]:
    at, before = first, _offset(zone, first)
    while at < last:
        then = min(at + _STEP_S, last)
        after = _offset(zone, then)
        if after != before:
            yield _exactly(zone, at, then, before), after
        at, before = then, after


def _exactly(zone: ZoneInfo, low: float, high: float, before: float) -> float:
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return float(round(high))


def shown(at: float, zoned: bool, zone: ZoneInfo) -> str:
    """A time as it is said: ISO 8601 with the zone's offset; without one where the clock on the wall said no zone."""
    moment = _EPOCH + timedelta(seconds=min(max(at, EARLIEST), LATEST))
    if not zoned:
        return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def at(x: float, zoned: bool, zone: ZoneInfo) -> str:
    """A moment of the common clock as it is said: as `shown`, of a clock without a zone what hung on the wall."""
    moment = shown(x, True, zone)
    return moment if zoned else datetime.fromisoformat(moment).replace(tzinfo=None).isoformat(timespec="milliseconds")


def said(time: str, zone: ZoneInfo, *, fold: int = 0) -> float:
    """Seconds since 1970 of a time; one without a zone is taken as on the wall of this one. Raises ValueError.

    fold: 1: of an hour that comes twice the second.
    """
    at = datetime.fromisoformat(time)
    return (at.replace(tzinfo=zone, fold=fold) if at.tzinfo is None else at).timestamp()
