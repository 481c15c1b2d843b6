"""How well a partition into clusters tells people apart: over all pairs. Pure."""
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sporhund.clusters.begin import alike

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Pairs of tracks: how many that were put together belong together, and how many that belong together were put so."""

    precision: float     #: 1 where nobody was put together
    recall: float        #: 1 where nobody belongs together
    f1: float
    false_pairs: int     #: put together, of two people


def figures(labels: Ints, people: Sequence[Hashable]) -> Figures:
    """labels: (n,) equal numbers are one cluster.   people: n names; equal names are one person."""
    who = alike(people)
    both = alike(list(zip(labels.tolist(), who.tolist(), strict=True)))
    right, made, true = (_pairs(one) for one in (both, np.asarray(labels), who))
    precision = right / made if made else 1.0
    recall = right / true if true else 1.0
    return Figures(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0, made - right)


def _pairs(labels: Ints) -> int:
    """Pairs that have one label."""
    sizes = np.unique(labels, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())
