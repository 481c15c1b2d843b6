"""In which order media are listed: worked out once for columns that do not change."""
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from sporhund.catalogue.columns import State
from sporhund.catalogue.conditions import times
from sporhund.catalogue.items import Index, Numbers, Shades
from sporhund.catalogue.model import TAKEN_IN
from sporhund.catalogue.packed import token_of
from sporhund.catalogue.rules import COLOUR, sorting
from sporhund.objects.names import apart, shades

LITTLE_OF_IT, CALLED_OTHERWISE, LAST = 10.0, 8.0, 1e6
"""As in the list of tracks by colour (cases.colours): how much further what is little seen, or called otherwise, lies."""
_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Order:
    """All media of a case in an order: `place` by position, `key` what they are sorted by, ascending; ties by id."""

    place: Index
    key: Numbers
    newest_first: bool = False     #: ties the other way round


def order(state: State, sort: str | None, zone: ZoneInfo) -> Order:
    """Worked out once for columns that do not change. Raises WrongUsage `bad-sort`."""
    name, backwards = sorting(sort)
    items = state.items
    memo = ("order", name, backwards, zone.key if name == "time" else "")
    found: Order | None = items.memo.get(memo)
    if found is None:
        found = items.memo[memo] = _sorted(state, name, backwards, zone)
    return found


def _sorted(state: State, name: str, backwards: bool, zone: ZoneInfo) -> Order:
    items = state.items
    if name == TAKEN_IN:   # by id alone: a position would be another one when something comes in between
        return Order(items.order[::-1] if backwards else items.order, np.zeros(len(items)), newest_first=backwards)
    key = -_key(state, name, zone) if backwards else _key(state, name, zone)
    key = np.where(np.isnan(key), np.inf, key)[items.order]
    by_key = np.argsort(key, kind="stable")
    return Order(items.order[by_key], key[by_key])


def _key(state: State, name: str, zone: ZoneInfo) -> Numbers:
    items = state.items
    if name.startswith(COLOUR):
        return away(state.shades, name.removeprefix(COLOUR), len(items))
    match name:
        case "time":
            return times(items, zone).start
        case "face-size":
            return -items.face_px
        case "findings":                       # of equal ones that in which more moves
            recognised = items.faces.astype(float) + items.persons + items.vehicles + items.objects
            return np.asarray(-(recognised * 1e6 + items.motions))
    return -items.duration


def away(of: Shades | None, colour: str, count: int) -> Numbers:
    """How far the nearest colour in each medium lies from this one, 0 to about 100; LAST where there is none."""
    found = np.full(count, LAST)
    if of is None or not len(of.medium):
        return found
    labs = np.array(shades()[colour].labs)
    called = np.where(of.name == np.uint64(token_of(colour)), 0.0, CALLED_OTHERWISE)
    near = np.concatenate([apart(of.lab[at:at + _AT_ONCE], labs).min(axis=1) for at in range(0, len(of.lab), _AT_ONCE)])
    np.minimum.at(found, of.medium, near + LITTLE_OF_IT * (1.0 - of.share) + called)
    return found
