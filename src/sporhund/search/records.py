"""Rows of searches: written whole and before anything is shown; and what is read for them."""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, and_, func, insert, select, text

from sporhund.audit.keys import Key
from sporhund.evidence.records import among, storable
from sporhund.search.model import Candidate, Probe
from sporhund.store import tables


def purpose_of_probe(probe_id: str) -> bytes:
    """What a kept picture is sealed for: needed again to open it."""
    return f"probe {probe_id}".encode()


def add_search(
    rows: Connection, case_id: str, search_id: str, *, basis: str, pack: str, scope: str, outcome: str,
    gallery: Mapping[str, Any], settings: Mapping[str, Any], by: str, at: datetime,
) -> None:
    rows.execute(insert(tables.search).values(
        case_id=case_id, id=search_id, basis_id=basis, pack=pack, scope=scope, outcome=outcome, gallery=storable(dict(gallery)),
        settings=storable(dict(settings)), by=by, at=at))


def add_probes(rows: Connection, case_id: str, search_id: str, probes: Sequence[tuple[str, Probe]], key: Key) -> None:
    """probes: with their ids."""
    values = [{
        "case_id": case_id, "id": probe_id, "search_id": search_id, "path": probe.source.path, "sha256": probe.sha256,
        "picture": key.encrypt(probe.picture, purpose_of_probe(probe_id)),
        "shot": storable(msgspec.to_builtins(probe.shot)) if probe.shot is not None else None,
        "vector": np.ascontiguousarray(probe.vector, "<f4").tobytes() if probe.vector is not None else None,
        "norm": probe.norm or None, "reason": storable(probe.reason),
    } for probe_id, probe in probes]
    if values:
        rows.execute(insert(tables.probe), values)


def add_candidates(rows: Connection, case_id: str, search_id: str, candidates: Sequence[Candidate]) -> None:
    values = [{
        "case_id": case_id, "id": one.id, "search_id": search_id, "rank": one.rank, "track_case": one.case_id,
        "track_id": one.track, "medium_id": one.medium, "t": one.t, "box": list(one.box), "score": one.score,
        "chance": asdict(one.chance) if one.chance is not None else None, "chance_reason": one.chance_reason,
        "cluster_id": one.cluster, "also": [list(other) for other in one.also], "warnings": list(one.warnings),
    } for one in candidates]
    if values:
        rows.execute(insert(tables.candidate), values)


def picture_of(rows: Connection, case_id: str, probe_id: str, key: Key) -> bytes | None:
    """A probe's kept picture, opened; None where there is no such probe. Raises CannotOpen."""
    p = tables.probe.c
    sealed = rows.scalar(select(p.picture).where(p.case_id == case_id, p.id == probe_id))
    return key.decrypt(bytes(sealed), purpose_of_probe(probe_id)) if sealed is not None else None


# ------------------------------------------------------------------ what is known of tracks

def tracks(rows: Connection, case_id: str, ids: Sequence[str]) -> dict[str, Any]:
    """id, medium, best shots and the medium's facts of these tracks."""
    t, m = tables.track.c, tables.medium.c
    wanted = select(t.id, t.medium_id, t.best, m.facts, m.sha256).join_from(
        tables.track, tables.medium, and_(m.case_id == t.case_id, m.id == t.medium_id))
    return {row.id: row for row in rows.execute(wanted.where(t.case_id == case_id, among(t.id, ids)))}


def template(rows: Connection, case_id: str, track_id: str, pack: str) -> Any:
    """vector and norm of one track's template; None where it has none."""
    p = tables.template.c
    return rows.execute(select(p.vector, p.norm).where(
        p.case_id == case_id, p.track_id == track_id, p.pack == pack)).one_or_none()


def paths(rows: Connection, media: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    """Of each medium (case, id) its first place, an original before a copy; what can no longer be told is left out."""
    o = tables.occurrence.c
    found: dict[tuple[str, str], bytes] = {}
    for case_id in sorted({of for of, _ in media}):
        wanted = select(o.medium_id, o.path).where(
            o.case_id == case_id, among(o.medium_id, [medium for of, medium in media if of == case_id]))
        found |= {(case_id, row.medium_id): row.path for row in rows.execute(wanted.order_by(o.original, o.path.desc()))}
    return found


def cases(rows: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """id, name, purpose, unit and created_by of the open cases among these."""
    c = tables.case.c
    return {row.id: row for row in rows.execute(select(tables.case).where(among(c.id, ids), c.state == "open"))}


_FACES = """
    select count(*) from run r
    join track t on t.case_id = r.case_id and t.run_id = r.id and t.kind = 'face' and t.alias_of is null
    join look l on l.case_id = t.case_id and l.run_id = t.run_id and l.medium_id = t.medium_id and l.look = 'face'
    where r.case_id = :case and r.pack = :pack and l.current and """


def not_compared(rows: Connection, case_id: str, pack: str) -> int:
    """Face tracks that count, made with this pack, and cannot be searched: unsuitable, or of a run that made no templates."""
    of = {"case": case_id, "pack": pack}
    # Apart, so that each has its index: together they would read every track of the case.
    unfit = rows.scalar(text(_FACES + "not t.comparable"), of)
    without = rows.scalar(text(_FACES + "t.comparable and not r.templates"), of)
    return int(unfit or 0) + int(without or 0)


def clustered(rows: Connection, case_id: str, pack: str) -> int:
    """Tracks that clustering has looked at, alone or not."""
    m = tables.cluster_member.c
    return int(rows.scalar(select(func.count()).where(m.case_id == case_id, m.pack == pack)) or 0)
