"""The tables are what the migrations make, and another version is met with open eyes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.dialects import postgresql

from sporhund.errors import EnvironmentFault
from sporhund.settings import Settings
from sporhund.store import embedded, roles, schema
from sporhund.store.service import Store, open_store
from sporhund.store.tables import NAMED, metadata


@pytest.fixture
def spare(store: Store) -> Iterator[Engine]:
    """An empty database of its own on the shared server, as the owner."""
    server = store._door
    with server.connect(roles.BOOTSTRAP) as admin:
        admin.autocommit = True
        admin.execute("drop database if exists spare")
        admin.execute(f"create database spare owner {roles.OWNER}")
    with server.connect(roles.OWNER) as here:
        host = here.info.host
    engine = create_engine(f"postgresql+psycopg://{roles.OWNER}@/spare?host={host}")
    yield engine
    engine.dispose()


def _differences(rows: Connection) -> list[object]:
    def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return (kind, name) != ("table", "alembic_version")

    context = MigrationContext.configure(
        rows, opts={"compare_type": True, "compare_server_default": True, "include_object": ours}
    )
    return list(compare_metadata(context, metadata))


_CATALOG = {
    "columns": "select table_name, column_name, data_type, is_nullable, column_default, is_identity, identity_generation"
    " from information_schema.columns where table_schema = 'public'",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'public'::regnamespace",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "partitioned": "select partrelid::regclass::text, pg_get_partkeydef(partrelid) from pg_partitioned_table",
}


def _catalog(rows: Connection) -> dict[str, set[tuple[object, ...]]]:
    """What PostgreSQL itself says of the tables: it sees checks and partition keys, which a comparison by Alembic does not."""
    return {
        kind: {tuple(row) for row in rows.execute(text(query)) if "alembic_version" not in str(row[0])}
        for kind, query in _CATALOG.items()
    }


def test_the_tables_are_what_the_migrations_make(spare: Engine) -> None:
    with spare.connect() as rows:
        metadata.create_all(rows)
        from_tables = _catalog(rows)
        rows.rollback()
        schema.migrate(rows)

        assert _differences(rows) == []
        assert _catalog(rows) == from_tables


def test_the_newest_known_revision_is_the_head_of_the_migrations() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))

    assert scripts.get_current_head() == schema.revisions()[-1]


def test_every_guard_can_be_laid_again(spare: Engine) -> None:
    with spare.begin() as rows:
        schema.migrate(rows)
        rows.execute(text("comment on schema parts is 'older'"))
        assert not schema.is_current(schema.version(rows))

        schema.migrate(rows)

        assert schema.is_current(schema.version(rows))


def test_two_first_commands_migrate_once(spare: Engine) -> None:
    def migrate() -> None:
        with spare.begin() as rows:
            schema.migrate(rows)

    with ThreadPoolExecutor() as pool:
        for one in [pool.submit(migrate) for _ in range(2)]:
            one.result()


def test_a_database_of_a_newer_sporhund_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "GRACE_S", 0.2)
    with open_store(Settings(tmp_path / "home")) as store, store.as_owner() as rows:
        rows.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(EnvironmentFault) as fault:
        open_store(Settings(tmp_path / "home"))

    assert fault.value.code == "schema-newer"


_PG = postgresql.dialect()
LISTED = "substring(path, 1, 1000)"


@pytest.mark.parametrize(("table", "condition", "order", "served"), [
    ("occurrence", f"exhibit_id = 'e' and ({LISTED}, id) > ('a', 'b')", f"{LISTED}, id", "exhibit_id"),
    ("occurrence", "member_of = any(array['a', 'b'])", None, "member_of"),
    ("occurrence", f"{NAMED} >= 'img' and {NAMED} < 'imh'", NAMED, "regexp_replace"),
    ("track", "(medium_id, start, id) > ('m', 1, 't') and alias_of is null", "medium_id, start, id", "medium_id"),
    ("track", "alias_of = any(array['a', 'b'])", None, "alias_of"),
    ("track", "unit_id = 'u'", None, "unit_id"),
    ("track", "shot_id = 's'", None, "shot_id"),
    ("track", "run_id = 'r' and medium_id = 'm' and kind = 'face' and alias_of is null", None, "medium_id"),
    ("shot", "unit_id = 'u'", None, "unit_id"),
    ("shot", "alias_of = 's'", None, "alias_of"),
    ("unit", "run_id = 'r' and state = 'waiting'", "start, id", "state"),
    ("unit", "medium_id = any(array['a', 'b'])", None, "medium_id"),
    ("unit", "run_id = 'r' and medium_id = any(array['a', 'b'])", None, "medium_id"),
    ("look", "medium_id = any(array['a', 'b']) and look = 'face'", None, "look"),
])
def test_what_is_asked_of_a_large_case_is_found_by_an_index(
    spare: Engine, table: str, condition: str, order: str | None, served: str,
) -> None:
    values = {"TEXT": "'x' || i", "JSONB": "'{}'::jsonb", "BOOLEAN": "true", "BYTEA": "i::text::bytea"}
    columns = metadata.tables[table].columns
    rare = "case when i % 10 = 0 then 'x' || i end"
    alike = {"case_id": "'c'", "run_id": "'r'", "alias_of": rare, "member_of": rare}
    filled = [alike.get(column.name) or values.get(str(column.type.compile(_PG)), "i") for column in columns]
    asked = f"select * from part where case_id = 'c' and {condition}" + (f" order by {order} limit 100" if order else "")
    with spare.connect() as rows:
        metadata.create_all(rows)
        rows.execute(text(f"create table part (like {table} including indexes)"))
        rows.execute(text(f"insert into part select {', '.join(filled)} from generate_series(1, 5000) i"))
        rows.execute(text("analyze part"))
        plan = list(rows.scalars(text("explain " + asked)))
        rows.rollback()

    assert any("Index Cond" in line and served in line for line in plan), plan
    assert not any("Sort" in line or "Seq Scan" in line for line in plan), plan
