"""What a score is worth: how many other people of a gallery would reach it by accident. Pure; docs/chance.md explains it."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sporhund.faces.calibration import Calibration, Curve, Shares
from sporhund.faces.model import Seen

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

SMALL_PX, MEDIUM_PX = 32.0, 48.0
"""Widths of the face below which accidents change (measured: docs/decisions/830)."""
SOFT, BLURRED = (0.25, 0.34, 0.43), (0.165, 0.26, 0.37)
"""Sharpness below which a large, medium, small face is soft, and blurred: the smaller a face, the more of its pixels are edges
(portraits shrunk to 70, 40 and 28 pixels have 0.38, 0.44, 0.49; blurred by 2 % of the face's width first 0.17, 0.29, 0.40)."""
BANDS = tuple(f"{size} and {blur}" for blur in ("sharp", "soft", "blurred") for size in ("large", "medium", "small"))
"""Band -> its name for people. Large: a face of at least 48 pixels; small: under 32."""
LEAST_CONTRAST = 16.0
"""Grey levels below which a face is darker or flatter than what was calibrated (of portraits 1 in 100 has under 19.6; darkened
to 0.3, 95 in 100 have under 15)."""
MOST_BLOCKS = 1.75
"""Block steps above which a picture is compressed further than what was calibrated (portraits: at most 1.2; JPEG quality 10:
99 in 100 above 1.8)."""
TRUST = 5.0
"""Expected accidents among a case's own known non-mated pairs that weigh as much as the calibration does."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The worth of one score."""

    expected: float      #: E: other people in this gallery whose best score would be at least as high by accident
    low: float           #: of the interval that the calibration's size allows (95 %)
    high: float
    floor: bool          #: the calibration ends below this score: `expected` is a bound, "fewer than"
    people: int          #: compared for the calibration
    gallery: int = 0     #: people in the gallery
    comparisons: int = 0  #: at the floor: fewer than 1 in so many comparisons


@dataclass(frozen=True, slots=True)
class NoChance:
    """No number may be given."""

    reason: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """The gallery as the chance sees it: how many people have so many templates, of which band."""

    people: Mapping[tuple[int, int], int]    #: (band, templates of the person) -> people

    @property
    def size(self) -> int:
        """People in the gallery."""
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Local:
    """Pairs of the case that are known to show two people (faces in one frame), one for each two tracks.

    Never examiners' "not the same": those were chosen for their high scores.
    """

    scores: FloatArray    #: (m,) cosine
    first: IntArray       #: (m,) band of the one side
    second: IntArray      #: and of the other


def band_of(width_px: ArrayLike, sharpness: ArrayLike) -> IntArray:
    """The band of each face: 0 (large and sharp) to 8 (small and blurred), an index into BANDS. Same shape as what is given."""
    width, sharp = np.asarray(width_px, dtype=np.float64), np.asarray(sharpness, dtype=np.float64)
    size = np.where(width >= MEDIUM_PX, 0, np.where(width >= SMALL_PX, 1, 2))
    blur = (sharp < np.take(SOFT, size)).astype(np.int64) + (sharp < np.take(BLURRED, size))
    return np.asarray(size + 3 * blur, dtype=np.int64)


def crowd_of(person: IntArray, band: IntArray) -> Crowd:
    """The gallery's people counted.

    person: (n,) which person each template belongs to, any whole numbers; a track without a cluster is a person.
    band: (n,) of each template. A person with templates of several bands counts in the worst: accidents are likeliest there.
    """
    if not len(person):
        return Crowd({})
    _, who, templates = np.unique(person, return_inverse=True, return_counts=True)
    worst = np.zeros(len(templates), np.int64)
    np.maximum.at(worst, who.reshape(-1), band)
    keys, counts = np.unique(np.stack([worst, templates]), axis=1, return_counts=True)
    return Crowd({(int(b), int(t)): int(c) for b, t, c in zip(*keys, counts, strict=True)})


def chances(
    scores: Sequence[float] | FloatArray, *, probes: Sequence[int], crowd: Crowd, calibration: Calibration | None,
    local: Local | None = None, children: Sequence[bool] | None = None,
) -> list[Chance | NoChance]:
    """The worth of each score: E = sum over the gallery's people of the probability that one who is somebody else reaches it.

    scores: each candidate's best over all probe x template pairs.   probes: the band of each probe picture, at least one.
    children: may this candidate or the probe be a child's? Then there is no number unless ages were calibrated by themselves.
    """
    reason = _why_not(probes, crowd, calibration)
    if reason is not None or calibration is None:
        return [NoChance(reason or "")] * len(scores)
    asked = np.asarray(scores, dtype=np.float64)
    shares = _corrected(_reached(asked, probes, crowd, calibration), asked, calibration, local)
    size = crowd.size
    found: list[Chance | NoChance] = [
        Chance(float(e) * size, float(low) * size, float(high) * size, bool(floor), calibration.people, size,
               round(1 / float(e)) if floor else 0)
        for e, low, high, floor in zip(shares.expected, shares.low, shares.high, shares.floor, strict=True)]
    if children is None or "child" in calibration.age_bands:
        return found
    return [NoChance(_CHILD) if child else chance for child, chance in zip(children, found, strict=True)]


def covered_by(seen: Seen) -> str | None:
    """None where the calibration speaks for such a picture; else why it does not, in plain words.

    Darkness and heavy compression make strangers more alike than size and blur alone would (with both pictures so: up to
    twenty times, benchmarks/degraded.py), and no calibration holds such pictures.
    """
    if seen.contrast is not None and seen.contrast < LEAST_CONTRAST:
        return (f"the face is too dark or too flat for the calibration (contrast {seen.contrast:.0f} grey levels; it holds faces "
                f"from {LEAST_CONTRAST:.0f} on)")
    if seen.blocks is not None and seen.blocks > MOST_BLOCKS:
        return (f"the picture is compressed more than the calibration covers (block steps {seen.blocks:.1f}; it holds pictures "
                f"up to {MOST_BLOCKS:.1f})")
    return None


def where_covered(chance: Chance | NoChance, *seen: Seen) -> Chance | NoChance:
    """No number where one of these pictures is beyond what was calibrated."""
    reason = next((said for said in map(covered_by, seen) if said is not None), None)
    return chance if reason is None or isinstance(chance, NoChance) else NoChance(reason)


def sentence(chance: Chance | NoChance) -> str:
    """What may be said of it to people, in one or two sentences."""
    if isinstance(chance, NoChance):
        return f"No number: {chance.reason}."
    if chance.floor:
        return (f"Fewer than 1 in {chance.comparisons:,} comparisons with another person score this high: among "
                f"{chance.gallery:,} people fewer than {_number(chance.expected)} others are to be expected. More cannot be "
                f"said; {chance.people} people were compared to measure it. {_NOT}")
    return (f"Among {chance.gallery:,} people about {_number(chance.expected)} others are to be expected to score at least this "
            f"high by accident ({_number(chance.low)} to {_number(chance.high)}). {_NOT}")


_NOT = "This is not the probability that it is the same person; relatives and look-alikes are not covered."
_CHILD = ("this may be a child, and the calibration holds no children: among the young accidents are commoner, by an unknown "
          "factor")


def _why_not(probes: Sequence[int], crowd: Crowd, calibration: Calibration | None) -> str | None:
    if calibration is None:
        return "the pack brings no calibration; measure one on your own people (docs/chance.md says how)"
    if not probes:
        return "no probe picture can be compared"
    missing = sorted({BANDS[other] for band in probes for other, _ in crowd.people if calibration.curve(band, other) is None})
    return f"the calibration holds no faces that are {' or '.join(missing)}" if missing else None


def _reached(asked: FloatArray, probes: Sequence[int], crowd: Crowd, calibration: Calibration) -> Shares:
    """Mean over the gallery's people of the share who reach each score."""
    many = calibration.gain(len(probes))
    total = np.zeros((3, len(asked)))
    floor = np.zeros(len(asked), np.bool_)
    for (band, templates), people in crowd.people.items():
        gain = calibration.gain(templates)
        one = _worst(asked, probes, band, calibration)
        each = one.times(gain[0] * many[0], gain[1] * many[1], gain[2] * many[2])
        total += people / crowd.size * np.stack([each.expected, each.low, each.high])
        floor |= each.floor
    return Shares(total[0], total[1], total[2], floor)


def _worst(asked: FloatArray, probes: Sequence[int], band: int, calibration: Calibration) -> Shares:
    """Among the probes' bands the one in which accidents are commonest, for each score."""
    found = [curve.at(asked) for each in sorted(set(probes)) if (curve := calibration.curve(each, band)) is not None]
    return Shares(
        np.max([one.expected for one in found], axis=0), np.max([one.low for one in found], axis=0),
        np.max([one.high for one in found], axis=0), np.any([one.floor for one in found], axis=0))


def _corrected(shares: Shares, asked: FloatArray, calibration: Calibration, local: Local | None) -> Shares:
    """Moved towards the case's own tail, as far as the case knows enough; a bound is never lowered."""
    if local is None or not len(local.scores):
        return shares
    factor = _drift(asked, calibration, local)
    honest = np.where(shares.floor, np.maximum(factor, 1.0), factor)
    expected = np.minimum(shares.expected * honest, 1)
    return Shares(expected, np.minimum(shares.low, expected) * np.minimum(honest, 1),
                  np.minimum(np.maximum(shares.high * np.maximum(honest, 1), expected), 1), shares.floor)


def _drift(asked: FloatArray, calibration: Calibration, local: Local) -> FloatArray:
    """How much commoner accidents are in this case: (TRUST + seen) / (TRUST + expected) at each score.

    Mean of a Gamma(TRUST, TRUST) belief after seeing the case's own pairs. Where the case knows too little to expect TRUST
    accidents, the factor of the highest score at which it does is carried on.
    """
    known = _by_curve(calibration, local)
    if not known:
        return np.ones(len(asked))
    own = np.sort(np.concatenate([scores for _, scores in known]))
    grid = np.linspace(-1, 1, 2001)
    deep = grid[_accidents(known, grid) >= TRUST]
    at = np.minimum(asked, deep[-1] if len(deep) else grid[0])
    seen = len(own) - np.searchsorted(own, at, side="left")
    return np.asarray((TRUST + seen) / (TRUST + _accidents(known, at)), dtype=np.float64)


def _accidents(known: Sequence[tuple[Curve, FloatArray]], scores: FloatArray) -> FloatArray:
    """How many of the case's own known pairs the calibration expects at each score or above."""
    return np.asarray(np.sum([len(own) * curve.at(scores).expected for curve, own in known], axis=0), dtype=np.float64)


def _by_curve(calibration: Calibration, local: Local) -> list[tuple[Curve, FloatArray]]:
    """The case's known pairs, those of two bands together, with the curve of these bands; pairs without a curve stay out."""
    pairs = set(zip(local.first.tolist(), local.second.tolist(), strict=True))
    return [(curve, local.scores[(local.first == a) & (local.second == b)])
            for a, b in sorted(pairs) if (curve := calibration.curve(a, b)) is not None]


def _number(value: float) -> str:
    """Two figures, no false precision."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value >= 0.001 else "0.001 or less"
