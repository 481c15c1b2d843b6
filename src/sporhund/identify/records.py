"""Rows of deciding. This file alone writes conclusions, links, grounds and identities (tests/identify/test_no_other_way.py)."""
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    LargeBinary,
    Row,
    Select,
    Text,
    any_,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from sporhund.evidence.records import among
from sporhund.identify.model import Conclusion, Identity, Meaning, Named, Role
from sporhund.store import tables

_C, _S, _D, _L = tables.candidate.c, tables.search.c, tables.decision.c, tables.link.c


# ------------------------------------------------------------------ candidates

_JOINED = tables.candidate.join(tables.search, (_S.case_id == _C.case_id) & (_S.id == _C.search_id))


def _candidates() -> Select[Any]:
    # A row's `t` is SQLAlchemy's own: the moment goes by another name.
    return select(tables.candidate, _C.t.label("at_s"), _S.basis_id, _S.by.label("searched_by"),
                  _S.at.label("searched_at"), _S.deleted_at).select_from(_JOINED)


def candidate(rows: Connection, case_id: str, candidate_id: str, *, lock: bool = False) -> Row[Any] | None:
    """A candidate with its search's basis, author and deletion. lock: whoever else decides on it waits until we are done."""
    if not candidate_id.isprintable():
        return None
    wanted = _candidates().where(_C.case_id == case_id, _C.id == candidate_id)
    return rows.execute(wanted.with_for_update(of=tables.candidate) if lock else wanted).one_or_none()


def candidates(
    rows: Connection, case_id: str, *, search: str | None = None, ids: Sequence[str] | None = None,
) -> list[Row[Any]]:
    """Every candidate of a case, or of one search, or those that are named, by rank."""
    wanted = _candidates().where(_C.case_id == case_id)
    if search is not None:
        wanted = wanted.where(_C.search_id == search)
    if ids is not None:
        wanted = wanted.where(among(_C.id, ids))
    return list(rows.execute(wanted.order_by(_C.search_id, _C.rank, _C.id)))


def names(rows: Connection, case_id: str) -> list[Row[Any]]:
    """id, track_case and basis_id of every candidate of a case that was not deleted: what a page is chosen from."""
    wanted = select(_C.id, _C.track_case, _S.basis_id).select_from(_JOINED)
    return list(rows.execute(wanted.where(_C.case_id == case_id, _S.deleted_at.is_(None))))


def candidates_touching(rows: Connection, cases: Collection[str] | None, *, by: str | None = None) -> list[Row[Any]]:
    """Candidates of these cases, and those of other cases that lie in them, on which somebody may still be able to conclude;
    None: of every case. case_id, id, search_id, track_case, track_id, searched_by, deleted_at.

    by: without those that this person searched for or has concluded on. Left out is only what `rules.may_conclude` denies.
    """
    if cases is None:
        return list(rows.execute(_open(None, by)))
    here = list(cases)
    found = list(rows.execute(_open(here, by)))
    others = list(rows.scalars(select(_C.case_id).distinct().where(among(_C.track_case, here), ~among(_C.case_id, here))))
    return [*found, *rows.execute(_open(others, by).where(among(_C.track_case, here)))] if others else found


def _open(cases: Sequence[str] | None, by: str | None) -> Select[Any]:
    """Candidates of cases on which somebody may still be able to conclude."""
    on_it = (_D.case_id == _C.case_id) & (_D.candidate_id == _C.id)
    last = (_D.place == 3) if by is None else (_D.place == 3) | (_D.examiner == by)
    # Said of each table: that a candidate's search lies in the candidate's case spares the server no partition.
    concluded = exists().where(on_it, last, _of(_D.case_id, cases))
    wanted = select(_C.case_id, _C.id, _C.search_id, _C.track_case, _C.track_id, _S.by.label("searched_by"),
                    _S.deleted_at).select_from(_JOINED).where(_of(_C.case_id, cases), _of(_S.case_id, cases),
                                                              _S.deleted_at.is_(None), ~concluded)
    return wanted if by is None else wanted.where(_S.by != by)


def _of(column: Any, cases: Sequence[str] | None) -> Any:
    return true() if cases is None else among(column, cases)


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a conclusion, what decides who may conclude next."""

    examiner: str
    meaning: Meaning


def answers(rows: Connection, found: Collection[Row[Any]]) -> dict[tuple[str, str], list[Answer]]:
    """(case, candidate) -> who concluded what on it, in order. found: candidates, of any case."""
    said: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    wanted = select(_D.case_id, _D.candidate_id, _D.examiner, _D.meaning).where(
        among(_D.case_id, sorted({row.case_id for row in found})), among(_D.candidate_id, [row.id for row in found]))
    for case_id, key, examiner, meaning in rows.execute(wanted.order_by(_D.candidate_id, _D.place)):
        said[case_id, key].append(Answer(examiner, Meaning(meaning)))
    return said


def begun(rows: Connection, cases: Collection[str] | None) -> dict[str, list[Meaning]]:
    """Candidate -> what was concluded on it, in order, of those with fewer than three conclusions and no link; None: of every
    case."""
    here = None if cases is None else list(cases)
    linked = exists().where(_L.case_id == _D.case_id, _L.candidate_id == _D.candidate_id, _of(_L.case_id, here))
    wanted = select(_D.candidate_id, func.array_agg(aggregate_order_by(_D.meaning, _D.place))).where(
        ~linked, _of(_D.case_id, here)).group_by(_D.case_id, _D.candidate_id).having(func.count() < 3)
    return {key: [Meaning(one) for one in made] for key, made in rows.execute(wanted)}


def search(rows: Connection, case_id: str, search_id: str) -> Row[Any]:
    return rows.execute(select(tables.search).where(_S.case_id == case_id, _S.id == search_id)).one()


def probes(rows: Connection, case_id: str, searches: Collection[str]) -> dict[str, list[Any]]:
    """The probes of these searches, in the order in which they were given; without their pictures and templates."""
    p = tables.probe.c
    found: dict[str, list[Any]] = defaultdict(list)
    wanted = select(p.id, p.search_id, p.path, p.sha256, p.shot, p.reason).where(
        p.case_id == case_id, among(p.search_id, list(searches)))
    for row in rows.execute(wanted.order_by(p.id)):
        found[row.search_id].append(row)
    return found


# ------------------------------------------------------------------ who has seen scores

_P = tables.probe.c
_PROBES: Select[Any] = select(_P.case_id, _P.search_id, _P.sha256, case(
    (func.substring(_P.path, 1, 6) == b"track:", _P.path), else_=b"").label("track"))
"""A track's digest is its medium's: there the track's name tells probes apart."""


def views(rows: Connection, by: str, searches: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Those of these searches (case, id) to which this person can no longer be blind: they ran them or saw their scores, or those
    of another one, of any case, with a probe of theirs: the same picture gives the same scores.

    It costs what this person has seen: their probes are looked for in the cases asked about, never all probes among each other.
    """
    asked = frozenset(searches)
    seen = _seen(rows, by) if asked else frozenset()
    if not seen:
        return frozenset()
    known = _pictures(rows, seen)
    digests = literal(sorted({digest for digest, _ in known}), ARRAY(LargeBinary))
    alike = rows.execute(_PROBES.where(among(_P.case_id, sorted({of for of, _ in asked})), _P.sha256 == any_(digests)))
    return asked & (seen | {(row.case_id, row.search_id) for row in alike if (row.sha256, row.track) in known})


def _seen(rows: Connection, by: str) -> frozenset[tuple[str, str]]:
    """Searches (case, id) of any case that this person ran or saw the scores of."""
    v = tables.score_view.c
    ran = select(_S.case_id, _S.id).where(_S.by == by, _S.outcome == "done")
    return frozenset((row[0], row[1]) for row in rows.execute(ran.union(select(v.case_id, v.search_id).where(v.by == by))))


def _pictures(rows: Connection, searches: Collection[tuple[str, str]]) -> set[tuple[bytes, bytes]]:
    """sha256 and track of every probe of these searches."""
    cases, ids = zip(*searches, strict=True)
    seen = func.unnest(literal(list(cases), ARRAY(Text)), literal(list(ids), ARRAY(Text))).table_valued(
        "case_id", "search_id").render_derived("seen")
    # Beside each search: a join would read every probe of their cases, for the server does not know how few are wanted.
    beside = _PROBES.where(_P.case_id == seen.c.case_id, _P.search_id == seen.c.search_id,
                           among(_P.case_id, sorted(set(cases)))).offset(0).lateral("beside")
    found = rows.execute(select(beside.c.sha256, beside.c.track).select_from(seen.join(beside, true())))
    return {(row.sha256, row.track) for row in found}


def note_views(rows: Connection, searches: Collection[tuple[str, str]], *, by: str, act: str, at: datetime) -> None:
    """Keep that this person has seen the scores of these searches (case, id). The first time counts."""
    values = [{"case_id": of, "search_id": one, "by": by, "act": act, "at": at} for of, one in sorted(set(searches))]
    if values:
        rows.execute(upsert(tables.score_view).values(values).on_conflict_do_nothing())


def searches_among(rows: Connection, ids: Collection[str]) -> list[tuple[str, str]]:
    """Those of these ids that are searches: (case, id)."""
    return [(row.case_id, row.id) for row in rows.execute(select(_S.case_id, _S.id).where(among(_S.id, list(ids))))]


# ------------------------------------------------------------------ conclusions and links

def conclusions(
    rows: Connection, case_id: str | None, candidate_ids: Sequence[str] | None = None,
) -> dict[tuple[str, str], list[Conclusion]]:
    """(case, candidate) -> what was concluded on it, in order. case_id None: of every case; candidate_ids None: of all."""
    wanted = select(tables.decision).order_by(_D.candidate_id, _D.place)
    if case_id is not None:
        wanted = wanted.where(_D.case_id == case_id)
    if candidate_ids is not None:
        wanted = wanted.where(among(_D.candidate_id, candidate_ids))
    found: dict[tuple[str, str], list[Conclusion]] = defaultdict(list)
    for d in rows.execute(wanted):
        found[d.case_id, d.candidate_id].append(Conclusion(
            d.id, d.candidate_id, d.place, d.examiner, d.value, Meaning(d.meaning), d.scale, d.checklist, d.note, d.at))
    return found


def add_conclusion(rows: Connection, case_id: str, made: Conclusion) -> None:
    rows.execute(insert(tables.decision).values(
        case_id=case_id, id=made.id, candidate_id=made.candidate, place=made.place, examiner=made.examiner, value=made.value,
        meaning=made.meaning.value, scale=made.scale, checklist=dict(made.checklist), note=made.note, at=made.at))


def add_link(rows: Connection, case_id: str, link_id: str, candidate_id: str, at: datetime) -> None:
    rows.execute(insert(tables.link).values(case_id=case_id, id=link_id, candidate_id=candidate_id, at=at))


def links(rows: Connection, case_id: str) -> list[Row[Any]]:
    """Links with their candidate's track, oldest first."""
    joined = tables.link.join(tables.candidate, (_C.case_id == _L.case_id) & (_C.id == _L.candidate_id)).join(
        tables.search, (_S.case_id == _C.case_id) & (_S.id == _C.search_id))
    return list(rows.execute(
        select(_L.id, _L.candidate_id, _L.at, _C.track_case, _C.track_id, _C.search_id, _S.basis_id, _S.deleted_at)
        .select_from(joined).where(_L.case_id == case_id).order_by(_L.at, _L.id)))


def links_of(rows: Connection, case_id: str, candidates: Collection[str]) -> dict[str, str]:
    """Candidate -> its link, of those that have one."""
    found = rows.execute(select(_L.candidate_id, _L.id).where(_L.case_id == case_id, among(_L.candidate_id, sorted(candidates))))
    return {row.candidate_id: row.id for row in found}


def link_of(rows: Connection, case_id: str, candidate_id: str) -> str | None:
    found: str | None = rows.scalar(select(_L.id).where(_L.case_id == case_id, _L.candidate_id == candidate_id))
    return found


def add_age(rows: Connection, case_id: str, *, key: str, track: str, child: bool, by: str, at: datetime) -> None:
    rows.execute(insert(tables.age_statement).values(case_id=case_id, id=key, track_id=track, child=child, by=by, at=at))


# ------------------------------------------------------------------ grounds and identities

def add_ground(rows: Connection, case_id: str, values: Mapping[str, object]) -> None:
    rows.execute(insert(tables.ground).values(case_id=case_id, **values))


def grounds(rows: Connection, case_id: str) -> list[Row[Any]]:
    """Outside grounds, oldest first."""
    g = tables.ground.c
    return list(rows.execute(select(tables.ground).where(g.case_id == case_id).order_by(g.at, g.id)))


def add_identity(rows: Connection, case_id: str, made: Identity) -> None:
    """Enter an identity; another person confirms it later, never here."""
    named = made.named
    rows.execute(insert(tables.identity).values(
        case_id=case_id, id=made.id, link_id=made.link, ground_id=made.ground, name=named.name, role=named.role.value,
        stage=named.stage, stage_date=named.stage_date, certainty=named.certainty, basis_id=made.basis,
        entered_by=made.entered_by, entered_at=made.entered_at))


def lock_identities(rows: Connection, case_id: str) -> None:
    """Nobody else names anybody in this case until the end of the transaction."""
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("identity " + case_id, 0))))


def identities(rows: Connection, case_id: str) -> list[Identity]:
    """Every identity of a case, withdrawn ones too, oldest first."""
    i = tables.identity.c
    found = rows.execute(select(tables.identity).where(i.case_id == case_id).order_by(i.entered_at, i.id))
    return [_identity(row) for row in found]


def identity(rows: Connection, case_id: str, identity_id: str) -> Identity | None:
    """One identity; whoever else acts on it waits until we are done."""
    if not identity_id.isprintable():
        return None
    i = tables.identity.c
    row = rows.execute(select(tables.identity).where(i.case_id == case_id, i.id == identity_id).with_for_update()).one_or_none()
    return _identity(row) if row else None


def confirm_identity(rows: Connection, case_id: str, identity_id: str, *, by: str, at: datetime) -> None:
    i = tables.identity.c
    rows.execute(update(tables.identity).where(i.case_id == case_id, i.id == identity_id).values(
        confirmed_by=by, confirmed_at=at))


def withdraw_identity(rows: Connection, case_id: str, identity_id: str, *, by: str, at: datetime, why: str) -> None:
    i = tables.identity.c
    rows.execute(update(tables.identity).where(i.case_id == case_id, i.id == identity_id).values(
        withdrawn_by=by, withdrawn_at=at, withdrawn_why=why))


def _identity(row: Row[Any]) -> Identity:
    named = Named(row.name, Role(row.role), row.certainty, row.stage, row.stage_date)
    return Identity(row.id, row.link_id, row.ground_id, named, row.basis_id, row.entered_by, row.entered_at, row.confirmed_by,
                    row.confirmed_at, row.withdrawn_by, row.withdrawn_at, row.withdrawn_why)


def account_names(rows: Connection, marks: Collection[str]) -> dict[str, str]:
    """What people are called who act as these user ids; a local user's mark stays what it is."""
    u = tables.user_account.c
    known = {row.id: row.name for row in rows.execute(select(u.id, u.name).where(among(u.id, list(marks))))}
    return {mark: known.get(mark, mark) for mark in marks}
