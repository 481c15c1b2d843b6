"""Whatever is bent in the log shows, also to a verifier that knows no Sporhund.

The tampering is done as the database's superuser with every trigger off: nobody has more power over the log.
"""

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sporhund.actor import Actor
from sporhund.audit import payload, service, verifier
from sporhund.audit.keys import Keys
from sporhund.audit.model import Checkpoint
from sporhund.settings import Settings
from sporhund.store import roles
from sporhund.store.service import Store, open_store

_EVENTS = 12
_CASES = ("a", "b", None)

Tamper = Callable[[str], None]


@pytest.fixture(scope="module")
def whole(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Twelve chained events of two cases and of none, in a database of their own, entered as the superuser."""
    home = tmp_path_factory.mktemp("whole")
    with _admin(store) as admin:
        admin.execute(f"create database whole owner {roles.OWNER}")
        settings = Settings(home, database_url=f"postgresql://{roles.BOOTSTRAP}@/whole?host={admin.info.host}")
    with open_store(settings) as opened:
        _write(opened, _EVENTS)
        service.sequence(opened)
    return settings


@pytest.fixture
def log(store: Store, whole: Settings, tmp_path: Path) -> Iterator[Store]:
    """A copy of that log to tamper with."""
    name = f"copy_{secrets.token_hex(4)}"
    with _admin(store) as admin:
        admin.execute(f"create database {name} template whole owner {roles.OWNER}")
    shutil.copytree(whole.keys, tmp_path / "keys")
    assert whole.database_url is not None
    with open_store(Settings(tmp_path, database_url=whole.database_url.replace("/whole", f"/{name}"))) as opened:
        yield opened
    with _admin(store) as admin:
        admin.execute(f"drop database {name} with (force)")


@contextmanager
def _admin(store: Store) -> Iterator[Any]:
    with store._door.connect(roles.BOOTSTRAP) as admin:
        admin.autocommit = True
        yield admin


@pytest.fixture
def own_keys(log: Store) -> Keys:
    return Keys(log.settings.keys)


@pytest.fixture
def tamper(log: Store) -> Tamper:
    def run(statement: str) -> None:
        with log.as_owner() as rows:
            rows.execute(text("set session_replication_role = replica"))
            assert rows.execute(text(statement)).rowcount

    return run


def _write(log: Store, count: int) -> None:
    keys = Keys(log.settings.keys)
    for number in range(count):
        with log.transaction() as rows:
            service.record(
                rows,
                action="look",
                actor=Actor("officer"),
                at=datetime(2026, 3, 1, tzinfo=UTC),
                keys=keys,
                case_id=_CASES[number % 3],
                payload={"number": number, "path": "/Ærø/\udcff"},
            )


def _said(log: Store, keys: Keys, checkpoint: Checkpoint | None = None) -> str:
    found = service.verify(log, keys, checkpoint)
    assert found.ok == (not found.problems)
    return "\n".join(f"{problem.position}: {problem.sentence}" for problem in found.problems)


def _outside(
    log: Store, keys: Keys, folder: Path, checkpoint: Checkpoint | None = None, case_id: str | None = None
) -> str:
    """What the stand-alone verifier says of an export, in an interpreter that sees no package."""
    export = folder / f"{secrets.token_hex(4)}.jsonl"
    service.export(log, keys, export, case_id)
    return _verifier(export, checkpoint)


def _verifier(export: Path, checkpoint: Checkpoint | None = None) -> str:
    more = []
    if checkpoint:
        kept = export.with_suffix(".checkpoint")
        kept.write_text(
            json.dumps({"position": checkpoint.position, "head": checkpoint.head, "case_id": checkpoint.case_id})
        )
        more = ["--checkpoint", str(kept)]
    run = subprocess.run(
        [sys.executable, "-I", "-S", verifier.__file__, str(export), *more], capture_output=True, text=True, check=False
    )
    assert run.returncode == (0 if "\nVERIFIED" in run.stdout else 1), run.stderr
    return run.stdout


def test_an_untouched_log_is_verified_inside_and_outside(log: Store, own_keys: Keys, tmp_path: Path) -> None:
    checkpoint = service.checkpoint(log)

    found = service.verify(log, own_keys, checkpoint)

    assert (found.ok, found.rows, found.lag, found.opened, found.erased) == (True, _EVENTS, 0, _EVENTS, 0)
    assert _outside(log, own_keys, tmp_path, checkpoint).endswith("VERIFIED\n")


_BYTES = ["event", "case_id", "actor", "action", "key_id"]


@pytest.mark.parametrize("column", _BYTES)
def test_a_changed_character_in_any_field_shows(
    log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path, column: str
) -> None:
    tamper(f"update audit set {column} = {column} || 'x' where id = 5")

    assert "5: chain: the event at position 5" in _said(log, own_keys)
    assert "position 5, or the head before it, was changed" in _outside(log, own_keys, tmp_path)


@pytest.mark.parametrize(
    "table, column", [("audit", "digest"), ("audit", "sealed"), ("audit_chain", "head"), ("audit_chain", "case_head")]
)
@pytest.mark.parametrize("byte", [0, 20])
def test_a_flipped_bit_shows(
    log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path, table: str, column: str, byte: int
) -> None:
    tamper(
        f"update {table} set {column} = set_byte({column}, {byte}, get_byte({column}, {byte}) # 1)"
        f" where {'id' if table == 'audit' else 'audit_id'} = 5"
    )

    assert "5: " in _said(log, own_keys)
    assert "NOT VERIFIED" in _outside(log, own_keys, tmp_path)


@pytest.mark.parametrize("change", ["at = at + interval '1 microsecond'", "outcome = 'refused'", "case_id = null"])
def test_a_moved_time_outcome_or_case_shows(
    log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path, change: str
) -> None:
    tamper(f"update audit set {change} where id = 5")

    assert "5: " in _said(log, own_keys)
    assert "NOT VERIFIED" in _outside(log, own_keys, tmp_path)


def test_a_missing_event_shows(log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path) -> None:
    tamper("delete from audit where id = 5")

    assert _said(log, own_keys) == "5: the event at position 5 is missing from the log"
    assert "position 5 was missing" in _outside(log, own_keys, tmp_path)


def test_an_event_that_is_missing_with_its_link_shows(
    log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path
) -> None:
    tamper("delete from audit_chain where audit_id = 5")
    tamper("delete from audit where id = 5")

    assert "6: chain: position 6 follows 4" in _said(log, own_keys)
    assert "position 6 follows 4" in _outside(log, own_keys, tmp_path)


def test_two_swapped_events_show(log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path) -> None:
    tamper("update audit_chain set audit_id = -audit_id where audit_id in (5, 8)")
    tamper("update audit_chain set audit_id = 13 + audit_id where audit_id < 0")

    said = _said(log, own_keys)

    assert "5: " in said
    assert "8: " in said
    assert "NOT VERIFIED" in _outside(log, own_keys, tmp_path)


def test_two_swapped_links_show(log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path) -> None:
    tamper("update audit_chain set position = -position where position in (5, 6)")
    tamper("update audit_chain set position = 11 + position where position < 0")

    assert "5: chain: the event at position 5" in _said(log, own_keys)
    assert "NOT VERIFIED" in _outside(log, own_keys, tmp_path)


def test_a_cut_tail_shows_against_a_checkpoint_only(log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path) -> None:
    whole_log, one_case = service.checkpoint(log), service.checkpoint(log, "b")
    tamper("delete from audit_chain where position > 9")
    tamper("delete from audit where id > 9")

    assert _said(log, own_keys) == ""
    assert "the chain ends before: its tail was cut" in _said(log, own_keys, whole_log)
    assert "the chain ends before: its tail was cut" in _said(log, own_keys, one_case)
    assert "its tail was cut" in _outside(log, own_keys, tmp_path, whole_log)
    assert "its tail was cut" in _outside(log, own_keys, tmp_path, one_case, "b")


def test_a_tail_cut_from_the_chain_alone_shows_without_a_checkpoint(log: Store, own_keys: Keys, tamper: Tamper) -> None:
    tamper("delete from audit_chain where position > 9")

    assert "3 events have no place in the chain" in _said(log, own_keys)


def test_a_chain_rebuilt_over_a_changed_event_shows_against_a_checkpoint(
    log: Store, own_keys: Keys, tamper: Tamper, tmp_path: Path
) -> None:
    whole_log, one_case = service.checkpoint(log), service.checkpoint(log, "b")
    tamper("update audit set actor = 'somebody else' where id = 5")
    tamper("delete from audit_chain")
    tamper("insert into audit_waiting select id from audit")
    service.sequence(log)

    assert _said(log, own_keys) == ""
    assert "12: the head at position 12 is not the checkpoint's: the chain was rebuilt" in _said(
        log, own_keys, whole_log
    )
    assert "rebuilt" in _said(log, own_keys, one_case)
    assert "rebuilt" in _outside(log, own_keys, tmp_path, whole_log)
    assert "rebuilt" in _outside(log, own_keys, tmp_path, one_case, "b")


def test_a_log_that_went_on_still_fits_an_older_checkpoint(log: Store, own_keys: Keys, tmp_path: Path) -> None:
    whole_log, one_case = service.checkpoint(log), service.checkpoint(log, "b")
    _write(log, 4)

    assert _outside(log, own_keys, tmp_path, whole_log).endswith("VERIFIED\n")
    assert _outside(log, own_keys, tmp_path, one_case, "b").endswith("VERIFIED\n")
    assert _said(log, own_keys, whole_log) == _said(log, own_keys, one_case) == ""


def test_a_payload_sealed_anew_by_somebody_with_the_key_shows(log: Store, own_keys: Keys) -> None:
    with log.as_owner() as rows:
        event = rows.execute(text("select event from audit where id = 5")).scalar_one()
        _, sealed = payload.sealed(event, {"number": 999}, own_keys.for_case("b"))
        rows.execute(text("set session_replication_role = replica"))
        rows.execute(text("update audit set sealed = :sealed where id = 5"), {"sealed": sealed})

    said = _said(log, own_keys)

    assert "the payload at position 5 does not belong to its digest" in said
    assert "chain: the event at position 5" in said


def test_an_event_that_the_chain_will_never_reach_shows(log: Store, own_keys: Keys, tamper: Tamper) -> None:
    _write(log, 2)
    assert service.verify(log, own_keys).lag == 2

    tamper("delete from audit_waiting")

    assert "2 events have no place in the chain and wait for none" in _said(log, own_keys)


def test_after_a_case_is_erased_its_events_stay_and_only_their_payload_is_gone(
    log: Store, own_keys: Keys, tmp_path: Path
) -> None:
    checkpoint = service.checkpoint(log)
    own_keys.destroy("a")

    found = service.verify(log, own_keys, checkpoint)

    assert (found.ok, found.opened, found.erased, found.erased_cases) == (True, 8, 4, ("a",))
    outside = _outside(log, own_keys, tmp_path, checkpoint)
    assert "12 events, 8 opened, 4 erased" in outside
    assert outside.endswith("VERIFIED\n")
    assert [event.payload for event in service.show(log, own_keys, "a")] == [None] * 4


@pytest.mark.parametrize(
    "bend",
    [
        lambda lines: lines[:5] + lines[6:],
        lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
        lambda lines: lines[:-3],
        lambda lines: lines[:-3] + lines[-1:],
        lambda lines: [*lines[:5], lines[5].replace('"number": 4', '"number": 5'), *lines[6:]],
        lambda lines: [*lines[:5], lines[5].replace("officer", "nobody1"), *lines[6:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:5], lines[5][:40], *lines[6:]],
        lambda lines: lines[1:],
        lambda lines: [],
    ],
)
def test_an_export_that_was_bent_afterwards_is_not_verified(
    log: Store,
    own_keys: Keys,
    tmp_path: Path,
    bend: Callable[[list[str]], list[str]],
) -> None:
    export = tmp_path / "export.jsonl"
    service.export(log, own_keys, export)
    lines = export.read_text().splitlines(keepends=True)

    export.write_text("".join(bend(lines)))

    assert export.read_text() != "".join(lines)
    assert "NOT VERIFIED" in _verifier(export)
