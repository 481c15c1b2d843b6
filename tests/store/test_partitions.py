"""A case's content lies apart from all others', and goes whole."""

import contextlib
import os
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from sporhund.errors import Refused
from sporhund.settings import Settings
from sporhund.store import embedded, tables
from sporhund.store.ids import new_id
from sporhund.store.partitions import drop_case, open_case
from sporhund.store.service import Store, open_store

_NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _case(rows: Connection, case_id: str) -> None:
    rows.execute(
        insert(tables.case).values(
            id=case_id,
            name=case_id,
            title="",
            purpose="demonstration",
            unit="",
            created_at=_NOW,
            created_by="",
            state="open",
        )
    )
    open_case(rows, case_id)


def _exhibit(rows: Connection, case_id: str, label: str) -> None:
    rows.execute(insert(tables.exhibit).values(case_id=case_id, id=new_id("x"), label=label, created_at=_NOW))


def _partitions(store: Store) -> int:
    with store.reader() as rows:
        found: int = rows.execute(
            text("select count(*) from pg_class where relnamespace = 'parts'::regnamespace and relkind = 'r'")
        ).scalar_one()
        return found


@pytest.mark.parametrize("odd", ["J 12/26 'Ærø'; drop table audit --", '"quoted"', "%I$$", "x" * 300])
def test_any_text_can_be_a_case(store: Store, odd: str) -> None:
    case_id = new_id("c") + odd
    with store.transaction() as rows:
        _case(rows, case_id)
        _exhibit(rows, case_id, "1")

    with store.transaction() as rows:
        drop_case(rows, case_id)

        assert (
            rows.execute(
                select(func.count()).select_from(tables.exhibit).where(tables.exhibit.c.case_id == case_id)
            ).scalar_one()
            == 0
        )


def test_a_case_is_opened_once_and_dropped_without_touching_another(store: Store) -> None:
    mine, other = new_id("c"), new_id("c")
    before = _partitions(store)
    with store.transaction() as rows:
        for case_id in (mine, other):
            _case(rows, case_id)
            _exhibit(rows, case_id, "1")
        open_case(rows, mine)
    assert _partitions(store) == before + 2 * len(tables.CONTENT)

    with store.transaction() as rows:
        drop_case(rows, mine)
        drop_case(rows, mine)

    assert _partitions(store) == before + len(tables.CONTENT)
    with store.reader() as rows:
        assert rows.execute(
            select(tables.exhibit.c.label).where(tables.exhibit.c.case_id == other)
        ).scalars().all() == ["1"]


def test_a_case_under_a_hold_is_not_dropped(store: Store) -> None:
    case_id = new_id("c")
    with store.transaction() as rows:
        _case(rows, case_id)
        rows.execute(
            insert(tables.hold).values(
                id=new_id("h"), case_id=case_id, reason="charge", placed_by="officer", placed_at=_NOW
            )
        )

    with pytest.raises(Refused) as refusal, store.transaction() as rows:
        drop_case(rows, case_id)

    assert refusal.value.code == "held"


def test_cases_come_and_go_while_others_are_written(store: Store) -> None:
    """Writers take tables in an order of their own; making a case waits without holding anything, so nobody deadlocks."""
    busy = new_id("c")
    with store.transaction() as rows:
        _case(rows, busy)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with store.transaction() as rows:
                rows.execute(insert(tables.camera).values(case_id=busy, id=new_id("k"), name=new_id("k")))
                _exhibit(rows, busy, new_id("x"))

    with ThreadPoolExecutor() as pool:
        writers = [pool.submit(write) for _ in range(3)]
        try:
            for _ in range(5):
                case_id = new_id("c")
                with store.transaction() as rows:
                    _case(rows, case_id)
                with store.transaction() as rows:
                    drop_case(rows, case_id)
        finally:
            stop.set()
        for writer in writers:
            writer.result()


def test_no_byte_of_a_dropped_case_is_left_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "GRACE_S", 0.2)
    secret = secrets.token_hex(16)
    with open_store(Settings(tmp_path / "home")) as store:
        with store.transaction() as rows:
            _case(rows, "c")
            rows.execute(update(tables.case).values(name=f"{secret} name"))
            for number in range(300):
                _exhibit(rows, "c", f"{secret} {number}")
        with (
            contextlib.suppress(Exception),
            store.transaction() as rows,
        ):  # a fault whose message holds what was written
            _exhibit(rows, "c", f"{secret} 0")
        with store.as_owner() as rows:
            rows.execute(text("analyze exhibit"))
            rows.execute(text('analyze "case"'))
        assert _holding(tmp_path, secret)

        with store.transaction() as rows:
            drop_case(rows, "c")
            rows.execute(update(tables.case).where(tables.case.c.id == "c").values(name="erased", state="erased"))
        store.clear_traces()

        assert _holding(tmp_path, secret) == []


def _holding(folder: Path, secret: str) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # the server removes files meanwhile
            if path.is_file() and secret.encode() in path.read_bytes():
                found.append(os.fspath(path))
    return found
