"""What a camera's anchors tell of its clock: how far it is off, how fast it goes, how sure that is. Pure."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sporhund.evidence.clock import DRIFT, zone_of
from sporhund.evidence.model import Anchor

DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Tells:
    """What follows from the anchors of one camera."""

    checked: int                    #: anchors that know what a checked clock said
    ahead_s: float | None           #: so far is the picture's clock ahead, at the last check; None: no check, or no zone shown
    ahead_by: float | None          #: seconds by which that may be wrong
    drift_s_a_day: float | None     #: it gains so much a day; None: it was checked once only, or at one moment
    drift_by: float | None          #: seconds a day by which that may be wrong
    grows_s_a_day: float            #: uncertainty that a day away from the nearest anchor adds
    runs_backwards: bool            #: a later check shows an earlier time: an anchor is wrong, or the clock was set


def tells(anchors: Sequence[Anchor]) -> Tells:
    """What follows from these anchors, all of one camera."""
    checked = sorted((one for one in anchors if one.true_time is not None), key=_true)
    ahead = [(_true(one), _ahead(one), one.uncertainty_s) for one in checked]
    rate, rate_by = _drift(checked)
    last = ahead[-1] if ahead else None
    backwards = any(later.shows <= before.shows for before, later in pairwise(checked)
                    if _true(later) > _true(before))
    return Tells(len(checked), last[1] if last else None, last[2] if last and last[1] is not None else None,
                 rate, rate_by, DRIFT * DAY_S, backwards)


def _true(anchor: Anchor) -> datetime:
    assert anchor.true_time is not None
    return anchor.true_time


def _ahead(anchor: Anchor) -> float | None:
    """Seconds; None where the clock in the picture shows no zone: then hours may be summer time or another land's."""
    zone = zone_of(anchor.zone)
    if zone is None:
        return None
    return (anchor.shows.replace(tzinfo=zone).astimezone(UTC) - _true(anchor)).total_seconds()


def _drift(checked: Sequence[Anchor]) -> tuple[float | None, float | None]:
    """Seconds that the clock gains a day between its first and last check, and by how much that may be wrong."""
    if len(checked) < 2:
        return None, None
    first, last = checked[0], checked[-1]
    passed = (_true(last) - _true(first)).total_seconds()
    if passed <= 0:
        return None, None
    shown = (last.shows - first.shows).total_seconds()
    return (shown - passed) / passed * DAY_S, (first.uncertainty_s + last.uncertainty_s) / passed * DAY_S


def own_clock(anchors: Sequence[Anchor], at: datetime) -> datetime | None:
    """What the camera's own clock shows at a moment of the world: naive, as it hangs there. None: nobody checked it, or `at` has
    no zone.

    By the nearest check, and by the drift where it was checked twice. The zone of the picture plays no part: a clock that was
    never set to summer time is told as it shows.
    """
    checked = sorted((one for one in anchors if one.true_time is not None), key=_true)
    if not checked or at.tzinfo is None:
        return None
    near = min(checked, key=lambda one: abs((at - _true(one)).total_seconds()))
    passed = (at - _true(near)).total_seconds()
    try:
        return near.shows + timedelta(seconds=round(passed * (1 + (_drift(checked)[0] or 0.0) / DAY_S)))
    except OverflowError:
        return None
