"""Rows of the review: facts, runs, units, findings. One unit's findings are one transaction."""
import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Row, and_, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert

from sporhund.evidence.records import among, storable
from sporhund.faces.rules import template_of
from sporhund.media.model import Coverage, Facts
from sporhund.review.model import Findings, Plan, Unit
from sporhund.review.rules import PASSING, UnitOutcome
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.tracks.model import Embedding, Observation, Track

BEST_SHOTS = 8
"""Kept per track after joining spans."""


# ------------------------------------------------------------------ media

def unprobed(rows: Connection, case_id: str, tried: Sequence[str]) -> list[Row[Any]]:
    """Media of which nothing is known yet, or which were not to be had, each with the name of its first place; largest first.

    tried: by this run already.
    """
    m, o = tables.medium.c, tables.occurrence.c
    wanted = select(m.id, m.bytes, o.path).join_from(
        tables.medium, tables.occurrence, and_(o.case_id == m.case_id, o.medium_id == m.id, o.original),
    ).where(m.case_id == case_id, m.facts.is_(None), (m.state == "waiting") | m.code.in_(PASSING), ~among(m.id, tried))
    return list(rows.execute(wanted.order_by(m.bytes.desc())))


def with_members(rows: Connection, case_id: str, occurrences: Sequence[str]) -> tuple[str, ...]:
    """These occurrences, and the members of archives among them, to any depth."""
    o = tables.occurrence.c
    known, fresh = list(occurrences), list(occurrences)
    while fresh:
        inside = select(o.id).where(o.case_id == case_id, among(o.member_of, fresh))
        fresh = list(rows.scalars(inside.order_by(o.member_of, o.member)))
        known += fresh
    return tuple(known)


def media_of(rows: Connection, case_id: str, occurrences: Sequence[str]) -> list[str]:
    """Media that these occurrences hold and of which something is known."""
    m, o = tables.medium.c, tables.occurrence.c
    return list(rows.scalars(select(m.id).where(
        m.case_id == case_id, m.facts.is_not(None),
        m.id.in_(select(o.medium_id).where(o.case_id == case_id, among(o.id, occurrences)))).order_by(m.id)))


def facts_of(rows: Connection, case_id: str, media: Sequence[str]) -> dict[str, Facts]:
    m = tables.medium.c
    found = rows.execute(select(m.id, m.facts).where(m.case_id == case_id, among(m.id, media)))
    return {row.id: msgspec.convert(row.facts, Facts) for row in found}


def facts(rows: Connection, case_id: str, medium_id: str) -> Facts:
    return facts_of(rows, case_id, [medium_id])[medium_id]


def finished_before(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> int:
    """How many of these media have all their units finished in this run."""
    u = tables.unit.c
    return rows.execute(
        select(u.medium_id).where(u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media)).group_by(u.medium_id)
        .having(func.bool_and(u.state.not_in(["waiting", "running"])))
    ).rowcount


def keep_facts(rows: Connection, case_id: str, medium_id: str, known: Facts) -> None:
    """What the worker found the file to be. JSONB takes no NUL, so such characters are shown escaped."""
    rows.execute(
        update(tables.medium).where(tables.medium.c.case_id == case_id, tables.medium.c.id == medium_id)
        .values(kind=str(known.kind), type=known.type, facts=as_json(known))
    )


def as_json(value: object) -> Any:
    """A noun as JSONB takes it."""
    return storable(msgspec.to_builtins(value))


def set_state(rows: Connection, case_id: str, medium_id: str, state: str, code: str | None, reason: str | None) -> None:
    rows.execute(
        update(tables.medium).where(tables.medium.c.case_id == case_id, tables.medium.c.id == medium_id)
        .values(state=state, code=code, reason=storable(reason))
    )


# ------------------------------------------------------------------ runs and units

def signature(plan: Plan, version: str, pack_digest: str) -> str:
    """Equal for runs whose findings are interchangeable: the same looks, density, pack and code."""
    said = msgspec.json.encode([plan.looks, plan.sampling, plan.pack, plan.templates, version, pack_digest])
    return hashlib.sha256(said).hexdigest()


def ensure_run(
    rows: Connection, case_id: str, plan: Plan, *, sign: str, settings: Mapping[str, object], by: str, at: datetime,
) -> str:
    """The run of this signature, made if it is new."""
    r = tables.run
    rows.execute(
        insert(r).values(
            case_id=case_id, id=new_id("r"), mode=plan.sampling.mode, looks=list(plan.looks), pack=plan.pack,
            templates=plan.templates, settings=as_json(settings), signature=sign, started_at=at, by=by,
        ).on_conflict_do_nothing(index_elements=["case_id", "signature"])
    )
    return str(rows.scalar(select(r.c.id).where(r.c.case_id == case_id, r.c.signature == sign)))


def add_units(rows: Connection, case_id: str, run_id: str, medium_id: str, units: Iterable[Unit]) -> None:
    """Units that are there already (an earlier try of the same run) are left alone."""
    values = [
        {
            "case_id": case_id, "id": unit.id, "run_id": run_id, "medium_id": medium_id, "kind": str(unit.kind),
            "stream": unit.stream, "start": unit.start, "end": unit.end, "plan": as_json(unit), "state": "waiting",
            "attempts": 0,
        }
        for unit in units
    ]
    if values:
        rows.execute(insert(tables.unit).on_conflict_do_nothing(), values)


def units(rows: Connection, case_id: str, run_id: str, media: Sequence[str], *states: str) -> list[Row[Any]]:
    u = tables.unit.c
    asked = select(tables.unit).where(u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media))
    return list(rows.execute(asked.where(u.state.in_(states)) if states else asked))


def waiting(
    rows: Connection, case_id: str, run_id: str, media: Sequence[str], near: Sequence[str], limit: int,
) -> list[Row[Any]]:
    """The next units that wait, at most `limit`: those of near media, then stills and first spans, then by time."""
    u = tables.unit.c
    asked = select(tables.unit).where(u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media), u.state == "waiting")
    order = [among(u.medium_id, near).desc()] if near else []
    return list(rows.execute(asked.order_by(*order, u.start, u.id).limit(limit)))


def left(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> tuple[dict[str, float], int]:
    """What is not done yet: kind -> size (seconds of video, number of stills), and the number of units."""
    u = tables.unit.c
    seconds = u.plan["seconds"].as_float()
    asked = select(u.kind, func.sum(seconds), func.count()).where(
        u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media), u.state.in_(["waiting", "running"]))
    found = rows.execute(asked.group_by(u.kind)).all()
    sizes = {row[0]: float(row[1] or 0.0) if row[0] == "video" else float(row[2]) for row in found}
    return sizes, sum(row[2] for row in found)


def unsettled(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> list[str]:
    """Of these media those whose units have ended and whose state no run has settled (a process was killed in between)."""
    u, k = tables.unit.c, tables.look.c
    ended = select(u.medium_id).where(u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media)).group_by(
        u.medium_id).having(func.bool_and(u.state.not_in(["waiting", "running"])))
    settled = select(k.medium_id).where(k.case_id == case_id, k.run_id == run_id, among(k.medium_id, media))
    return list(rows.scalars(ended.where(u.medium_id.not_in(settled))))


def planned(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> set[str]:
    """Those of these media that have units in this run."""
    u = tables.unit.c
    return set(rows.scalars(
        select(u.medium_id).where(u.case_id == case_id, u.run_id == run_id, among(u.medium_id, media)).distinct()))


def unit_of(row: Row[Any]) -> Unit:
    return msgspec.convert(row.plan, Unit)


def take(rows: Connection, case_id: str, unit_id: str, claim: int) -> int | None:
    """Claim a waiting unit before its attempt starts. Returns the number of the attempt; None if somebody else has it."""
    u = tables.unit
    attempt: int | None = rows.scalar(
        update(u).where(u.c.case_id == case_id, u.c.id == unit_id, u.c.state == "waiting")
        .values(state="running", claim=claim, attempts=u.c.attempts + 1).returning(u.c.attempts)
    )
    return attempt


def free_abandoned(rows: Connection, case_id: str, run_id: str) -> list[Row[Any]]:
    """Units whose process is gone (its advisory lock is free) wait again. Returns them with their attempts."""
    return list(rows.execute(text(
        """
        update unit set state = 'waiting', claim = null
        where case_id = :case and run_id = :run and state = 'running'
          and claim in (
            select claim from (select distinct claim from unit where case_id = :case and run_id = :run and state = 'running') c
            where not exists (
              select from pg_locks l
              where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and ((l.classid::bigint << 32) | l.objid::bigint) = c.claim))
        returning id, attempts, plan, medium_id
        """
    ), {"case": case_id, "run": run_id}))


def still_ours(rows: Connection, case_id: str, unit_id: str, claim: int) -> bool:
    """Whether this unit is still claimed by us, and ours until the end of the transaction.

    A lost connection frees the claim; another process may have taken the unit, and its findings must not be doubled.
    """
    u = tables.unit.c
    mine = select(u.id).where(u.case_id == case_id, u.id == unit_id, u.state == "running", u.claim == claim)
    return rows.scalar(mine.with_for_update()) is not None


def wait_again(rows: Connection, case_id: str, run_id: str, media: Sequence[str]) -> None:
    """Units that failed because their file was not to be had wait for another try."""
    u = tables.unit
    rows.execute(update(u).where(
        u.c.case_id == case_id, u.c.run_id == run_id, among(u.c.medium_id, media), u.c.state == "failed", u.c.code.in_(PASSING),
    ).values(state="waiting", code=None, reason=None, coverage=None))


def give_back(rows: Connection, case_id: str, unit_ids: Sequence[str]) -> None:
    """An interrupted attempt was nobody's fault: it waits again and does not count."""
    u = tables.unit
    rows.execute(
        update(u).where(u.c.case_id == case_id, among(u.c.id, unit_ids), u.c.state == "running")
        .values(state="waiting", claim=None, attempts=u.c.attempts - 1)
    )


def fail_unit(rows: Connection, case_id: str, unit_id: str, code: str, reason: str, coverage: Coverage) -> None:
    rows.execute(
        update(tables.unit).where(tables.unit.c.case_id == case_id, tables.unit.c.id == unit_id)
        .values(state="failed", code=code, reason=storable(reason), coverage=as_json(coverage), claim=None)
    )


def split_unit(rows: Connection, case_id: str, run_id: str, medium_id: str, unit_id: str, parts: Sequence[Unit]) -> None:
    """A unit that crashed: its halves take its place."""
    rows.execute(
        update(tables.unit).where(tables.unit.c.case_id == case_id, tables.unit.c.id == unit_id)
        .values(state="split", claim=None)
    )
    add_units(rows, case_id, run_id, medium_id, parts)


# ------------------------------------------------------------------ findings

def keep_findings(rows: Connection, case_id: str, run_id: str, unit: Row[Any], findings: Findings, plan: Plan) -> int:
    """One unit's findings, whole or not at all. Returns the number of tracks."""
    shots = [new_id("s") for _ in findings.shots]
    if shots:
        rows.execute(insert(tables.shot), [
            {"case_id": case_id, "id": key, "run_id": run_id, "unit_id": unit.id, "medium_id": unit.medium_id,
             "stream": unit.stream, "start": shot.start, "end": shot.end, "continues": shot.continues}
            for key, shot in zip(shots, findings.shots, strict=True)
        ])
    found = [(result.look, track) for result in findings.results for track in result.tracks]
    for look, track in found:
        keep_track(rows, case_id, run_id, unit, look, track, shots, plan)
    errors = {result.look: result.error for result in findings.results if result.error}
    rows.execute(
        update(tables.unit).where(tables.unit.c.case_id == case_id, tables.unit.c.id == unit.id)
        .values(state="done", coverage=as_json(findings.coverage) | {"look_errors": storable(errors)}, claim=None,
                code="look-failed" if errors else None,
                reason=storable("; ".join(f"{look}: {why}" for look, why in errors.items())) or None)
    )
    return len(found)


def keep_track(
    rows: Connection, case_id: str, run_id: str, unit: Row[Any], look: str, track: Track, shots: Sequence[str], plan: Plan,
) -> None:
    key = new_id("t")
    seen = track.observations
    rows.execute(insert(tables.track).values(
        case_id=case_id, id=key, run_id=run_id, unit_id=unit.id, medium_id=unit.medium_id, stream=unit.stream,
        page=track.page, kind=track.kind, **{"class": track.label}, look=look, shot_id=shots[track.shot],
        start=seen[0].t, end=seen[-1].t, observations=len(seen), best=as_json(track.best[:BEST_SHOTS]),
        quality=track.quality, comparable=track.comparable, reason=track.reason,
        colours=as_json(track.colours) if track.colours else null(),
    ))
    rows.execute(insert(tables.observation).values(
        case_id=case_id, track_id=key, path=pack_path(seen), lead=pack_path(track.lead)))
    if track.embeddings:
        keep_template(rows, case_id, key, plan.pack, track.embeddings)


def keep_template(rows: Connection, case_id: str, track_id: str, pack: str, parts: Sequence[Embedding]) -> None:
    """The template of a track, and the embeddings that it is the mean of."""
    vector, norm = template_of(parts)
    values = {"vector": np.ascontiguousarray(vector, "<f4").tobytes(), "norm": float(norm), "parts": [
        {"t": e.t, "norm": e.norm, "weight": e.weight, "vector": base64.b64encode(e.vector).decode()} for e in parts]}
    rows.execute(
        insert(tables.template).values(case_id=case_id, track_id=track_id, pack=pack, **values)
        .on_conflict_do_update(index_elements=["case_id", "track_id", "pack"], set_=values)
    )


def parts_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Embedding, ...]:
    return tuple(Embedding(p["t"], base64.b64decode(p["vector"]), p["norm"], p["weight"]) for p in stored)


def pack_path(seen: Sequence[Observation]) -> bytes:
    """(n, 6) float64 little endian: t, x, y, width, height, score."""
    return np.array([(o.t, *o.box, o.score) for o in seen], "<f8").tobytes()


def unpack_path(raw: bytes) -> list[Observation]:
    rows = np.frombuffer(raw, "<f8").reshape(-1, 6)
    return [Observation(r[0], (r[1], r[2], r[3], r[4]), r[5]) for r in rows.tolist()]


# ------------------------------------------------------------------ what a medium came to

def outcome_of(row: Row[Any]) -> UnitOutcome:
    """How a unit ended, for the rules."""
    return UnitOutcome(row.state, msgspec.convert(row.coverage, Coverage), row.code, row.reason)


def counts(rows: Connection, case_id: str, run_id: str, medium_id: str) -> bool:
    """Whether this run is the current one of any look on this medium: only then it says what the medium came to."""
    k = tables.look.c
    return bool(rows.scalar(select(func.bool_or(k.current)).where(
        k.case_id == case_id, k.run_id == run_id, k.medium_id == medium_id)))


def kinds_found(rows: Connection, case_id: str, run_id: str, medium_id: str) -> set[str]:
    t = tables.track.c
    return set(rows.scalars(
        select(t.kind).where(t.case_id == case_id, t.run_id == run_id, t.medium_id == medium_id, t.alias_of.is_(None)).distinct()
    ))


def keep_looks(
    rows: Connection, case_id: str, run_id: str, medium_id: str, pack: str, states: Mapping[str, tuple[str, str | None]],
) -> None:
    """What each look came to on this medium in this run."""
    for look, (state, reason) in states.items():
        values = {"state": state, "reason": storable(reason)}
        rows.execute(
            insert(tables.look).values(
                case_id=case_id, run_id=run_id, medium_id=medium_id, look=look, pack=pack, current=False, **values,
            ).on_conflict_do_update(index_elements=["case_id", "run_id", "medium_id", "look"], set_=values)
        )


def choose_current(rows: Connection, case_id: str, medium_id: str) -> None:
    """Per look and pack the most thorough run that did not fail counts; of equal ones the newest."""
    rows.execute(text(
        """
        with ranked as (
          select l.run_id, l.look, row_number() over (
            partition by l.look, l.pack
            order by (l.state in ('found', 'nothing')) desc,
                     array_position(array['quick', 'normal', 'thorough'], r.mode) desc, r.started_at desc) as place
          from look l join run r on r.case_id = l.case_id and r.id = l.run_id
          where l.case_id = :case and l.medium_id = :medium)
        update look l set current = (ranked.place = 1) from ranked
        where l.case_id = :case and l.medium_id = :medium and l.run_id = ranked.run_id and l.look = ranked.look
        """
    ), {"case": case_id, "medium": medium_id})


def lock_medium(rows: Connection, case_id: str, medium_id: str) -> None:
    """Two processes on one case must not stitch the same medium at once."""
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{case_id}/{medium_id}", 0))))
