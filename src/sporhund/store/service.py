"""The store as the other rooms see it: transactions as the role that fits."""
import contextlib
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from sporhund.errors import EnvironmentFault
from sporhund.settings import Settings
from sporhund.store import faults, roles, schema
from sporhund.store.doors import EmbeddedDoor, ServerDoor

_NO_RIGHT = "42501"  # insufficient_privilege


POOL = 20
"""Connections of a role that are kept: made when they are needed. What comes beyond is closed after use, and making one again
(with its password) costs as much as a page."""


class Store:
    """A database that is there, has the right schema, and is held until `close`. Made by `open_store`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._door = ServerDoor(settings.database_url) if settings.database_url else EmbeddedDoor(settings)
        self._engines = {role: self._engine(role) for role in (roles.APP, roles.READER, roles.OWNER)}
        self._snapshots = self._engines[roles.READER].execution_options(isolation_level="REPEATABLE READ")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back. The embedded server stops a few seconds after its last user."""
        for engine in self._engines.values():
            engine.dispose()
        self._door.close()

    def transaction(self) -> contextlib.AbstractContextManager[Connection]:
        """One transaction as the app role: committed at the end, rolled back on an exception.

        Raises EnvironmentFault("database-down" | "disk-full" | "database-busy"); a lost server is there again for the
        next transaction.
        """
        return self._as(self._engines[roles.APP])

    def reader(self) -> contextlib.AbstractContextManager[Connection]:
        """A connection of the reader role, each of whose statements sees what is committed when it begins.

        Without a transaction, whose beginning and end would be two questions to the server for each that a page asks. What is
        read in batches, or has to be of one moment, takes a `snapshot`. A statement that every page asks is written once, beside
        its function: putting one together takes longer than running it (measured). Raises as `transaction` does.
        """
        return self._as(self._engines[roles.READER])

    def snapshot(self) -> contextlib.AbstractContextManager[Connection]:
        """One read-only transaction of the reader role: all that is read is of one moment. Raises as `transaction` does."""
        return self._as(self._snapshots)

    def as_owner(self) -> contextlib.AbstractContextManager[Connection]:
        """One transaction as the owner of the tables: for migrations and restoring only."""
        return self._as(self._engines[roles.OWNER])

    @contextlib.contextmanager
    def holding(self, lock: int) -> Iterator[None]:
        """Hold an advisory lock on a connection of its own: whoever finds it free knows that we are gone."""
        with faults.translated(), self._door.connect(roles.APP) as own:
            own.autocommit = True
            own.execute("select pg_advisory_lock(%s)", (lock,))
            yield

    def way_in(self, role: str) -> tuple[str, str]:
        """For a library that makes its own connections: libpq's connection string, and what each says first ("": nothing).

        A server of ours that has died is started. Raises EnvironmentFault as `transaction` does.
        """
        return self._door.way_in(role)

    def server_info(self) -> dict[str, Any]:
        """For `doctor`: version, mode, place and size of the database, and how far its roles keep people apart."""
        with self.reader() as rows:
            version, size, guarded = rows.execute(text(
                "select current_setting('server_version'), pg_database_size(current_database()),"
                " exists (select from pg_roles where rolname = :app) and not has_table_privilege(:app, 'public.audit', 'update')"
            ), {"app": roles.APP}).one()
            revision = schema.version(rows).revision
        facts = self._door.facts()
        kept_apart = "ok" if guarded and facts["roles"] == "ok" else "missing"
        return {"version": version, "bytes": size, "schema": revision, **facts, "roles": kept_apart}

    def clear_traces(self, content: Sequence[tuple[str, str]] = ()) -> None:
        """Let go of what dropped rows and partitions leave in the server's log and statistics.

        content: (case id, content table) where single rows were deleted: their pages are written anew too.
        For after the deletion has been committed; with that and the key destroyed, no byte of what was dropped is left in the
        home. Raises EnvironmentFault("server-traces") on a server that somebody else runs.
        """
        self._door.clear_traces(content)

    @contextlib.contextmanager
    def _as(self, engine: Engine) -> Iterator[Connection]:
        with faults.translated(), engine.begin() as rows:
            yield rows

    def _engine(self, role: str) -> Engine:
        alone: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if role == roles.READER else {}
        # pre_ping: a backend that was killed costs a new connection, not a command. lifo: the connection used last knows its
        # statements already; one that has rested prepares them anew.
        return create_engine(
            "postgresql+psycopg://", creator=lambda: self._connect(role), pool_pre_ping=True, pool_use_lifo=True, pool_size=POOL,
            max_overflow=POOL, **alone)

    def _connect(self, role: str) -> "psycopg.Connection[Any]":
        """A new connection; nothing can be written over the reader's, with a transaction or without."""
        connection = self._door.connect(role)
        if role == roles.READER:
            connection.execute("set default_transaction_read_only = on")
            connection.commit()
        return connection


def open_store(settings: Settings) -> Store:
    """The store of a home, or of the server that was named; started and brought up to date if need be.

    Raises EnvironmentFault: "schema-newer", "database-down", "disk-full", "home-unwritable", "no-postgres", ...
    """
    store = Store(settings)
    try:
        with store.reader() as rows:
            current = schema.is_current(schema.version(rows))
        if not current:
            with _may_migrate(), store.as_owner() as rows:
                schema.migrate(rows)
    except BaseException:
        store.close()
        raise
    return store


@contextlib.contextmanager
def _may_migrate() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as fault:
        if getattr(fault.orig, "sqlstate", None) != _NO_RIGHT:
            raise
        raise EnvironmentFault(
            "database-rights", f"The account in SPORHUND_DATABASE_URL may not make the tables: {fault.orig}",
            "Make it the owner of that database.",
        ) from fault
