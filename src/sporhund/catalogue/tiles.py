"""What a page shows of each medium: the rows of these media alone, by their keys."""
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, distinct_on

from sporhund.catalogue import looked, wall
from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.conditions import Asker, spoken, times
from sporhund.catalogue.derive import COUNTED
from sporhund.catalogue.items import Index
from sporhund.catalogue.model import FINDINGS
from sporhund.catalogue.packed import keys, token_of
from sporhund.evidence.names import in_base64, text
from sporhund.store import tables

BEST = 3
"""Tracks of a tile: faces before persons, vehicles, objects and movement; of a kind the best ones."""

Tile = dict[str, Any]

# Written once, as Store.reader says.
_I, _M, _O = tables.item, tables.medium, tables.occurrence.c
_CASE, _MEDIA = bindparam("case", type_=Text), bindparam("media", type_=ARRAY(TEXT))
_SHOWN = select(_I, _M.c.type, _M.c.code, _M.c.reason).select_from(
    _I.join(_M, (_M.c.case_id == _I.c.case_id) & (_M.c.id == _I.c.medium_id))).where(
    _I.c.case_id == _CASE, _M.c.case_id == _CASE, _I.c.medium_id == any_(_MEDIA))
_PATHS = select(_O.medium_id, _O.path).ext(distinct_on(_O.medium_id)).where(
    _O.case_id == _CASE, _O.medium_id == any_(_MEDIA)).order_by(_O.medium_id, _O.original.desc(), _O.id)


def tiles(rows: Connection, case_id: str, state: State, media_ids: Sequence[str], asker: Asker) -> list[Tile]:
    """One for each of these media, in their order."""
    found = {row.medium_id: row for row in rows.execute(_SHOWN, {"case": case_id, "media": list(media_ids)})}
    paths = first_paths(rows, case_id, media_ids)
    ids = [one for one in media_ids if one in found]
    place = state.items.find(keys(ids))
    clock = times(state.items, asker.zone)
    said, people, also = marks(state, place, asker), _seen(state, place, asker), _also(state, place)
    return [_tile(found[key], state, paths.get(key, b""), asker.zone) | {
        "x": float(clock.start[at]) if np.isfinite(clock.start[at]) else None,
        "seen": {name: column[number].item() for name, column in people.items()}, "marks": said.get(int(at), []),
        "best": best(state, int(at)),
        "also_in": also.get(at, []),
    } for number, (key, at) in enumerate(zip(ids, place.tolist(), strict=True))]


def first_paths(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, bytes]:
    """Path of the original of each of these media."""
    return {row.medium_id: row.path for row in rows.execute(_PATHS, {"case": case_id, "media": list(media_ids)})}


def _tile(row: Any, state: State, path: bytes, zone: ZoneInfo) -> Tile:
    exhibit = state.exhibits.get(token_of(row.exhibit_id or ""), (None, None))
    camera = state.cameras.get(token_of(row.camera_id or ""), (None, None))
    plain = in_base64(path)
    return {
        "id": row.medium_id, "kind": row.kind, "state": row.state, "path": text(path), **({"path_bytes": plain} if plain else {}),
        "exhibit": exhibit[1], "exhibit_id": exhibit[0], "camera": camera[1], "camera_id": camera[0], "copies": row.copies,
        "time": when(row.at, row.until, row.zoned, row.uncertainty_s, row.origin, zone), "start": row.start,
        "duration": row.duration, "unread_s": row.unread_s,
        "counts": {kind: getattr(row, column) for kind, column in COUNTED.items()}, "unrecognised": row.unrecognised,
        "type": row.type, "code": row.code, "reason": row.reason,
        "face_px": row.face_px, "latitude": row.latitude, "longitude": row.longitude,
    }


def when(at: float | None, until: float | None, zoned: bool, uncertainty_s: float, origin: str | None,
         zone: ZoneInfo) -> dict[str, Any] | None:
    """The time of a medium as it is said; None where nobody knows."""
    if at is None:
        return None
    return {"at": wall.shown(at, zoned, zone), "until": wall.shown(at if until is None else until, zoned, zone), "zoned": zoned,
            "uncertainty_s": uncertainty_s, "origin": origin}


def _seen(state: State, place: Index, asker: Asker) -> dict[str, Any]:
    """By me and by anybody: whether it was seen (looked.seen); of a recording that was not, the seconds that played, `part_s`."""
    found = {}
    for name, by in (("me", asker.person), ("anyone", ANYBODY)):
        of = state.seen[by]
        found[name] = looked.seen(state.items, of, place)
        found[f"{name}_part_s"] = np.where(looked.partly(state.items, of, place), looked.played(state.items, of, place), 0.0)
    return found


def _also(state: State, place: Index) -> dict[int, list[str]]:
    """Per place the labels of further exhibits that hold a copy."""
    found: dict[int, list[str]] = {}
    for at in np.flatnonzero(np.isin(state.elsewhere.medium, place)).tolist():
        found.setdefault(int(state.elsewhere.medium[at]), []).append(state.exhibits[int(state.elsewhere.exhibit[at])][1])
    return {at: sorted(labels) for at, labels in found.items()}


def marks(state: State, place: Index, asker: Asker) -> dict[int, list[dict[str, Any]]]:
    """Per place what people said of that medium; `track`: of something in it. by: as rows call them (actor.Actor.mark)."""
    found: dict[int, list[dict[str, Any]]] = {}
    me, held = token_of(asker.person), state.marks
    for at in np.flatnonzero(spoken(state, asker) & np.isin(held.medium, place)).tolist():
        by = int(held.by[at])
        found.setdefault(int(held.medium[at]), []).append({
            "value": state.words[int(held.value[at])], "by": state.words[by], "mine": by == me, "track": not held.own[at]})
    return found


def best(state: State, place: int) -> list[dict[str, str]]:
    """The tracks that a tile shows: id and kind."""
    of = state.tracks.of_medium(place)
    order = np.lexsort((-state.tracks.quality[of], state.tracks.kind[of]))[:BEST] + of.start
    return [{"id": state.tracks.id[at].decode(), "kind": FINDINGS[int(state.tracks.kind[at])]} for at in order.tolist()]
