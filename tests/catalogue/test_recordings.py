"""Stretches of recording: the densest, the next, the one before."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sporhund.catalogue.recordings import beside, densest, stretches

HOUR = 3600.0
SECONDS = some.floats(0, 1e6, allow_nan=False)
SPANS = some.lists(some.tuples(SECONDS, some.floats(0, 5000, allow_nan=False)), min_size=1, max_size=30)


def covered(*spans: tuple[float, float], gap_s: float = 0.0) -> np.ndarray:
    return stretches(np.array([first for first, _ in spans]), np.array([last for _, last in spans]), gap_s)


def test_a_case_that_its_recordings_fill_is_shown_as_a_whole() -> None:
    assert densest(covered((0, HOUR), (2 * HOUR, 3 * HOUR)), (0, 3 * HOUR)) == (0, 3 * HOUR)


def test_seconds_of_recording_over_a_day_open_on_the_stretch_where_most_was_recorded() -> None:
    found = covered((0, 8), (9 * HOUR, 9 * HOUR + 20), (9 * HOUR + 60, 9 * HOUR + 80), (17 * HOUR, 17 * HOUR + 9))

    assert densest(found, (0, 17 * HOUR + 9)) == (9 * HOUR, 9 * HOUR + 80)


def test_pictures_alone_have_a_first_view_too() -> None:
    first, last = densest(covered((0, 0), (5 * HOUR, 5 * HOUR), (5 * HOUR + 3, 5 * HOUR + 3)), (0, 9 * HOUR))

    assert (first, last) == (5 * HOUR, 5 * HOUR + 3)


@pytest.mark.parametrize(("x", "later", "found"), [
    (0.0, True, [100.0, 120.0]), (110.0, True, [500.0, 540.0]), (520.0, True, None), (520.0, False, [100.0, 120.0]),
    (110.0, False, None)])
def test_the_next_recording_and_the_one_before_are_told_from_the_middle_of_the_view(x: float, later: bool, found: object) -> None:
    assert beside(covered((100, 120), (500, 540)), x, later=later) == found


@given(SPANS)
def test_what_is_shown_first_lies_within_what_is_likely_and_holds_a_recording(spans: list[tuple[float, float]]) -> None:
    of = covered(*((first, first + length) for first, length in spans))
    likely = float(of[0, 0]), float(of[-1, 1])

    first, last = densest(of, likely)

    assert likely[0] <= first <= last <= likely[1]
    assert any(first <= begin and end <= last for begin, end in of.tolist())


@given(SPANS, some.floats(0, 1000))
def test_stretches_are_in_order_and_further_apart_than_the_gap(spans: list[tuple[float, float]], gap: float) -> None:
    of = covered(*((first, first + length) for first, length in spans), gap_s=gap)

    assert all(later > before + gap for before, later in zip(of[:-1, 1], of[1:, 0], strict=True))
    assert all(any(begin <= first <= end for begin, end in of.tolist()) for first, _ in spans)
