"""How well templates tell people apart: all pairs, and the figures that the field uses. Pure.

Words and measures as in ISO/IEC 19795-1: a mated pair shows one person, a non-mated pair two.
"""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FARS = {"1e-2": 1e-2, "1e-3": 1e-3, "1e-4": 1e-4}
BINS = 80
"""Of the score histograms, over [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of pictures once: i < j."""

    first: NDArray[np.int64]     #: index of the one picture
    second: NDArray[np.int64]    #: and of the other
    scores: FloatArray           #: cosine, -1 to 1
    mated: NDArray[np.bool_]     #: do both show the same person?


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one set of pictures."""

    mated: int
    nonmated: int
    tar_at_far: dict[str, float | None]         #: None where the set has too few non-mated pairs for that FAR
    thresholds: dict[str, float | None]         #: the score above which a pair is accepted at that FAR
    eer: float
    rank1: float | None                         #: None if nobody has two pictures
    det: tuple[tuple[float, float, float], ...]  #: (FMR, FNMR, threshold), rising FMR
    histogram: dict[str, tuple[int, ...]]       #: "mated", "nonmated": pairs in BINS equal bins from -1 to 1


def all_pairs(vectors: NDArray[np.float32], people: Sequence[str]) -> Pairs:
    """Scores of all pairs.

    vectors: (n, dimensions) unit length.   people: n names; equal names are one person.
    Raises ValueError if the lengths differ.
    """
    if len(vectors) != len(people):
        raise ValueError(f"{len(vectors)} templates, but {len(people)} names")
    rows = np.asarray(vectors, dtype=np.float64)
    first, second = np.triu_indices(len(rows), 1)
    names = np.unique(np.asarray(people, dtype=str), return_inverse=True)[1].reshape(-1)
    return Pairs(first, second, (rows @ rows.T)[first, second], names[first] == names[second])


def evaluate(vectors: NDArray[np.float32], people: Sequence[str]) -> Evaluation:
    """The figures for one template per picture.

    Raises ValueError without mated or without non-mated pairs: there is nothing to measure.
    """
    return evaluate_pairs(all_pairs(vectors, people), len(people))


def evaluate_pairs(pairs: Pairs, pictures: int) -> Evaluation:
    """The figures of these pairs of so many pictures. Raises ValueError as `evaluate`."""
    mated, others = np.sort(pairs.scores[pairs.mated]), np.sort(pairs.scores[~pairs.mated])
    if not len(mated) or not len(others):
        raise ValueError("measuring needs pairs of one person and pairs of two")
    thresholds = {name: threshold_at(others, far) for name, far in FARS.items()}
    tar = {name: None if limit is None else _share_above(mated, limit) for name, limit in thresholds.items()}
    return Evaluation(
        len(mated), len(others), tar, thresholds, equal_error_rate(mated, others),
        rank_one(pairs, pictures), det_points(mated, others),
        {"mated": _histogram(mated), "nonmated": _histogram(others)})


def threshold_at(nonmated: FloatArray, far: float) -> float | None:
    """The score that a pair must exceed so that at most this share of non-mated pairs does.

    nonmated: scores, ascending. Without interpolation: it is the score of the (k + 1)-th best of n non-mated pairs,
    k = floor(far * n), and only a higher score is accepted, so that at most k are. None where k would be 0: no threshold can
    be measured on fewer than 1 / far pairs.
    """
    allowed = int(np.floor(far * len(nonmated) + 1e-9))
    return float(nonmated[len(nonmated) - 1 - allowed]) if 0 < allowed < len(nonmated) else None


def equal_error_rate(mated: FloatArray, nonmated: FloatArray) -> float:
    """Where as many mated pairs are rejected as non-mated ones accepted; between two steps the mean of both rates.

    Both ascending.
    """
    limits = np.unique(np.concatenate([mated, nonmated]))
    rejected = np.searchsorted(mated, limits, side="right") / len(mated)
    accepted = 1 - np.searchsorted(nonmated, limits, side="right") / len(nonmated)
    nearest = int(np.argmin(np.abs(rejected - accepted)))
    return float((rejected[nearest] + accepted[nearest]) / 2)


def rank_one(pairs: Pairs, count: int) -> float | None:
    """Share of the pictures with a second one of the same person whose best score is with that person."""
    best_mated, best_other = np.full(count, -np.inf), np.full(count, -np.inf)
    for best, chosen in ((best_mated, pairs.mated), (best_other, ~pairs.mated)):
        for side in (pairs.first, pairs.second):
            np.maximum.at(best, side[chosen], pairs.scores[chosen])
    asked = np.isfinite(best_mated)
    return float((best_mated[asked] > best_other[asked]).mean()) if asked.any() else None


def det_points(mated: FloatArray, nonmated: FloatArray, count: int = 41) -> tuple[tuple[float, float, float], ...]:
    """Both error rates over the threshold: FMR from one non-mated pair to all, evenly on a logarithmic scale.

    Both ascending.
    """
    ranks = np.unique(np.geomspace(1, len(nonmated), count).astype(int))
    points = []
    for rank in ranks.tolist():
        limit = float(nonmated[max(len(nonmated) - 1 - rank, 0)]) if rank < len(nonmated) else float(nonmated[0]) - 1e-9
        points.append((_share_above(nonmated, limit), 1 - _share_above(mated, limit), limit))
    return tuple(points)


def _share_above(scores: FloatArray, limit: float) -> float:
    """Of ascending scores."""
    return float(1 - np.searchsorted(scores, limit, side="right") / len(scores))


def _histogram(scores: FloatArray) -> tuple[int, ...]:
    counts, _ = np.histogram(np.clip(scores, -1, 1), bins=BINS, range=(-1.0, 1.0))
    return tuple(int(count) for count in counts)
