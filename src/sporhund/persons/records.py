"""Rows of subjects, and of tracks as places on their route."""
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from sporhund.evidence import records as evidence
from sporhund.persons.model import Assertion, Subject
from sporhund.store import tables
from sporhund.store.ids import new_id


def subjects(rows: Connection, case_id: str) -> list[Subject]:
    """Every subject of a case, oldest first, with every assertion ever made."""
    s, a = tables.subject.c, tables.subject_track.c
    said: dict[str, list[Assertion]] = defaultdict(list)
    wanted = select(a.subject_id, a.id, a.track_id, a.note, a.by, a.at, a.removed_by, a.removed_at)
    for of, *one in rows.execute(wanted.where(a.case_id == case_id).order_by(a.at, a.id)):
        said[of].append(Assertion(*one))
    found = rows.execute(select(s.id, s.label, s.by, s.at).where(s.case_id == case_id).order_by(s.at, s.id))
    return [Subject(*row, assertions=tuple(said[row.id])) for row in found]


def tracks_ending(rows: Connection, case_id: str, ending: str) -> list[str]:
    """Tracks whose id ends so, at most two; an alias and the track that counts are one."""
    t = tables.track.c
    counts = func.coalesce(t.alias_of, t.id).label("counts")
    wanted = select(counts).where(t.case_id == case_id, t.id.endswith(ending, autoescape=True)).distinct()
    return [str(track) for track in rows.scalars(wanted.order_by(counts).limit(2))]


def add_subject(rows: Connection, case_id: str, subject: Subject) -> None:
    rows.execute(insert(tables.subject).values(
        case_id=case_id, id=subject.id, label=subject.label, by=subject.by, at=subject.at))


def rename(rows: Connection, case_id: str, subject_id: str, label: str) -> None:
    s = tables.subject
    rows.execute(update(s).where(s.c.case_id == case_id, s.c.id == subject_id).values(label=label))


def assert_tracks(
    rows: Connection, case_id: str, subject_id: str, tracks: Sequence[str], *, note: str, by: str, at: datetime,
) -> None:
    if tracks:
        rows.execute(insert(tables.subject_track), [
            {"case_id": case_id, "id": new_id("a"), "subject_id": subject_id, "track_id": track, "note": note, "by": by, "at": at}
            for track in tracks])


def take_back(
    rows: Connection, case_id: str, subject_id: str, tracks: Sequence[str], *, by: str, at: datetime,
) -> list[str]:
    """The tracks whose assertion stood until now."""
    a = tables.subject_track
    return list(rows.scalars(
        update(a).where(a.c.case_id == case_id, a.c.subject_id == subject_id, evidence.among(a.c.track_id, tracks),
                        a.c.removed_at.is_(None))
        .values(removed_by=by, removed_at=at).returning(a.c.track_id)))


def places(rows: Connection, case_id: str, tracks: Sequence[str]) -> list[Any]:
    """Tracks with their medium's facts and every file that holds it; one row for each of both, the original first."""
    t, m, o = tables.track.c, tables.medium.c, tables.occurrence.c
    joined = (tables.track.join(tables.medium, and_(m.case_id == t.case_id, m.id == t.medium_id))
              .join(tables.occurrence, and_(o.case_id == m.case_id, o.medium_id == m.id)))
    return list(rows.execute(
        select(t.id, t.kind, t["class"].label("label"), t.medium_id, t.start, t.end, m.facts["stated"].label("said_inside"),
               m.facts["streams"][0]["start"].as_float().label("first"), o.path, o.camera_id, o.stated.label("said_by_name"))
        .select_from(joined).where(t.case_id == case_id, evidence.among(t.id, tracks))
        .order_by(t.id, o.original.desc(), o.id)))
