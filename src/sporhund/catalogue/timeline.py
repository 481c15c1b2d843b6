"""Everything on one clock: what each camera recorded, what of it was looked at, what was found, between two moments."""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from sporhund.catalogue import stretches
from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.conditions import Asker, Times, times
from sporhund.catalogue.items import Index, Items, Mask, Numbers
from sporhund.catalogue.lines import Line, Lines, bars, lines, seen_tracks, unseen
from sporhund.catalogue.model import FINDINGS, STATES
from sporhund.catalogue.packed import keys

SINGLE = 2000
"""Tracks, or media, that are shown one by one; more of them as how many there are in each bin."""
MOST_BINS = 2000
WHOLE_S = 0.05
"""A video of which all but so little is unread is unread as a whole."""
_WAITING = STATES.index("waiting")
_UNLOOKED = (STATES.index("failed"), _WAITING)

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: between two moments on the common clock (seconds since 1970, UTC), cut into bins."""

    start: float
    end: float
    bins: int
    kinds: tuple[str, ...] = FINDINGS
    unseen: str = ""           #: me | nobody: only tracks that I, or that nobody, has seen not yet

    @property
    def bin_s(self) -> float:
        return (self.end - self.start) / self.bins

    def bin(self, x: Numbers) -> NDArray[np.int64]:
        return np.clip((x - self.start) / self.bin_s, 0, self.bins - 1).astype(np.int64)


def extent(state: State, asker: Asker) -> tuple[float, float, float, float] | None:
    """First and last moment of all media; and those between which all but one in a hundred lie. None where nothing has a time.

    A clock that was never set says 1970: the second pair is what one wants to see first.
    """
    memo = state.items.memo
    if ("extent", asker.zone.key) not in memo:
        memo["extent", asker.zone.key] = _extent(times(state.items, asker.zone))
    found: tuple[float, float, float, float] | None = memo["extent", asker.zone.key]
    return found


def _extent(when: Times) -> tuple[float, float, float, float] | None:
    known = np.isfinite(when.start)
    if not known.any():
        return None
    start, end = when.start[known], when.end[known]
    low, high = np.quantile(start, 0.01, method="lower"), np.quantile(end, 0.99, method="higher")
    return float(start.min()), float(end.max()), float(low), float(high)


def timeline(rows: Connection, case_id: str, state: State, asker: Asker, view: View) -> Doc:
    """Rows with their spans, stills, unread and waiting parts and tracks; and what has no time, with its number."""
    when, of = times(state.items, asker.zone), lines(state)
    with np.errstate(invalid="ignore"):
        inside = (when.end >= view.start) & (when.start <= view.end)
    found: dict[int, Doc] = {line.code: {} for line in of.rows}
    _recorded(state.items, when, of, inside, view, found)
    _unlooked(rows, case_id, state.items, when, of, inside, view, found)
    _reasons(rows, case_id, found)
    tracks = _tracks(state, asker, of, view, found)
    media = np.bincount(of.code, minlength=of.count)
    return {
        "rows": [_head(line, int(media[line.code]) if line.code >= 0 else 0) | found.get(line.code, {}) for line in of.rows],
        "untimed": _untimed(state, when, of), **tracks,
    }


def _head(line: Line, media: int) -> Doc:
    return {"key": line.key, "name": line.name, "camera": line.camera, "exhibit": line.exhibit, "folder": line.folder,
            "media": media, "in_view": 0, "unzoned": 0, "uncertainty_s": 0.0, "spans": [], "stills": [], "stills_in_bins": [],
            "unread": [], "unread_in_bins": [], "waiting": [], "waiting_in_bins": [], "tracks": [], "density": {}}


# ------------------------------------------------------------------ what was recorded

def _recorded(items: Items, when: Times, of: Lines, inside: Mask, view: View, found: dict[int, Doc]) -> None:
    shown = np.flatnonzero(inside)
    code = of.code[shown]
    number = np.bincount(code, minlength=of.count)
    unzoned = np.bincount(code[items.zoned[shown] == 0], minlength=of.count)
    unsure = _unsure(items, of)
    for at in np.flatnonzero(number).tolist():
        found[at] |= {"in_view": int(number[at]), "unzoned": int(unzoned[at]), "uncertainty_s": float(unsure[at])}
    lasting = items.duration[shown] > 0
    _spans(items, when, of, shown[lasting], view, found)
    looked = ~np.isin(items.state[shown], _UNLOOKED)
    _stills(items, when, of, shown[~lasting & looked], view, found)
    _unlooked_stills(items, when, of, shown[~lasting & ~looked], view, found)


def _unsure(items: Items, of: Lines) -> Numbers:
    """The largest uncertainty of each row, in view or not: worked out once."""
    found: Numbers | None = items.memo.get("unsure")
    if found is None:
        found = items.memo["unsure"] = np.zeros(of.count)
        np.maximum.at(found, of.code, items.uncertainty_s)
    return found


def _spans(items: Items, when: Times, of: Lines, shown: Index, view: View, found: dict[int, Doc]) -> None:
    """Recordings; where there are very many those that touch in this view as one."""
    order = shown[np.lexsort((when.start[shown], of.code[shown]))]
    if not len(order):
        return
    begins = np.arange(len(order))
    if len(order) > SINGLE:
        begins = _apart(of.code[order], when.start[order], when.end[order], view.bin_s)
    ends = np.append(begins[1:], len(order))
    last = np.maximum.reduceat(when.end[order], begins)
    unsure = np.maximum.reduceat(items.uncertainty_s[order], begins)
    zoned = np.minimum.reduceat(items.zoned[order], begins)
    tied = np.minimum.reduceat(items.anchored[order], begins)
    for number, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        at = int(order[begin])
        found[int(of.code[at])].setdefault("spans", []).append({
            "medium": items.id[at].decode() if end - begin == 1 else None, "media": end - begin, "from": float(when.start[at]),
            "to": float(last[number]), "zoned": bool(zoned[number]), "anchored": bool(tied[number]),
            "uncertainty_s": float(unsure[number]), "state": STATES[int(items.state[at])] if end - begin == 1 else None})


def _apart(code: Index, start: Numbers, end: Numbers, gap_s: float) -> Index:
    """Where a new span begins: on another row, or further than a bin behind all before it. Sorted by row and start."""
    reached = end.copy()
    first = np.append(True, code[1:] != code[:-1])
    for begin, stop in zip(np.flatnonzero(first).tolist(), [*np.flatnonzero(first)[1:].tolist(), len(code)], strict=True):
        reached[begin:stop] = np.maximum.accumulate(end[begin:stop])
    first[1:] |= start[1:] > reached[:-1] + gap_s
    return np.flatnonzero(first)


def _stills(items: Items, when: Times, of: Lines, shown: Index, view: View, found: dict[int, Doc]) -> None:
    if len(shown) > SINGLE:
        for code, counts in _counted(of, of.code[shown], view.bin(when.start[shown]), view.bins):
            found[code]["stills_in_bins"] = counts
        return
    for at in shown[np.argsort(when.start[shown], kind="stable")].tolist():
        found[int(of.code[at])].setdefault("stills", []).append({
            "medium": items.id[at].decode(), "x": float(when.start[at]), "zoned": bool(items.zoned[at])})


def _unlooked_stills(items: Items, when: Times, of: Lines, shown: Index, view: View, found: dict[int, Doc]) -> None:
    """Pictures that wait or could not be read: where a large intake begins nearly all of them, and not one is left out."""
    if len(shown) <= SINGLE:
        for at in shown.tolist():
            found[int(of.code[at])].setdefault(_why_not(items, at), []).append(_whole(items, when, at, in_part=False))
        return
    waits = items.state[shown] == _WAITING
    for name, places in (("waiting_in_bins", shown[waits]), ("unread_in_bins", shown[~waits])):
        for code, counts in _counted(of, of.code[places], view.bin(when.start[places]), view.bins):
            found[code][name] = counts


def _why_not(items: Items, at: int) -> str:
    return "waiting" if items.state[at] == _WAITING else "unread"


def _whole(items: Items, when: Times, at: int, *, in_part: bool) -> Doc:
    return {"medium": items.id[at].decode(), "from": float(when.start[at]), "to": float(when.end[at]), "code": None,
            "why": None, "in_part": in_part}


def _counted(of: Lines, code: Index, bins: Index, count: int) -> Iterator[tuple[int, Index]]:
    """Per row that has any its numbers by bin."""
    rows, place = _present(of, code)
    table = np.bincount(place * count + bins, minlength=len(rows) * count).reshape(len(rows), count)
    yield from zip(rows.tolist(), table, strict=True)


def _present(of: Lines, code: Index) -> tuple[Index, Index]:
    """The rows that there are among these, and the place of each of these among them."""
    rows = np.flatnonzero(np.bincount(code, minlength=of.count))
    place = np.zeros(of.count, np.int64)
    place[rows] = np.arange(len(rows))
    return rows, place[code]


# ------------------------------------------------------------------ what was not looked at

def _unlooked(
    rows: Connection, case_id: str, items: Items, when: Times, of: Lines, inside: Mask, view: View, found: dict[int, Doc],
) -> None:
    """Unread and waiting parts, each with its medium; of more videos than are read at once the whole: `in_part` says of one
    that somewhere in it a part is, and the rest was looked at."""
    wanted = np.flatnonzero(inside & (items.duration > 0) & ((items.unread_s > 0) | (items.state == _WAITING)))
    first, rest = wanted[:stretches.AT_ONCE], wanted[stretches.AT_ONCE:]
    read = stretches.parts(rows, case_id, [one.decode() for one in items.id[first].tolist()]) if len(first) else []
    places = items.find(keys([part.medium for part in read])).tolist()
    for part, at in zip(read, places, strict=True):
        start, end = (position(items, when, at, t) for t in (part.start, part.end))
        if end >= view.start and start <= view.end:
            found[int(of.code[at])].setdefault("waiting" if part.waits else "unread", []).append({
                "medium": part.medium, "from": start, "to": end, "code": part.code, "why": part.why, "in_part": False})
    for at in rest.tolist():
        in_part = bool(items.state[at] != _WAITING and items.unread_s[at] < items.duration[at] - WHOLE_S)
        found[int(of.code[at])].setdefault(_why_not(items, at), []).append(_whole(items, when, at, in_part=in_part))


def _reasons(rows: Connection, case_id: str, found: dict[int, Doc]) -> None:
    """Of an unread part of which nothing else is known its medium says why."""
    bare = [one for row in found.values() for one in row.get("unread", ()) if one["code"] is None]
    of = stretches.reasons(rows, case_id, sorted({one["medium"] for one in bare})) if bare else {}
    for one in bare:
        code, why = of.get(one["medium"], (None, None))
        one |= {"code": code, "why": one["why"] or why}


def position(items: Items, when: Times, at: int, t: float) -> float:
    """Where moment `t` of a medium lies on the common clock; also past its end, for what was cut off."""
    duration = float(items.duration[at])
    speed = float(when.end[at] - when.start[at]) / duration if duration > 0 else 0.0
    return float(when.start[at]) + (t - float(items.start[at])) * (speed or 1.0)


def moment_in(items: Items, when: Times, at: int, x: float) -> float:
    """The moment of a medium that lies there on the common clock: `position` the other way round; inside the medium."""
    duration, start = float(items.duration[at]), float(items.start[at])
    speed = float(when.end[at] - when.start[at]) / duration if duration > 0 else 0.0
    return min(max(start + (x - float(when.start[at])) / (speed or 1.0), start), start + duration)


def _untimed(state: State, when: Times, of: Lines) -> Doc:
    """Media of which nobody knows when they were recorded: on no row, but never left out."""
    kept: tuple[Times, Mask, Index, Index] | None = state.tracks.memo.get("lost")
    if kept is None or kept[0] is not when:
        lost = ~np.isfinite(when.start)
        media = np.bincount(of.code[lost], minlength=of.count)
        tracks = np.bincount(of.code[state.tracks.medium[lost[state.tracks.medium]]], minlength=of.count)
        kept = state.tracks.memo["lost"] = (when, lost, media, tracks)
    _, lost, media, tracks = kept
    return {"media": int(lost.sum()), "rows": [
        {"key": line.key, "name": line.name, "media": int(media[line.code]), "tracks": int(tracks[line.code])}
        for line in of.rows if line.code >= 0 and media[line.code]]}


# ------------------------------------------------------------------ what was found

def in_view(state: State, asker: Asker, view: View) -> Mask:
    """Which tracks lie between these moments and are of these kinds, seen or not as asked."""
    where = bars(state, asker.zone)
    with np.errstate(invalid="ignore"):
        found = (where.end >= view.start) & (where.start <= view.end)
    if len(view.kinds) < len(FINDINGS):
        found &= np.isin(state.tracks.kind, [FINDINGS.index(kind) for kind in view.kinds])
    return np.asarray(found & unseen(state, view.unseen, asker) if view.unseen else found)


def _tracks(state: State, asker: Asker, of: Lines, view: View, found: dict[int, Doc]) -> Doc:
    inside = in_view(state, asker, view)
    number = int(np.count_nonzero(inside))
    shown = np.flatnonzero(inside)
    if number > SINGLE:
        _density(state, asker, of, view, shown, found)
    else:
        for at, item in zip(shown.tolist(), singles(state, asker, shown), strict=True):
            found[int(of.code[state.tracks.medium[at]])].setdefault("tracks", []).append(item)
    return {"dense": number > SINGLE, "tracks_in_view": number, "tracks": len(state.tracks)}


def singles(state: State, asker: Asker, places: Index) -> list[Doc]:
    """One by one, in this order: where each lies, in its medium and on the clock, and who has seen it."""
    tracks, where = state.tracks, bars(state, asker.zone)
    mine, anyone = seen_tracks(state, asker.person, places), seen_tracks(state, ANYBODY, places)
    return [{
        "id": tracks.id[at].decode(), "kind": FINDINGS[int(tracks.kind[at])],
        "medium": state.items.id[tracks.medium[at]].decode(),
        "from": float(where.start[at]), "to": float(where.end[at]), "t": float(tracks.start[at]), "t_end": float(tracks.end[at]),
        "zoned": bool(state.items.zoned[tracks.medium[at]]), "quality": float(tracks.quality[at]), "seen": bool(me),
        "seen_by_anyone": bool(other),
    } for at, me, other in zip(places.tolist(), mine.tolist(), anyone.tolist(), strict=True)]


def _row_of_each(state: State, of: Lines) -> Index:
    """Per track its row; kept until either changes."""
    kept: tuple[Index, Index] | None = state.tracks.memo.get("rows")
    if kept is None or kept[0] is not of.code:
        kept = state.tracks.memo["rows"] = (of.code, of.code[state.tracks.medium])
    return kept[1]


def _density(state: State, asker: Asker, of: Lines, view: View, shown: Index, found: dict[int, Doc]) -> None:
    """Per row and kind how many tracks there are in each bin: one that lasts is in all that it touches."""
    where, kinds = bars(state, asker.zone), len(FINDINGS)
    rows, place = _present(of, _row_of_each(state, of)[shown])
    cell = (place * kinds + state.tracks.kind[shown]) * (view.bins + 1)
    size = len(rows) * kinds * (view.bins + 1)
    begun = np.bincount(cell + view.bin(where.start[shown]), minlength=size)
    ended = np.bincount(cell + view.bin(where.end[shown]) + 1, minlength=size)
    present = np.cumsum((begun - ended).reshape(len(rows), kinds, view.bins + 1), axis=2)[:, :, :-1]
    total = begun.reshape(len(rows), kinds, view.bins + 1).sum(axis=2)
    for number, code in enumerate(rows.tolist()):
        found[code]["density"] = {
            kind: {"tracks": int(total[number, which]), "bins": present[number, which]}
            for which, kind in enumerate(FINDINGS) if total[number, which]}


def strip(
    state: State, asker: Asker, key: str, view: View, limit: int, after: tuple[float, str] | None,
) -> tuple[list[Doc], bool]:
    """Tracks of one row in order of time, at most so many, and whether there are more. after: x and id of the last one before."""
    line = next((one for one in lines(state).rows if one.key == key), None)
    if line is None or line.code < 0:
        return [], False
    where, of = bars(state, asker.zone), lines(state)
    places = np.flatnonzero(in_view(state, asker, view) & (_row_of_each(state, of) == line.code))
    if after is not None:
        places = places[where.start[places] >= after[0]]
    order = places[np.lexsort((state.tracks.id[places], where.start[places]))]
    if after is not None:
        same = (where.start[order] == after[0]) & (state.tracks.id[order] <= after[1].encode())
        order = order[~same]
    return singles(state, asker, order[:limit]), len(order) > limit


def places_of(state: State, asker: Asker, track_ids: Sequence[str]) -> list[Doc]:
    """Row and moments of these tracks, in their order; one that is not there, or without a time, says so with None."""
    where, of = bars(state, asker.zone), lines(state)
    named = {line.code: line for line in of.rows}
    found = []
    for key, at in zip(track_ids, state.tracks.find(keys(track_ids)).tolist(), strict=True):
        line = named.get(int(of.code[state.tracks.medium[at]])) if at >= 0 else None
        timed = at >= 0 and bool(np.isfinite(where.start[at]))
        found.append({"track": key, "row": line.key if line else None, "row_name": line.name if line else None,
                      "medium": state.items.id[state.tracks.medium[at]].decode() if at >= 0 else None,
                      "from": float(where.start[at]) if timed else None, "to": float(where.end[at]) if timed else None})
    return found


def showing(state: State, asker: Asker, x: float) -> list[Doc]:
    """What every row shows at that moment: the medium that was recorded then, and the moment in it. Rows without are left out."""
    when, of = times(state.items, asker.zone), lines(state)
    named = {line.code: line.key for line in of.rows}
    with np.errstate(invalid="ignore"):
        there = np.flatnonzero((when.start <= x) & (when.end >= x) & (state.items.duration > 0))
    return [{"row": named.get(int(of.code[at])), "medium": state.items.id[at].decode(),
             "t": moment_in(state.items, when, at, x)} for at in there.tolist()]
