"""Which units a medium is cut into, in which order they are worked on, and how a unit that crashed is halved. Pure."""
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sporhund.media.model import Facts, Kind, Sampling, VideoStream
from sporhund.review.model import OPEN, Unit

FIRST_SPAN_S = 60.0
"""The first span of a video: short, so that people see something soon and the estimate has its probe."""

SPAN_S = 180.0
"""About how long a span is: resumed, distributed and lost as one. Shorter costs warm-ups, longer costs more at a crash."""

WARM_UP_S = 5.0
"""Decoded before a span for background and trackers, and not recorded."""

PAGE_S = 0.1
"""What a page or a frame of an animation counts in estimates and time limits, as seconds of video."""

EMBEDDED_STREAM = 1000
"""Streams of the clip behind a picture are numbered from here, so that they never collide with the picture."""


def sampling(mode: str) -> Sampling:
    """How densely a mode looks."""
    return Sampling(mode=mode)


def units_of(facts: Facts, prefix: str, *, offset: int = 0, length: int = 0) -> list[Unit]:
    """A still is one unit; each video stream is cut at keyframes into spans that own [from, to)."""
    if facts.kind is Kind.STILL:
        pages = max(1, facts.pages)
        expected = float(pages) if pages > 1 else None
        return [Unit(f"{prefix}.still", Kind.STILL, seconds=max(facts.duration, PAGE_S * pages), expected_end=expected)]
    if facts.kind is not Kind.VIDEO:
        return []
    first = EMBEDDED_STREAM if offset else 0
    return [
        replace(unit, stream=first + unit.stream, offset=offset, length=length, ignore_edit_list=facts.ignore_edit_list)
        for stream in facts.streams
        for unit in spans_of(stream, f"{prefix}.{first + stream.index}", untimed=facts.untimed)
    ]


def picture_unit(key: str, facts: Facts) -> Unit:
    """What one picture is taken out of: the file itself, or its default video stream, whole."""
    if facts.kind is not Kind.VIDEO or not facts.streams:
        return Unit(key, Kind.STILL)
    stream = next((stream for stream in facts.streams if stream.default), facts.streams[0])
    return Unit(key, Kind.VIDEO, stream=stream.index, untimed_rate=(stream.rate or 25.0) if facts.untimed else 0.0,
                ignore_edit_list=facts.ignore_edit_list)


def spans_of(stream: VideoStream, prefix: str, *, untimed: bool) -> list[Unit]:
    """The spans of one stream. Without times nothing can be sought: one span, counted."""
    if untimed or stream.start is None or stream.end is None:
        rate = stream.rate or 25.0
        return [Unit(f"{prefix}.0", Kind.VIDEO, stream.index, untimed_rate=rate, seconds=stream.frames / rate)]
    joints = joints_of(stream.keyframes, stream.start, stream.end)
    edges = [-OPEN, *joints, OPEN]
    bounds = [stream.start, *joints, stream.end]
    return [
        Unit(
            f"{prefix}.{number}", Kind.VIDEO, stream.index, start, end,
            warm_from=start - WARM_UP_S if number else -OPEN, seconds=max(0.0, bounds[number + 1] - bounds[number]),
            expected_end=bounds[number + 1] if number < len(joints) else stream.announced_end or stream.end,
        )
        for number, (start, end) in enumerate(pairwise(edges))
    ]


def joints_of(keyframes: Sequence[float], start: float, end: float) -> list[float]:
    """Times of the keyframes at which a stream is cut: the first span about a minute, then every few minutes."""
    keys = sorted(set(keyframes))
    joints: list[float] = []
    at, target = start, start + FIRST_SPAN_S
    while target < end - FIRST_SPAN_S / 2:
        place = bisect_left(keys, target)
        if place == len(keys) or keys[place] >= end:
            break
        if keys[place] > at:
            joints.append(keys[place])
        at, target = keys[place], keys[place] + SPAN_S
    return joints


def halves(unit: Unit, keyframes: Sequence[float], stream_start: float, stream_end: float) -> tuple[Unit, Unit] | None:
    """A unit that crashed, cut at the keyframe nearest its middle; None when it is one group of pictures or a still."""
    if unit.kind is not Kind.VIDEO or unit.untimed_rate:
        return None
    low, high = max(unit.start, stream_start), min(unit.end, stream_end)
    inside = sorted(set(keyframes))
    inside = inside[bisect_right(inside, low):bisect_left(inside, high)]
    if not inside:
        return None
    middle = min(inside, key=lambda t: abs(t - (low + high) / 2))
    return (
        replace(unit, id=f"{unit.id}a", end=middle, expected_end=middle, seconds=max(0.0, middle - low)),
        replace(unit, id=f"{unit.id}b", start=middle, warm_from=middle - WARM_UP_S, seconds=max(0.0, high - middle)),
    )


def priority(still: bool, start: float, *, density: float, near: float | None) -> tuple[float, ...]:
    """Order of work, least first: what an officer asked for, cheap and new things, then where most was found.

    start: of the unit's span.   near: rank of the medium around the moment asked for, or None.   density: tracks per minute
    found so far in the medium.
    """
    asked = near if near is not None else OPEN
    first = still or start <= -OPEN
    return (asked, 0.0 if first else 1.0, -density, start)


def time_limit_s(unit: Unit, plan_mode: str) -> float:
    """Wall time after which a worker is taken to hang. Generous: a slow machine must not lose evidence."""
    per_second = 60.0 if plan_mode == "thorough" else 8.0
    return 120.0 + per_second * unit.seconds
