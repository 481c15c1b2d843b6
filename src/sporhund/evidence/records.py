"""Rows of exhibits, intakes, occurrences, media and cameras. A row of a query is `Any`: its columns stand in the query."""
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import Connection, and_, any_, bindparam, func, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from sporhund.evidence.model import Anchor, Camera, Custody, Digests, Exhibit, Seen, Trouble
from sporhund.store import tables
from sporhund.store.ids import new_id


def lock(rows: Connection, case_id: str) -> None:
    """Two intakes into one case take turns, a batch at a time: until the end of this transaction.

    Plans are made for every statement anew: one made while the case was empty reads whole tables for ever after, also to
    check foreign keys (measured: 8,000 files took 18 s instead of 4.4 s, and the time grew with the square).
    """
    rows.execute(text("set local plan_cache_mode = force_custom_plan"))
    rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"intake/{case_id}", 0))))


def among(column: Any, ids: Sequence[str]) -> Any:
    """`column` is one of `ids`, however many: one parameter."""
    return column == any_(literal(list(ids), ARRAY(TEXT)))


def digest_in(column: Any, places: Sequence[bytes]) -> Any:
    """`column` is one of these places: asked by digest, as the index has them."""
    return func.sha256(column).in_([hashlib.sha256(place).digest() for place in places])


def storable(value: Any) -> Any:
    """Plain JSON values without what JSONB refuses: NUL and lone surrogates are written as escapes, no number is null."""
    match value:
        case str():
            return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
        case float() if not isfinite(value):
            return None
        case dict():
            return {storable(key): storable(item) for key, item in value.items()}
        case list() | tuple():
            return [storable(item) for item in value]
    return value


# ------------------------------------------------------------------ exhibits and intakes

def exhibit(rows: Connection, case_id: str, label: str, *, at: datetime) -> Exhibit:
    """The exhibit of that label, made if it is new."""
    e = tables.exhibit
    rows.execute(postgresql.insert(e).values(case_id=case_id, id=new_id("e"), label=label, created_at=at)
                 .on_conflict_do_nothing(index_elements=["case_id", "label"]))
    row = rows.execute(select(e.c.id, e.c.label, e.c.created_at).where(e.c.case_id == case_id, e.c.label == label)).one()
    return Exhibit(row.id, row.label, row.created_at)


def exhibits(rows: Connection, case_id: str) -> list[Exhibit]:
    e = tables.exhibit.c
    wanted = select(e.id, e.label, e.created_at).where(e.case_id == case_id).order_by(e.label)
    return [Exhibit(*row) for row in rows.execute(wanted)]


def add_intake(rows: Connection, case_id: str, **values: Any) -> str:
    key = new_id("i")
    rows.execute(insert(tables.intake).values(case_id=case_id, id=key, **values))
    return key


def intakes(rows: Connection, case_id: str, exhibits: Sequence[str]) -> list[Any]:
    """Who took in what into these exhibits, when and from where, the first intake first."""
    i = tables.intake.c
    wanted = select(i.exhibit_id, i.at, i.by, i.assurance, i.host, i.source).where(
        i.case_id == case_id, among(i.exhibit_id, exhibits))
    return list(rows.execute(wanted.order_by(i.at, i.id)))


# ------------------------------------------------------------------ occurrences and media

def known(rows: Connection, case_id: str, exhibit_id: str, locations: Sequence[bytes]) -> dict[bytes, Any]:
    """Files of this exhibit that were seen before, by where they lie. Members of archives are not among them."""
    o = tables.occurrence.c
    wanted = select(o.id, o.location, o.bytes, o.modified_ns, o.medium_id, o.state).where(
        o.case_id == case_id, o.exhibit_id == exhibit_id, digest_in(o.location, locations), o.member_of.is_(None))
    return {row.location: row for row in rows.execute(wanted)}


def add_occurrences(rows: Connection, case_id: str, values: Sequence[Mapping[str, Any]]) -> None:
    if values:
        rows.execute(insert(tables.occurrence), [
            {"case_id": case_id, "id": new_id("o"), "original": False, "medium_id": None, "member_of": None, "member": None,
             **one} for one in values])


def see_again(rows: Connection, case_id: str, occurrence_id: str, seen: Seen) -> None:
    """A file that got no digest before is tried again: its row says what is the matter today."""
    o = tables.occurrence
    rows.execute(update(o).where(o.c.case_id == case_id, o.c.id == occurrence_id).values(
        bytes=seen.bytes, modified_ns=seen.modified_ns, state=seen.state, code=seen.code, reason=seen.reason))


def touch(rows: Connection, case_id: str, occurrence_id: str, modified_ns: int | None) -> None:
    """The same bytes under another date of the file system: remembered, so that they are not hashed again next time."""
    o = tables.occurrence
    rows.execute(update(o).where(o.c.case_id == case_id, o.c.id == occurrence_id)
                 .values(modified_ns=modified_ns, state=None, code=None, reason=None))


def set_troubles(rows: Connection, case_id: str, troubles: Sequence[tuple[str, Trouble]]) -> None:
    """Why these files have no content that can be used."""
    o = tables.occurrence
    if troubles:
        rows.execute(
            update(o).where(o.c.case_id == case_id, o.c.id == bindparam("of")).values(
                state=bindparam("now"), code=bindparam("named"), reason=bindparam("why")),
            [{"of": occurrence, "now": one.state, "named": one.code, "why": storable(one.reason)}
             for occurrence, one in troubles])


def tie(rows: Connection, case_id: str, found: Sequence[tuple[str, Digests]]) -> None:
    """These files hold these contents: a medium is made for each content that is new, and the first file of a content in
    the case is its original. Call with the intake lock held."""
    if not found:
        return
    media = _media(rows, case_id, {digests.sha256: digests for _, digests in found})
    o = tables.occurrence
    have_original = set(rows.scalars(select(o.c.medium_id).where(
        o.c.case_id == case_id, among(o.c.medium_id, list(media.values())), o.c.original)))
    values = []
    for occurrence, digests in found:
        medium = media[digests.sha256]
        values.append({"of": occurrence, "holds": medium, "first": medium not in have_original})
        have_original.add(medium)
    rows.execute(
        update(o).where(o.c.case_id == case_id, o.c.id == bindparam("of")).values(
            medium_id=bindparam("holds"), original=bindparam("first"), state=None, code=None, reason=None), values)


def _media(rows: Connection, case_id: str, contents: Mapping[bytes, Digests]) -> dict[bytes, str]:
    """The medium of each of these contents, made if it is new, by SHA-256."""
    m = tables.medium
    ids = sorted(new_id("m") for _ in contents)   # as they came: those of one millisecond would lie in the order of chance
    rows.execute(postgresql.insert(m).on_conflict_do_nothing(index_elements=["case_id", "sha256"]), [
        {"case_id": case_id, "id": new, "sha256": one.sha256, "sha1": one.sha1, "md5": one.md5, "bytes": one.bytes,
         "kind": "unknown", "state": "waiting"} for new, one in zip(ids, contents.values(), strict=True)])
    wanted = select(m.c.sha256, m.c.id).where(m.c.case_id == case_id, m.c.sha256.in_(contents))
    return dict(tuple(row) for row in rows.execute(wanted))


def contents_of(rows: Connection, case_id: str, occurrence_ids: Sequence[str]) -> dict[str, bytes]:
    """SHA-256 of these files as taken in, as far as they have a content."""
    o, m = tables.occurrence.c, tables.medium.c
    wanted = select(o.id, m.sha256).join_from(
        tables.occurrence, tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id),
    ).where(o.case_id == case_id, among(o.id, occurrence_ids))
    return dict(tuple(row) for row in rows.execute(wanted))


def occurrence(rows: Connection, case_id: str, occurrence_id: str) -> Any:
    o = tables.occurrence
    return rows.execute(select(o).where(o.c.case_id == case_id, o.c.id == occurrence_id)).one()


def members(rows: Connection, case_id: str, archive_id: str, indices: Sequence[int]) -> dict[int, Any]:
    """Members of an archive that are known, by their index."""
    o = tables.occurrence.c
    wanted = select(o.id, o.member, o.medium_id, o.path).where(
        o.case_id == case_id, o.member_of == archive_id, o.member.in_(indices))
    return {row.member: row for row in rows.execute(wanted)}


def paths_used(rows: Connection, case_id: str, holder: Any, paths: Sequence[bytes]) -> set[bytes]:
    """Which of these paths something in the same file of the exhibit has already: also members of archives within it."""
    o = tables.occurrence.c
    return set(rows.scalars(select(o.path).where(
        o.case_id == case_id, o.exhibit_id == holder.exhibit_id, digest_in(o.location, [holder.location]),
        digest_in(o.path, paths))))


def contents(rows: Connection, case_id: str, occurrence_ids: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """SHA-256 and location of these files, as far as they have a content."""
    o, m = tables.occurrence.c, tables.medium.c
    wanted = select(m.sha256, o.location).join_from(
        tables.occurrence, tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id),
    ).where(o.case_id == case_id, among(o.id, occurrence_ids))
    return [(row.sha256, row.location) for row in rows.execute(wanted)]


def files_with_digest(rows: Connection, case_id: str) -> list[Any]:
    """Every file that has a content, with its digests as taken in; members are covered by their archive."""
    o, m = tables.occurrence.c, tables.medium.c
    return list(rows.execute(
        select(o.id, o.path, o.location, m.id.label("medium_id"), m.sha256, m.sha1, m.md5, m.bytes)
        .join_from(tables.occurrence, tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id))
        .where(o.case_id == case_id, o.member_of.is_(None)).order_by(o.location, o.id)))


def bytes_with_digest(rows: Connection, case_id: str) -> int:
    """So many bytes are read where those files are hashed again."""
    o, m = tables.occurrence.c, tables.medium.c
    return int(rows.scalar(
        select(func.coalesce(func.sum(m.bytes), 0))
        .join_from(tables.occurrence, tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id))
        .where(o.case_id == case_id, o.member_of.is_(None))) or 0)


def custody(rows: Connection, case_id: str, medium_id: str) -> list[Custody]:
    """Who took in each occurrence of this medium, when and from where, with its digests; the original first."""
    o, m, i, e = tables.occurrence.c, tables.medium.c, tables.intake.c, tables.exhibit.c
    joined = (
        tables.occurrence.join(tables.medium, and_(m.case_id == o.case_id, m.id == o.medium_id))
        .join(tables.intake, and_(i.case_id == o.case_id, i.id == o.intake_id))
        .join(tables.exhibit, and_(e.case_id == o.case_id, e.id == o.exhibit_id)))
    wanted = select(
        e.label, o.path, o.location, i.by, i.assurance, i.host, i.at, i.source, m.sha256, m.sha1, m.md5, m.bytes, o.original,
    ).select_from(joined).where(o.case_id == case_id, o.medium_id == medium_id)
    return [Custody(*tuple(row)) for row in rows.execute(wanted.order_by(o.original.desc(), i.at, o.path))]


def paths_of(rows: Connection, case_id: str, media: Sequence[str]) -> dict[str, bytes]:
    """Medium → the path of its original below its exhibit."""
    o = tables.occurrence.c
    wanted = select(o.medium_id, o.path).where(o.case_id == case_id, among(o.medium_id, media), o.original)
    return {medium: bytes(path) for medium, path in rows.execute(wanted)}


# ------------------------------------------------------------------ cameras

def cameras(rows: Connection, case_id: str) -> list[Camera]:
    c = tables.camera.c
    wanted = select(c.id, c.name, c.place, c.owner, c.overwritten_on, c.files, c.asked_on, c.received_on)
    return [Camera(*row) for row in rows.execute(wanted.where(c.case_id == case_id).order_by(c.name))]


def cameras_with_files(rows: Connection, case_id: str) -> frozenset[str]:
    """Ids of the cameras of which there is a file. One look into the index for each: some have a hundred thousand."""
    return frozenset(rows.scalars(text(
        "select camera.id from camera cross join lateral (select from occurrence where occurrence.case_id = camera.case_id"
        " and occurrence.camera_id = camera.id limit 1) as file where camera.case_id = :case_id"), {"case_id": case_id}))


def change_camera(rows: Connection, case_id: str, camera_id: str, **values: Any) -> None:
    c = tables.camera
    rows.execute(update(c).where(c.c.case_id == case_id, c.c.id == camera_id).values(**values))


def add_camera(rows: Connection, case_id: str, camera: Camera) -> bool:
    """False if there is one of that name."""
    added = rows.execute(postgresql.insert(tables.camera).values(
        case_id=case_id, id=camera.id, name=camera.name, place=camera.place, owner=camera.owner,
        overwritten_on=camera.overwritten_on, files=camera.files,
    ).on_conflict_do_nothing(index_elements=["case_id", "name"]).returning(tables.camera.c.id))
    return added.first() is not None


def files_without_camera(rows: Connection, case_id: str) -> list[Any]:
    o = tables.occurrence.c
    return list(rows.execute(select(o.id, o.path).where(o.case_id == case_id, o.camera_id.is_(None))))


def set_camera(rows: Connection, case_id: str, occurrence_ids: Sequence[str], camera_id: str) -> None:
    """These files are the camera's, as far as they have none yet."""
    o = tables.occurrence
    mine = update(o).where(o.c.case_id == case_id, among(o.c.id, occurrence_ids), o.c.camera_id.is_(None))
    rows.execute(mine.values(camera_id=camera_id))


def anchors(rows: Connection, case_id: str) -> list[Anchor]:
    a = tables.clock_anchor.c
    wanted = select(a.id, a.camera_id, a.medium_id, a.t, a.shows, a.zone, a.true_time, a.uncertainty_s)
    return [
        Anchor(key, camera, medium, t, datetime.fromisoformat(shows), zone, true_time, uncertainty)
        for key, camera, medium, t, shows, zone, true_time, uncertainty in rows.execute(
            wanted.where(a.case_id == case_id).order_by(a.camera_id, a.t, a.id))
    ]


def add_anchor(rows: Connection, case_id: str, anchor: Anchor, by: str) -> None:
    rows.execute(insert(tables.clock_anchor).values(
        case_id=case_id, id=anchor.id, camera_id=anchor.camera_id, medium_id=anchor.medium_id, t=anchor.t,
        shows=anchor.shows.isoformat(), zone=anchor.zone, true_time=anchor.true_time, uncertainty_s=anchor.uncertainty_s,
        by=by))


def media_with_places(rows: Connection, case_id: str) -> list[Any]:
    """Pictures and videos with their cameras and what is stated of their time, by their files' names and themselves: a row for
    each file, those of a medium together, its original first."""
    o, m = tables.occurrence.c, tables.medium.c
    return list(rows.execute(
        select(m.id, m.kind, m.facts["duration"].as_float().label("duration"),
               m.facts["streams"][0]["start"].as_float().label("first"), m.facts["stated"].label("said_inside"),
               o.stated.label("said_by_name"), o.camera_id)
        .join_from(tables.medium, tables.occurrence, and_(o.case_id == m.case_id, o.medium_id == m.id))
        .where(m.case_id == case_id, m.kind.in_(["still", "video"])).order_by(m.id, o.original.desc(), o.id)))
