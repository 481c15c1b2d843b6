"""What each choice of a filter would leave: counts beside the choices."""
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.conditions import COUNT_OF, Asker, conditions, matching, seen, spoken
from sporhund.catalogue.items import Items, Mask, Whole
from sporhund.catalogue.model import FINDINGS, KINDS, NONE, SEEN, STATES, Filter
from sporhund.catalogue.packed import token_of

_NO_CAMERA = token_of("")
KEPT = 500
"""Answers that are held for one state of a case."""


def facets(state: State, wanted: Filter, asker: Asker) -> dict[str, dict[str, int]]:
    """Per condition and choice how many media there would be, all other conditions as they are.

    Held as long as nothing that it counts has changed: the same few filters are asked for by everybody, again and again.
    """
    seen_by_me = state.seen.get(asker.person)
    stands = (state.marks.number, state.seen[ANYBODY].number, seen_by_me.number if seen_by_me else 0, len(state.exhibits),
              len(state.cameras))                       # exhibits and cameras are only ever added
    kept: dict[Any, tuple[Any, dict[str, dict[str, int]]]] = state.items.memo.setdefault("facets", {})
    known = kept.get((wanted, asker.person))
    if known is not None and known[0] == stands:
        return known[1]
    if len(kept) >= KEPT:
        kept.clear()
    counted = _counted(state, wanted, asker)
    kept[wanted, asker.person] = stands, counted
    return counted


def _counted(state: State, wanted: Filter, asker: Asker) -> dict[str, dict[str, int]]:
    items, held = state.items, conditions(state, wanted, asker)
    count = len(items)

    def rest(name: str) -> Mask:
        return matching(count, held, without=name)

    def words(name: str, column: Whole, known: Sequence[str]) -> dict[str, int]:
        found = np.bincount(column[rest(name)] + 1, minlength=len(known) + 1)[1:]
        return dict(zip(known, found.tolist(), strict=False))

    here = {name: rest(name) for name in ("has", "seen", "mark", "unrecognised")}
    return {
        "kind": words("kind", items.kind, KINDS), "state": words("state", items.state, STATES),
        "exhibit": _exhibits(state, rest("exhibit")),
        "camera": _named(items, "camera", rest("camera"), {key: of[0] for key, of in state.cameras.items()} | {_NO_CAMERA: NONE}),
        "has": {kind: int(np.count_nonzero(here["has"] & (getattr(items, COUNT_OF[kind]) > 0))) for kind in FINDINGS},
        "seen": {said: int(np.count_nonzero(here["seen"] & seen(state, said, asker))) for said in SEEN},
        "mark": _marks_of(state, here["mark"], wanted, asker),
        "unrecognised": {"1": int(np.count_nonzero(here["unrecognised"] & (items.unrecognised > 0)))},
        "copies": {"2": int(np.count_nonzero(rest("copies") & (items.copies > 1)))},
        "time": {"none": int(np.count_nonzero(rest("time") & ~np.isfinite(items.at)))},
    }


def _exhibits(state: State, inside: Mask) -> dict[str, int]:
    """Also those of which the exhibit holds but a copy."""
    found = _named(state.items, "exhibit", inside, {key: of[0] for key, of in state.exhibits.items()})
    for key, count in state.elsewhere.counts(inside).items():
        found[state.exhibits[key][0]] += count
    return found


def _named(items: Items, name: str, inside: Mask, known: Mapping[int, str]) -> dict[str, int]:
    """Counts by id, of every exhibit or camera that the case has."""
    memo = ("codes", name)
    if memo not in items.memo:
        items.memo[memo] = np.unique(getattr(items, name), return_inverse=True)
    tokens, code = items.memo[memo]
    found = dict(zip(tokens.tolist(), np.bincount(code[inside], minlength=len(tokens)).tolist(), strict=True))
    return {said: found.get(key, 0) for key, said in known.items()}


def _marks_of(state: State, inside: Mask, wanted: Filter, asker: Asker) -> dict[str, int]:
    marks = state.marks
    counted = spoken(state, asker, wanted.by) & inside[marks.medium]
    found: dict[str, int] = {}
    for value in np.unique(marks.value[counted]).tolist():
        found[state.words[value]] = len(np.unique(marks.medium[counted & (marks.value == value)]))
    marked = len(np.unique(marks.medium[counted]))
    return {**found, NONE: int(np.count_nonzero(inside)) - marked}


def unmarked(state: State, wanted: Filter, asker: Asker) -> int:
    """How many there would be without a mark: after every mark, where all of `facets` would be too much to wait for."""
    inside = matching(len(state.items), conditions(state, wanted, asker), without="mark")
    counted = spoken(state, asker, wanted.by) & inside[state.marks.medium]
    return int(np.count_nonzero(inside)) - len(np.unique(state.marks.medium[counted]))


def counts(state: State) -> dict[str, int]:
    """How many media there are, how many of them with each kind of finding, and with movement that nothing was recognised in."""
    items = state.items
    return {"media": len(items), **{column: int(np.count_nonzero(getattr(items, column) > 0)) for column in COUNT_OF.values()},
            "unrecognised": int(np.count_nonzero(items.unrecognised > 0))}
