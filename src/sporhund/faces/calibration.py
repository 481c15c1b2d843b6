"""How often other people reach a score by accident: what a pack's calibration file holds, and how it is read.

The file is made by `python -m benchmarks.calibrate` and holds counts of many people only, never a score of one of them.
"""
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from sporhund.errors import EnvironmentFault
from sporhund.packs.model import Manifest

FloatArray = NDArray[np.float64]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Shares:
    """For each score asked about: the share of other people who reach it by accident."""

    expected: FloatArray
    low: FloatArray              #: 95 %, of the people that the calibration drew
    high: FloatArray
    floor: NDArray[np.bool_]     #: the data end below this score: `expected` is a bound

    def times(self, factor: float, low: float, high: float) -> "Shares":
        """All of them larger; never more than everybody."""
        return Shares(np.minimum(self.expected * factor, 1), np.minimum(self.low * low, 1), np.minimum(self.high * high, 1),
                      self.floor)


@dataclass(frozen=True, slots=True)
class Curve:
    """Best scores of non-mated people, one picture against one, in one pair of bands: steps of rising score."""

    scores: FloatArray     #: ascending; the last one is where the data end
    share: FloatArray      #: of people whose best score is at least as high; falling, over 0
    low: FloatArray        #: 95 %, clustered by people
    high: FloatArray
    people: int            #: compared
    effective: float       #: independent comparisons that those people are worth where the data end

    def at(self, scores: FloatArray) -> Shares:
        """Between two steps on a straight line of the logarithm; behind the last step its own share, as a bound."""
        floor = scores > self.scores[-1]
        return Shares(self._between(scores, self.share), np.where(floor, 0.0, self._between(scores, self.low)),
                      self._between(scores, self.high), floor)

    def _between(self, scores: FloatArray, values: FloatArray) -> FloatArray:
        tiny = 1e-12
        return np.asarray(np.exp(np.interp(scores, self.scores, np.log(np.maximum(values, tiny)))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known of one pack's accidents."""

    pack: str                                           #: "base@1"
    made_of: str                                        #: whose pictures, for people
    people: int                                         #: who were compared
    curves: Mapping[tuple[int, int], Curve]             #: (better band, worse band)
    gains: tuple[tuple[float, float, float, float], ...]  #: pictures of a person, how much likelier a hit is, low, high
    age_bands: tuple[str, ...]                          #: ages that were calibrated by themselves; "child" among them or not
    digest: str                                         #: SHA-256 of the file

    def curve(self, band: int, other: int) -> Curve | None:
        """None where no people were compared in these bands."""
        return self.curves.get((min(band, other), max(band, other)))

    def gain(self, pictures: int) -> tuple[float, float, float]:
        """How much likelier a person with so many pictures is hit than with one: expected, low, high.

        Between the measured numbers on a straight line of the logarithms. Beyond the largest, m, no data: people are taken
        to be hit at most once for each m of their pictures (Boole's inequality), which is a bound and no estimate.
        """
        known = np.array(self.gains)
        most = known[-1, 0]
        x = np.log(min(float(pictures), most))
        expected, low, high = (float(np.exp(np.interp(x, np.log(known[:, 0]), np.log(known[:, column])))) for column in (1, 2, 3))
        beyond = max(1.0, pictures / most)
        return expected * beyond, low, high * beyond


class _Curve(msgspec.Struct, forbid_unknown_fields=True):
    bands: tuple[int, int]
    people: int
    comparisons: int
    effective: float
    scores: list[float]
    share: list[float]
    low: list[float]
    high: list[float]


class _Gain(msgspec.Struct, forbid_unknown_fields=True):
    pictures: float
    gain: float
    low: float
    high: float


class _Maxima(msgspec.Struct, forbid_unknown_fields=True):
    """Best scores of the people with many pictures, from which the gains were taken; for reading, not used here."""

    pictures: int
    scores: list[float]
    share: list[float]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    pack: str
    made_of: str
    people: int
    curves: list[_Curve]
    gains: list[_Gain]
    maxima: list[_Maxima] = []
    people_with_many: int = 0
    age_bands: tuple[str, ...] = ()


def calibration_of(folder: Path, manifest: Manifest) -> Calibration | None:
    """The calibration of the pack in this folder; None where the pack brings none.

    Its checksum is verified with the pack's other files (`packs.check.checksums`).
    Raises EnvironmentFault: "missing-file"; "bad-calibration" where it cannot be read or belongs to another pack.
    """
    if manifest.calibration is None:
        return None
    path = folder / manifest.calibration
    try:
        raw = path.read_bytes()
    except FileNotFoundError as exc:
        raise _fault("missing-file", f"{manifest.label}: {manifest.calibration} is not there.") from exc
    return parse(raw, manifest.label)


def parse(raw: bytes, label: str) -> Calibration:
    """The calibration in these bytes of JSON. Raises EnvironmentFault "bad-calibration"."""
    try:
        found = msgspec.json.decode(raw, type=_File)
    except msgspec.DecodeError as exc:
        raise _fault("bad-calibration", f"{label}: the calibration cannot be read: {exc}.") from exc
    if found.format != FORMAT or found.pack != label:
        message = f"{label}: the calibration is of {found.pack}, format {found.format}; expected {label}, format {FORMAT}."
        raise _fault("bad-calibration", message)
    if not found.curves or not found.gains or not all(_sound(curve) for curve in found.curves):
        raise _fault("bad-calibration", f"{label}: the calibration holds steps that do not fall.")
    curves = {
        (min(c.bands), max(c.bands)): Curve(
            np.array(c.scores), np.array(c.share), np.array(c.low), np.array(c.high), c.people, c.effective)
        for c in found.curves}
    gains = tuple((g.pictures, g.gain, g.low, g.high) for g in found.gains)
    return Calibration(found.pack, found.made_of, found.people, curves, gains, found.age_bands, hashlib.sha256(raw).hexdigest())


def _sound(curve: _Curve) -> bool:
    lengths = {len(curve.scores), len(curve.share), len(curve.low), len(curve.high)}
    if len(lengths) != 1 or not curve.scores or curve.share[-1] <= 0:
        return False
    rising = all(a < b for a, b in zip(curve.scores, curve.scores[1:], strict=False))
    return rising and all(a >= b for a, b in zip(curve.share, curve.share[1:], strict=False))


def _fault(code: str, message: str) -> EnvironmentFault:
    return EnvironmentFault(code, message, "Import the pack again, or make its calibration anew: docs/chance.md says how.")
