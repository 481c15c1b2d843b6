"""Bring the stored clusters of a pack up to date: who is new, who left, what people said, what joins, what it is called."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sqlalchemy import Connection

from sporhund.clusters import carried, frames, linkage, records
from sporhund.clusters.begin import Names, alike, begin, between, names
from sporhund.clusters.model import Why
from sporhund.clusters.records import Member
from sporhund.clusters.statements import Conflict, Said, Word, put_together
from sporhund.gallery.model import Gallery
from sporhund.packs.model import Clustering, Unsuitable
from sporhund.store.ids import new_id

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

LOOK_AGAIN = 0.25
"""Share of new tracks from which all pairs are looked at again: the set has become another, and it costs little more."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What a correction asks for beyond what was said: who stands where to begin with."""

    to: Mapping[str, str | None] = field(default_factory=dict)   #: track -> cluster; None: out of its own
    again: frozenset[str] = frozenset()                          #: tracks to be compared with everybody again


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of it."""

    tracks: int                              #: in the gallery
    new: int
    left: int                                #: tracks that do not count any more
    followed: int                            #: of those, replaced by the track in their place
    founded: int
    merged: Mapping[str, str]
    bar: float                               #: score from which two tracks alone are joined, as things stand
    brought: carried.Brought
    conflicts: tuple[Conflict, ...]          #: statements that contradict others since tracks changed: not applied


@dataclass(slots=True)
class _Set:
    """The tracks of a gallery with what is known of them, by their row."""

    gallery: Gallery
    ids: list[str]
    row: dict[str, int]
    members: dict[str, Member]               #: as stored, followers in the place of those they follow
    fresh: Ints                              #: rows that have to be compared with everybody
    weak: Doubles


def settle(
    rows: Connection, case_id: str, gallery: Gallery, spec: Clustering, unsuitable: Unsuitable, *, at: datetime,
    moves: Moves | None = None,
) -> Settled:
    """Look at what is new, take out what left, join, and keep it. The caller holds `records.lock`.

    What was joined stays joined under its name, unless a person, or one frame, says that it is two people.
    """
    moves = moves or Moves()
    stored = records.members(rows, case_id, gallery.pack)
    now, gone, followed = _current(rows, case_id, gallery, spec, unsuitable, stored, moves)
    follow = partial(carried.followers, rows, case_id, gallery.pack, now.row.keys())
    brought = carried.bring(records.constraints(rows, case_id), now.row.keys(), follow)
    said = put_together(brought.words)
    bar, edges = _look(now, spec)
    groups, alike_in_frame = _joined(rows, case_id, now, said, bar, edges)
    called = _named(rows, case_id, now, groups)
    records.found_clusters(rows, case_id, gallery.pack, called.founded, at)
    records.lead_on(rows, case_id, called.merged)
    changed = _changed(now, groups, called, brought.words, bar, alike_in_frame, stored)
    records.keep_members(rows, case_id, gallery.pack, changed, gone)
    return Settled(
        len(now.ids), len(now.fresh), len(gone), followed, len(called.founded), called.merged, float(bar.need(1, 1)), brought,
        said.conflicts)


# ------------------------------------------------------------------ who is there

def _current(
    rows: Connection, case_id: str, gallery: Gallery, spec: Clustering, unsuitable: Unsuitable, stored: Mapping[str, Member],
    moves: Moves,
) -> tuple[_Set, list[str], int]:
    """The set as it is now, the tracks that left it, and how many of those have a follower."""
    ids = [str(one.decode()) for one in gallery.tracks]
    row = {track: at for at, track in enumerate(ids)}
    gone = [track for track in stored if track not in row]
    members = {track: member for track, member in stored.items() if track in row}
    followed = _follow(rows, case_id, gallery.pack, row, [stored[track] for track in gone if stored[track].cluster], members)
    for track, cluster in moves.to.items():
        if track in row:
            came = members[track].came if track in members else ()
            members[track] = Member(track, cluster, None, _behind(came, cluster))
    fresh = np.array([at for at, track in enumerate(ids) if track not in stored or track in moves.again], np.int64)
    weak = linkage.weakness(gallery.width_px, gallery.sharpness, spec, unsuitable)
    return _Set(gallery, ids, row, members, fresh, weak), gone, followed


def _behind(came: tuple[str, ...], cluster: str | None) -> tuple[str, ...]:
    return came[came.index(cluster) + 1:] if cluster in came else came if cluster else ()


def _follow(
    rows: Connection, case_id: str, pack: str, row: Mapping[str, int], gone: Sequence[Member], members: dict[str, Member],
) -> int:
    """Put the tracks that are where these were in their place. Returns how many of these have a follower."""
    if not gone:
        return 0
    found = carried.followers(rows, case_id, pack, row.keys(), records.anchors(
        rows, case_id, [one.track for one in gone], aliases=True))
    for one in gone:
        for track in found.get(one.track, ()):
            if track not in members or members[track].cluster is None:
                members[track] = Member(track, one.cluster, None, one.came)
    return sum(bool(found.get(one.track)) for one in gone)


# ------------------------------------------------------------------ joining

def _look(now: _Set, spec: Clustering) -> tuple[linkage.Bar, linkage.Edges]:
    """The bar for this set, and the close pairs in which somebody is new."""
    count, vectors = len(now.ids), now.gallery.vectors
    lowest = linkage.lowest_bar(count, spec)
    everybody = len(now.fresh) >= LOOK_AGAIN * count
    edges = linkage.near_pairs(vectors, lowest.floor, new=None if everybody else now.fresh)
    nearest = linkage.nearest_scores(count, edges)
    for track, member in now.members.items():
        if member.why is not None:
            nearest[now.row[track]] = max(nearest[now.row[track]], member.why.score)
    return linkage.bar(count, nearest, spec), edges


def _joined(
    rows: Connection, case_id: str, now: _Set, said: Said, bar: linkage.Bar, edges: linkage.Edges,
) -> tuple[Ints, dict[int, set[int]]]:
    """The partition, and who looks like whom in one frame: (n,) labels; row -> rows."""
    stored = alike([(member.cluster if (member := now.members.get(track)) and member.cluster else at)
                    for at, track in enumerate(now.ids)])
    musts = [sorted(now.row[track] for track in group) for group in said.same]
    framed = _framed(rows, case_id, now, stored, musts, edges, said)
    apart, sides = np.array(framed, np.int64).reshape(-1, 2), _said_apart(now, said)
    start = begin(stored, musts=musts, apart=apart, sides=sides)
    apart = np.concatenate([apart, between(start, sides)])
    labels = linkage.link(now.gallery.vectors, edges, bar, start=start, apart=apart, weak=now.weak)
    return labels, _much_alike(now, framed, bar)


def _said_apart(now: _Set, said: Said) -> list[tuple[Ints, Ints]]:
    def rows_of(tracks: frozenset[str]) -> Ints:
        return np.array(sorted(now.row[track] for track in tracks), np.int64)

    return [(rows_of(left), rows_of(right)) for left, right in said.apart]


def _framed(
    rows: Connection, case_id: str, now: _Set, stored: Ints, musts: Sequence[Sequence[int]], edges: linkage.Edges, said: Said,
) -> list[tuple[int, int]]:
    """Pairs that one frame shows apart, of those that could come into one cluster. What a person said to be one is not asked."""
    reach = _reach(stored, musts, edges)
    moving = np.zeros(len(stored), bool)
    moving[reach[now.fresh]] = True
    moving[reach[[track for group in musts for track in group]]] = True
    moving[reach[[now.row[track] for track, member in now.members.items() if member.cluster and member.why is None]]] = True
    crowded = np.bincount(reach, minlength=len(stored)) > 1
    asked = np.flatnonzero(moving[reach] & crowded[reach])
    ids = [now.ids[at] for at in asked]
    spans = records.spans(rows, case_id, ids)
    group = said.group_of()
    pairs = [(i, j) for i, j in frames.overlapping([spans[track] for track in ids], reach[asked])
             if group.get(ids[i], -1) != group.get(ids[j], -2)]
    paths = records.paths(rows, case_id, sorted({ids[at] for pair in pairs for at in pair}))
    met = frames.apart(pairs, {at: paths[ids[at]] for pair in pairs for at in pair})
    return [(int(asked[i]), int(asked[j])) for i, j in met]


def _reach(stored: Ints, musts: Sequence[Sequence[int]], edges: linkage.Edges) -> Ints:
    """(n,) equal numbers could come into one cluster."""
    first = [edges.first, np.arange(len(stored)), *[np.full(len(group), group[0]) for group in musts]]
    representative = np.zeros(int(stored.max()) + 1 if len(stored) else 0, np.int64)
    representative[stored] = np.arange(len(stored))
    second = [edges.second, representative[stored], *[np.asarray(group) for group in musts]]
    i, j = np.concatenate(first), np.concatenate(second)
    linked = coo_array((np.ones(len(i), np.int8), (i, j)), shape=(len(stored), len(stored)))
    return np.asarray(connected_components(linked, directed=False)[1], np.int64)


def _much_alike(now: _Set, framed: Sequence[tuple[int, int]], bar: linkage.Bar) -> dict[int, set[int]]:
    """Pairs of one frame that score as one person would: perhaps a mirror, for a person to say."""
    found: dict[int, set[int]] = {}
    vectors = now.gallery.vectors
    for i, j in framed:
        if float(vectors[i] @ vectors[j]) >= float(bar.need(1, 1, (now.weak[i] + now.weak[j]) / 2)):
            found.setdefault(i, set()).add(j)
            found.setdefault(j, set()).add(i)
    return found


# ------------------------------------------------------------------ names, and what is kept

def _named(rows: Connection, case_id: str, now: _Set, labels: Ints) -> Names:
    born = {one.id: one.born_at for one in records.clusters(rows, case_id, now.gallery.pack).values()}
    before = [member.cluster if (member := now.members.get(track)) else None for track in now.ids]
    return names(labels, before, born, iter(lambda: new_id("k"), None))


def _changed(
    now: _Set, labels: Ints, called: Names, words: Sequence[Word], bar: linkage.Bar, mirrors: Mapping[int, set[int]],
    stored: Mapping[str, Member],
) -> list[Member]:
    """Members whose rows must be written: of every cluster that changed, all; of those alone, the new ones."""
    spoken: dict[str, list[str]] = {}
    for word in words:
        if word.same:
            for track in sorted(word.sides[0] | word.sides[1]):
                spoken.setdefault(track, []).append(word.id)
    touched = {label for track, label in zip(now.ids, labels.tolist(), strict=True)
               if _moved(track, called.of_label[label], now, stored, spoken)}
    kept: list[Member] = []
    order = np.argsort(labels, kind="stable")
    for rows_of in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []:
        label = int(labels[rows_of[0]])
        if label in touched or not mirrors.keys().isdisjoint(rows_of.tolist()):
            kept += _members(now, rows_of, called.of_label[label], called, bar, spoken, mirrors)
    return kept


def _moved(track: str, name: str | None, now: _Set, stored: Mapping[str, Member], spoken: Mapping[str, list[str]]) -> bool:
    before = stored.get(track)
    if before is None or before.cluster != name or (now.members[track].why is None and name is not None):
        return True
    return tuple(spoken.get(track, ())) != (before.why.said if before.why else ())


def _members(
    now: _Set, rows_of: Ints, name: str | None, called: Names, bar: linkage.Bar, spoken: Mapping[str, list[str]],
    mirrors: Mapping[int, set[int]],
) -> list[Member]:
    whys = reasons(now.gallery.vectors[rows_of], now.weak[rows_of], bar) if len(rows_of) > 1 else [None]
    found = []
    for at, reason in zip(rows_of.tolist(), whys, strict=True):
        track = now.ids[at]
        before = now.members.get(track)
        came = before.came if before else ()
        if before and before.cluster and before.cluster != name and called.merged.get(before.cluster) == name:
            came = (before.cluster, *came)
        why = None if reason is None else Why(
            now.ids[int(rows_of[reason[0]])], *reason[1:], said=tuple(spoken.get(track, ())))
        found.append(Member(track, name, why, came, tuple(now.ids[other] for other in sorted(mirrors.get(at, ())))))
    return found


def reasons(vectors: NDArray[np.float32], weak: Doubles, bar: linkage.Bar) -> list[tuple[int, float, float, float]]:
    """For each track of one cluster: the one most like it, their score, the mean score to all others, and what that had to be."""
    count = len(vectors)
    total = vectors.sum(axis=0, dtype=np.float64)
    together = (vectors @ total - np.einsum("ij,ij->i", vectors, vectors)) / (count - 1)
    others = np.maximum(total @ total - 2 * (vectors @ total) + 1, 0) / (count - 1) ** 2
    needed = bar.need(1.0, linkage.length(others, bar.spec.middle), (weak + (weak.sum() - weak) / (count - 1)) / 2)
    nearest = np.zeros(count, np.int64)
    scores = np.zeros(count)
    for top in range(0, count, linkage.BLOCK):
        block = vectors[top : top + linkage.BLOCK] @ vectors.T
        block[np.arange(len(block)), np.arange(top, top + len(block))] = -2.0
        nearest[top : top + len(block)] = block.argmax(axis=1)
        scores[top : top + len(block)] = block.max(axis=1)
    return [(int(nearest[at]), float(scores[at]), float(together[at]), float(needed[at])) for at in range(count)]
