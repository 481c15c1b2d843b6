"""The rows of the timeline, and where every track lies on them."""
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sporhund.catalogue import looked
from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.conditions import Asker, times
from sporhund.catalogue.items import Index, Mask, Numbers, Whole
from sporhund.catalogue.model import KINDS
from sporhund.catalogue.packed import token_of
from sporhund.catalogue.reads import row_key

STILL = KINDS.index("still")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a camera, or a folder of an exhibit whose media have no camera."""

    key: str
    name: str
    camera: str | None         #: its id
    exhibit: str | None        #: its label
    folder: str | None
    code: int                  #: of its media in `Lines.code`; -1: it has none


@dataclass(frozen=True, slots=True)
class Lines:
    """All rows, cameras first, and which of them each medium is on."""

    rows: tuple[Line, ...]
    code: NDArray[np.int64]    #: per medium
    count: int                 #: of different codes


def lines(state: State) -> Lines:
    items = state.items
    if "codes" not in items.memo:
        items.memo["codes"] = np.unique(items.row, return_inverse=True)
    tokens, code = items.memo["codes"]
    place = {token: number for number, token in enumerate(tokens.tolist())}
    cameras = [Line(key, name, key, None, None, place.get(token, -1)) for token, (key, name) in state.cameras.items()]
    others = []
    for token, (exhibit, folder) in state.folders.items():
        if token in place:     # a folder whose files have all become a camera's has no row any more
            label = state.exhibits.get(token_of(exhibit), ("", ""))[1]
            name = f"{label}/{folder}" if folder else label
            others.append(Line(row_key(exhibit, folder), name, None, label, folder, place[token]))
    return Lines((*sorted(cameras, key=lambda one: one.name), *sorted(others, key=lambda one: one.name)), code, len(tokens))


@dataclass(frozen=True, slots=True)
class Bars:
    """First and last moment of each track on the common clock; NaN: its medium has no time."""

    start: Numbers
    end: Numbers


def bars(state: State, zone: ZoneInfo) -> Bars:
    """A track lies in its medium's span as it lies in the medium: a recorder may have played slower than life."""
    tracks, items = state.tracks, state.items
    when = times(items, zone)
    kept: tuple[object, Bars] | None = tracks.memo.get(("bars", zone.key))
    if kept is not None and kept[0] is when:
        return kept[1]
    speed = np.divide(when.end - when.start, items.duration, out=np.zeros(len(items)), where=items.duration > 0)
    of = tracks.medium
    found = Bars(*(when.start[of] + (t - items.start[of]) * speed[of] for t in (tracks.start, tracks.end)))
    tracks.memo["bars", zone.key] = (when, found)
    return found


def seen_tracks(state: State, person: str, places: Index) -> Mask:
    """Which of these tracks a person (or ANYBODY) has seen."""
    tracks = state.tracks
    medium = tracks.medium[places]
    return looked.tracks(tracks.id[places], medium, tracks.start[places], tracks.end[places],
                         state.items.kind[medium] == STILL, state.seen[person])


def unseen(state: State, by: str, asker: Asker) -> Mask:
    """Of all tracks those that nobody (`nobody`), or not this person (`me`), has seen; kept until either changes."""
    person = ANYBODY if by == "nobody" else asker.person
    kept: dict[str, tuple[int, Whole, Mask]] = state.tracks.memo.setdefault("unseen", {})
    known = kept.get(person)
    if known is not None and known[0] == state.seen[person].number and known[1] is state.items.kind:
        return known[2]
    for gone in kept.keys() - state.seen.keys():
        kept.pop(gone, None)
    found = ~seen_tracks(state, person, np.arange(len(state.tracks)))
    kept[person] = (state.seen[person].number, state.items.kind, found)
    return found
