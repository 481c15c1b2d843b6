"""What anchors tell of a camera's clock."""
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sporhund.evidence.drift import own_clock, tells
from sporhund.evidence.model import Anchor

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def anchor(shows: datetime, true: datetime | None, *, zone: str = "UTC", by: float = 1.0) -> Anchor:
    return Anchor("n_1", "k_1", None, 0.0, shows.replace(tzinfo=None), zone, true, by)


def test_a_clock_that_nobody_checked_tells_only_how_fast_its_uncertainty_grows() -> None:
    said = tells([anchor(NOON, None)])

    assert (said.checked, said.ahead_s, said.drift_s_a_day) == (0, None, None)
    assert said.grows_s_a_day == pytest.approx(2.0)


def test_a_clock_checked_once_is_off_by_what_was_seen_and_its_drift_is_not_known() -> None:
    said = tells([anchor(NOON + timedelta(seconds=97), NOON, by=4)])

    assert (said.ahead_s, said.ahead_by) == (97, 4)
    assert said.drift_s_a_day is None


def test_a_zone_in_the_picture_is_not_taken_for_a_clock_that_is_off() -> None:
    said = tells([anchor(NOON + timedelta(hours=1), NOON, zone="+01:00")])

    assert said.ahead_s == 0


def test_of_a_clock_without_a_zone_nobody_knows_how_far_it_is_off_but_how_fast_it_goes() -> None:
    said = tells([anchor(NOON, NOON, zone="unknown"),
                  anchor(NOON + timedelta(days=2, seconds=3), NOON + timedelta(days=2), zone="unknown")])

    assert said.ahead_s is None
    assert said.drift_s_a_day == pytest.approx(1.5)


@given(some.floats(-600, 600), some.floats(0.1, 400), some.floats(0, 60), some.floats(0, 60))
def test_drift_is_what_was_put_in_and_wrong_by_both_checks_over_the_days_between(
    gained: float, days: float, first: float, last: float,
) -> None:
    end = NOON + timedelta(days=days)
    said = tells([anchor(NOON, NOON, by=first), anchor(end + timedelta(seconds=gained), end, by=last)])

    assert said.drift_s_a_day == pytest.approx(gained / days, abs=0.01)
    assert said.drift_by == pytest.approx((first + last) / days, abs=1e-3)
    assert said.ahead_s == pytest.approx(gained, abs=1e-3)


def test_a_clock_that_runs_backwards_is_pointed_out() -> None:
    said = tells([anchor(NOON, NOON), anchor(NOON - timedelta(hours=1), NOON + timedelta(hours=1))])

    assert said.runs_backwards


def test_a_clock_s_own_time_follows_from_its_checks_and_its_drift_without_any_zone() -> None:
    once = [anchor(NOON + timedelta(seconds=97), NOON, zone="unknown")]
    twice = [anchor(NOON, NOON), anchor(NOON + timedelta(days=2, seconds=4), NOON + timedelta(days=2))]

    assert own_clock(once, NOON + timedelta(hours=1)) == (NOON + timedelta(hours=1, seconds=97)).replace(tzinfo=None)
    assert own_clock(twice, NOON + timedelta(days=3)) == (NOON + timedelta(days=3, seconds=6)).replace(tzinfo=None)


def test_of_a_clock_that_nobody_checked_and_of_a_moment_without_a_zone_no_own_time_is_told() -> None:
    assert own_clock([anchor(NOON, None)], NOON) is None
    assert own_clock([anchor(NOON, NOON)], NOON.replace(tzinfo=None)) is None
