"""One thing followed through frames: which sighting of this frame belongs to which thing seen before.

Two passes as in ByteTrack (Zhang et al., 2022): strong sightings are given to the trails first, weak ones may only go on
with what is left and never begin anything. Each pass is one optimal assignment on the overlap of the predicted boxes
(constant velocity). Boxes are widened before they are compared (Yang et al., 2023, buffered IoU): at five samples a second
a small thing that moves no longer overlaps itself. Time is in seconds everywhere, because samples are not evenly spaced.
"""
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from sporhund.tracks.boxes import FloatArray, areas, as_boxes, containment, iou, widened
from sporhund.tracks.model import Box, Observation

LEAD = 5
"""Sightings of the warm-up that a track carries for stitching."""


@dataclass(frozen=True, slots=True)
class Following:
    """How far a thing may go unseen, and how strong a sighting must be."""

    begin: float                   #: score from which a sighting may begin a trail
    weak: float = 0.0              #: score from which it may go on with one
    patience_s: float = 1.0        #: unseen for longer: the trail ends ...
    patience_samples: float = 2.5  #: ... unless fewer samples than this were taken meanwhile
    widen: float = 0.3             #: share of its side by which a box is widened on each side before comparing
    overlap: float = 0.15          #: of the widened boxes; below: not the same thing
    within: float = 0.0            #: overlap that lying wholly within the other counts as: who leaves becomes a sliver of himself
    growth: float = 3.0            #: area ratio beyond which it is not the same thing


@dataclass(slots=True, eq=False)
class Trail:
    """A thing while it is followed."""

    number: int
    shot: int
    seen: list[Observation] = field(default_factory=list)       #: in the unit's own span
    warmed: list[Observation] = field(default_factory=list)     #: before it, the last few
    velocity: FloatArray = field(default_factory=lambda: np.zeros(2))  #: pixels a second of the box's centre

    @property
    def last(self) -> Observation:
        """The latest sighting."""
        return self.seen[-1] if self.seen else self.warmed[-1]

    def predicted(self, t: float) -> FloatArray:
        """(4,) where its box should be at t. Not carried on for more than a second: people turn round."""
        box = np.array(self.last.box)
        box[:2] += self.velocity * min(t - self.last.t, 1.0)
        return box

    def add(self, observation: Observation, *, warmup: bool) -> None:
        if self.seen or self.warmed:
            self._learn_velocity(observation)
        if warmup:
            self.warmed = [*self.warmed[-(LEAD - 1):], observation]
        else:
            self.seen.append(observation)

    def _learn_velocity(self, observation: Observation) -> None:
        elapsed = observation.t - self.last.t
        if elapsed > 0:
            newest = (_centre(observation.box) - _centre(self.last.box)) / elapsed
            # Boxes tremble: half of the newest and half of what was known keeps the prediction from trembling with them.
            self.velocity = 0.5 * self.velocity + 0.5 * newest


class Follower:
    """Follows things of one sort within shots; a new shot ends everything that was followed."""

    def __init__(self, following: Following) -> None:
        self._rules = following
        self._live: list[Trail] = []
        self._ended: list[Trail] = []
        self._shot: int | None = None
        self._t: float | None = None
        self._count = 0

    def update(
        self, t: float, shot: int, boxes: Sequence[Box] | FloatArray, scores: Sequence[float] | FloatArray, *,
        warmup: bool = False,
    ) -> list[Trail | None]:
        """The trail of each box of this frame; None where the box is too weak to begin one.

        A time that goes back (a stream that starts again) ends everything, as a cut does.
        """
        rows, strength = as_boxes(boxes), np.asarray(scores, dtype=np.float64).reshape(-1)
        interval = self._step(t, shot)
        self._retire(t, interval)
        owners: list[Trail | None] = [None] * len(rows)
        strong = [i for i in range(len(rows)) if strength[i] >= self._rules.begin]
        weak = [i for i in range(len(rows)) if self._rules.weak <= strength[i] < self._rules.begin]
        free = self._assign(t, self._live, rows, strong, owners)
        self._assign(t, [trail for trail in free if t - trail.last.t <= 1.5 * interval], rows, weak, owners)
        for index in strong:
            if owners[index] is None:
                owners[index] = self._begin(shot)
        for index, trail in enumerate(owners):
            if trail is not None:
                x, y, width, height = rows[index].tolist()
                trail.add(Observation(t, (x, y, width, height), float(strength[index])), warmup=warmup)
        return owners

    def take_ended(self) -> list[Trail]:
        """The trails that ended since the last call; each is given once."""
        ended, self._ended = self._ended, []
        return ended

    def finish(self) -> list[Trail]:
        """All that is left, ended now."""
        self._ended.extend(self._live)
        self._live = []
        return self.take_ended()

    def _step(self, t: float, shot: int) -> float:
        """Seconds since the sample before; a cut or a step back in time ends what was followed."""
        if self._shot != shot or (self._t is not None and t <= self._t):
            self._ended.extend(self._live)
            self._live = []
            self._t = None
        interval = t - self._t if self._t is not None else 0.0
        self._shot, self._t = shot, t
        return interval

    def _retire(self, t: float, interval: float) -> None:
        limit = max(self._rules.patience_s, self._rules.patience_samples * interval)
        self._ended.extend(trail for trail in self._live if t - trail.last.t > limit)
        self._live = [trail for trail in self._live if t - trail.last.t <= limit]

    def _assign(
        self, t: float, trails: list[Trail], rows: FloatArray, among: list[int], owners: list[Trail | None],
    ) -> list[Trail]:
        """Give boxes to trails, best sum of overlaps; returns the trails that got none."""
        if not trails or not among:
            return list(trails)
        likeness = self._likeness(np.array([trail.predicted(t) for trail in trails]), rows[among])
        taken = set()
        for trail_index, box_index in zip(*linear_sum_assignment(-likeness), strict=True):
            if likeness[trail_index, box_index] >= self._rules.overlap:
                owners[among[box_index]] = trails[trail_index]
                taken.add(trail_index)
        return [trail for index, trail in enumerate(trails) if index not in taken]

    def _likeness(self, expected: FloatArray, rows: FloatArray) -> FloatArray:
        """(trails, boxes) overlap of the widened boxes; 0 where one is several times the other's size."""
        wide, near = widened(expected, self._rules.widen), widened(rows, self._rules.widen)
        likeness = np.maximum(iou(wide, near), self._rules.within * containment(wide, near))
        size = np.log(np.maximum(areas(expected), 1e-6))[:, None] - np.log(np.maximum(areas(rows), 1e-6))[None, :]
        likeness[np.abs(size) > np.log(self._rules.growth)] = 0.0
        return likeness

    def _begin(self, shot: int) -> Trail:
        self._count += 1
        trail = Trail(self._count, shot)
        self._live.append(trail)
        return trail


def _centre(box: Box) -> FloatArray:
    return np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
