"""Events are written with what they tell of, sealed, and chained once."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from sporhund.actor import Actor, Clock
from sporhund.audit import service
from sporhund.audit.keys import Keys
from sporhund.audit.model import Checkpoint
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def _record(store: Store, keys: Keys, clock: Clock, case_id: str | None = None, **payload: object) -> str:
    with store.transaction() as rows:
        return service.record(
            rows,
            action="look",
            actor=Actor("officer", "signed-in", "desk-3"),
            at=clock.now(),
            keys=keys,
            case_id=case_id,
            payload=payload,
        )


def test_an_event_is_gone_with_the_transaction_that_failed(
    store: Store, keys: Keys, actor: Actor, clock: Clock
) -> None:
    case_id = new_id("c")
    with pytest.raises(ZeroDivisionError), store.transaction() as rows:
        service.record(rows, action="look", actor=actor, at=clock.now(), keys=keys, case_id=case_id)
        raise ZeroDivisionError

    assert service.show(store, keys, case_id) == []


def test_what_was_recorded_is_shown_newest_first_and_page_by_page(store: Store, keys: Keys, clock: Clock) -> None:
    case_id = new_id("c")
    for number in range(5):
        _record(store, keys, clock, case_id, number=number)

    first = service.show(store, keys, case_id, limit=3)
    rest = service.show(store, keys, case_id, limit=3, after=first[-1].cursor)

    assert [event.payload and event.payload["number"] for event in first + rest] == [4, 3, 2, 1, 0]
    assert first[0].payload == {"number": 4, "actor_assurance": "signed-in", "actor_host": "desk-3"}
    assert first[0].at == clock.now()


def test_nothing_personal_stands_in_the_database_in_clear(store: Store, keys: Keys, clock: Clock) -> None:
    event = _record(store, keys, clock, new_id("c"), name="Niels Personlig")

    with store.reader() as rows:
        row = rows.execute(text("select audit::text from audit where event = :event"), {"event": event}).scalar_one()

    assert "Personlig" not in row
    assert b"Personlig".hex() not in row


def test_two_equal_payloads_have_different_digests(store: Store, keys: Keys, clock: Clock) -> None:
    """Without a salt per event, whoever has the log could try names until a digest fits."""
    case_id = new_id("c")
    for _ in range(2):
        _record(store, keys, clock, case_id, name="the same")

    with store.reader() as rows:
        digests = rows.execute(
            text("select distinct digest from audit where case_id = :case_id"), {"case_id": case_id}
        ).all()

    assert len(digests) == 2


def test_times_paths_and_bytes_become_text_and_other_things_are_refused(store: Store, keys: Keys, clock: Clock) -> None:
    case_id = new_id("c")
    _record(
        store,
        keys,
        clock,
        case_id,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        day=date(2026, 3, 1),
        path=Path("/a"),
        digest=b"\x01",
        head=Checkpoint(1, "ab"),
        many=(1, [None, True, 0.5]),
    )

    shown = service.show(store, keys, case_id)[0].payload

    assert shown is not None
    assert shown["at"] == "2026-03-01T00:00:00+00:00"
    assert (shown["day"], shown["path"], shown["digest"]) == ("2026-03-01", "/a", "01")
    assert shown["head"] == {"position": 1, "head": "ab", "case_id": None}
    with pytest.raises(TypeError, match="cannot hold a set"):
        _record(store, keys, clock, case_id, odd={1})


def test_sequencers_that_run_at_once_chain_every_event_once(store: Store, keys: Keys, clock: Clock) -> None:
    def work() -> None:
        for _ in range(10):
            _record(store, keys, clock, "busy")
            service.sequence(store)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    found = service.verify(store, keys)
    assert (found.ok, found.lag) == (True, 0)
    assert service.checkpoint(store, "busy").position == 40


def test_a_long_queue_is_chained_in_batches(
    store: Store, keys: Keys, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_BATCH", 3)
    service.sequence(store)
    for number in range(8):
        _record(store, keys, clock, ("even", None)[number % 2])

    assert service.sequence(store) == 8

    assert service.verify(store, keys).ok


def test_an_export_overwrites_nothing(store: Store, keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("mine")

    with pytest.raises(FileExistsError):
        service.export(store, keys, tmp_path / "log.jsonl")
