"""Which tracks are probably one person: precision before recall. Pure; arrays in, arrays out.

Average linkage under constraints. Clusters join from the closest pair on, as long as their joint score, the exact mean over all
pairs between them, is more than chance explains *in a set of this size*: the number of pairs of two different people grows with
the square of the set, so a threshold that is right for 200 people glues 20,000. How surprising a score must be is therefore
asked of the set (`bar`): of the joins made, at most a small share may be expected to be false, by the pack's own distribution of
pairs of two people. One bridge between two groups joins nobody: every pair across counts (measured: docs/decisions/810).
"""
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sporhund.packs.model import Clustering, Unsuitable

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 2048
"""Rows and columns of one product; a block of scores takes 16 MiB."""
MOST_EDGES = 24_000_000
"""Kept at once. Above it each track keeps its best ones alone: what is far down the list of both sides decides nothing."""
STEP = 0.01
"""Of the search for the bar, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of tracks that score at least a floor, each once. All (m,)."""

    first: Ints
    second: Ints
    scores: Floats     #: cosine


@dataclass(frozen=True, slots=True)
class Bar:
    """How surprising a joint score must be in this set, and what that is as a score."""

    z: float                  #: standard deviations of the pack's pairs of two people
    spec: Clustering

    @property
    def single(self) -> float:
        """The score that joins two tracks."""
        return self.spec.centre + self.spec.spread * self.z

    def need(self, left: Doubles | float = 1.0, right: Doubles | float = 1.0, weak: Doubles | float = 0.0) -> Doubles:
        """The least joint score for joining two clusters.

        left, right: how much alike the tracks of each are, as `_Groups.lengths` says; 1 for a track alone.   weak: mean share
        of weak pictures of both sides, 0 to 1.
        The mean over pairs of two people lies nearer the middle of all such pairs, the more the pictures of one person differ:
        by just as much as the mean of the templates is shorter than one. Ten takes of one scene count as hardly more than one.
        """
        above = self.single + self.spec.weak_extra * np.asarray(weak, np.float64) - self.spec.middle
        return np.asarray(self.spec.middle + above * np.asarray(left) * np.asarray(right), np.float64)

    @property
    def floor(self) -> float:
        """The least score of the best pair of two clusters that join: both as loose as clusters can be is not provided for."""
        share = (self.single - self.spec.middle) / (1 - self.spec.middle)
        return self.spec.middle + (self.single - self.spec.middle) * float(np.sqrt(share))


def lowest_bar(count: int, spec: Clustering) -> Bar:
    """The bar of a set in which everybody has a companion: no set of this size has a lower one."""
    return bar(count, np.ones(count), spec)


def bar(count: int, nearest: Doubles, spec: Clustering) -> Bar:
    """How surprising a score must be, so that of the tracks joined at most `false_share` are expected to be joined falsely.

    count: tracks in the set.   nearest: (count,) score of each track's nearest other; -1 for none that matters.
    Expected: pairs of two people times the share of them that reach the score, as the pack's distribution has it. A set
    smaller than `least_set` is judged as one of that size: two pictures are no crowd, but their people come from one.
    """
    crowd = max(count, spec.least_set)
    pairs = crowd * (crowd - 1) / 2
    ascending = np.sort(nearest)
    z = float(-ndtri(min(0.5, max(spec.false_share * crowd / 2, spec.false_least) / pairs)))
    while True:
        score = spec.centre + spec.spread * z
        joined = (len(ascending) - np.searchsorted(ascending, score)) / 2
        if pairs * float(ndtr(-z)) <= max(spec.false_share * joined, spec.false_least):
            return Bar(z, spec)
        z += STEP


def partition(vectors: Floats, spec: Clustering, *, weak: Doubles | None = None, apart: Ints | None = None) -> Ints:
    """(n,) clusters of a whole set at once, with the pack's own settings: equal numbers are one cluster.

    vectors: (n, d) unit length.   weak, apart: as in `link`.
    """
    edges = near_pairs(vectors, lowest_bar(len(vectors), spec).floor)
    limit = bar(len(vectors), nearest_scores(len(vectors), edges), spec)
    return link(vectors, edges, limit, apart=apart, weak=weak)


def weakness(width_px: Floats, sharpness: Floats, spec: Clustering, unsuitable: Unsuitable) -> Doubles:
    """(n,) 0 to 1: 1 for a face that is just not unsuitable, 0 for one that is large and sharp enough.

    width_px, sharpness: (n,) of the best shot.
    """
    small = _below(width_px, spec.weak_px, unsuitable.face_px)
    return np.maximum(small, _below(sharpness, spec.weak_sharpness, unsuitable.sharpness))


def _below(values: Floats, enough: float, least: float) -> Doubles:
    if enough <= least:
        return np.zeros(len(values))
    return np.clip((enough - values.astype(np.float64)) / (enough - least), 0, 1)


# ------------------------------------------------------------------ close pairs

def near_pairs(vectors: Floats, floor: float, *, new: Ints | None = None, most: int = MOST_EDGES) -> Edges:
    """Every pair that scores at least `floor`, by blocks of one exact product.

    vectors: (n, d) unit length.   new: indices of the tracks that are new: only pairs with one of them are looked at.
    most: edges kept at once; beyond it the weakest of each track go.
    """
    parts: list[tuple[Ints, Ints, Floats]] = []
    held = 0
    for part in (_all_blocks(vectors, floor) if new is None else _new_blocks(vectors, floor, new)):
        parts.append(part)
        held += len(part[0])
        if held > most:
            parts = [_thinned(*_joined(parts), len(vectors), most // 2)]
            held = len(parts[0][0])
    return Edges(*_joined(parts))


def _all_blocks(vectors: Floats, floor: float) -> Iterator[tuple[Ints, Ints, Floats]]:
    for top in range(0, len(vectors), BLOCK):
        rows = vectors[top : top + BLOCK]
        for left in range(top, len(vectors), BLOCK):
            i, j, s = _above(rows, vectors[left : left + BLOCK], floor)
            i, j = i + top, j + left
            once = i < j
            yield i[once], j[once], s[once]


def _new_blocks(vectors: Floats, floor: float, new: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    fresh = np.zeros(len(vectors), bool)
    fresh[new] = True
    for top in range(0, len(new), BLOCK):
        rows = new[top : top + BLOCK]
        for left in range(0, len(vectors), BLOCK):
            i, j, s = _above(vectors[rows], vectors[left : left + BLOCK], floor)
            i, j = rows[i], j + left
            once = (i != j) & (~fresh[j] | (i < j))
            yield i[once], j[once], s[once]


def _above(rows: Floats, columns: Floats, floor: float) -> tuple[Ints, Ints, Floats]:
    scores = rows @ columns.T
    flat = np.flatnonzero(scores >= np.float32(floor))
    return flat // scores.shape[1], flat % scores.shape[1], scores.ravel()[flat]


def _joined(parts: list[tuple[Ints, Ints, Floats]]) -> tuple[Ints, Ints, Floats]:
    if not parts:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0, np.float32)
    first, second, scores = zip(*parts, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(scores)


def _thinned(first: Ints, second: Ints, scores: Floats, count: int, most: int) -> tuple[Ints, Ints, Floats]:
    """Edges that are among the best of either side; as many for each track as keep the whole under `most`."""
    each = max(1, most // max(1, count))
    keep = np.zeros(len(first), bool)
    for side in (first, second):
        order = np.lexsort((-scores, side))
        ranked = side[order]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        rank = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
        keep[order[rank < each]] = True
    return first[keep], second[keep], scores[keep]


def nearest_scores(count: int, edges: Edges) -> Doubles:
    """(count,) the best score of each track among these edges; -1 without one."""
    best = np.full(count, -1.0)
    for side in (edges.first, edges.second):
        np.maximum.at(best, side, edges.scores)
    return best


# ------------------------------------------------------------------ joining

def length(square: Doubles, middle: float) -> Doubles:
    """Length of a mean template less what all people have in common. square: its squared length as it is."""
    return np.asarray(np.sqrt(np.clip((square - middle) / (1 - middle), 0, 1)), np.float64)


@dataclass(slots=True)
class _Groups:
    """Clusters under way: `parent` leads from a merged one to the one that took it in."""

    sums: Doubles       #: (k, d) sum of the unit vectors
    sizes: Doubles      #: (k,)
    weak: Doubles       #: (k,) sum of the tracks' weakness
    parent: Ints

    def root(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = int(self.parent[one])
        return one

    def join(self, into: int, other: int) -> None:
        self.sums[into] += self.sums[other]
        self.sizes[into] += self.sizes[other]
        self.weak[into] += self.weak[other]
        self.parent[other] = into

    def lengths(self, middle: float) -> Doubles:
        """(k,) length of the mean template less what all people have in common: 1 for one track, or for tracks that are alike."""
        return length(np.einsum("ij,ij->i", self.sums, self.sums) / self.sizes**2, middle)

    def margins(self, left: Ints, right: Ints, bar: Bar, lengths: Doubles) -> Doubles:
        """Joint score of each pair of clusters less what it needs."""
        found = np.empty(len(left))
        for at in range(0, len(left), 1 << 16):
            a, b = left[at : at + (1 << 16)], right[at : at + (1 << 16)]
            joint = np.einsum("ij,ij->i", self.sums[a], self.sums[b]) / (self.sizes[a] * self.sizes[b])
            weak = (self.weak[a] / self.sizes[a] + self.weak[b] / self.sizes[b]) / 2
            found[at : at + (1 << 16)] = joint - bar.need(lengths[a], lengths[b], weak)
        return found

    def margin(self, one: int, other: int, bar: Bar) -> float:
        """The same for one pair as it stands."""
        both = [one, other]
        two = _Groups(self.sums[both], self.sizes[both], self.weak[both], np.arange(2))
        return float(two.margins(np.array([0]), np.array([1]), bar, two.lengths(bar.spec.middle))[0])


def link(
    vectors: Floats, edges: Edges, bar: Bar, *, start: Ints | None = None, apart: Ints | None = None, weak: Doubles | None = None,
) -> Ints:
    """(n,) a number for each track, the smallest index of its cluster: equal numbers are one cluster.

    start: (n,) clusters there are already; equal numbers stay together, whatever they score.
    apart: (m, 2) pairs of tracks that are two people: never in one cluster. Raises ValueError where `start` breaks it.
    weak: (n,) 0 to 1, how weak each picture is.
    """
    begun = _numbered(np.arange(len(vectors)) if start is None else start)
    quarrels = np.zeros((0, 2), np.int64) if apart is None else begun[np.asarray(apart, np.int64).reshape(-1, 2)]
    if (quarrels[:, 0] == quarrels[:, 1]).any():
        raise ValueError("tracks that are two people are in one cluster to begin with")
    # Clusters that have no edge meet nobody: of a large case with a few new tracks that is nearly all of it.
    meets = np.unique(begun[np.concatenate([edges.first, edges.second])])
    place = np.full(int(begun.max()) + 1 if len(begun) else 0, -1, np.int64)
    place[meets] = np.arange(len(meets))
    inside = np.flatnonzero(place[begun] >= 0)
    groups = _begin(vectors[inside], place[begun[inside]], np.zeros(len(inside)) if weak is None else weak[inside])
    foes = _foes(place[quarrels])
    first, second = place[begun[edges.first]], place[begun[edges.second]]
    joined = True
    while joined:
        roots = _roots(groups.parent)
        first, second = _unique_pairs(roots[first], roots[second])
        joined = _round(groups, first, second, foes, bar)
    begun[inside] = meets[_roots(groups.parent)[place[begun[inside]]]]
    return _lowest(begun)


def _round(groups: _Groups, first: Ints, second: Ints, foes: dict[int, set[int]], bar: Bar) -> bool:
    """Join every cluster with the one it fits best, the best fits first; what has grown meanwhile is asked again."""
    lengths = groups.lengths(bar.spec.middle)
    margins = groups.margins(first, second, bar, lengths)
    fits = np.flatnonzero(margins >= 0)
    if foes:
        fits = fits[[second[at] not in foes.get(int(first[at]), ()) for at in fits]]
    first, second, margins = first[fits], second[fits], margins[fits]
    order = np.lexsort((second, first, -margins))
    first, second = first[order], second[order]
    place = np.arange(len(order))
    best = np.full(len(groups.sizes), len(order))
    for side in (first, second):
        np.minimum.at(best, side, place)
    changed: set[int] = set()
    for at in np.flatnonzero((best[first] == place) | (best[second] == place)):
        a, b = groups.root(int(first[at])), groups.root(int(second[at]))
        if a == b or b in foes.get(a, ()):
            continue
        if (a in changed or b in changed) and groups.margin(a, b, bar) < 0:
            continue
        into, other = (a, b) if groups.sizes[a] >= groups.sizes[b] else (b, a)
        groups.join(into, other)
        _take_over(foes, into, other)
        changed.add(into)
    return bool(changed)


def _take_over(foes: dict[int, set[int]], into: int, other: int) -> None:
    for foe in foes.pop(other, ()):
        foes[foe].discard(other)
        foes[foe].add(into)
        foes.setdefault(into, set()).add(foe)


def _begin(vectors: Floats, begun: Ints, weak: Doubles) -> _Groups:
    count = int(begun.max()) + 1 if len(begun) else 0
    order = np.argsort(begun, kind="stable")
    sizes = np.bincount(begun, minlength=count).astype(np.float64)
    starts = np.r_[0, np.cumsum(sizes[:-1]).astype(np.int64)] if count else np.zeros(0, np.int64)
    sums = np.add.reduceat(vectors[order].astype(np.float64), starts, axis=0) if count else np.zeros((0, vectors.shape[1]))
    return _Groups(sums, sizes, np.bincount(begun, weak, minlength=count).astype(np.float64), np.arange(count))


def _foes(quarrels: Ints) -> dict[int, set[int]]:
    """Who must not join whom. quarrels: (m, 2) clusters, -1 for one that meets nobody."""
    foes: dict[int, set[int]] = {}
    for a, b in quarrels[(quarrels >= 0).all(axis=1)].tolist():
        foes.setdefault(a, set()).add(b)
        foes.setdefault(b, set()).add(a)
    return foes


def _numbered(start: Ints) -> Ints:
    return np.unique(start, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _roots(parent: Ints) -> Ints:
    roots = parent
    while not np.array_equal(roots, roots[roots]):
        roots = roots[roots]
    return roots


def _unique_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    low, high = np.minimum(first, second), np.maximum(first, second)
    apart = low != high
    keys = np.unique(low[apart] << 32 | high[apart])
    return keys >> 32, keys & 0xFFFFFFFF


def _lowest(labels: Ints) -> Ints:
    """The same partition, each cluster called by the smallest index in it."""
    smallest = np.full(int(labels.max()) + 1 if len(labels) else 0, len(labels), np.int64)
    np.minimum.at(smallest, labels, np.arange(len(labels)))
    return smallest[labels]
