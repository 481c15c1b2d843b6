"""What is said of people beyond the bare figures: how sure it is, by band, in clusters, and whether chance holds. Pure."""
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sporhund.faces.calibration import Calibration
from sporhund.faces.chance import BANDS, Chance, NoChance, band_of, chances, crowd_of
from sporhund.faces.evaluate import Pairs, evaluate_pairs
from sporhund.measure.model import Band, ChanceCheck, Grouping, Interval, Usable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RESAMPLES = 200
WORK = 400_000_000
"""Pairs drawn at most over all resamples: a very large set is drawn less often."""
LEAST_RESAMPLES = 40
LEAST_MATED, LEAST_NONMATED = 20, 1000
"""Pairs of a band below which its curve would say nothing."""
MOST_PROBES = 1000
FARS = (1e-3, 1e-4)


# ------------------------------------------------------------------ how sure

def intervals(pairs: Pairs, people: IntArray, labels: IntArray | None, *, seed: int = 0) -> dict[str, Interval]:
    """The figures with 95 % intervals, drawn over people: pairs of one person say nearly the same, and are not counted as
    independent (R. Bolle et al., Error analysis of pattern recognition systems: the subsets bootstrap, CVIU 2004).

    people: (n,) whose each picture is.   labels: (n,) cluster of each.
    """
    count = int(people.max()) + 1
    drawn = max(LEAST_RESAMPLES, min(RESAMPLES, WORK // max(1, len(pairs.scores))))
    sample = _Sample(pairs, people, labels)
    chance = np.random.default_rng(seed)
    every = [sample.figures(np.bincount(chance.integers(count, size=count), minlength=count).astype(float))
             for _ in range(drawn)]
    found: dict[str, Interval] = {}
    for name, value in sample.figures(np.ones(count)).items():
        said = np.array([one[name] for one in every])
        said = said[np.isfinite(said)]
        if np.isfinite(value) and len(said) > drawn / 2:
            low, high = np.percentile(said, [2.5, 97.5]).tolist()
            found[name] = Interval(value, min(low, value), max(high, value))
    return found


class _Sample:
    """Pairs in the order of their scores, so that a resample is a sum over weights."""

    def __init__(self, pairs: Pairs, people: IntArray, labels: IntArray | None) -> None:
        mated, others = np.flatnonzero(pairs.mated), np.flatnonzero(~pairs.mated)
        mated, others = mated[np.argsort(pairs.scores[mated])], others[np.argsort(pairs.scores[others])]
        self._mated, self._others = pairs.scores[mated], pairs.scores[others]
        self._of = people[pairs.first[mated]]
        self._one, self._other = people[pairs.first[others]], people[pairs.second[others]]
        together = None if labels is None else labels[pairs.first] == labels[pairs.second]
        self._joined = None if together is None else (together[mated], together[others])
        self._place = np.searchsorted(self._others, self._mated, side="left")

    def figures(self, weights: FloatArray) -> dict[str, float]:
        """Each figure when each person counts as often as `weights` says; NaN where there is nothing to say."""
        mated, others = weights[self._of], weights[self._one] * weights[self._other]
        if not mated.sum() or not others.sum():
            return dict.fromkeys(("eer", "precision", "recall", *(f"tar_{far:.0e}" for far in FARS)), float("nan"))
        above = np.concatenate([np.cumsum(others[::-1])[::-1], [0.0]]) / others.sum()
        rejected = np.concatenate([[0.0], np.cumsum(mated)]) / mated.sum()
        said = {"eer": self._equal(above, rejected)}
        for far in FARS:
            said[f"tar_{far:.0e}"] = self._accepted(above, rejected, far, float(others.sum()))
        return said | self._clusters(mated, others)

    def _equal(self, above: FloatArray, rejected: FloatArray) -> float:
        """At each mated score: those below are rejected, the others at or above accepted."""
        accepted, turned_away = above[self._place], rejected[:-1]
        nearest = int(np.argmin(np.abs(accepted - turned_away)))
        return float((accepted[nearest] + turned_away[nearest]) / 2)

    def _accepted(self, above: FloatArray, rejected: FloatArray, far: float, total: float) -> float:
        if far * total < 1:
            return float("nan")
        first = int(np.argmax(above <= far))
        limit = self._others[first - 1] if first else -np.inf
        return float(1 - rejected[np.searchsorted(self._mated, limit, side="right")])

    def _clusters(self, mated: FloatArray, others: FloatArray) -> dict[str, float]:
        if self._joined is None:
            return {}
        right, wrong = float(mated[self._joined[0]].sum()), float(others[self._joined[1]].sum())
        return {"precision": right / (right + wrong) if right + wrong else float("nan"), "recall": right / float(mated.sum())}


# ------------------------------------------------------------------ clusters

def grouping(pairs: Pairs, labels: IntArray) -> Grouping:
    """Pairwise precision and recall of clusters."""
    together = labels[pairs.first] == labels[pairs.second]
    right, joined, mated = (int(each.sum()) for each in (together & pairs.mated, together, pairs.mated))
    precision = right / joined if joined else None
    recall = right / mated if mated else None
    both = (precision or 0.0) + (recall or 0.0)
    return Grouping(precision, recall, 2 * (precision or 0.0) * (recall or 0.0) / both if both else None)


# ------------------------------------------------------------------ by band

def bands(pairs: Pairs, people: IntArray, usable: Sequence[Usable]) -> tuple[Band, ...]:
    """The figures of the pairs whose worse picture is of each band; bands with too few pairs are left out."""
    of = _bands(usable)
    worse = np.maximum(of[pairs.first], of[pairs.second])
    found = []
    for band, name in enumerate(BANDS):
        chosen = worse == band
        mated = int(pairs.mated[chosen].sum())
        if mated >= LEAST_MATED and int(chosen.sum()) - mated >= LEAST_NONMATED:
            own = Pairs(pairs.first[chosen], pairs.second[chosen], pairs.scores[chosen], pairs.mated[chosen])
            whose = np.unique(people[np.concatenate([own.first, own.second])])
            found.append(Band(name, len(whose), evaluate_pairs(own, len(usable))))
    return tuple(found)


def _bands(usable: Sequence[Usable]) -> IntArray:
    return band_of([one.width_px for one in usable], [one.sharpness for one in usable])


# ------------------------------------------------------------------ chance

def chance_check(
    vectors: NDArray[np.float32], people: IntArray, usable: Sequence[Usable], calibration: Calibration | None,
) -> ChanceCheck | str:
    """Each picture is looked for among all other people: how many of them have E <= 1? Or why this cannot be asked."""
    band = _bands(usable)
    step = max(1, -(-len(vectors) // MOST_PROBES))
    hits: dict[int, list[int]] = {}
    hidden, why = 0, "no picture can be compared"
    for probe in range(0, len(vectors), step):
        others = people != people[probe]
        best = _best(vectors[others] @ vectors[probe], people[others])
        said = chances(best, probes=[int(band[probe])], crowd=crowd_of(people[others], band[others]), calibration=calibration)
        numbers = [one for one in said if isinstance(one, Chance)]
        if len(numbers) < len(said):
            why = next(one.reason for one in said if isinstance(one, NoChance))
            continue
        low = [one.expected for one in numbers if not one.floor]
        hits.setdefault(int(people[probe]), []).append(sum(one.expected <= 1 for one in numbers))
        hidden += int(min(low, default=np.inf) > 1 and any(one.floor and one.expected > 1 for one in numbers))
    if not hits:
        return why
    each = np.array([np.mean(own) for own in hits.values()])
    return ChanceCheck(_mean(each), sum(map(len, hits.values())), len(each), hidden)


def _best(scores: NDArray[np.float32], people: IntArray) -> FloatArray:
    """The best score of each person."""
    best = np.full(int(people.max()) + 1, -np.inf)
    np.maximum.at(best, people, scores.astype(np.float64))
    return np.asarray(best[np.isfinite(best)])


def _mean(each: FloatArray, *, seed: int = 0) -> Interval:
    chance = np.random.default_rng(seed)
    drawn = each[chance.integers(len(each), size=(1000, len(each)))].mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5]).tolist()
    return Interval(float(each.mean()), low, high)


def numbered(names: Sequence[str]) -> IntArray:
    """(n,) a number for each name, equal for equal names."""
    return np.unique(np.asarray(names, dtype=str), return_inverse=True)[1].reshape(-1).astype(np.int64)


def by_person(names: Sequence[str], usable: Sequence[Usable]) -> Mapping[str, list[Usable]]:
    """The pictures that can be compared, person by person."""
    found: dict[str, list[Usable]] = {}
    for name, one in zip(names, usable, strict=True):
        found.setdefault(name, []).append(one)
    return found
