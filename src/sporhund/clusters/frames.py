"""Two faces in one frame are two people, unless a person says that one is a mirror, poster, screen or collage. Pure."""
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Path = NDArray[np.float64]
"""(n, 5 or more) t, x, y, width, height of every sighting, ascending in time."""

SAME_PLACE = 0.3
"""Overlap from which two boxes at one time may be one face found twice."""
SAME_TIME_S = 1e-6


@dataclass(frozen=True, slots=True)
class Span:
    """When and on what a track was seen."""

    medium: str
    stream: int
    page: int
    start: float       #: seconds
    end: float


def overlapping(spans: Sequence[Span], groups: Sequence[int] | NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Pairs (i < j) of tracks of one group that lie on one page of one stream and share time: one sweep for each page.

    groups: tracks of different groups never meet, and are not asked about.
    """
    order = sorted(range(len(spans)), key=lambda at: (
        groups[at], spans[at].medium, spans[at].stream, spans[at].page, spans[at].start))
    open_now: list[int] = []
    page: tuple[int, str, int, int] | None = None
    for at in order:
        one = spans[at]
        here = (int(groups[at]), one.medium, one.stream, one.page)
        open_now = [other for other in open_now if spans[other].end >= one.start] if here == page else []
        page = here
        for other in open_now:
            yield (other, at) if other < at else (at, other)
        open_now.append(at)


def seen_apart(one: Path, other: Path) -> bool:
    """Whether there is a frame in which the two are at different places."""
    at = np.searchsorted(other[:, 0], one[:, 0] - SAME_TIME_S)
    inside = at < len(other)
    first, second = one[inside], other[at[inside]]
    together = np.abs(first[:, 0] - second[:, 0]) <= SAME_TIME_S
    return bool((overlaps(first[together, 1:5], second[together, 1:5]) < SAME_PLACE).any())


def overlaps(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) intersection over union of boxes, each with its counterpart. (n, 4) x, y, width, height."""
    left = np.maximum(first[:, :2], second[:, :2])
    right = np.minimum(first[:, :2] + first[:, 2:], second[:, :2] + second[:, 2:])
    shared = np.prod(np.clip(right - left, 0, None), axis=1)
    whole = np.prod(first[:, 2:], axis=1) + np.prod(second[:, 2:], axis=1) - shared
    return np.asarray(np.where(whole > 0, shared / np.where(whole > 0, whole, 1), 0.0), np.float64)


def apart(pairs: Sequence[tuple[int, int]], paths: Mapping[int, Path]) -> list[tuple[int, int]]:
    """Those of these pairs that one frame shows at different places."""
    return [(i, j) for i, j in pairs if seen_apart(paths[i], paths[j])]
