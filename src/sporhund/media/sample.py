"""Which frames are looked at. Pure: steps by frames, never by a clock (a file may jump ten years)."""
from math import floor, inf

from sporhund.media.model import Sampling

_EDGE = 1e-6            #: a frame at 0.2 s counted as 0.19999999 belongs to its own cell
_FRAMES = 60            #: frames without a sample, never more: times that stand still hide nothing
_QUICK_PER_GAP = 1.25   #: between distant keyframes: samples per `max_gap`, so that none is wider than that


class Sampler:
    """Says of each frame in turn whether it is sampled.

    The grid is floor(t * rate): it does not depend on where a span begins, so that neighbours fit.
    """

    def __init__(self, sampling: Sampling) -> None:
        self.sampling = sampling
        self.still = False         #: the picture stands: fewer samples, and every frame is compared with the last sample
        self._cell: int | None = None
        self._slow: int | None = None
        self._last = -inf
        self._since = 0            # frames since the last sample

    def due(self, t: float, *, first_of_shot: bool, key: bool = False) -> bool:
        """Whether the frame at `t` may be sampled. `taken` or `passed` says what came of it."""
        mode = self.sampling.mode
        self._since += 1
        if mode == "thorough" or first_of_shot or t < self._last or (self._since > _FRAMES and not self.still):
            return True
        if mode == "quick":
            return key or self._cell != self._place(t, _QUICK_PER_GAP / self.sampling.max_gap)
        return self._cell != self._place(t, self.sampling.rate)

    def must(self, t: float, *, first_of_shot: bool) -> bool:
        """Whether it is sampled even if the picture stands still."""
        return (self.sampling.mode != "normal" or first_of_shot or t < self._last
                or t - self._last > self.sampling.max_gap
                or self._slow != self._place(t, self.sampling.still_rate))

    def taken(self, t: float) -> None:
        """The frame at `t` was sampled."""
        self._slow = self._place(t, self.sampling.still_rate)
        self._last = t
        self._since = 0
        self.passed(t)

    def passed(self, t: float) -> None:
        """The frame at `t` was due; its cell is done with."""
        rate = _QUICK_PER_GAP / self.sampling.max_gap if self.sampling.mode == "quick" else self.sampling.rate
        self._cell = self._place(t, rate)

    def overdue(self, t: float) -> bool:
        """Whether even a damaged frame is better than none."""
        return t - self._last > self.sampling.max_gap

    @staticmethod
    def _place(t: float, rate: float) -> int:
        return floor(t * rate + _EDGE)
