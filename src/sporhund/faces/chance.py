"""What a score is worth: how many other people of a gallery would reach it by accident. Pure; docs/chance.md explains it."""
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """The worth of one score."""

    expected: float      #: E: other people in this gallery whose best score would be at least as high by accident
    low: float           #: of the interval that the calibration's size allows (95 %)
    high: float
    floor: bool          #: the calibration ends below this score: `expected` is a bound, "fewer than"
    people: int          #: compared


@dataclass(frozen=True, slots=True)
class NoChance:
    """No number may be given."""

    reason: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """The gallery as the chance sees it: how many people have so many templates, of which band."""

    people: Mapping[tuple[int, int], int]    #: (band, templates of the person) -> people
