"""Whether two tracks show the same thing: movement in which nothing was recognised is for a person to look at. Pure."""
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Path = npt.NDArray[np.float64]
"""(n, 6) t, x, y, width, height, score: the sightings of one track, ascending in time."""
NEAR_S = 0.5
"""Sightings of two tracks this close in time are compared: looks sample the same frames, tracks may miss some."""
COVERED = 0.25
"""Share of the smaller box that has to be covered for two boxes to show the same thing."""


def recognised(motion: Path, others: Iterable[Path]) -> bool:
    """Whether something else was found where and when this movement is: one sighting that lies over it is enough."""
    return any(_touch(motion, other) for other in others)


def _touch(motion: Path, other: Path) -> bool:
    if not len(motion) or not len(other):
        return False
    place = np.clip(np.searchsorted(motion[:, 0], other[:, 0]), 0, len(motion) - 1)
    before = np.maximum(place - 1, 0)
    return any(bool(np.any(_covers(motion[near], other))) for near in (place, before))


def _covers(a: Path, b: Path) -> npt.NDArray[np.bool_]:
    """Pairwise: close in time, and overlapping by enough of the smaller box."""
    width = np.minimum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    height = np.minimum(a[:, 2] + a[:, 4], b[:, 2] + b[:, 4]) - np.maximum(a[:, 2], b[:, 2])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    smaller = np.minimum(a[:, 3] * a[:, 4], b[:, 3] * b[:, 4])
    same: npt.NDArray[np.bool_] = (np.abs(a[:, 0] - b[:, 0]) <= NEAR_S) & (shared > 0) & (shared >= COVERED * smaller)
    return same
