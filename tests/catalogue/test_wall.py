"""The one clock: what hangs on the wall of a zone, and when in the world that is."""
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.catalogue import wall

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ZONES = st.sampled_from(["Europe/Copenhagen", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]).map(ZoneInfo)
MOMENTS = st.floats(0, 2_000_000_000).map(round).map(float)


@given(ZONES, st.lists(MOMENTS, min_size=1, max_size=8))
def test_a_zone_is_as_far_from_utc_as_its_rules_say(zone: ZoneInfo, moments: list[float]) -> None:
    over = wall.wall(zone, min(moments), max(moments))

    expected = [datetime.fromtimestamp(at, zone).utcoffset().total_seconds() for at in moments]  # type: ignore[union-attr]
    assert over.offset(np.array(moments)).tolist() == expected


@given(ZONES, MOMENTS)
def test_what_the_wall_shows_leads_back_to_the_moment(zone: ZoneInfo, at: float) -> None:
    over = wall.wall(zone, at, at)
    shown = np.array([at]) + over.offset(np.array([at]))

    back = over.world(shown)[0]

    assert back == at or datetime.fromtimestamp(at, zone).fold == 1   # of an hour that comes twice the first is meant


@pytest.mark.parametrize(("time", "utc"), [
    ("2026-01-31T22:14:05", "2026-01-31T21:14:05"), ("2026-07-01T12:00:00", "2026-07-01T10:00:00"),
    ("2026-10-25T02:30:00", "2026-10-25T00:30:00"),          # comes twice: the first
    ("2026-07-01T12:00:00+05:00", "2026-07-01T07:00:00")])
def test_a_time_without_zone_is_one_on_the_wall(time: str, utc: str) -> None:
    assert wall.said(time, COPENHAGEN) == datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()


def test_only_a_time_that_has_a_zone_is_shown_with_one() -> None:
    at = datetime(2026, 7, 1, 10, 0, tzinfo=UTC).timestamp()

    assert wall.shown(at, True, COPENHAGEN) == "2026-07-01T12:00:00.000+02:00"
    assert wall.shown(at, False, COPENHAGEN) == "2026-07-01T10:00:00.000"
    assert wall.at(at, False, COPENHAGEN) == "2026-07-01T12:00:00.000"
