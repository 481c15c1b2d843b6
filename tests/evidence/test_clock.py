"""From a medium's time to the world's."""
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.errors import WrongUsage
from sporhund.evidence import clock
from sporhund.evidence.model import Anchor

SHOWN = datetime(2026, 1, 31, 22, 14, 5)
seconds = st.floats(-1e6, 1e6)


def anchor(t: float, shows: datetime, *, medium: str | None = "m", zone: str = "unknown", true: datetime | None = None) -> Anchor:
    return Anchor("n", "k", medium, t, shows, zone, true, 1.0)


def test_at_an_anchor_it_is_what_the_picture_shows_and_no_zone_is_made_up() -> None:
    found = clock.world_time("m", 312.4, [anchor(312.4, SHOWN)])

    assert (found.at, found.zone, found.origin, found.uncertainty_s) == (SHOWN, "unknown", "anchor", 1.0)


def test_a_stated_zone_makes_it_a_time_of_the_world() -> None:
    found = clock.world_time("m", 10.0, [anchor(0.0, SHOWN, zone="+01:00")])

    assert found.at == datetime(2026, 1, 31, 21, 14, 15, tzinfo=UTC)


@given(seconds, seconds)
def test_with_one_anchor_media_time_runs_as_the_worlds(t: float, at: float) -> None:
    found = clock.world_time("m", t, [anchor(at, SHOWN)])

    assert abs((found.at - SHOWN).total_seconds() - (t - at)) < 1e-5


@given(st.floats(0, 1e5), st.floats(1, 1e5), st.floats(0.9, 1.1), st.floats(-1e5, 1e5))
def test_two_anchors_give_the_drift(first: float, apart: float, rate: float, t: float) -> None:
    """Ten seconds of a recorder that drops frames may be eleven of the wall's."""
    ends = SHOWN + timedelta(seconds=apart * rate)

    found = clock.world_time("m", t, [anchor(first, SHOWN), anchor(first + apart, ends)])

    measured = (ends - SHOWN).total_seconds() / apart
    assert abs((found.at - SHOWN).total_seconds() - (t - first) * measured) < 1e-3


@given(seconds)
def test_uncertainty_never_falls_below_the_anchors_and_grows_outside(t: float) -> None:
    anchors = [anchor(0.0, SHOWN), anchor(100.0, SHOWN + timedelta(seconds=100))]

    found = clock.world_time("m", t, anchors)

    assert found.uncertainty_s == pytest.approx(1.0 + max(0.0, -t, t - 100) * clock.DRIFT)


def test_a_checked_clock_of_the_camera_corrects_all_its_media() -> None:
    checked = anchor(0.0, SHOWN, medium=None, true=datetime(2026, 1, 31, 21, 10, 5, tzinfo=UTC))

    found = clock.world_time("m", 60.0, [checked, anchor(0.0, SHOWN)])
    stated = clock.stated_time("2026-01-31T22:15:05", "unknown", "file-name", [checked])

    assert found.at == stated.at == datetime(2026, 1, 31, 21, 11, 5, tzinfo=UTC)
    assert found.origin == "anchor+checked-clock"


def test_anchors_of_another_medium_tie_nothing() -> None:
    assert clock.world_time("m", 0.0, [anchor(0.0, SHOWN, medium="other")]) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_time_that_no_calendar_holds_is_none(t: float) -> None:
    found = clock.world_time("m", t, [anchor(0.0, SHOWN)])

    assert found is None or 1 <= found.at.year <= 9999


@given(st.text())
def test_what_is_no_time_is_none_and_never_an_error(value: str) -> None:
    clock.stated_time(value, "unknown", "exif:DateTime", [])


@pytest.mark.parametrize(("zone", "hours"), [("+02:00", 2), ("-0530", -5.5), ("UTC", 0), ("Z", 0)])
def test_zones_are_offsets(zone: str, hours: float) -> None:
    assert clock.zone_of(zone).utcoffset(None) == timedelta(hours=hours)


def test_a_named_zone_is_wrong_usage() -> None:
    with pytest.raises(WrongUsage):
        clock.zone_of("CEST")


def test_without_a_zone_the_clocks_on_the_wall_are_compared() -> None:
    start = clock.world_time("m", 0.0, [anchor(0.0, SHOWN)])
    asked = datetime.fromisoformat("2026-01-31T22:14:05+01:00")

    assert clock.distance_s(asked, start, start) == 0
