"""What examiners said of faces, that they are a child's or an adult's: it outlives runs and packs, and what is lost is told.

A statement names a track. Where another run has found the face anew, it holds for the track in that place (`clusters.carry`).
"""
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from sporhund.clusters import carry
from sporhund.clusters import records as places
from sporhund.clusters.model import Anchor
from sporhund.evidence.records import among
from sporhund.gallery.model import Gallery
from sporhund.store import tables

BESIDE_S = 1.0
"""How far beside what an examiner spoke of a track may lie and still be asked for."""
_T, _A = tables.track.c, tables.age_statement.c


def ages(rows: Connection, case_id: str, ids: Sequence[str]) -> dict[str, bool]:
    """Track -> whether an examiner said last that it is a child's face."""
    said = _said(rows, case_id)
    if not said:
        return {}
    wanted = set(ids)
    came = _carried(rows, case_id, {track for track, _ in said} - wanted, ids)
    return {to: child for track, child in said for to in ((track,) if track in wanted else came.get(track, ()))}


def lost(rows: Connection, gallery: Gallery) -> tuple[str, ...]:
    """Tracks of which an examiner spoke, and in whose place no track of this gallery lies: it holds for nobody."""
    spoken_of = list(dict.fromkeys(track for track, _ in _said(rows, gallery.case_id)))
    here = {gallery.track(row) for row in gallery.rows_of(spoken_of)}
    away = [track for track in spoken_of if track not in here]
    if not away:
        return ()
    anchors = places.anchors(rows, gallery.case_id, away, aliases=True)
    counting = places.counting(rows, gallery.case_id, gallery.pack, sorted({one.medium for one in anchors.values()}))
    came = _carried(rows, gallery.case_id, set(away), [row.id for row in counting])
    return tuple(track for track in away if not came.get(track))


def _said(rows: Connection, case_id: str) -> list[tuple[str, bool]]:
    """What was said of which track, oldest first."""
    return [(row.track_id, row.child) for row in rows.execute(
        select(_A.track_id, _A.child).where(_A.case_id == case_id).order_by(_A.at, _A.id))]


def _carried(rows: Connection, case_id: str, old: Collection[str], ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """For each of the old tracks those of `ids` that were where it was. Of its own run none is: there it is somebody else."""
    anchors = places.anchors(rows, case_id, sorted(old), aliases=True)
    if not anchors:
        return {}
    run = {row.id: row.run_id for row in rows.execute(
        select(_T.id, _T.run_id).where(_T.case_id == case_id, among(_T.id, sorted(anchors))))}
    asked = set(ids)
    near = [row for row in rows.execute(
        select(_T.id, _T.run_id, _T.medium_id, _T.stream, _T.page, _T.start, _T.end).where(
            _T.case_id == case_id, among(_T.medium_id, sorted({one.medium for one in anchors.values()})))) if row.id in asked]
    beside = {track: [row.id for row in near if row.run_id != run[track] and _meets(anchor, row)]
              for track, anchor in anchors.items()}
    paths = places.paths(rows, case_id, sorted({one for some in beside.values() for one in some}))
    return {track: tuple(one.track for one in carry.followers(anchors[track], {one: paths[one] for one in some if one in paths}))
            for track, some in beside.items()}


def _meets(anchor: Anchor, row: Any) -> bool:
    return bool((row.medium_id, row.stream, row.page) == (anchor.medium, anchor.stream, anchor.page)
                and row.start <= anchor.end + BESIDE_S and row.end >= anchor.start - BESIDE_S)
