"""Rows of uploads."""
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from sporhund.store import tables
from sporhund.work.model import Came, Upload

_U = tables.upload.c


def add(rows: Connection, upload: Upload) -> None:
    rows.execute(insert(tables.upload).values(
        case_id=upload.case_id, id=upload.id, batch=upload.batch, name=upload.name, bytes=upload.size, received=0, sha256=None,
        state=upload.state, by=upload.by, at=upload.at))


def of(rows: Connection, case_id: str, upload_id: str, *, locked: bool = False) -> Upload | None:
    """locked: nobody else says how it ended until the end of the transaction."""
    asked = select(tables.upload).where(_U.case_id == case_id, _U.id == upload_id)
    row = rows.execute(asked.with_for_update() if locked else asked).one_or_none()
    return _upload(row) if row is not None else None


def batch(rows: Connection, case_id: str, batch_id: str) -> list[Upload]:
    """The uploads of a batch by name; for the same name, in the order they came."""
    mine = select(tables.upload).where(_U.case_id == case_id, _U.batch == batch_id)
    return [_upload(row) for row in rows.execute(mine.order_by(_U.name, _U.at, _U.id))]


def named(rows: Connection, case_id: str, batch_id: str, name: bytes) -> list[Upload]:
    """Those of this name in the batch."""
    mine = select(tables.upload).where(_U.case_id == case_id, _U.batch == batch_id, _U.name == name)
    return [_upload(row) for row in rows.execute(mine)]


def receiving(rows: Connection, *, before: datetime) -> list[Upload]:
    """Uploads of all cases that were announced before then and have not ended."""
    asked = select(tables.upload).where(_U.state == Came.RECEIVING, _U.at < before)
    return [_upload(row) for row in rows.execute(asked)]


def all_receiving(rows: Connection) -> list[Upload]:
    """Uploads of all cases that have not ended; nobody else asks this or announces one until the end of the transaction."""
    rows.execute(text("select pg_advisory_xact_lock(hashtextextended('upload room', 0))"))
    return [_upload(row) for row in rows.execute(select(tables.upload).where(_U.state == Came.RECEIVING))]


def end(rows: Connection, upload: Upload, **values: Any) -> bool:
    """An upload that comes is whole, or broken; False: somebody has said that already, or the case is gone."""
    ended = update(tables.upload).where(_U.case_id == upload.case_id, _U.id == upload.id, _U.state == Came.RECEIVING)
    return rows.execute(ended.values(**values).returning(_U.id)).first() is not None


def _upload(row: Row[Any]) -> Upload:
    return Upload(row.id, row.case_id, row.batch, row.name, row.bytes, row.received, row.sha256, Came(row.state), row.by, row.at)
