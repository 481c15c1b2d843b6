"""Rows of known persons, their templates, and what looked like them."""
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql

from sporhund.evidence.records import among
from sporhund.persons.model import Hit, Known, Template
from sporhund.store import tables
from sporhund.store.ids import new_id


def add_known(rows: Connection, known: Known, templates: Sequence[Template]) -> None:
    rows.execute(insert(tables.known_person).values(
        case_id=known.case_id, id=known.id, label=known.label, link_id=known.link, basis_id=known.basis, by=known.by,
        at=known.at))
    rows.execute(insert(tables.known_template), [
        {"case_id": known.case_id, "id": new_id("kt"), "known_id": known.id, "pack": one.pack, "vector": one.vector,
         "shot": one.shot} for one in templates])


def known_of(rows: Connection, case_id: str) -> list[Known]:
    """Known persons of a case, oldest first, removed ones too; with how many templates of which pack."""
    k, t = tables.known_person.c, tables.known_template.c
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for known, pack, count in rows.execute(
            select(t.known_id, t.pack, func.count()).where(t.case_id == case_id).group_by(t.known_id, t.pack)):
        counted[known][pack] = count
    wanted = select(k.id, k.case_id, k.label, k.link_id, k.basis_id, k.by, k.at, k.removed_at).where(k.case_id == case_id)
    return [Known(*row, templates=counted[row.id]) for row in rows.execute(wanted.order_by(k.at, k.id))]


def remove_known(rows: Connection, case_id: str, known_id: str, *, by: str, at: datetime) -> None:
    """The row stays with who removed it; templates and hits go."""
    k, t, h = tables.known_person, tables.known_template, tables.known_hit
    rows.execute(update(k).where(k.c.case_id == case_id, k.c.id == known_id).values(removed_by=by, removed_at=at))
    rows.execute(delete(t).where(t.c.case_id == case_id, t.c.known_id == known_id))
    rows.execute(delete(h).where(h.c.known_case == case_id, h.c.known_id == known_id))


def linked(rows: Connection, case_id: str, link_id: str) -> Any:
    """What stands behind a link: basis_id, search_id, pack, track_case, track_id; None where there is no such link."""
    li, c, s = tables.link.c, tables.candidate.c, tables.search.c
    joined = (tables.link.join(tables.candidate, and_(c.case_id == li.case_id, c.id == li.candidate_id))
              .join(tables.search, and_(s.case_id == c.case_id, s.id == c.search_id)))
    return rows.execute(select(s.basis_id, s.id.label("search_id"), s.pack, c.track_case, c.track_id).select_from(joined)
                        .where(li.case_id == case_id, li.id == link_id)).first()


def templates_behind(rows: Connection, case_id: str, link: Any) -> list[Template]:
    """Of the linked track in every pack, and of the probes that were compared."""
    p, q, t = tables.template.c, tables.probe.c, tables.track.c
    of_track = rows.execute(
        select(p.pack, p.vector, t.best[0].label("shot")).join_from(
            tables.template, tables.track, and_(t.case_id == p.case_id, t.id == p.track_id))
        .where(p.case_id == link.track_case, p.track_id == link.track_id))
    of_probe = rows.execute(select(q.vector, q.shot).where(
        q.case_id == case_id, q.search_id == link.search_id, q.vector.is_not(None)).order_by(q.id))
    return [*(Template(*row) for row in of_track), *(Template(link.pack, *row) for row in of_probe)]


def cases_with_known(rows: Connection) -> list[str]:
    k = tables.known_person.c
    return list(rows.scalars(select(k.case_id).where(k.removed_at.is_(None)).distinct()))


def known_templates(rows: Connection, case_id: str, pack: str) -> dict[str, list[Template]]:
    """Templates of one pack of the known persons of a case, by person."""
    k, t = tables.known_person.c, tables.known_template.c
    found: dict[str, list[Template]] = defaultdict(list)
    wanted = select(t.known_id, t.pack, t.vector, t.shot).join_from(
        tables.known_template, tables.known_person, and_(k.case_id == t.case_id, k.id == t.known_id))
    for known, *one in rows.execute(wanted.where(t.case_id == case_id, t.pack == pack, k.removed_at.is_(None)).order_by(t.id)):
        found[known].append(Template(*one))
    return found


def best_shots(rows: Connection, case_id: str, tracks: Sequence[str]) -> dict[str, Any]:
    t = tables.track.c
    wanted = select(t.id, t.best[0]).where(t.case_id == case_id, among(t.id, tracks))
    return {row[0]: row[1] for row in rows.execute(wanted)}


def add_hits(rows: Connection, case_id: str, hits: Sequence[Hit]) -> list[str]:
    """Ids of those that are new: a track that was a hit on that person before stays the hit that it was."""
    if not hits:
        return []
    values = [{
        "case_id": case_id, "id": hit.id, "known_case": hit.known_case, "known_id": hit.known, "track_id": hit.track,
        "score": hit.score, "chance": hit.chance, "chance_reason": hit.chance_reason, "warnings": list(hit.warnings),
        "at": hit.at,
    } for hit in hits]
    added = postgresql.insert(tables.known_hit).on_conflict_do_nothing().returning(tables.known_hit.c.id)
    return list(rows.scalars(added, values))


def hits(rows: Connection, case_id: str) -> list[Hit]:
    """Hits in the material of a case, newest first."""
    h = tables.known_hit.c
    wanted = select(h.id, h.known_case, h.known_id, h.track_id, h.score, h.chance, h.chance_reason, h.warnings, h.at)
    return [Hit(*row[:7], tuple(row.warnings), row.at)
            for row in rows.execute(wanted.where(h.case_id == case_id).order_by(h.at.desc(), h.score.desc(), h.id))]
