"""Pictures of people who let themselves be measured with, and the figures that come of them."""
from collections.abc import Mapping
from dataclasses import dataclass, field

from sporhund.faces.evaluate import Evaluation
from sporhund.packs.model import FloatArray


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of one person."""

    person: str      #: the folder's name
    path: bytes


@dataclass(frozen=True, slots=True)
class Usable:
    """What was made of a picture that can be compared."""

    vector: FloatArray   #: unit length
    width_px: float      #: of the face box, upright pixels
    sharpness: float     #: see faces.quality
    digest: bytes        #: SHA-256 of the file


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and how far it may lie from the true one: 95 %, drawn over people."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Grouping:
    """How well the default clusters fit the people: over all pairs of pictures."""

    precision: float | None     #: of the pairs that were put together, those of one person; None: nothing was put together
    recall: float | None        #: of the pairs of one person, those that were put together; None: there is no such pair
    f1: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """The figures of the pairs whose worse picture is of one band of size and blur."""

    name: str
    people: int
    figures: Evaluation


@dataclass(frozen=True, slots=True)
class ChanceCheck:
    """Does the pack's calibration hold here? Of people who are somebody else, on the average one should have E <= 1."""

    found: Interval             #: mean number of other people with E <= 1, over probes
    probes: int
    people: int
    hidden: int                 #: probes for which the floor hides it: no E in this gallery can be as low as 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that was measured on one folder of people."""

    people: int                         #: with at least one picture that can be compared
    pairs: Evaluation
    grouping: Grouping | None           #: None: the pack makes no clusters
    intervals: Mapping[str, Interval] = field(default_factory=dict)   #: by the figure's name
    bands: tuple[Band, ...] = ()
    chance: ChanceCheck | None = None
    no_chance: str | None = None        #: why there is no check
