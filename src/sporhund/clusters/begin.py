"""Where joining begins: what was joined before, what people said, and who must leave. Pure."""
import heapq
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Sides = Sequence[tuple[Ints, Ints]]
"""Two groups of tracks each: everybody of the one is somebody else than everybody of the other."""


def begin(stored: Ints, *, musts: Sequence[Sequence[int]], apart: Ints, sides: Sides = ()) -> Ints:
    """(n,) equal numbers start in one cluster.

    stored: (n,) clusters of before, equal numbers together; whoever is new or alone has a number of its own.
    musts: groups of tracks that people said are one person. Their clusters join whole; where that would put two people into
    one, the group leaves its clusters and starts by itself.
    apart: (m, 2) pairs that are two people; sides: groups that are. Never within one of `musts`. Where a stored cluster breaks
    one, the fewest leave.
    """
    start = np.unique(stored, return_inverse=True)[1].reshape(-1).astype(np.int64)
    group = np.full(len(start), -1, np.int64)
    for number, tracks in enumerate(musts):
        group[list(tracks)] = number
    fresh = len(start)
    for number, tracks in enumerate(musts):
        chosen = np.isin(start, start[list(tracks)])
        if _breaks(chosen, apart, sides):
            chosen = group == number
            start[chosen] = fresh + number
        else:
            start[chosen] = start[tracks[0]]
    for one in _leavers(start, group, apart, sides):
        start[one] = fresh + len(musts) + int(one[0])
    return start


def between(start: Ints, sides: Sides) -> Ints:
    """(m, 2) a pair of tracks for each two clusters that such sides keep apart: of 2,500 against 2,500 in two clusters one.

    start: (n,) as `begin` gives it.
    """
    pairs = [np.zeros((0, 2), np.int64)]
    for left, right in sides:
        one, other = (side[np.unique(start[side], return_index=True)[1]] for side in (left, right))
        pairs.append(np.stack([np.repeat(one, len(other)), np.tile(other, len(one))], axis=1))
    return np.concatenate(pairs)


def _breaks(chosen: NDArray[np.bool_], apart: Ints, sides: Sides) -> bool:
    return bool((chosen[apart[:, 0]] & chosen[apart[:, 1]]).any()) or any(
        chosen[left].any() and chosen[right].any() for left, right in sides)


def _leavers(start: Ints, group: Ints, apart: Ints, sides: Sides) -> Iterable[list[int]]:
    """Of each cluster that holds two people, those with most quarrels leave until there is none; said groups together."""
    block = np.where(group >= 0, len(start) + group, np.arange(len(start)))
    sizes = np.bincount(block)
    quarrels = _quarrels(start, block, apart, sides)
    # The number of quarrels only falls: a place in the queue that is out of date is too far ahead, and taken again.
    queue = [(-len(others), int(sizes[one]), -one) for one, others in quarrels.items()]
    heapq.heapify(queue)
    leaving = []
    while queue:
        count, size, one = heapq.heappop(queue)
        others = quarrels[-one]
        if len(others) != -count:
            if others:
                heapq.heappush(queue, (-len(others), size, one))
            continue
        for other in others:
            quarrels[other].discard(-one)
        leaving.append(-one)
    places = np.argsort(block, kind="stable")
    starts = np.searchsorted(block[places], leaving)
    return [places[at : at + sizes[one]].tolist() for one, at in zip(leaving, starts.tolist(), strict=True)]


def _quarrels(start: Ints, block: Ints, apart: Ints, sides: Sides) -> dict[int, set[int]]:
    """Who may not be in one cluster with whom, of those who are."""
    quarrels: dict[int, set[int]] = {}
    for a, b in block[apart[start[apart[:, 0]] == start[apart[:, 1]]]].tolist():
        quarrels.setdefault(a, set()).add(b)
        quarrels.setdefault(b, set()).add(a)
    for left, right in sides:
        for shared in np.intersect1d(start[left], start[right]).tolist():
            one, other = (set(block[side[start[side] == shared]].tolist()) for side in (left, right))
            for these, those in ((one, other), (other, one)):
                for a in these:
                    quarrels.setdefault(a, set()).update(those)
    return quarrels


# ------------------------------------------------------------------ names

@dataclass(frozen=True, slots=True)
class Names:
    """What the clusters are called now."""

    of_label: Mapping[int, str | None]           #: None: a track alone, without a name
    founded: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)   #: name that went -> name that stays


def names(labels: Ints, before: Sequence[str | None], born: Mapping[str, datetime], new_names: Iterable[str]) -> Names:
    """Every cluster keeps its name. Of several that became one, that of most tracks stays, of equals the older.

    labels: (n,) as `linkage.link` gives them.   before: (n,) the cluster each track was in; None: in none.
    """
    votes: dict[int, Counter[str]] = {}
    holds: dict[str, Counter[int]] = {}
    for label, name in zip(labels.tolist(), before, strict=True):
        if name is not None:
            votes.setdefault(label, Counter())[name] += 1
            holds.setdefault(name, Counter())[label] += 1
    home = {name: most(where) for name, where in holds.items()}
    sizes = Counter(labels.tolist())
    fresh = iter(new_names)
    chosen: dict[int, str | None] = {}
    merged: dict[str, str] = {}
    founded: list[str] = []
    for label in sorted(sizes):
        own = [name for name in votes.get(label, ()) if home[name] == label]
        if own:
            kept = min(own, key=lambda name: (-votes[label][name], born[name], name))
            merged.update({name: kept for name in own if name != kept})
            chosen[label] = kept
        elif sizes[label] > 1:
            founded.append(next(fresh))
            chosen[label] = founded[-1]
        else:
            chosen[label] = None
    return Names(chosen, tuple(founded), merged)


def most(counted: Counter[int]) -> int:
    """The label with most, of equals the lowest."""
    return min(counted, key=lambda label: (-counted[label], label))


def alike(labels: Sequence[Hashable]) -> Ints:
    """(n,) the same partition in numbers."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in labels], np.int64)
