"""The few shots of a face worth comparing, spread over the time it is seen."""
from dataclasses import dataclass, field

from sporhund.faces.refine import CutOut
from sporhund.tracks.model import BestShot

PLACES = 8
"""Stretches of time of which each keeps its best shot."""
FIRST_STRETCH_S = 0.4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shot, and what is needed to embed it later without decoding again."""

    shot: BestShot
    cut: CutOut | None = None   #: None where no template may be made


@dataclass(slots=True)
class Shortlist:
    """The best shot of each stretch of time. When there are too many stretches, neighbours are joined: memory stays bounded
    however long a face is seen, and what is kept stays spread over the whole time."""

    stretch_s: float = FIRST_STRETCH_S
    kept: dict[int, Candidate] = field(default_factory=dict)

    def wants(self, t: float, quality: float) -> bool:
        """Would a shot of this quality be kept? Asked before the picture is cut out."""
        rival = self.kept.get(self._stretch(t))
        return rival is None or quality > rival.shot.quality

    def offer(self, candidate: Candidate) -> None:
        """Keep it if it is the best of its stretch."""
        if not self.wants(candidate.shot.t, candidate.shot.quality):
            return
        self.kept[self._stretch(candidate.shot.t)] = candidate
        while len(self.kept) > PLACES:
            self.stretch_s *= 2
            before, self.kept = self.kept, {}
            for each in before.values():
                place = self._stretch(each.shot.t)
                if place not in self.kept or each.shot.quality > self.kept[place].shot.quality:
                    self.kept[place] = each

    def best(self, count: int) -> list[Candidate]:
        """Up to `count` shots, best first."""
        return sorted(self.kept.values(), key=lambda each: -each.shot.quality)[:count]

    def _stretch(self, t: float) -> int:
        return int(t // self.stretch_s)
