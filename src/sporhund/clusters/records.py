"""Rows of clusters, their members, and what people said of tracks."""
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Row, Text, and_, bindparam, cast, delete, func, insert, or_, select, text, update

from sporhund.clusters.frames import Path, Span
from sporhund.clusters.model import Anchor, Cluster, Named, Statement, Why
from sporhund.evidence.records import among
from sporhund.store import tables

_C, _M, _S, _SIDE, _T = tables.cluster, tables.cluster_member, tables.constraint, tables.constraint_track, tables.track
_CHUNK = 5_000


class Member(msgspec.Struct, frozen=True):
    """One track as it was left: in a cluster, or looked at and alone."""

    track: str
    cluster: str | None
    why: Why | None
    came: tuple[str, ...] = ()     #: clusters it was in that were merged into this one, the last first: the way back
    mirrors: tuple[str, ...] = ()  #: tracks that a frame shows beside it and that look like it


def lock(rows: Connection, case_id: str) -> None:
    """One at a time makes or corrects the clusters of a case; given back with the transaction."""
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"clusters/{case_id}", 0))))


# ------------------------------------------------------------------ clusters

class _Kept(msgspec.Struct, omit_defaults=True):
    """A member's column `why`."""

    nearest: str | None = None
    score: float = 0.0
    together: float = 0.0
    needed: float = 0.0
    said: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()


def members(rows: Connection, case_id: str, pack: str, tracks: Sequence[str] | None = None) -> dict[str, Member]:
    """Every track that was looked at; or of these, those that were."""
    # As text: half a million documents are read by their type in a second, and as dicts in half a minute.
    wanted = select(_M.c.track_id, _M.c.cluster_id, cast(_M.c.why, Text)).where(_M.c.case_id == case_id, _M.c.pack == pack)
    found = rows.execute(wanted if tracks is None else wanted.where(among(_M.c.track_id, tracks)))
    read = msgspec.json.Decoder(_Kept).decode
    return {track: _member(track, cluster, read(why)) for track, cluster, why in found}


def looked_at(rows: Connection, case_id: str, pack: str) -> frozenset[str]:
    """Every track that was looked at, without what was found: a fraction of reading it."""
    return frozenset(rows.scalars(select(_M.c.track_id).where(_M.c.case_id == case_id, _M.c.pack == pack)))


def _member(track: str, cluster: str | None, kept: _Kept) -> Member:
    why = None if kept.nearest is None else Why(kept.nearest, kept.score, kept.together, kept.needed, kept.said)
    return Member(track, cluster, why, kept.came, kept.mirrors)


class _Row(msgspec.Struct):
    track: str
    cluster: str | None
    why: _Kept


_KEEP = text("""
    insert into cluster_member (case_id, pack, track_id, cluster_id, why)
    select :case, :pack, r.track, r.cluster, r.why
    from jsonb_to_recordset(cast(:members as jsonb)) as r(track text, cluster text, why jsonb)
    on conflict (case_id, track_id, pack) do update set cluster_id = excluded.cluster_id, why = excluded.why
""")
"""Thousands of members in one statement: all of a cluster change when one joins."""


def keep_members(rows: Connection, case_id: str, pack: str, changed: Iterable[Member], gone: Sequence[str]) -> None:
    """Write members that are new or changed, and take out those whose tracks do not count any more."""
    if gone:
        rows.execute(delete(_M).where(_M.c.case_id == case_id, _M.c.pack == pack, among(_M.c.track_id, gone)))
    written = [_Row(one.track, one.cluster, _kept(one)) for one in changed]
    for at in range(0, len(written), _CHUNK):
        said = msgspec.json.encode(written[at : at + _CHUNK]).decode()
        rows.execute(_KEEP, {"case": case_id, "pack": pack, "members": said})


def _kept(one: Member) -> _Kept:
    if one.why is None:
        return _Kept(came=one.came, mirrors=one.mirrors)
    why = one.why
    return _Kept(why.nearest, why.score, why.together, why.needed, why.said, one.came, one.mirrors)


def clusters(rows: Connection, case_id: str, pack: str) -> dict[str, Cluster]:
    """Every cluster there ever was with this pack, the merged ones too."""
    found = rows.execute(select(_C.c.id, _C.c.pack, _C.c.born_at, _C.c.merged_into).where(
        _C.c.case_id == case_id, _C.c.pack == pack))
    return {row.id: Cluster(*row) for row in found}


def cluster_named(rows: Connection, case_id: str, cluster_id: str) -> Cluster | None:
    found = rows.execute(select(_C.c.id, _C.c.pack, _C.c.born_at, _C.c.merged_into).where(
        _C.c.case_id == case_id, _C.c.id == cluster_id)).one_or_none()
    return Cluster(*found) if found else None


def found_clusters(rows: Connection, case_id: str, pack: str, ids: Sequence[str], at: datetime) -> None:
    if ids:
        rows.execute(insert(_C), [
            {"case_id": case_id, "id": one, "pack": pack, "born_at": at, "merged_into": None} for one in ids])


def lead_on(rows: Connection, case_id: str, merged: Mapping[str, str | None]) -> None:
    """Say into which cluster each of these went; None: it stands by itself again."""
    if merged:
        rows.execute(
            update(_C).where(_C.c.case_id == case_id, _C.c.id == bindparam("gone")).values(merged_into=bindparam("to")),
            [{"gone": gone, "to": to} for gone, to in merged.items()])


def cluster_of(rows: Connection, case_id: str, pack: str) -> dict[str, str]:
    """Track -> cluster, of the tracks that are in one; as they were left last. pack: its label, as "base@1"."""
    found = rows.execute(select(_M.c.track_id, _M.c.cluster_id).where(
        _M.c.case_id == case_id, _M.c.pack == pack, _M.c.cluster_id.is_not(None)))
    return {row.track_id: row.cluster_id for row in found}


def tracks_of(rows: Connection, case_id: str, cluster_id: str) -> list[str]:
    """The tracks that are in a cluster, ascending."""
    return sorted(rows.scalars(select(_M.c.track_id).where(_M.c.case_id == case_id, _M.c.cluster_id == cluster_id)))


def shared_without(rows: Connection, case_id: str, cluster_ids: Collection[str], hide: Collection[str]) -> frozenset[str]:
    """Those of these clusters that hold two tracks or more besides the hidden ones."""
    m = _M.c
    wanted = select(m.cluster_id).where(m.case_id == case_id, among(m.cluster_id, list(cluster_ids)),
                                        ~among(m.track_id, list(hide)))
    return frozenset(rows.scalars(wanted.group_by(m.cluster_id).having(func.count() > 1)))


def clusters_of(rows: Connection, case_id: str, tracks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The clusters these tracks are in, one for each pack at most."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows.execute(select(_M.c.track_id, _M.c.cluster_id).where(
            _M.c.case_id == case_id, among(_M.c.track_id, tracks), _M.c.cluster_id.is_not(None)).order_by(_M.c.pack)):
        found[row.track_id] = (*found.get(row.track_id, ()), row.cluster_id)
    return found


def packs(rows: Connection, case_id: str) -> list[str]:
    """Packs of which the case has clusters."""
    return list(rows.scalars(select(_M.c.pack).where(_M.c.case_id == case_id).distinct().order_by(_M.c.pack)))


# ------------------------------------------------------------------ tracks

def spans(rows: Connection, case_id: str, tracks: Sequence[str]) -> dict[str, Span]:
    found = rows.execute(select(_T.c.id, _T.c.medium_id, _T.c.stream, _T.c.page, _T.c.start, _T.c.end).where(
        _T.c.case_id == case_id, among(_T.c.id, tracks)))
    return {row.id: Span(row.medium_id, row.stream, row.page, row.start, row.end) for row in found}


def paths(rows: Connection, case_id: str, tracks: Sequence[str]) -> dict[str, Path]:
    """(n, 6) t, x, y, width, height, score of each track with its aliases, ascending in time."""
    o = tables.observation.c
    wanted = select(func.coalesce(_T.c.alias_of, _T.c.id).label("track"), o.path).join_from(
        _T, tables.observation, and_(o.case_id == _T.c.case_id, o.track_id == _T.c.id),
    ).where(_T.c.case_id == case_id, or_(among(_T.c.id, tracks), among(_T.c.alias_of, tracks)))
    parts: dict[str, list[Path]] = defaultdict(list)
    for row in rows.execute(wanted):
        parts[row.track].append(np.frombuffer(row.path, "<f8").reshape(-1, 6))
    joined = {track: np.concatenate(of) for track, of in parts.items()}
    return {track: path[np.argsort(path[:, 0], kind="stable")] for track, path in joined.items()}


def anchors(rows: Connection, case_id: str, tracks: Sequence[str], *, aliases: bool = False) -> dict[str, Anchor]:
    """Where and when these face tracks were seen, whichever run they are of.

    aliases: those too that go by another track's name since they were found to go on over a joint.
    """
    m = tables.medium.c
    wanted = select(_T.c.id, _T.c.medium_id, _T.c.stream, _T.c.page, _T.c.start, _T.c.end, _T.c.best, m.sha256).join_from(
        _T, tables.medium, and_(m.case_id == _T.c.case_id, m.id == _T.c.medium_id),
    ).where(_T.c.case_id == case_id, _T.c.kind == "face", among(_T.c.id, tracks))
    if not aliases:
        wanted = wanted.where(_T.c.alias_of.is_(None))
    return {row.id: Anchor(
        row.medium_id, row.sha256.hex(), row.stream, row.page, row.start, row.end,
        tuple((shot["t"], tuple(shot["box"])) for shot in row.best)) for row in rows.execute(wanted)}


def counting(rows: Connection, case_id: str, pack: str, media: Sequence[str]) -> list[Row[Any]]:
    """Face tracks of these media that count with this pack: id, medium, stream, page, start, end."""
    return list(rows.execute(text(
        """
        select t.id, t.medium_id, t.stream, t.page, t.start, t.end from track t
        join run r on r.case_id = t.case_id and r.id = t.run_id and r.pack = :pack
        where t.case_id = :case and t.medium_id = any(:media) and t.kind = 'face' and t.alias_of is null and t.comparable
          and not exists (select from look l where l.case_id = t.case_id and l.medium_id = t.medium_id and l.look = 'face'
                          and l.run_id = t.run_id and not l.current)
        order by t.id
        """), {"case": case_id, "pack": pack, "media": list(media)}))


def left_out(rows: Connection, case_id: str, pack: str) -> dict[str, int]:
    """Face tracks that count and are not clustered: why -> how many. Measures that differ from face to face are left out."""
    found = rows.execute(text(
        r"""
        select coalesce(regexp_replace(t.reason, '[0-9]+\.[0-9]+', '…'), 'no template was made') as why, count(*) as tracks
        from track t join run r on r.case_id = t.case_id and r.id = t.run_id and r.pack = :pack
        where t.case_id = :case and t.kind = 'face' and t.alias_of is null
          and not exists (select from look l where l.case_id = t.case_id and l.medium_id = t.medium_id and l.look = 'face'
                          and l.run_id = t.run_id and not l.current)
          and (not t.comparable or not exists (
            select from template p where p.case_id = t.case_id and p.track_id = t.id and p.pack = :pack))
        group by 1 order by 2 desc, 1
        """), {"case": case_id, "pack": pack})
    return {row.why: row.tracks for row in found}


def score(rows: Connection, case_id: str, pack: str, first: str, second: str) -> float | None:
    """How much alike two tracks are with a pack: the cosine of their templates; None where one has none."""
    p = tables.template.c
    found = {row.track_id: np.frombuffer(row.vector, "<f4") for row in rows.execute(select(p.track_id, p.vector).where(
        p.case_id == case_id, p.pack == pack, p.track_id.in_([first, second])))}
    return float(found[first] @ found[second]) if len(found) == 2 else None


# ------------------------------------------------------------------ what people said

def constraints(
    rows: Connection, case_id: str, *, hide: Collection[str] = (), by: str | None = None, undone: bool = False,
) -> list[Statement]:
    """What was said, oldest first.

    hide: tracks on which the reader has still to conclude: what somebody else (than `by`) said of one of them is left out, so
    that no examiner sees another's mind.   undone: with what was taken back.
    """
    wanted = select(_S).where(_S.c.case_id == case_id).order_by(_S.c.at, _S.c.id)
    if not undone:
        wanted = wanted.where(_S.c.undone_at.is_(None))
    sides: dict[str, tuple[list[Named], list[Named]]] = defaultdict(lambda: ([], []))
    for row in rows.execute(select(_SIDE).where(_SIDE.c.case_id == case_id).order_by(_SIDE.c.track_id)):
        sides[row.constraint_id][row.side].append(Named(row.track_id, msgspec.convert(row.anchor, Anchor)))
    found = [Statement(row.id, row.kind, row.verb, row.because, row.by, row.at,
                       (tuple(sides[row.id][0]), tuple(sides[row.id][1])), row.undone_by, row.undone_at)
             for row in rows.execute(wanted)]
    hidden = frozenset(hide)
    return [one for one in found if one.by == by or hidden.isdisjoint([*one.tracks(0), *one.tracks(1)])]


def add_statement(rows: Connection, case_id: str, said: Statement) -> None:
    rows.execute(insert(_S).values(
        case_id=case_id, id=said.id, kind=said.kind, verb=said.verb, because=said.because, by=said.by, at=said.at))
    rows.execute(insert(_SIDE), [
        {"case_id": case_id, "constraint_id": said.id, "side": side, "track_id": one.track,
         "anchor": msgspec.to_builtins(one.anchor)} for side in (0, 1) for one in said.sides[side]])


def take_back(rows: Connection, case_id: str, statement_id: str, *, by: str, at: datetime) -> None:
    rows.execute(update(_S).where(_S.c.case_id == case_id, _S.c.id == statement_id).values(undone_by=by, undone_at=at))
