"""Where a case was recorded: stretches of recording, the densest of them, the one before and the one after.

A case of seconds here and there over a day is a few dots on the line of the day: one begins where most was recorded.
"""
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sporhund.catalogue.columns import State
from sporhund.catalogue.conditions import Asker, times

Numbers = NDArray[np.float64]
Spans = NDArray[np.float64]
"""Rows of begin and end, seconds since 1970: in order, none touching another."""
TOGETHER_S = 60.0
"""Recordings that lie no further apart are one stretch to go to."""
FULL = 0.05
"""A window of which so much was recorded shows recordings; of less, dots."""
GAPS_S = (7200.0, 1800.0, 600.0, 120.0, 30.0, 5.0, 0.0)
LEAST_S = 1.0
"""A still lasts no time, and counts as so much."""


def stretches(start: Numbers, end: Numbers, gap_s: float = TOGETHER_S) -> Spans:
    """What these recordings cover together; where no more than `gap_s` lies between two, as one."""
    known = np.isfinite(start)
    order = np.argsort(start[known], kind="stable")
    first, reached = start[known][order], np.maximum.accumulate(end[known][order])
    if not len(first):
        return np.empty((0, 2))
    begins = np.append(0, np.flatnonzero(first[1:] > reached[:-1] + gap_s) + 1)
    ends = np.append(begins[1:], len(first)) - 1
    return np.column_stack([first[begins], reached[ends]])


def densest(covered: Spans, likely: tuple[float, float]) -> tuple[float, float]:
    """What one wants to see first: all that is likely, where its recordings fill it; else the widest stretch that they fill.

    covered: `stretches` without a gap.   likely: between which nearly all lies. Of several the one in which most was recorded.
    """
    inside = covered[(covered[:, 1] >= likely[0]) & (covered[:, 0] <= likely[1])]
    if not len(inside):
        return likely
    lasts = np.maximum(inside[:, 1] - inside[:, 0], LEAST_S)
    if lasts.sum() >= FULL * (likely[1] - likely[0]):
        return likely
    for gap in GAPS_S:
        begins = np.append(0, np.flatnonzero(inside[1:, 0] > inside[:-1, 1] + gap) + 1)
        recorded = np.add.reduceat(lasts, begins)
        most = int(np.argmax(recorded))
        first, last = inside[begins[most], 0], inside[np.append(begins[1:], len(inside))[most] - 1, 1]
        if recorded[most] >= FULL * max(last - first, LEAST_S):
            return float(first), float(last)
    return likely


def of_case(state: State, asker: Asker, gap_s: float = TOGETHER_S) -> Spans:
    """`stretches` of all media of a case; worked out once for what is held."""
    memo, key = state.items.memo, ("recordings", asker.zone.key, gap_s)
    if key not in memo:
        when = times(state.items, asker.zone)
        memo[key] = stretches(when.start, when.end, gap_s)
    found: Spans = memo[key]
    return found


def first_view(state: State, asker: Asker, likely: tuple[float, float]) -> tuple[float, float]:
    """`densest` of a case; worked out once for what is held."""
    memo, key = state.items.memo, ("first view", asker.zone.key)
    if key not in memo:
        memo[key] = densest(of_case(state, asker, 0.0), likely)
    found: tuple[float, float] = memo[key]
    return found


def beside(found: Spans, x: float, *, later: bool) -> Sequence[float] | None:
    """The first stretch whose middle lies behind x, or the last one before it: [begin, end]; None where there is none."""
    middle = found.mean(axis=1)
    places = np.flatnonzero(middle > x + 0.5) if later else np.flatnonzero(middle < x - 0.5)
    if not len(places):
        return None
    first, last = found[places[0] if later else places[-1]].tolist()
    return [first, last]
