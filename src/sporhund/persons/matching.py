"""When a new track is a hit on a known person. Pure."""
from collections.abc import Sequence
from dataclasses import dataclass

from sporhund.faces.chance import Chance, NoChance

MOST_EXPECTED = 0.1
"""A hit: at most so many other people of the new material's case would reach its score by accident. Where k known persons are
compared, k/10 accidental hits are to be expected in a case at the most: a person looks at each, nobody is named."""
LISTED = 10
"""Tracks listed for each known person where no number decides (children, no calibration, a bound that is not low enough)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One new track against one known person."""

    track: str
    score: float                  #: best over all pairs of templates, cosine
    template: int                 #: which of the known person's templates that was
    chance: Chance | NoChance


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person gets to see of one known person's comparisons."""

    hits: tuple[Compared, ...]    #: by their chance, best first
    listed: tuple[Compared, ...]  #: by their score alone, because no number decides: for a person to look at
    left: int                     #: more without a deciding number, of lower scores: counted, not listed


def choose(compared: Sequence[Compared]) -> Chosen:
    """Hits by chance; where no number decides the best by score, a bounded number, and how many more there were."""
    best = sorted(compared, key=lambda one: (-one.score, one.track))
    hits = tuple(one for one in best if isinstance(one.chance, Chance) and one.chance.expected <= MOST_EXPECTED)
    open_ = [one for one in best if _undecided(one.chance)]
    return Chosen(hits, tuple(open_[:LISTED]), max(0, len(open_) - LISTED))


def _undecided(chance: Chance | NoChance) -> bool:
    """No number, or no more than a bound ("fewer than") that is not low enough."""
    return isinstance(chance, NoChance) or (chance.floor and chance.expected > MOST_EXPECTED)
