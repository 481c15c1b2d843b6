"""Time left is said as a range, and only when enough is known."""
from sporhund.review.progress import Done, time_left


def test_nothing_is_said_before_the_probe_is_done() -> None:
    assert time_left([Done("video", 60, 30)], [("video", 600)], 1) is None


def test_an_even_rate_gives_a_narrow_range_around_it() -> None:
    least, most = time_left([Done("video", 60, 30)] * 5, [("video", 600)], 1) or (0, 0)

    assert abs(least - 300) < 1 and abs(most - 300) < 1


def test_an_uneven_rate_gives_a_wide_range() -> None:
    least, most = time_left([Done("video", 60, s) for s in (10, 60, 30, 20)], [("video", 600)], 1) or (0, 0)

    assert least < 300 < most
    assert most - least > 100


def test_a_kind_not_seen_yet_widens_the_range() -> None:
    known = time_left([Done("still", 1, 0.1)] * 5, [("still", 100)], 1) or (0, 0)
    unknown = time_left([Done("still", 1, 0.1)] * 5, [("video", 100)], 1) or (0, 0)

    assert unknown[1] - unknown[0] > known[1] - known[0]


def test_two_workers_take_half_as_long() -> None:
    one, two = (time_left([Done("video", 60, 30)] * 5, [("video", 600)], n) or (0, 0) for n in (1, 2))

    assert one[0] == 2 * two[0]
