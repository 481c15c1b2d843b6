"""Pages of a list, and who stands beside whom in it."""
from dataclasses import dataclass

import numpy as np

from sporhund.catalogue.columns import State, plain
from sporhund.catalogue.conditions import Asker, conditions, matching
from sporhund.catalogue.items import Index, Items, Numbers
from sporhund.catalogue.model import Filter, Page
from sporhund.catalogue.ordering import order
from sporhund.catalogue.packed import keys
from sporhund.evidence import cursor

_BEHIND_ALL = 1e300
"""Stands in a cursor for what has no such value: JSON knows no infinity."""


def page(state: State, wanted: Filter, asker: Asker, *, sort: str | None = None, limit: int = 100, after: str | None = None,
         around: str | None = None) -> Page:
    """One page of what the filter lets through. after: a cursor; None or '': the first. around: the page that this medium is on.

    The cursor says behind which medium the page begins, so that it holds while media come in.
    Raises WrongUsage `bad-cursor`, `bad-sort`.
    """
    chosen = listed(state, wanted, asker, sort)
    begin = chosen.behind(state.items, after) if after else 0
    if around is not None:
        begin = max(chosen.position(state.items, around), 0) // limit * limit
    end = begin + limit
    shown = chosen.place[begin:end]
    return Page(
        ids=tuple(plain(state.items.id[shown])), total=len(state.items), matching=len(chosen.place), position=begin,
        next=chosen.cursor(state.items, end) if end < len(chosen.place) else None,
        previous=None if begin == 0 else chosen.cursor(state.items, begin - limit) if begin > limit else "")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a filter lets through, in order."""

    place: Index
    key: Numbers
    newest_first: bool         #: ties the other way round

    def cursor(self, items: Items, begin: int) -> str:
        """Says where a page begins: behind the medium before."""
        last = begin - 1
        key = float(self.key[last])
        return cursor.encode([key if np.isfinite(key) else _BEHIND_ALL, items.id[self.place[last]].decode()])

    def behind(self, items: Items, after: str) -> int:
        key, medium = cursor.decode(after, float, str)
        value = np.inf if float(key) >= _BEHIND_ALL else float(key)
        low, high = np.searchsorted(self.key, value, "left"), np.searchsorted(self.key, value, "right")
        ranks = items.rank[self.place[low:high]]
        if self.newest_first:
            return int(low + np.searchsorted(-ranks, -np.searchsorted(items.sorted, keys([medium])[0], "left"), "right"))
        return int(low + np.searchsorted(ranks, np.searchsorted(items.sorted, keys([medium])[0], "right"), "left"))

    def position(self, items: Items, medium: str) -> int:
        """Where this medium is in the list; -1 where the filter leaves it out."""
        found = np.flatnonzero(self.place == items.find(keys([medium]))[0])
        return int(found[0]) if len(found) else -1


def listed(state: State, wanted: Filter, asker: Asker, sort: str | None) -> Listed:
    whole = order(state, sort, asker.zone)
    held = conditions(state, wanted, asker)
    if not held:
        return Listed(whole.place, whole.key, whole.newest_first)
    inside = matching(len(state.items), held)[whole.place]
    return Listed(whole.place[inside], whole.key[inside], whole.newest_first)


@dataclass(frozen=True, slots=True)
class Beside:
    """Where a medium stands in a list."""

    before: str | None
    behind: str | None
    position: int              #: from 0; -1: the filter leaves it out
    matching: int


def neighbours(state: State, wanted: Filter, asker: Asker, medium: str, sort: str | None = None) -> Beside:
    """One that the filter leaves out (it was just marked, or seen) still has its place in the order, between two that it lets
    through. Of one that is not in the case nobody is a neighbour."""
    items = state.items
    chosen = listed(state, wanted, asker, sort)
    place = int(items.find(keys([medium]))[0])
    if place < 0:
        return Beside(None, None, -1, len(chosen.place))
    at = chosen.position(items, medium)
    before, behind = at - 1, at + 1
    if at < 0:
        position = np.empty(len(items), np.int64)
        position[order(state, sort, asker.zone).place] = np.arange(len(items))
        behind = int(np.searchsorted(position[chosen.place], position[place]))
        before = behind - 1
    inside = [items.id[chosen.place[one]].decode() if 0 <= one < len(chosen.place) else None for one in (before, behind)]
    return Beside(inside[0], inside[1], at, len(chosen.place))
