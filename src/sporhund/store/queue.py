"""The queue of background work: Procrastinate's tables, in a schema of their own, laid anew whenever its version changes.

A job says that somebody waits, and nothing else: what is done next is asked of the table `work` at the moment it begins,
because its order may be changed while it waits. So no word of a case lies in the queue, nothing of it is worth a backup,
and all of it can be made anew from `work`.
"""
import hashlib
import importlib.util
from pathlib import Path

from sqlalchemy import Connection, text

from sporhund.store.roles import APP

SCHEMA = "queue"
NAME = "work"            #: of the queue
TASK = "next"            #: do what waits first
_LOCK = 0x5350_5155      # advisory: one renews, the others wait


def _tables() -> str:
    """Procrastinate's own schema; its package is not imported for it, which every command would pay for."""
    found = importlib.util.find_spec("procrastinate")
    assert found is not None and found.origin is not None
    return (Path(found.origin).parent / "sql" / "schema.sql").read_text(encoding="utf-8")


_TABLES = _tables()
_DIGEST = hashlib.sha256(_TABLES.encode()).hexdigest()

# Its functions find their tables wherever they are called from: a job is deferred on a connection of ours.
SCRIPT = f"""
do $lay$
declare
    before text := current_setting('search_path');
    one regprocedure;
begin
    if obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace') is distinct from '{_DIGEST}' then
        drop schema if exists {SCHEMA} cascade;
        create schema {SCHEMA};
        perform set_config('search_path', '{SCHEMA}', true);
        execute $tables${_TABLES}$tables$;
        for one in select oid from pg_proc where pronamespace = '{SCHEMA}'::regnamespace loop
            execute format('alter function %s set search_path = {SCHEMA}, pg_temp', one);
        end loop;
        perform set_config('search_path', before, true);
        comment on schema {SCHEMA} is '{_DIGEST}';
    end if;
    if exists (select from pg_roles where rolname = '{APP}') then
        grant usage on schema {SCHEMA} to {APP};
        grant select, insert, update, delete on all tables in schema {SCHEMA} to {APP};
        grant usage on all sequences in schema {SCHEMA} to {APP};
    end if;
end $lay$;
"""

_DEFER = text(f"""
    select {SCHEMA}.procrastinate_defer_jobs_v1(array_agg(
        row('{NAME}', '{TASK}', 0, null, null, '{{}}'::jsonb, null)::{SCHEMA}.procrastinate_job_to_defer_v1))
    from generate_series(1, :number)
""")


def defer(rows: Connection, number: int = 1) -> None:
    """Say that so much more waits: in this transaction, so that it is said with the row that waits or not at all."""
    if number:
        rows.execute(_DEFER, {"number": number})


def renew(rows: Connection, number: int) -> None:
    """Make the queue anew: so many jobs wait, besides those that a living worker is at."""
    rows.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    rows.execute(text(f"delete from {SCHEMA}.procrastinate_jobs where status <> 'doing' or worker_id is null"))
    defer(rows, number)
