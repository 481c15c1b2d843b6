"""The rows of the catalogue: one for each medium, derived from all that is known of it. Whoever changes that refreshes it."""
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from sporhund.catalogue import derive
from sporhund.catalogue.derive import Place
from sporhund.evidence import account
from sporhund.evidence import records as evidence
from sporhund.evidence.model import Anchor
from sporhund.evidence.records import among
from sporhund.store import tables
from sporhund.store.changed import THIS_TRANSACTION
from sporhund.store.service import Store
from sporhund.tracks.beside import NEAR_S, Path, recognised

BATCH = 1000
"""Media whose tracks are held at once."""

_I, _M, _O, _T, _L, _B = (
    tables.item.c, tables.medium.c, tables.occurrence.c, tables.track.c, tables.look.c, tables.observation.c)


def lock(rows: Connection, case_id: str) -> None:
    """Who derives rows of a case takes turns until the end of the transaction: else what was read before another's change
    could be written after it."""
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"catalogue/{case_id}", 0))))


def refresh(rows: Connection, case_id: str, media_ids: Iterable[str]) -> None:
    """Derive the rows of these media anew; a fixed number of statements for each thousand of them."""
    wanted = sorted(set(media_ids))
    if not wanted:
        return
    lock(rows, case_id)
    anchors = evidence.anchors(rows, case_id)
    for at in range(0, len(wanted), BATCH):
        _keep(rows, _derived(rows, case_id, wanted[at:at + BATCH], anchors))


def _derived(rows: Connection, case_id: str, media_ids: Sequence[str], anchors: Sequence[Anchor]) -> list[dict[str, Any]]:
    media = rows.execute(_facts(case_id, media_ids)).all()
    places = places_of(rows, case_id, media_ids)
    tracks = _tracks(rows, case_id, media_ids)
    unseen = _unrecognised(rows, case_id, tracks)
    unread = account.seconds_of(rows, case_id, [row.id for row in media if row.kind == "video"])
    return [_item(case_id, row, places.get(row.id, []), tracks.get(row.id, []), anchors) | {
        "unrecognised": unseen.get(row.id, 0), "unread_s": unread[row.id].unread if row.id in unread else 0.0,
    } for row in media]


def _facts(case_id: str, media_ids: Sequence[str]) -> Select[Any]:
    """Without the keyframes, of which a video has thousands."""
    return select(
        _M.id, _M.kind, _M.state, _M.facts["duration"].as_float().label("duration"),
        _M.facts["streams"][0]["start"].as_float().label("start"), _M.facts["stated"].label("stated"),
    ).where(_M.case_id == case_id, among(_M.id, media_ids))


def _item(case_id: str, row: Any, places: Sequence[Place], tracks: Sequence[Any], anchors: Sequence[Anchor]) -> dict[str, Any]:
    start, duration, said = row.start or 0.0, row.duration or 0.0, row.stated or ()
    when = derive.span(row.id, start, duration, places, said, anchors)
    spot = derive.spot(places, said)
    return {
        "case_id": case_id, "medium_id": row.id, "kind": derive.kind(row.kind), "state": row.state,
        "exhibit_id": places[0].exhibit_id if places else None, "folder": derive.folder(places[0].path) if places else "",
        "camera_id": derive.camera_of(places), "copies": len(places), "at": when.at, "until": when.until, "zoned": when.zoned,
        "uncertainty_s": when.uncertainty_s, "origin": when.origin, "start": start, "duration": duration,
        "latitude": spot[0] if spot else None, "longitude": spot[1] if spot else None, **derive.counts(tracks),
        "face_px": derive.face_px(tracks), "colours": derive.colours(tracks),
    }


def _keep(rows: Connection, values: list[dict[str, Any]]) -> None:
    if not values:
        return
    added = insert(tables.item).values(changed=THIS_TRANSACTION)
    news = {column.name: added.excluded[column.name] for column in tables.item.columns
            if column.name not in ("case_id", "medium_id")}
    rows.execute(added.on_conflict_do_update(index_elements=["case_id", "medium_id"], set_=news), values)


def places_of(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, list[Place]]:
    """Files that hold these media, the original first, then in the order of being taken in."""
    found: dict[str, list[Place]] = defaultdict(list)
    wanted = select(_O.medium_id, _O.exhibit_id, _O.camera_id, _O.path, _O.stated).where(
        _O.case_id == case_id, among(_O.medium_id, media_ids)).order_by(_O.original.desc(), _O.id)
    for row in rows.execute(wanted):
        found[row.medium_id].append(Place(row.exhibit_id, row.camera_id, row.path, row.stated))
    return found


# ------------------------------------------------------------------ tracks

def current_tracks(case_id: str, *columns: Any) -> Select[Any]:
    """Tracks of the runs that count; one that goes on over a joint is one."""
    return select(*columns).select_from(tables.track.join(tables.look, and_(
        _L.case_id == _T.case_id, _L.run_id == _T.run_id, _L.medium_id == _T.medium_id, _L.look == _T.kind, _L.current,
    ))).where(_T.case_id == case_id, _T.alias_of.is_(None))


def _tracks(rows: Connection, case_id: str, media_ids: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    wanted = current_tracks(
        case_id, _T.id, _T.medium_id, _T.kind, _T.stream, _T.page, _T.best[0]["box"].label("box"), _T.colours)
    for row in rows.execute(wanted.where(among(_T.medium_id, media_ids))):
        found[row.medium_id].append(row)
    return found


def _unrecognised(rows: Connection, case_id: str, tracks: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    """Per medium how many movements there are over which nothing else was found."""
    moving = {medium: of for medium, of in tracks.items() if any(track.kind == "motion" for track in of)}
    both = [track.id for of in moving.values() if any(track.kind != "motion" for track in of) for track in of]
    paths = paths_of(rows, case_id, both)
    return {medium: _alone(of, paths) for medium, of in moving.items()}


def _alone(of: Sequence[Any], paths: Mapping[str, Path]) -> int:
    """Only what lies in the same time is compared: of a long video with thousands of tracks each meets few others."""
    others = [track for track in of if track.kind != "motion" and track.id in paths]
    first = np.array([paths[track.id][0, 0] for track in others]) - NEAR_S
    last = np.array([paths[track.id][-1, 0] for track in others]) + NEAR_S
    number = 0
    for motion in (track for track in of if track.kind == "motion"):
        path = paths.get(motion.id)
        if path is None:                       # nothing else was found in this medium, or it has no sighting
            number += 1
            continue
        near = np.flatnonzero((first <= path[-1, 0]) & (last >= path[0, 0])).tolist()
        beside = [paths[others[at].id] for at in near if (others[at].stream, others[at].page) == (motion.stream, motion.page)]
        number += not recognised(path, beside)
    return number


def paths_of(rows: Connection, case_id: str, track_ids: Sequence[str]) -> dict[str, Path]:
    """(n, 6) float64 t, x, y, width, height, score of each track with its aliases, ascending in time."""
    if not track_ids:
        return {}
    wanted = select(_T.id, _T.alias_of, _B.path).join_from(
        tables.track, tables.observation, and_(_B.case_id == _T.case_id, _B.track_id == _T.id),
    ).where(_T.case_id == case_id, or_(among(_T.id, track_ids), among(_T.alias_of, track_ids)))
    parts: dict[str, list[Path]] = defaultdict(list)
    for row in rows.execute(wanted):
        parts[row.alias_of or row.id].append(np.frombuffer(row.path, "<f8").reshape(-1, 6))
    joined = {key: np.concatenate(of) for key, of in parts.items()}
    return {key: path[np.argsort(path[:, 0], kind="stable")] for key, path in joined.items() if len(path)}


# ------------------------------------------------------------------ what is missing

def outdated(rows: Connection, case_id: str) -> list[str]:
    """Media without a row, or whose row says otherwise than they do now: read whole, so for the beginning and end of work."""
    return list(rows.scalars(text(
        """
        with files as (select medium_id, count(*) as copies, array_agg(camera_id order by original desc, id)
                         filter (where camera_id is not null) as cameras
                       from occurrence where case_id = :case and medium_id is not null group by medium_id)
        select m.id from medium m
          left join item i on i.case_id = m.case_id and i.medium_id = m.id
          left join files f on f.medium_id = m.id
        where m.case_id = :case and (i.medium_id is null or i.state <> m.state
          or i.kind <> case when m.kind in ('still', 'video', 'audio') then m.kind else 'other' end
          or i.copies <> coalesce(f.copies, 0) or i.camera_id is distinct from f.cameras[1])
        order by m.id
        """
    ), {"case": case_id}))


def ensure(store: Store, case_id: str) -> int:
    """Derive what rows are missing or old: of a case made before there were any, or brought back from a backup.

    A thousand to a transaction, so that nobody else waits for all of them. Returns how many there were.
    """
    with store.transaction() as rows:
        _renumber(rows, case_id)
        waiting = outdated(rows, case_id)
    for at in range(0, len(waiting), BATCH):
        with store.transaction() as rows:
            refresh(rows, case_id, waiting[at:at + BATCH])
    return len(waiting)


def _renumber(rows: Connection, case_id: str) -> None:
    """Numbers of transactions that another server gave are no numbers of this one: what came from there is new here."""
    for table in (tables.item, tables.seen, tables.mark):
        rows.execute(update(table).where(table.c.case_id == case_id, table.c.changed > THIS_TRANSACTION).values(
            changed=THIS_TRANSACTION))


class Fresh:
    """Media whose rows are derived a little later, many at once: one by one it would take longer than reading their files."""

    AT_ONCE, AFTER_S = 200, 2.0

    def __init__(self, store: Store, case_id: str) -> None:
        self._store, self._case_id = store, case_id
        self._waiting, self._since = list[str](), time.monotonic()

    def add(self, medium_id: str) -> None:
        self._waiting.append(medium_id)
        if len(self._waiting) >= self.AT_ONCE or time.monotonic() - self._since > self.AFTER_S:
            self.close()

    def close(self) -> None:
        """Derive those that wait."""
        if self._waiting:
            with self._store.transaction() as rows:
                refresh(rows, self._case_id, self._waiting)
        self._waiting, self._since = [], time.monotonic()


def media_of_camera(rows: Connection, case_id: str, camera: str) -> list[str]:
    """Media of which some file is this camera's, by its name or id, or whose clock is tied to one of its anchors."""
    c, a = tables.camera.c, tables.clock_anchor.c
    mine = select(c.id).where(c.case_id == case_id, or_(c.id == camera, c.name == camera)).scalar_subquery()
    held = select(_O.medium_id).where(_O.case_id == case_id, _O.camera_id == mine, _O.medium_id.is_not(None))
    tied = select(a.medium_id).where(a.case_id == case_id, a.camera_id == mine, a.medium_id.is_not(None))
    return list(rows.scalars(held.union(tied)))

