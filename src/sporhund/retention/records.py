"""Rows of deletions, what they take, and whether anything is due at all."""
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import array

from sporhund.access.accounts import IDLE, LONGEST
from sporhund.cases.model import Case
from sporhund.cases.records import CASE
from sporhund.retention.model import Deletion, What
from sporhund.store import tables

_D = tables.deletion.c
_COLUMNS = (_D.id, _D.case_id, _D.what, _D.basis_id, _D.why, _D.proposed_at, _D.decided, _D.decided_by, _D.decided_at,
            _D.decided_why, _D.done_at)


def of_case(rows: Connection, case_id: str) -> list[Deletion]:
    """Every deletion ever proposed for a case, oldest first."""
    wanted = select(*_COLUMNS).where(_D.case_id == case_id).order_by(_D.proposed_at, _D.id)
    return [_deletion(row) for row in rows.execute(wanted)]


def named(rows: Connection, deletion_id: str) -> Deletion | None:
    row = rows.execute(select(*_COLUMNS).where(_D.id == deletion_id)).first() if deletion_id.isprintable() else None
    return _deletion(row) if row else None


def decided(rows: Connection) -> list[Deletion]:
    """Those that are decided and not carried out, in any case."""
    wanted = select(*_COLUMNS).where(_D.decided == "delete", _D.done_at.is_(None)).order_by(_D.decided_at, _D.id)
    return [_deletion(row) for row in rows.execute(wanted)]


def _deletion(row: Any) -> Deletion:
    key, case_id, what, *rest = row
    return Deletion(key, case_id, What(what), *rest)


def add(rows: Connection, deletion: Deletion) -> None:
    rows.execute(insert(tables.deletion).values(
        case_id=deletion.case_id, id=deletion.id, what=deletion.what.value, basis_id=deletion.basis, why=deletion.why,
        proposed_at=deletion.proposed_at))


def decide(rows: Connection, deletion: Deletion, *, decided: str, by: str, why: str, at: datetime) -> None:
    rows.execute(_at(deletion).values(decided=decided, decided_by=by, decided_why=why, decided_at=at))


def done(rows: Connection, deletion: Deletion, at: datetime) -> None:
    rows.execute(_at(deletion).values(done_at=at))


def _at(deletion: Deletion) -> Any:
    return update(tables.deletion).where(_D.case_id == deletion.case_id, _D.id == deletion.id)


# ------------------------------------------------------------------ what a deletion takes

PAGES: Mapping[What, tuple[str, ...]] = {
    What.RESULTS: ("known_template", "known_person", "identity", "link", "decision", "candidate", "probe", "known_hit", "search"),
    What.TEMPLATES: ("template", "cluster_member", "cluster"),
}
"""Tables whose pages are written anew after a deletion: a deleted row, or what was taken out of one, would stay on its page."""

_TOLD = ("compare", "left_out", "notes", "ask")
"""What a search keeps of its result beside how it was asked."""


def takes(rows: Connection, deletion: Deletion) -> dict[str, int]:
    """Rows that it would destroy, by kind; only those that there are."""
    counts = {name: rows.scalar(select(func.count()).select_from(wanted.subquery())) or 0
              for name, wanted in _taken(deletion.case_id, deletion.what, deletion.basis).items()}
    return {name: int(count) for name, count in counts.items() if count}


def _taken(case_id: str, what: What, basis: str | None) -> Mapping[str, Select[Any]]:
    """What goes, as queries for keys; what refers to other rows stands before them."""
    if what is What.TEMPLATES:
        return {name: _all(name, case_id) for name in ("template", "cluster_member", "cluster")}
    if what is What.CASE:
        main = ("medium", "track", "template", "search", "candidate", "decision", "identity", "subject", "known_person")
        return {name: _all(name, case_id) for name in main}
    s, c, li, k = tables.search.c, tables.candidate.c, tables.link.c, tables.known_person.c
    searches = select(s.id).where(s.case_id == case_id, s.basis_id == basis)
    candidates = select(c.id).where(c.case_id == case_id, c.search_id.in_(searches))
    links = select(li.id).where(li.case_id == case_id, li.candidate_id.in_(candidates))
    known = select(k.id).where(k.case_id == case_id, or_(k.link_id.in_(links), k.basis_id == basis))
    return {
        "known_hit": _where("known_hit", tables.known_hit.c.known_case == case_id, tables.known_hit.c.known_id.in_(known)),
        "known_template": _where("known_template", tables.known_template.c.case_id == case_id,
                                 tables.known_template.c.known_id.in_(known)),
        "known_person": known,
        "identity": _where("identity", tables.identity.c.case_id == case_id, tables.identity.c.link_id.in_(links)),
        "link": links,
        "decision": _where("decision", tables.decision.c.case_id == case_id, tables.decision.c.candidate_id.in_(candidates)),
        "candidate": candidates,
        "probe": _where("probe", tables.probe.c.case_id == case_id, tables.probe.c.search_id.in_(searches)),
    }


def _all(name: str, case_id: str) -> Select[Any]:
    return _where(name, tables.metadata.tables[name].c.case_id == case_id)


def _where(name: str, *conditions: Any) -> Select[Any]:
    table = tables.metadata.tables[name]
    return select(*(table.c[column] for column in table.primary_key.columns.keys()  # noqa: SIM118 - of a ColumnCollection
                    if column != "case_id")).where(*conditions)


def destroy_results(rows: Connection, case_id: str, basis: str, at: datetime) -> dict[str, int]:
    """Delete what a basis' searches brought, and what rests on it; that was searched, how, and probes' digests stay."""
    gone = {}
    for name, keys in _taken(case_id, What.RESULTS, basis).items():
        table = tables.metadata.tables[name]
        if name == "probe":
            emptied = update(table).where(table.c.case_id == case_id, table.c.id.in_(keys)).values(
                path=b"", picture=b"", vector=None, shot=None, norm=None)
            gone[name] = rows.execute(emptied).rowcount
            continue
        if name == "known_hit":                            # they lie in the cases whose material it was; a hold there keeps them
            h = tables.hold.c
            held = exists().where(h.case_id == table.c.case_id, h.lifted_at.is_(None))
            which = and_(table.c.known_case == case_id, table.c.id.in_(keys), ~held)
        else:
            which = and_(table.c.case_id == case_id, table.c.id.in_(keys))
        gone[name] = rows.execute(delete(table).where(which)).rowcount
    s = tables.search
    rows.execute(update(s).where(s.c.case_id == case_id, s.c.basis_id == basis).values(
        deleted_at=at, settings=s.c.settings.op("-")(array(_TOLD))))
    return {name: count for name, count in gone.items() if count}


def destroy_templates(rows: Connection, case_id: str) -> dict[str, int]:
    """Delete the templates of a case and the clusters made of them; what people said of its tracks stays."""
    return {name: count for name in ("template", "cluster_member", "cluster")
            if (count := rows.execute(delete(tables.metadata.tables[name]).where(
                tables.metadata.tables[name].c.case_id == case_id)).rowcount)}


# ------------------------------------------------------------------ cases

def open_cases(rows: Connection) -> list[Case]:
    """Open cases, the earliest end first, those without one last."""
    c = tables.case.c
    wanted = select(*CASE).where(c.state == "open").order_by(c.ends.nulls_last(), c.created_at)
    return [Case(*row) for row in rows.execute(wanted)]


def set_ends(rows: Connection, case_id: str, ends: Any) -> None:
    rows.execute(update(tables.case).where(tables.case.c.id == case_id).values(ends=ends))


# ------------------------------------------------------------------ what time has brought about

class Due(NamedTuple):
    """Whether anything of a kind is due."""

    bases: bool
    sessions: bool
    cases: bool
    deletions: bool


def due(rows: Connection, now: datetime) -> Due:
    """One short question: most times nothing is."""
    b, c, h, d = tables.basis.c, tables.case.c, tables.hold.c, tables.deletion
    step = tables.authorisation.c
    noted = exists().where(step.case_id == b.case_id, step.basis_id == b.id, step.step.in_(["lapsed", "expired"]))
    lapsed = and_(b.authorisation == "requested", b.authorise_before <= now)
    run_out = or_(lapsed, and_(b.valid_until <= now, b.ended_at.is_(None)))
    over_bases = exists().where(run_out, ~noted)
    put = exists().where(_D.case_id == c.id, _D.what == "case", func.date(_D.proposed_at) > c.ends)
    over = exists().where(c.state == "open", c.ends < now.date(), ~put)
    held = exists().where(h.case_id == d.c.case_id, h.lifted_at.is_(None))
    free = exists().where(d.c.decided == "delete", d.c.done_at.is_(None), ~held)
    return Due(*rows.execute(select(over_bases, exists().where(_over(now)), over, free)).one())


def forget_sessions(rows: Connection, now: datetime) -> int:
    """Delete sessions that are over; that somebody signed in is in the log."""
    return rows.execute(delete(tables.session).where(_over(now))).rowcount


def _over(now: datetime) -> Any:
    s = tables.session.c
    return or_(s.ended_at.is_not(None), s.seen_at <= now - IDLE, s.started_at <= now - LONGEST)
