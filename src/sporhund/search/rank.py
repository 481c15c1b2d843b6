"""Who is most like the probe: exact, every template compared. Pure.

The score of a person is the best over all pairs of probe picture and template: it is what the chance is calibrated on. How good
a probe is enters there: among its pictures the band in which accidents are commonest counts.
"""
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]

_BLOCK = 65536
_LOOK_FURTHER = 4


@dataclass(frozen=True, slots=True)
class Ranked:
    """One person of the gallery."""

    row: int                               #: of their best template
    score: float
    also: tuple[tuple[int, float], ...]    #: their other templates, best first


def scores(vectors: FloatArray, probes: FloatArray) -> FloatArray:
    """(n,) the best cosine of each template with any probe picture.

    vectors: (n, d) unit length, C-contiguous.   probes: (p, d) unit length.
    One BLAS product; several probes in blocks, so that the table of pairs stays small.
    """
    if not len(vectors):
        return np.zeros(0, np.float32)
    if len(probes) == 1:
        return np.asarray(vectors @ probes[0], np.float32)
    best = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        np.max(vectors[part] @ probes.T, axis=1, out=best[part])
    return best


def rank(found: FloatArray, person: IntArray, *, top: int) -> list[Ranked]:
    """The `top` people with the best scores, best first; of equals the one with the lower row.

    found: (n,) scores.   person: (n,) equal numbers are one person.
    """
    wanted = min(len(found), _LOOK_FURTHER * top)
    while True:
        order = _best(found, wanted)
        _, first = np.unique(person[order], return_index=True)
        if len(first) >= top or wanted == len(found):
            break
        wanted = min(len(found), _LOOK_FURTHER * wanted)
    chosen = order[np.sort(first)[:top]]
    others = _others(found, person, chosen)
    return [Ranked(int(row), float(found[row]), others.get(int(person[row]), ())) for row in chosen]


def _best(found: FloatArray, count: int) -> NDArray[np.intp]:
    """Rows of the `count` highest scores, best first."""
    if count < len(found):
        least = np.partition(found, len(found) - count)[len(found) - count]
        # All that reach the last one's score: which of equals come first must not depend on the partition.
        rows = np.flatnonzero(found >= least)
    else:
        rows = np.arange(len(found))
    return rows[np.argsort(-found[rows], kind="stable")][:max(count, 0)]


def _others(found: FloatArray, person: IntArray, chosen: NDArray[np.intp]) -> dict[int, tuple[tuple[int, float], ...]]:
    """Person -> their other rows with scores, best first."""
    if not len(chosen):
        return {}
    rows = np.flatnonzero(np.isin(person, person[chosen]))
    rows = rows[~np.isin(rows, chosen)]
    rows = rows[np.argsort(-found[rows], kind="stable")]
    others: dict[int, list[tuple[int, float]]] = {}
    for row in rows:
        others.setdefault(int(person[row]), []).append((int(row), float(found[row])))
    return {who: tuple(of) for who, of in others.items()}
