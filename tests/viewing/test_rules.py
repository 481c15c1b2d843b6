"""The rules of looking: joined spans, seconds that count, and what to secure around a sighting."""
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.errors import WrongUsage
from sporhund.evidence.model import WorldTime
from sporhund.viewing import rules
from sporhund.viewing.model import Spot

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIDES = st.floats(-100, 500, allow_nan=False)
SPANS = st.lists(st.tuples(SIDES, SIDES), max_size=12)
LENGTHS = st.floats(0.1, 300)


@given(SPANS, st.floats(0, 50), LENGTHS)
def test_joined_spans_are_in_order_apart_and_within_the_video(
    spans: list[tuple[float, float]], start: float, length: float,
) -> None:
    joined = rules.joined(spans, start, length)

    sides = [side for span in joined for side in span]
    assert sides == sorted(sides) and len(set(sides)) == len(sides)
    assert all(start <= side <= start + length for side in sides)
    assert rules.length(joined) <= length * (1 + 1e-9) + 1e-9


@given(SPANS, LENGTHS, st.floats(0, 300))
def test_a_moment_is_in_the_union_if_and_only_if_it_played(spans: list[tuple[float, float]], length: float, t: float) -> None:
    played = any(first < t < last for first, last in spans) and 0 < t < length
    inside = any(first < t < last for first, last in rules.joined(spans, 0, length))

    edges = {side for span in spans for side in span}
    assert t in edges or inside == played


@given(SPANS, SPANS, LENGTHS)
def test_it_does_not_matter_in_which_order_and_how_often_spans_are_told(
    some: list[tuple[float, float]], more: list[tuple[float, float]], length: float,
) -> None:
    first = rules.joined(some, 0, length)

    assert rules.joined([*first, *more, *more], 0, length) == rules.joined([*more[::-1], *some], 0, length)
    assert rules.joined(first, 0, length) == first


REPORTS = st.lists(st.tuples(st.floats(0, 400), st.floats(0, 1000), st.floats(0, 1)), min_size=1, max_size=20)


@given(REPORTS)
def test_no_more_seconds_count_than_have_passed_and_a_few(reports: list[tuple[float, float, float]]) -> None:
    at, to, total = NOW, None, 0.0
    for passed, seen_s, share in reports:
        at += timedelta(seconds=passed)
        counts = rules.credit(seen_s, seen_s * share, at, to)
        to, total = counts.counted_to, total + counts.seen_s
        assert 0 <= counts.clear_s <= counts.seen_s <= min(seen_s, rules.LONGEST_S)
        assert total <= (at - NOW).total_seconds() + rules.LONGEST_S + rules.AHEAD_S + 1e-3


@given(st.lists(st.floats(0.1, 60), min_size=1, max_size=20))
def test_an_honest_report_counts_whole(gaps: list[float]) -> None:
    at, to = NOW, NOW
    for gap in gaps:
        at += timedelta(seconds=gap)
        counts = rules.credit(gap, 0.0, at, to)
        to = counts.counted_to
        assert counts.seen_s == gap


def test_a_clock_that_goes_back_counts_nothing_twice() -> None:
    first = rules.credit(60, 0, NOW, NOW - timedelta(seconds=60))
    again = rules.credit(60, 0, NOW - timedelta(seconds=30), first.counted_to)

    assert (first.seen_s, again.seen_s) == (60, 0)


def _time(at: datetime, off: float = 0.0) -> WorldTime:
    return WorldTime(at, "UTC" if at.tzinfo else "unknown", off, "anchor")


def test_recordings_are_asked_for_a_quarter_of_an_hour_on_either_side_and_what_the_clock_may_be_off() -> None:
    window = rules.around(_time(NOW + timedelta(milliseconds=500), 2.0), _time(NOW + timedelta(seconds=10.5), 2.0))

    assert (window.start, window.end) == ("2026-03-01T11:44:58Z", "2026-03-01T12:15:13Z")


def test_a_time_on_the_wall_stays_on_the_wall() -> None:
    window = rules.around(_time(datetime(2026, 3, 1, 12)), _time(datetime(2026, 3, 1, 12, 1)))

    assert (window.start, window.end) == ("2026-03-01T11:45:00", "2026-03-01T12:16:00")


@pytest.mark.parametrize(("start", "end"), [
    ("22:14", "23:14"), ("2026-03-01T12:00:00", "2026-03-01T11:00:00"), ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00"),
    ("i går", "i dag"), ("2026-03-01T12:00:00", "2026-03-01T12:00:00")])
def test_a_time_to_secure_goes_from_the_one_to_the_other(start: str, end: str) -> None:
    with pytest.raises(WrongUsage) as said:
        rules.check_window(start, end)

    assert said.value.code == "bad-time"


def test_the_nearest_cameras_come_first_then_what_is_lost_soonest() -> None:
    here = Spot("k0", "Torvet", 55.6760, 12.5680)
    others = [
        Spot("k1", "Havnen", 55.6800, 12.5900), Spot("k2", "Kiosken", 55.6761, 12.5685), Spot("k3", "Banken", None, None, None),
        Spot("k4", "Skolen", None, None, date(2026, 3, 9)), Spot("k5", "Kirken", None, None, date(2026, 3, 4)), here]

    near = rules.nearest(here, others)

    assert [one.camera for one in near] == ["k2", "k1", "k5", "k4", "k3"]
    assert near[0].distance_m == pytest.approx(33, abs=2)


@given(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
def test_a_distance_is_the_same_from_both_ends(one: tuple[float, float], other: tuple[float, float]) -> None:
    first, second = Spot("a", "a", *one), Spot("b", "b", *other)

    there, back = rules.nearest(first, [second])[0].distance_m, rules.nearest(second, [first])[0].distance_m

    assert there == pytest.approx(back)
    assert there is not None and 0 <= there <= 20_100_000
