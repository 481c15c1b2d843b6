"""What the columns are read from: whole at first, then what was written by transactions that had not ended by then."""
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, Text, and_, bindparam, case, cast, column, extract, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from sporhund.catalogue import packed
from sporhund.catalogue.model import FINDINGS, KINDS, STATES
from sporhund.catalogue.packed import Columns, Reading
from sporhund.catalogue.records import current_tracks
from sporhund.evidence.records import among
from sporhund.store import tables

_I, _T, _S, _K, _O = tables.item.c, tables.track.c, tables.seen.c, tables.mark.c, tables.occurrence.c


def moment(rows: Connection) -> tuple[str, int]:
    """What this transaction sees, and the number from which on others may not have ended. The transaction sees one moment."""
    row = rows.execute(text(
        "select pg_current_snapshot()::text as seen, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as least")).one()
    return row.seen, row.least


_NEWS = text("""
    select pg_current_snapshot()::text as moment, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as least,
      greatest((select max(changed) from item where case_id = :case), (select max(changed) from mark where case_id = :case),
        (select max(one.changed) from unnest(cast(:people as text[])) as person (id), lateral (
          select changed from seen where case_id = :case and by = person.id order by changed desc limit 1) one)) as newest,
      (select count(*) from exhibit where case_id = :case) as exhibits,
      (select count(*) from camera where case_id = :case) as cameras,
      (select array_agg(id) from "case" where id = any(cast(:held as text[])) and state = 'open') as there
""")


def news(rows: Connection, case_id: str, people: list[str], held: list[str]) -> Row[Any]:
    """The `newest` number that wrote an item, a mark or what these people saw; `moment` and `least` as `moment` has them; numbers
    of exhibits and cameras (which are only ever added); which of the held cases are `there`. One statement: of one moment.

    The ends of indexes, not "is there one above": a plan made once for every number reads 400,000 rows for that (measured).
    """
    return rows.execute(_NEWS, {"case": case_id, "people": people, "held": held}).one()


def each_its_plan(rows: Connection) -> None:
    """For asking what is newer than a number: as in `news`, a plan for every number would read all rows."""
    rows.execute(text("set local plan_cache_mode = force_custom_plan"))


def room_for_joins(rows: Connection) -> None:
    """For reading a case whole: joins of half a million rows stay in memory."""
    rows.execute(text("set local work_mem = '128MB'"))


def row_key(exhibit_id: str, folder: str) -> str:
    """The key of a row of the timeline for media without a camera; a camera's is its id."""
    return f"{exhibit_id}/{folder}"


def _here(columns: Any, *, newer: bool) -> list[Any]:
    """Rows of the case `case`; newer: those that `since` or a later number wrote."""
    return [columns.case_id == bindparam("case", type_=Text), *([columns.changed >= bindparam("since")] if newer else [])]


def _values(case_id: str, since: int | None, **more: object) -> dict[str, object]:
    return {"case": case_id, **({"since": since} if since is not None else {}), **more}


def items(rows: Connection, case_id: str, since: int | None) -> Columns:
    return packed.read(rows, _items(newer=since is not None), _values(case_id, since))


@cache
def _items(*, newer: bool) -> Reading:
    camera = func.coalesce(_I.camera_id, "")
    folder = func.coalesce(_I.exhibit_id, "").op("||")("/").op("||")(_I.folder)
    checked = func.coalesce(_I.origin, "").op("~")("^anchor|checked-clock$")
    wanted = {
        "id": packed.key(_I.medium_id), "changed": packed.large(_I.changed), "kind": packed.small(_I.kind, KINDS),
        "state": packed.small(_I.state, STATES), "exhibit": packed.token(func.coalesce(_I.exhibit_id, "")),
        "camera": packed.token(camera), "row": packed.token(case((_I.camera_id.is_(None), folder), else_=camera)),
        "zoned": packed.flag(_I.zoned), "anchored": packed.flag(checked),
        **{name: packed.integer(_I[name]) for name in (
            "copies", "faces", "persons", "vehicles", "objects", "motions", "unrecognised")},
        **{name: packed.number(_I[name]) for name in (
            "at", "until", "uncertainty_s", "start", "duration", "unread_s", "latitude", "longitude", "face_px")},
    }
    return packed.reading(wanted, select().select_from(tables.item).where(*_here(_I, newer=newer)))


def tracks(rows: Connection, case_id: str, media_ids: list[str] | None) -> Columns:
    """media_ids: None: of the whole case."""
    wanted = {"id": packed.key(_T.id), "medium": packed.key(_T.medium_id), "kind": packed.small(_T.kind, FINDINGS),
              "start": packed.number(_T.start), "end": packed.number(_T.end), "quality": packed.number(_T.quality)}
    found = current_tracks(case_id)
    return packed.read(rows, packed.reading(wanted, found if media_ids is None else found.where(among(_T.medium_id, media_ids))))


def elsewhere(rows: Connection, case_id: str, media_ids: list[str] | None) -> Columns:
    """Media and the exhibits that hold a copy of them beside that of their original. media_ids: None: of the whole case."""
    other = select(_O.medium_id, _O.exhibit_id).distinct().join_from(
        tables.occurrence, tables.item, and_(_I.case_id == _O.case_id, _I.medium_id == _O.medium_id),
    ).where(_O.case_id == case_id, _I.case_id == case_id, _I.copies > 1, _O.exhibit_id != _I.exhibit_id)
    pairs = (other if media_ids is None else other.where(among(_O.medium_id, media_ids))).subquery("other")
    wanted = {"medium": packed.key(pairs.c.medium_id), "exhibit": packed.token(pairs.c.exhibit_id)}
    return packed.read(rows, packed.reading(wanted, select().select_from(pairs)))


def seen(rows: Connection, case_id: str, by: str, since: int | None) -> Columns:
    return packed.read(rows, _seen(newer=since is not None), _values(case_id, since, by=by))


@cache
def _seen(*, newer: bool) -> Reading:
    wanted = {"thing": packed.key(_S.thing), "medium": packed.key(_S.medium_id), "seconds": packed.number(_S.seconds)}
    return packed.reading(
        wanted, select().select_from(tables.seen).where(*_here(_S, newer=newer), _S.by == bindparam("by", type_=Text)))


def who_saw(rows: Connection, case_id: str, people: Sequence[str], since: int) -> set[str]:
    """Those of these people who have seen something anew: of fifty, one or two."""
    return set(rows.scalars(_who_saw(), _values(case_id, since, people=list(people))))


@cache
def _who_saw() -> Select[Any]:
    asked = func.unnest(bindparam("people", type_=ARRAY(TEXT))).table_valued("id", name="person").render_derived()
    new = select(_S.thing).where(*_here(_S, newer=True), _S.by == asked.c.id).exists()
    return select(asked.c.id).where(new)


def played(rows: Connection, case_id: str, by: str, since: int | None) -> Columns:
    """Parts of videos that played before this person: each `start` to `end` of a medium, seconds in it."""
    return packed.read(rows, _played(newer=since is not None), _values(case_id, since, by=by))


@cache
def _played(*, newer: bool) -> Reading:
    each = func.jsonb_array_elements(_S.spans).table_valued(column("value", _S.spans.type), name="one").render_derived()
    one = each.c.value
    wanted = {"medium": packed.key(_S.medium_id),
              **{name: packed.number(one[place].as_float()) for place, name in enumerate(("start", "end"))}}
    here = [*_here(_S, newer=newer), _S.by == bindparam("by", type_=Text), _S.seconds > 0, _S.thing == _S.medium_id]
    return packed.reading(wanted, select().select_from(tables.seen.join(each, text("true"))).where(*here))


def marks(rows: Connection, case_id: str, since: int | None) -> tuple[Columns, dict[int, str]]:
    """Also the words and people that stand behind the tokens."""
    newer, values = since is not None, _values(case_id, since)
    found = packed.read(rows, _marks(newer=newer), values)
    if not len(found["id"]):
        return found, {}
    said = rows.execute(select(_K.value, _K.by).where(*_here(_K, newer=newer)).distinct(), values)
    return found, {packed.token_of(one): one for row in said for one in row}


@cache
def _marks(*, newer: bool) -> Reading:
    own = cast(_K.thing == _K.medium_id, Integer)
    wanted = {"id": packed.token(_K.id), "thing": packed.token(_K.thing), "medium": packed.key(_K.medium_id),
              "own": packed.flag(own), "value": packed.token(_K.value), "by": packed.token(_K.by),
              "at": packed.number(extract("epoch", _K.at)), "undone": packed.flag(_K.undone_at.is_not(None))}
    return packed.reading(wanted, select().select_from(tables.mark).where(*_here(_K, newer=newer)))


def shades(rows: Connection, case_id: str, media_ids: list[str] | None) -> Columns:
    """Colours in these media, or in all."""
    each = func.jsonb_array_elements(_I.colours).table_valued(column("value", _I.colours.type), name="one").render_derived()
    one = each.c.value
    wanted = {"medium": packed.key(_I.medium_id), "name": packed.token(one[4].astext),
              **{name: packed.number(one[place].as_float()) for place, name in enumerate(("l", "a", "b", "share"))}}
    here = [_I.case_id == case_id, func.jsonb_array_length(_I.colours) > 0]
    if media_ids is not None:
        here.append(among(_I.medium_id, media_ids))
    return packed.read(rows, packed.reading(wanted, select().select_from(tables.item.join(each, text("true"))).where(*here)))


def names(rows: Connection, case_id: str) -> tuple[dict[int, tuple[str, str]], dict[int, tuple[str, str]]]:
    """Exhibits and cameras: (id, name) by token."""
    e, c = tables.exhibit.c, tables.camera.c
    found = []
    for asked in (select(e.id, e.label).where(e.case_id == case_id).order_by(e.label),
                  select(c.id, c.name).where(c.case_id == case_id).order_by(c.name)):
        found.append({packed.token_of(row[0]): (row[0], row[1]) for row in rows.execute(asked)})
    return found[0], found[1]


def folders(rows: Connection, case_id: str, since: int | None) -> dict[int, tuple[str, str]]:
    """Rows of the timeline that are no camera's: (exhibit id, folder) by token of their key."""
    wanted = select(_I.exhibit_id, _I.folder).distinct().where(*_here(_I, newer=since is not None), _I.camera_id.is_(None))
    return {packed.token_of(row_key(row.exhibit_id or "", row.folder)): (row.exhibit_id or "", row.folder)
            for row in rows.execute(wanted, _values(case_id, since))}


def open_among(rows: Connection, case_ids: list[str]) -> set[str]:
    """Those of these cases that are not erased."""
    c = tables.case.c
    return set(rows.scalars(select(c.id).where(among(c.id, case_ids), c.state == "open")))
