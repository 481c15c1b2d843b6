"""What was found, as the command line prints it: media and tracks of a case, a page at a time. Only current runs count."""
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true, tuple_

from sporhund.cases import colours
from sporhund.catalogue import derive
from sporhund.evidence import cursor
from sporhund.evidence.find import medium_named
from sporhund.evidence.names import in_base64, text
from sporhund.evidence.records import among
from sporhund.store import tables
from sporhund.tracks.beside import Path, recognised

Item = dict[str, Any]
_M, _O, _E, _T, _L, _U = (
    tables.medium.c, tables.occurrence.c, tables.exhibit.c, tables.track.c, tables.look.c, tables.unit.c)
OTHER_KINDS = ("other", "archive", "unknown")
"""Kinds of the store that are `other` for the reader."""
_CHUNK = 200


def page_of(items: Sequence[Item], after: str | None) -> Item:
    """`{"items": …, "next": …}`."""
    return {"items": list(items), "next": after}


# ------------------------------------------------------------------ media

def media(
    rows: Connection, case_id: str, *, kind: str | None = None, state: str | None = None, medium: str | None = None,
    limit: int = 100, after: str | None = None,
) -> Item:
    """One item per content, in the order of being taken in.

    kind: still | video | audio | other. state: analysed | partly | failed | skipped | waiting. medium: id or path.
    Raises WrongUsage `unknown-medium`, `bad-cursor`.
    """
    wanted = select(tables.medium).where(_M.case_id == case_id).order_by(_M.id).limit(limit + 1)
    if kind is not None:
        wanted = wanted.where(_M.kind.in_(OTHER_KINDS) if kind == "other" else _M.kind == kind)
    if state is not None:
        wanted = wanted.where(_M.state == state)
    if medium is not None:
        wanted = wanted.where(_M.id == medium_named(rows, case_id, medium))
    if after is not None:
        wanted = wanted.where(_M.id > cursor.decode(after, str)[0])
    found = rows.execute(wanted).all()
    shown, ids = found[:limit], [row.id for row in found[:limit]]
    places, units = _places(rows, case_id, ids), _current_units(rows, case_id, ids)
    items = [_medium(row, places.get(row.id, []), units.get(row.id, [])) for row in shown]
    return page_of(items, cursor.encode([ids[-1]]) if len(found) > limit else None)


def _places(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Files that hold these media, the original first."""
    found: dict[str, list[Any]] = defaultdict(list)
    joined = tables.occurrence.join(tables.exhibit, and_(_E.case_id == _O.case_id, _E.id == _O.exhibit_id))
    wanted = select(_O.medium_id, _O.path, _O.stated, _E.label).select_from(joined).where(
        _O.case_id == case_id, among(_O.medium_id, media_ids))
    for row in rows.execute(wanted.order_by(_O.original.desc(), _E.label, _O.path)):
        found[row.medium_id].append(row)
    return found


def path_fields(path: bytes) -> Item:
    """`path`, and `path_bytes` where the name is not valid UTF-8."""
    plain = in_base64(path)
    return {"path": text(path)} | ({"path_bytes": plain} if plain else {})


def _medium(row: Any, places: Sequence[Any], units: Sequence[Any]) -> Item:
    facts: Mapping[str, Any] = row.facts or {}
    return {
        "id": row.id, "sha256": row.sha256.hex(), "sha1": row.sha1.hex(), "md5": row.md5.hex(), "bytes": row.bytes,
        "kind": "other" if row.kind in OTHER_KINDS else row.kind, "type": row.type, "state": row.state, "code": row.code,
        "reason": row.reason, "occurrences": [{"exhibit": place.label, **path_fields(place.path)} for place in places],
        "width": facts.get("width") or 0, "height": facts.get("height") or 0, "duration": facts.get("duration") or 0.0,
        "stated": _stated(facts, places), "coverage": _coverage(facts, units), "notes": facts.get("notes") or [],
    }


def _stated(facts: Mapping[str, Any], places: Sequence[Any]) -> Item:
    """The first time, place and device that the medium states of itself, else that its name does; and where it says so."""
    said = [one for one in facts.get("stated") or () if not one.get("note")]
    said += [one for place in places for one in place.stated if not one.get("note")]
    time, device = (next((one for one in said if one["what"] == what), None) for what in ("time", "device"))
    spot = derive.spot(places, said)
    return {
        "time": time["value"] if time else None, "time_origin": time["origin"] if time else None,
        "zone": time.get("zone", "unknown") if time else None, "latitude": spot[0] if spot else None,
        "longitude": spot[1] if spot else None, "device": device["value"] if device else None,
    }


def _current_units(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Per medium the units of the run that counts: a current one, else the last; of several the most sampled."""
    current = exists().where(_L.case_id == _U.case_id, _L.run_id == _U.run_id, _L.medium_id == _U.medium_id, _L.current)
    wanted = select(
        _U.medium_id, _U.run_id, _U.stream, _U.start, _U.end, _U.state, _U.code, _U.reason, _U.coverage, current.label("current"),
    ).where(_U.case_id == case_id, among(_U.medium_id, media_ids), _U.state != "split")
    runs: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.execute(wanted.order_by(_U.stream, _U.start)):
        runs[row.medium_id][row.run_id].append(row)
    return {medium: max(of.values(), key=lambda units: (units[0].current, _sum(units, "sampled_frames"), units[0].run_id))
            for medium, of in runs.items()}


def _sum(units: Iterable[Any], name: str) -> int:
    return sum((unit.coverage or {}).get(name) or 0 for unit in units)


def _coverage(facts: Mapping[str, Any], units: Sequence[Any]) -> Item:
    duration = facts.get("duration") or 0.0
    waiting = [unit for unit in units if unit.state in ("waiting", "running")]
    return {
        "duration": duration, "decoded_frames": _sum(units, "decoded_frames"), "sampled_frames": _sum(units, "sampled_frames"),
        "unread": [part for unit in units for part in _unread(unit, duration)],
        "waiting": [{"from": unit.start, "to": _finite(unit.end, duration)} for unit in waiting],
        "smallest_face_px": max(((unit.coverage or {}).get("smallest_face_px") or 0.0 for unit in units), default=0.0),
    }


def _unread(unit: Any, duration: float) -> list[Item]:
    parts = (unit.coverage or {}).get("unread") or []
    if not parts and unit.state == "failed":
        parts = [{"start": unit.start, "end": unit.end, "why": unit.reason, "code": unit.code}]
    return [{"from": part["start"] or 0.0, "to": _finite(part["end"], duration), "why": part["why"], "code": part.get("code")}
            for part in parts]


def _finite(end: float | None, duration: float) -> float:
    """JSON knows no infinity: to the end means to the end that the header states."""
    return duration if end is None or math.isinf(end) else end


# ------------------------------------------------------------------ tracks

def tracks(
    rows: Connection, case_id: str, *, kind: str | None = None, medium: str | None = None, start: float | None = None,
    end: float | None = None, observations: bool = False, unrecognised: bool = False, colour: str | None = None,
    part: str | None = None, clusters: bool = False, limit: int = 100, after: str | None = None, medium_id: str | None = None,
) -> Item:
    """One item per track, by medium and time; with a colour those nearest to it first, and none left out.

    Only runs that count; a track that goes on over a joint is one item.
    medium: id or path. medium_id: the id of one that is there. start, end: seconds in the medium; tracks that touch
    [start, end]. observations: with every sighting.
    unrecognised: movement alone, and only where no other track lies over it in time and place. colour: of clothing or of a
    vehicle, by its English or Danish name; part: upper | lower | body, where it must be.
    clusters: with the cluster of each face; only while a legal basis is live.
    Raises WrongUsage `unknown-medium`, `unknown-colour`, `bad-cursor`.
    """
    wanted, order = _current_tracks(case_id), BY_TIME
    if colour is not None:
        near = colours.nearness(colours.asked(colour), part)
        wanted, order = wanted.add_columns(near.c.away).join(near, true()), (near.c.away, *BY_TIME)
    if kind is not None or unrecognised:
        wanted = wanted.where(_T.kind == ("motion" if unrecognised else kind))
    if medium is not None:
        wanted = wanted.where(_T.medium_id == medium_named(rows, case_id, medium))
    if medium_id is not None:
        wanted = wanted.where(_T.medium_id == medium_id)
    if start is not None:
        wanted = wanted.where(_T.end >= start)
    if end is not None:
        wanted = wanted.where(_T.start <= end)
    found = _collect(rows, case_id, wanted, order, unrecognised=unrecognised, count=limit + 1, after=after)
    shown = found[:limit]
    paths = _paths(rows, case_id, [row.id for row in shown]) if observations else {}
    places = _places(rows, case_id, [row.medium_id for row in shown])
    inside = _clusters(rows, case_id, [row.id for row in shown]) if clusters else {}
    items = [_track(row, places[row.medium_id]) | {"cluster": inside.get((row.id, row.pack))} | (
        {"path_of_track": paths[row.id][:, :5].tolist()} if observations else {}) for row in shown]
    return page_of(items, cursor.encode(_key(shown[-1])) if len(found) > limit else None)


def track(rows: Connection, case_id: str, track_id: str) -> Item:
    """One track as `tracks` lists it, whether its run counts any more or not; track_id: no alias."""
    row = rows.execute(_all_tracks(case_id).where(_T.id == track_id)).one()
    return _track(row, _places(rows, case_id, [row.medium_id])[row.medium_id])


def _clusters(rows: Connection, case_id: str, track_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The clusters that these tracks are in: by track and pack."""
    m = tables.cluster_member.c
    return {(row.track_id, row.pack): row.cluster_id for row in rows.execute(
        select(m.track_id, m.pack, m.cluster_id).where(m.case_id == case_id, among(m.track_id, track_ids)))}


BY_TIME: tuple[ColumnElement[Any], ...] = (_T.medium_id, _T.start, _T.id)


def _current_tracks(case_id: str) -> Select[Any]:
    """Tracks of current runs; before any run of a kind is settled, those of the runs that are under way."""
    # As one value and not as two `exists`: those are answered by reading every look of the case, for each page (measured).
    counts = select(func.bool_or(_L.run_id == _T.run_id)).where(
        _L.case_id == _T.case_id, _L.medium_id == _T.medium_id, _L.look == _T.kind, _L.current).scalar_subquery()
    return _all_tracks(case_id).where(_T.alias_of.is_(None), counts.is_not(False))


def _all_tracks(case_id: str) -> Select[Any]:
    return select(
        tables.track, tables.run.c.pack, select(tables.template.c.track_id).where(
            tables.template.c.case_id == _T.case_id, tables.template.c.track_id == _T.id).exists().label("template"),
    ).join_from(tables.track, tables.run, and_(tables.run.c.case_id == _T.case_id, tables.run.c.id == _T.run_id)).where(
        _T.case_id == case_id)


def _key(row: Any) -> tuple[cursor.Part, ...]:
    """What the list is sorted by."""
    by_time = (row.medium_id, row.start, row.id)
    return (row.away, *by_time) if "away" in row._mapping else by_time


def _behind(wanted: Select[Any], order: Sequence[ColumnElement[Any]], key: Sequence[cursor.Part]) -> Select[Any]:
    condition: ColumnElement[bool] = tuple_(*order) > tuple_(*key)
    return wanted.where(condition)


def _collect(
    rows: Connection, case_id: str, wanted: Select[Any], order: Sequence[ColumnElement[Any]], *, unrecognised: bool, count: int,
    after: str | None,
) -> list[Any]:
    """The next tracks behind the cursor; read in chunks, because what was recognised is left out after reading."""
    wanted = wanted.order_by(*order)
    kinds = (str, float, str) if len(order) == len(BY_TIME) else (float, str, float, str)
    key = cursor.decode(after, *kinds) if after is not None else None
    found: list[Any] = []
    while len(found) < count:
        asked = max(_CHUNK, count)
        chunk = rows.execute((_behind(wanted, order, key) if key else wanted).limit(asked)).all()
        found += _without_recognised(rows, case_id, chunk) if unrecognised else chunk
        if len(chunk) < asked:
            break
        key = list(_key(chunk[-1]))
    return found[:count]


def _without_recognised(rows: Connection, case_id: str, motion: Sequence[Any]) -> list[Any]:
    kept = []
    for medium, group in groupby(motion, key=lambda row: row.medium_id):
        moving = list(group)
        others = rows.execute(_current_tracks(case_id).where(
            _T.medium_id == medium, _T.kind != "motion", _T.end >= min(row.start for row in moving),
            _T.start <= max(row.end for row in moving))).all()
        paths = _paths(rows, case_id, [row.id for row in (*moving, *others)])
        for row in moving:
            beside = [paths[other.id] for other in others if (other.stream, other.page) == (row.stream, row.page)]
            if not recognised(paths[row.id], beside):
                kept.append(row)
    return kept


def _paths(rows: Connection, case_id: str, track_ids: Sequence[str]) -> dict[str, Path]:
    """(n, 6) float64 t, x, y, width, height, score of each track with its aliases, ascending in time."""
    wanted = select(_T.id, _T.alias_of, tables.observation.c.path).join_from(
        tables.track, tables.observation,
        and_(tables.observation.c.case_id == _T.case_id, tables.observation.c.track_id == _T.id),
    ).where(_T.case_id == case_id, or_(among(_T.id, track_ids), among(_T.alias_of, track_ids)))
    parts: dict[str, list[Path]] = {key: [np.zeros((0, 6))] for key in track_ids}
    for row in rows.execute(wanted):
        parts[row.alias_of or row.id].append(np.frombuffer(row.path, "<f8").reshape(-1, 6))
    joined = {key: np.concatenate(of) for key, of in parts.items()}
    return {key: path[np.argsort(path[:, 0], kind="stable")] for key, path in joined.items()}


def _track(row: Any, places: Sequence[Any]) -> Item:
    best = row.best[0]
    return {
        "id": row.id, "medium": row.medium_id, **path_fields(places[0].path if places else b""), "kind": row.kind,
        "class": row._mapping["class"], "shot": row.shot_id, "page": row.page, "stream": row.stream, "from": row.start,
        "to": row.end, "observations": row.observations,
        "best": {name: best.get(name) for name in (
            "t", "box", "score", "landmarks", "sharpness", "yaw", "quality", "pts", "time_base", "page", "turned")},
        "quality": row.quality, "comparable": row.comparable, "reason": row.reason, "packs": [row.pack],
        "template": row.template, "run": row.run_id, **colours.items(row.colours),
        **({"colour_distance": None if row.away >= colours.LAST else round(row.away, 2)} if "away" in row._mapping else {}),
    }
