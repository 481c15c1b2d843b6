"""Which units a medium is cut into: everything is owned once, and a crash costs as little as possible."""
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sporhund.media.model import Facts, Kind, VideoStream
from sporhund.review import plan
from sporhund.review.model import OPEN, Unit


def stream(keyframes: list[float], end: float, start: float = 0.0) -> VideoStream:
    return VideoStream(0, "h264", 640, 360, 640, 360, 0, start, end, 100, tuple(keyframes), 25.0)


keys = st.lists(st.floats(0, 7200), min_size=0, max_size=60).map(sorted)


@given(keys, st.floats(0.1, 7200))
def test_spans_own_every_moment_exactly_once(keyframes: list[float], end: float) -> None:
    units = plan.spans_of(stream(keyframes, end), "m", untimed=False)

    assert units[0].start == -OPEN
    assert units[-1].end == OPEN
    assert all(one.end == following.start for one, following in pairwise(units))
    assert len({unit.id for unit in units}) == len(units)
    assert all(unit.start in keyframes for unit in units[1:])


def test_the_first_span_is_about_a_minute_and_the_others_a_few() -> None:
    units = plan.spans_of(stream([float(t) for t in range(0, 1000, 2)], 1000.0), "m", untimed=False)

    assert units[0].seconds == 60
    assert {unit.seconds for unit in units[1:-1]} == {180}
    assert units[1].warm_from == units[1].start - plan.WARM_UP_S


def test_a_video_with_one_keyframe_is_one_span() -> None:
    assert len(plan.spans_of(stream([0.0], 3600.0), "m", untimed=False)) == 1


def test_a_stream_without_times_is_counted_in_one_span() -> None:
    (unit,) = plan.spans_of(stream([], 0.0), "m", untimed=True)

    assert unit.untimed_rate == 25.0


@given(keys, st.floats(10, 7200))
def test_halves_meet_at_a_keyframe_and_own_what_the_whole_owned(keyframes: list[float], end: float) -> None:
    for unit in plan.spans_of(stream(keyframes, end), "m", untimed=False):
        parts = plan.halves(unit, keyframes, 0.0, end)
        if parts is not None:
            first, second = parts
            assert (first.start, second.end) == (unit.start, unit.end)
            assert first.end == second.start
            assert first.end in keyframes


def test_one_group_of_pictures_is_not_halved() -> None:
    (unit,) = plan.spans_of(stream([0.0], 30.0), "m", untimed=False)

    assert plan.halves(unit, [0.0], 0.0, 30.0) is None


def test_the_clip_behind_a_picture_has_units_of_its_own() -> None:
    from sporhund.review.prepare import units_for

    clip = Facts(Kind.VIDEO, "video/mp4", "MP4 video", streams=(stream([0.0], 2.0),))
    photo = Facts(Kind.STILL, "image/jpeg", "JPEG picture", embedded=((5000, 900, "video/mp4"),), clips=(clip,))

    still, moving = units_for(photo, "m")

    assert (still.kind, moving.kind) == (Kind.STILL, Kind.VIDEO)
    assert (moving.offset, moving.length) == (5000, 900)
    assert moving.stream >= plan.EMBEDDED_STREAM


def test_what_an_officer_asked_for_goes_first_then_stills_and_first_spans_then_where_most_was_found() -> None:
    first, second, *_ = plan.spans_of(stream([float(t) for t in range(0, 1000, 2)], 1000.0), "m", untimed=False)

    def order(unit: Unit, density: float = 0.0, near: float | None = None) -> tuple[float, ...]:
        return plan.priority(unit.kind is Kind.STILL, unit.start, density=density, near=near)

    assert order(second, near=3.0) < order(first)
    assert order(first) < order(second, density=9.0) < order(second)
