"""The media of a case as columns. Nothing here is ever changed: what is new makes new columns, and readers keep the old ones."""
from dataclasses import dataclass, field, fields
from itertools import count
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sporhund.catalogue.packed import Columns

Ids = NDArray[np.bytes_]
Index = NDArray[np.int64]
"""Places of media in the columns: in the order of arrival, so that they stay what they are."""
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Whole = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Items:
    """One place for each medium in every column: what the table `item` holds."""

    id: Ids
    changed: NDArray[np.int64]
    kind: NDArray[np.int16]        #: place in model.KINDS
    state: NDArray[np.int16]       #: place in model.STATES
    exhibit: NDArray[np.uint64]    #: packed.token of its id; of '' where there is none
    camera: NDArray[np.uint64]
    row: NDArray[np.uint64]        #: of the timeline: packed.token of its key
    copies: Whole
    at: Numbers                    #: NaN: nobody knows
    until: Numbers
    zoned: NDArray[np.int16]
    anchored: NDArray[np.int16]    #: 1: rests on an anchor or a checked clock
    uncertainty_s: Numbers
    start: Numbers
    duration: Numbers
    unread_s: Numbers
    latitude: Numbers
    longitude: Numbers
    faces: Whole
    persons: Whole
    vehicles: Whole
    objects: Whole
    motions: Whole
    unrecognised: Whole
    face_px: Numbers
    order: Index                   #: places, by id
    sorted: Ids                    #: ids, by id
    rank: Index                    #: of each place its position in `order`
    memo: dict[Any, Any] = field(init=False, default_factory=dict, compare=False)   #: what was worked out of these columns

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def of(cls, columns: Columns) -> Self:
        order = np.argsort(columns["id"], kind="stable")
        return cls(**columns, order=order, sorted=columns["id"][order], rank=_ranks(order))

    def find(self, ids: Ids) -> Index:
        """Places of these media; -1 for one that is not there."""
        if not len(self):
            return np.full(len(ids), -1)
        near = np.minimum(np.searchsorted(self.sorted, ids), len(self) - 1)
        return np.where(self.sorted[near] == ids, self.order[near], -1)

    def with_rows(self, columns: Columns) -> tuple[Self, Index]:
        """These columns with rows that are new or say otherwise, and the places of those that really do."""
        place = self.find(columns["id"])
        fresh = place < 0
        fresh[~fresh] = self.changed[place[~fresh]] != columns["changed"][~fresh]
        if not fresh.any():
            return self, np.zeros(0, np.int64)
        new = {name: of[fresh] for name, of in columns.items()}
        place = place[fresh]
        place[place < 0] = len(self) + np.arange(int((place < 0).sum()))
        joined = {name: _put(getattr(self, name), place, of) for name, of in new.items()}
        added = place >= len(self)
        order, ids = self._ordered(place[added], new["id"][added])
        rank = self.rank if order is self.order else _ranks(order)
        return type(self)(**joined, order=order, sorted=ids, rank=rank), place

    def _ordered(self, places: Index, ids: Ids) -> tuple[Index, Ids]:
        if not len(places):
            return self.order, self.sorted
        by_id = np.argsort(ids, kind="stable")
        at = np.searchsorted(self.sorted, ids[by_id])
        return np.insert(self.order, at, places[by_id]), np.insert(self.sorted, at, ids[by_id])


def _ranks(order: Index) -> Index:
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _put(old: Whole, place: Index, new: Whole) -> Whole:
    longer = max(len(old), int(place.max()) + 1)
    joined = np.empty(longer, old.dtype)
    joined[:len(old)] = old
    joined[place] = new
    return joined


@dataclass(frozen=True, slots=True)
class Tracks:
    """The tracks of the runs that count, by medium and time."""

    id: Ids
    medium: Index
    kind: NDArray[np.int16]        #: place in model.FINDINGS
    start: Numbers                 #: presentation time, seconds
    end: Numbers
    quality: Numbers
    memo: dict[Any, Any] = field(init=False, default_factory=dict, compare=False)

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def of(cls, columns: Columns, items: Items) -> Self:
        medium = items.find(columns["medium"])
        known = medium >= 0
        new = {name: of[known] for name, of in columns.items()} | {"medium": medium[known]}
        order = np.lexsort((new["start"], new["medium"]))
        return cls(**{name: of[order] for name, of in new.items()})

    def with_media(self, media: Index, columns: Columns, items: Items) -> Self:
        """These tracks, and those of some media anew."""
        again = np.zeros(len(items), np.bool_)
        again[media] = True
        new = type(self).of(columns, items)
        keep = ~again[self.medium]
        if keep.all() and not len(new):
            return self
        names = [one.name for one in fields(self) if one.name != "memo"]
        joined = {name: np.concatenate([getattr(self, name)[keep], getattr(new, name)]) for name in names}
        order = np.argsort(joined["medium"], kind="stable")   # two sorted runs: merged, not sorted anew
        return type(self)(**{name: of[order] for name, of in joined.items()})

    def of_medium(self, place: int) -> slice:
        """Where the tracks of one medium lie."""
        low, high = np.searchsorted(self.medium, [place, place + 1])
        return slice(int(low), int(high))

    def find(self, ids: Ids) -> Index:
        """Places of these tracks; -1 for one that is not there."""
        if not len(self):
            return np.full(len(ids), -1)
        if "order" not in self.memo:
            order = np.argsort(self.id, kind="stable")
            self.memo["sorted"], self.memo["order"] = self.id[order], order
        near = np.minimum(np.searchsorted(self.memo["sorted"], ids), len(self) - 1)
        return np.where(self.memo["sorted"][near] == ids, self.memo["order"][near], -1)


@dataclass(frozen=True, slots=True)
class Played:
    """Parts of videos that played, by medium and time; those of one medium do not touch."""

    medium: Index
    start: Numbers                 #: seconds in the medium
    end: Numbers

    def with_rows(self, columns: Columns, items: Items) -> Self:
        """With these media's parts instead of those before: what played is never less."""
        medium = items.find(columns["medium"])
        keep, known = ~np.isin(self.medium, medium), medium >= 0
        joined = [np.concatenate([old[keep], new[known]]) for old, new in (
            (self.medium, medium), (self.start, columns["start"]), (self.end, columns["end"]))]
        order = np.lexsort((joined[1], joined[0]))
        return type(self)(*(of[order] for of in joined))

    def covers(self, medium: Index, start: Numbers, end: Numbers) -> Mask:
        """Whether [start, end] of a medium has played: all but EDGE_S of it and never less than half; of one moment that moment.

        What lies where nothing played is never covered, however short it is.
        """
        if not len(self.medium):
            return np.zeros(len(medium), np.bool_)
        begins, sums = self.medium * _APART + self.start, np.concatenate([[0.0], np.cumsum(self.end - self.start)])

        def until(t: Numbers) -> tuple[Numbers, Mask]:
            """Seconds that played before this moment, of all media up to this one; whether it lies in a part that played."""
            at = np.searchsorted(begins, medium * _APART + t, "right") - 1
            near = np.maximum(at, 0)
            here = (at >= 0) & (self.medium[near] == medium)
            left = np.where(here & (t < self.end[near]), self.end[near] - np.maximum(t, self.start[near]), 0.0)
            return sums[at + 1] - left, here & (self.start[near] <= t) & (t <= self.end[near])

        (before, _), (after, inside), length = until(start), until(end), end - start
        return np.asarray(np.where(length > 0, after - before >= np.maximum(length / 2, length - EDGE_S), inside))


_NUMBERS = count(1)
"""Tell one reading of views and marks from another: what is kept beside the columns remembers the number, not the reading."""
EDGE_S = 1.0
"""Seconds of a track that need not have played: a player ends a few frames before the end."""
_APART = 1e7
"""Seconds by which the places of two media lie apart on one line: no recording lasts a hundred days."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person, or anybody, has looked at."""

    thing: Ids                     #: media and tracks, sorted
    media: Mask                    #: by place; shorter than the media where nobody has looked at the newest
    seconds: Numbers               #: of each medium that played
    parts: Played
    number: int = field(init=False, default_factory=_NUMBERS.__next__, compare=False)

    def with_rows(self, columns: Columns, played: Columns, items: Items) -> Self:
        place = items.find(columns["medium"])
        whole = (columns["thing"] == columns["medium"]) & (place >= 0)
        media, seconds = np.zeros(len(items), np.bool_), np.zeros(len(items))
        media[:len(self.media)], seconds[:len(self.seconds)] = self.media, self.seconds
        media[place[whole]] = True
        seconds[place[whole]] = columns["seconds"][whole]
        new = np.setdiff1d(columns["thing"], self.thing[self._near(columns["thing"])] if len(self.thing) else self.thing)
        thing = np.insert(self.thing, np.searchsorted(self.thing, new), new) if len(new) else self.thing
        return type(self)(thing, media, seconds, self.parts.with_rows(played, items))

    def _near(self, ids: Ids) -> Index:
        return np.minimum(np.searchsorted(self.thing, ids), len(self.thing) - 1)

    def of(self, count: int) -> Mask:
        """Of so many media which were looked at."""
        return longer(self.media, count)

    def has(self, ids: Ids) -> Mask:
        """Which of these media or tracks were looked at."""
        if not len(self.thing) or not len(ids):
            return np.zeros(len(ids), np.bool_)
        return np.asarray(self.thing[self._near(ids)] == ids)


def longer(column: Whole, count: int) -> Whole:
    """A column with zeros for places that came later."""
    if len(column) >= count:
        return column
    joined = np.zeros(count, column.dtype)
    joined[:len(column)] = column
    return joined


@dataclass(frozen=True, slots=True)
class Marks:
    """What people said of media and tracks, as far as it stands; `newest` is each person's last word on each thing."""

    id: NDArray[np.uint64]
    thing: NDArray[np.uint64]
    medium: Index
    own: NDArray[np.int16]         #: 1: the medium itself is marked, not a track in it
    value: NDArray[np.uint64]
    by: NDArray[np.uint64]
    at: Numbers
    newest: Mask
    number: int = field(init=False, default_factory=_NUMBERS.__next__, compare=False)

    def with_rows(self, columns: Columns, items: Items) -> Self:
        medium = items.find(columns["medium"])
        stands = (columns["undone"] == 0) & (medium >= 0)
        keep = ~np.isin(self.id, columns["id"])
        news = {"medium": medium, **{name: columns[name] for name in ("id", "thing", "own", "value", "by", "at")}}
        joined = {name: np.concatenate([getattr(self, name)[keep], of[stands]]) for name, of in news.items()}
        return type(self)(**joined, newest=_newest(joined["thing"], joined["by"], joined["at"]))


def _newest(thing: Whole, by: Whole, at: Numbers) -> Mask:
    order = np.lexsort((at, by, thing))
    last = np.ones(len(order), np.bool_)
    if len(order):
        last[:-1] = (thing[order][1:] != thing[order][:-1]) | (by[order][1:] != by[order][:-1])
    newest = np.zeros(len(order), np.bool_)
    newest[order] = last
    return newest


@dataclass(frozen=True, slots=True)
class Shades:
    """Colours of clothing and vehicles, and which medium each is in."""

    medium: Index
    lab: Numbers                   #: (n, 3)
    share: Numbers
    name: NDArray[np.uint64]       #: packed.token of its English name
