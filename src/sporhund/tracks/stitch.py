"""Which tracks of one span go on in the next.

A span is decoded from a moment before its own start (warm-up), and what was followed then is carried as the track's lead.
The lead lies in the time of the span before, so that it can be laid over what that span itself recorded.
"""
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from sporhund.tracks.boxes import FloatArray, iou, widened
from sporhund.tracks.model import Observation, Track

NEAR_S = 0.75
"""Seconds by which a lead may lie after the earlier track's last sighting: samples of two spans need not fall together."""
SAME = 0.3
"""Overlap from which a lead lies on a track."""
ABUTS = 0.5
"""Overlap asked of two tracks that only meet at the joint, without a lead."""


def stitch(earlier: Sequence[Track], later: Sequence[Track], *, continues: bool) -> dict[int, int]:
    """Index in `later` -> index in `earlier`, where the one goes on with the other; one to one.

    continues: the later span's first shot began in the earlier one. If not, there is a cut at the joint and nothing goes on.
    """
    if not continues or not earlier or not later:
        return {}
    first_shot = min(track.shot for track in later)
    likeness = np.array([[_likeness(old, new, first_shot) for old in earlier] for new in later])
    pairs = zip(*linear_sum_assignment(-likeness), strict=True)
    return {int(new): int(old) for new, old in pairs if likeness[new, old] > 0}


def _likeness(old: Track, new: Track, first_shot: int) -> float:
    """0: not the same; else how well the later one's beginning lies on the earlier one's end."""
    if old.kind != new.kind or new.shot != first_shot or not old.observations:
        return 0.0
    if old.kind == "object" and old.label != new.label:
        return 0.0  # a vehicle's class may flicker between car and truck, a dog is no suitcase
    if new.lead:
        return _overlap_of_lead(old, new.lead)
    return _overlap_at_joint(old.observations[-1], new.observations[0])


def _overlap_of_lead(old: Track, lead: Sequence[Observation]) -> float:
    last = old.observations[-1].t
    beside = [seen for seen in lead if old.observations[0].t <= seen.t <= last + NEAR_S]
    if not beside:
        return 0.0
    overlap = float(np.mean([_overlap(_box_at(old.observations, seen.t), seen) for seen in beside]))
    return overlap if overlap >= SAME else 0.0


def _overlap_at_joint(end: Observation, begin: Observation) -> float:
    if not 0 <= begin.t - end.t <= NEAR_S:
        return 0.0
    overlap = _overlap(np.array(end.box), begin)
    return overlap if overlap >= ABUTS else 0.0


def _overlap(box: FloatArray, seen: Observation) -> float:
    return float(iou(widened(box, 0.1), widened(seen.box, 0.1))[0, 0])


def _box_at(observations: Sequence[Observation], t: float) -> FloatArray:
    """(4,) the box at t, between the two sightings around it."""
    times = np.array([seen.t for seen in observations])
    boxes = np.array([seen.box for seen in observations])
    return np.array([np.interp(t, times, boxes[:, side]) for side in range(4)])
