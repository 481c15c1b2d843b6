"""Find a track again that another run, mode or pack had seen: by time and place in the same medium. Pure."""
from collections.abc import Mapping

import numpy as np

from sporhund.clusters.frames import Path, overlaps
from sporhund.clusters.model import Anchor, Follower
from sporhund.tracks.model import Box

OVERLAP = 0.35
"""Least overlap of the boxes: detectors draw faces differently, neighbours in a crowd do not overlap as much."""
NEAR_S = 0.6
"""How far before its first and after its last sighting a track may be taken to be where it was then."""
GAP_S = 2.5
"""Between two sightings no further apart than the coarsest mode looks, a face is taken to have moved evenly."""


def followers(anchor: Anchor, paths: Mapping[str, Path]) -> list[Follower]:
    """Tracks of the same page of the same stream that were where this one was, best first.

    paths: of the tracks that count now. A track follows where it lay over the old one at one of its best sightings.
    """
    found = []
    for track, path in paths.items():
        met = [overlap for t, box in anchor.shots if (overlap := _overlap_at(path, t, box)) is not None]
        good = [overlap for overlap in met if overlap >= OVERLAP]
        if good:
            found.append(Follower(track, float(np.mean(good))))
    return sorted(found, key=lambda one: (-one.overlap, one.track))


def _overlap_at(path: Path, t: float, box: Box) -> float | None:
    """Overlap of a box with where the track was at that time; None if it was not seen then."""
    after = int(np.searchsorted(path[:, 0], t))
    if after < len(path) and path[after, 0] == t:
        there = path[after, 1:5]
    elif 0 < after < len(path) and path[after, 0] - path[after - 1, 0] <= GAP_S:
        share = (t - path[after - 1, 0]) / (path[after, 0] - path[after - 1, 0])
        there = (1 - share) * path[after - 1, 1:5] + share * path[after, 1:5]
    else:
        near = min((at for at in (after - 1, after) if 0 <= at < len(path)), key=lambda at: abs(path[at, 0] - t), default=None)
        if near is None or abs(path[near, 0] - t) > NEAR_S:
            return None
        there = path[near, 1:5]
    return float(overlaps(there[None], np.array([box], np.float64))[0])
