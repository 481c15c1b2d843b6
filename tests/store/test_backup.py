"""A home carried over in one file."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Refused, Unreadable
from sporhund.settings import Settings
from sporhund.store import embedded, schema, tables
from sporhund.store.backup import backup, restore
from sporhund.store.partitions import open_case
from sporhund.store.service import Store, open_store

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_ODD = "Ærø\t\\N\n\"'"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with a case, a model, sealed events."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "GRACE_S", 0.2)
        settings = Settings(tmp_path_factory.mktemp("backup") / "home")
        with open_store(settings) as store:
            _fill(store)
            (settings.models / "base").mkdir(parents=True)
            (settings.models / "base/pack.toml").write_text("name = 'base'")
            yield settings


def _fill(store: Store) -> None:
    keys, actor = Keys(store.settings.keys), Actor("officer")
    with store.transaction() as rows:
        rows.execute(
            insert(tables.case).values(
                id="c",
                name="J1",
                title=_ODD,
                purpose="demonstration",
                unit="",
                created_at=_NOW,
                created_by="",
                state="open",
            )
        )
        open_case(rows, "c")
        rows.execute(insert(tables.exhibit).values(case_id="c", id="x", label="1", created_at=_NOW))
        rows.execute(
            insert(tables.medium).values(
                case_id="c",
                id="m",
                sha256=bytes(range(32)),
                sha1=b"\0",
                md5=b"\\",
                bytes=1 << 40,
                kind="still",
                facts={"a": [None, _ODD]},
                state="waiting",
            )
        )
        for case_id in ("c", None):
            audit.record(rows, action="look", actor=actor, at=_NOW, keys=keys, case_id=case_id, payload={"path": _ODD})
    audit.sequence(store)


@pytest.fixture
def kept(home: Settings, tmp_path: Path) -> Path:
    backup(home, tmp_path / "kept.sporhund")
    return tmp_path / "kept.sporhund"


def test_a_restored_home_has_the_rows_the_keys_the_models_and_a_log_that_holds(
    home: Settings, kept: Path, tmp_path: Path
) -> None:
    with open_store(home) as store:
        checkpoint = audit.checkpoint(store)
        with store.reader() as rows:
            medium = rows.execute(select(tables.medium)).one()

    there = Settings(tmp_path / "restored")
    restore(there, kept)

    with open_store(there) as store:
        keys = Keys(there.keys)
        with store.reader() as rows:
            assert rows.execute(select(tables.medium)).one() == medium
            assert rows.execute(select(tables.case.c.title)).scalar_one() == _ODD
        found = audit.verify(store, keys, checkpoint)
        assert (found.ok, found.opened, found.erased) == (True, 2, 0)
        with store.transaction() as rows:
            audit.record(rows, action="look", actor=Actor("officer"), at=_NOW, keys=keys, case_id="c")
        assert audit.sequence(store) == 1
        assert audit.verify(store, keys, checkpoint).ok
    assert (there.models / "base/pack.toml").read_text() == "name = 'base'"
    assert {path.stat().st_mode & 0o777 for path in there.keys.glob("*.key")} == {0o600}


@contextmanager
def _newer(tmp_path: Path) -> Iterator[None]:
    """Within: a Sporhund that is one migration ahead."""
    shutil.copytree(schema._MIGRATIONS, tmp_path / "migrations")
    known = schema.revisions()[-1]
    (tmp_path / "migrations/versions/9000_colour.py").write_text(
        f"revision, down_revision, branch_labels, depends_on = '9000', {known!r}, None, None\n"
        "import sqlalchemy as sa\nfrom alembic import op\n"
        "def upgrade() -> None:\n    op.add_column('exhibit', sa.Column('colour', sa.Text()))\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_MIGRATIONS", tmp_path / "migrations")
        yield


def test_a_backup_of_an_older_sporhund_is_brought_up_to_date(kept: Path, tmp_path: Path) -> None:
    with _newer(tmp_path):
        restore(Settings(tmp_path / "restored"), kept)

    with Store(Settings(tmp_path / "restored")) as store, store.reader() as rows:
        assert rows.execute(text("select label, colour from exhibit")).all() == [("1", None)]
        assert schema.version(rows).revision == "9000"


def test_a_home_of_an_older_sporhund_is_brought_up_to_date_and_the_older_one_is_then_refused(kept: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "restored")
    restore(settings, kept)
    with _newer(tmp_path), open_store(settings) as store, store.transaction() as rows:
        assert rows.execute(text("update exhibit set colour = 'red' where case_id = 'c'")).rowcount == 1
        open_case(rows, "d")

    with pytest.raises(EnvironmentFault) as fault:
        open_store(settings)

    assert fault.value.code == "schema-newer"


def test_a_backup_is_readable_by_its_owner_only_and_overwrites_nothing(home: Settings, kept: Path) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600

    with pytest.raises(Refused) as refusal:
        backup(home, kept)

    assert refusal.value.code == "exists"


def test_a_backup_is_of_one_moment_while_others_write(home: Settings, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_store(home) as store:
            keys = Keys(home.keys)
            while not stop.is_set():
                with store.transaction() as rows:
                    audit.record(rows, action="look", actor=Actor("officer"), at=_NOW, keys=keys)
                audit.sequence(store)

    with ThreadPoolExecutor() as pool:
        writer = pool.submit(write)
        try:
            backup(home, tmp_path / "kept")
        finally:
            stop.set()
        writer.result()
    restore(Settings(tmp_path / "restored"), tmp_path / "kept")

    with open_store(Settings(tmp_path / "restored")) as store:
        assert audit.verify(store, Keys(store.settings.keys)).ok


def test_a_changed_byte_in_a_backup_is_found_before_anything_is_written(kept: Path, tmp_path: Path) -> None:
    whole = bytearray(kept.read_bytes())
    whole[whole.index("Ærø".encode())] ^= 1
    kept.write_bytes(whole)

    with pytest.raises(Unreadable) as fault:
        restore(Settings(tmp_path / "restored"), kept)

    assert fault.value.code == "damaged-backup"
    assert not (tmp_path / "restored").exists()


def test_half_a_backup_is_refused(kept: Path, tmp_path: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])

    with pytest.raises(Unreadable):
        restore(Settings(tmp_path / "restored"), kept)


def test_a_backup_is_never_mixed_with_what_is_there(home: Settings, kept: Path) -> None:
    with pytest.raises(Refused) as refusal:
        restore(home, kept)

    assert refusal.value.code == "not-empty"


def test_a_backup_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="nowhere"):
        restore(Settings(tmp_path / "restored"), tmp_path / "nowhere")
