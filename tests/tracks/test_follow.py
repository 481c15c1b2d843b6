"""Following things through frames."""
import numpy as np

from sporhund.tracks.follow import Follower, Following
from sporhund.tracks.model import Box

RULES = Following(begin=0.5, weak=0.2)


def _run(frames: list[tuple[float, list[Box]]], *, shot: int = 0, score: float = 0.9) -> list[list[int]]:
    follower = Follower(RULES)
    numbers = []
    for t, boxes in frames:
        owners = follower.update(t, shot, boxes, [score] * len(boxes))
        numbers.append([owner.number if owner else 0 for owner in owners])
    return numbers


def test_two_people_who_pass_each_other_keep_their_numbers_at_five_samples_a_second() -> None:
    frames: list[tuple[float, list[Box]]] = [
        (k / 5, [(20.0 + 30 * k, 100.0, 40.0, 80.0), (320.0 - 30 * k, 130.0, 40.0, 80.0)]) for k in range(11)]

    numbers = _run(frames)

    assert {first for first, _ in numbers} == {1}
    assert {second for _, second in numbers} == {2}


def test_a_thing_that_moves_its_own_width_between_samples_is_still_one() -> None:
    frames: list[tuple[float, list[Box]]] = [(k / 5, [(20.0 + 24 * k, 50.0, 24.0, 24.0)]) for k in range(10)]

    assert {number for row in _run(frames) for number in row} == {1}


def test_a_short_miss_does_not_break_a_track() -> None:
    frames: list[tuple[float, list[Box]]] = [
        (k / 5, [] if k in (4, 5, 6) else [(20.0 + 5 * k, 50.0, 40.0, 40.0)]) for k in range(12)]

    assert {number for row in _run(frames) for number in row} == {1}


def test_a_miss_at_one_sample_a_second_does_not_break_a_track() -> None:
    frames: list[tuple[float, list[Box]]] = [(float(k), [] if k == 3 else [(20.0, 50.0, 40.0, 40.0)]) for k in range(8)]

    assert {number for row in _run(frames) for number in row} == {1}


def test_after_a_long_absence_it_is_another_track() -> None:
    frames: list[tuple[float, list[Box]]] = [
        (k / 5, [] if 4 <= k < 14 else [(20.0, 50.0, 40.0, 40.0)]) for k in range(18)]

    assert {number for row in _run(frames) for number in row} == {1, 2}


def test_nothing_is_followed_across_a_cut() -> None:
    follower = Follower(RULES)
    box: Box = (10.0, 10.0, 50.0, 50.0)

    first = follower.update(0.0, 0, [box], [0.9])[0]
    second = follower.update(0.2, 1, [box], [0.9])[0]

    assert first is not None and second is not None and first.number != second.number
    assert (first.shot, second.shot) == (0, 1)
    assert [trail.number for trail in follower.take_ended()] == [first.number]


def test_a_weak_sighting_goes_on_with_a_trail_but_begins_none() -> None:
    follower = Follower(RULES)

    assert follower.update(0.0, 0, [(10, 10, 50, 50)], [0.3]) == [None]
    follower.update(0.2, 0, [(10, 10, 50, 50)], [0.9])
    owner = follower.update(0.4, 0, [(11, 10, 50, 50), (200, 200, 50, 50)], [0.3, 0.3])

    assert owner[0] is not None and owner[0].number == 1
    assert owner[1] is None


def test_what_was_seen_during_warm_up_is_lead_and_not_sighting() -> None:
    follower = Follower(RULES)
    for k in range(8):
        follower.update(k / 5, 0, [(10, 10, 50, 50)], [0.9], warmup=True)
    follower.update(1.6, 0, [(10, 10, 50, 50)], [0.9])

    (trail,) = follower.finish()

    assert [round(seen.t, 1) for seen in trail.warmed] == [0.6, 0.8, 1.0, 1.2, 1.4]
    assert [seen.t for seen in trail.seen] == [1.6]


def test_time_that_goes_back_ends_what_was_followed() -> None:
    numbers = _run([(5.0, [(10, 10, 50, 50)]), (5.2, [(10, 10, 50, 50)]), (0.0, [(10, 10, 50, 50)])])

    assert numbers == [[1], [1], [2]]


def test_ten_things_with_eight_percent_misses_are_ten_tracks() -> None:
    chance = np.random.default_rng(7)
    frames: list[tuple[float, list[Box]]] = []
    for k in range(200):
        boxes = [(60.0 * n + 5 * np.sin(k / 9 + n), 40 + 0.5 * k, 40.0, 60.0) for n in range(10)]
        frames.append((k / 5, [box for box in boxes if chance.random() > 0.08]))

    assert len({number for row in _run(frames) for number in row}) == 10
