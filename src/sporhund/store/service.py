"""The store as the other rooms see it: transactions as the role that fits."""
import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Engine, create_engine, text

from sporhund.settings import Settings
from sporhund.store import faults, roles, schema
from sporhund.store.embedded import Embedded

if TYPE_CHECKING:
    import psycopg


class Store:
    """A database that is there, has the right schema, and is held until `close`. Made by `open_store`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._door: _EmbeddedDoor | _ServerDoor = _ServerDoor(settings.database_url) if settings.database_url else _EmbeddedDoor(settings)
        self._engines: dict[str, Engine] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back. The embedded server stops a few seconds after its last user."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        self._door.close()

    def transaction(self) -> contextlib.AbstractContextManager[Connection]:
        """One transaction as the app role: committed at the end, rolled back on an exception.

        Raises EnvironmentFault("database-down" | "disk-full" | "database-busy"); a lost server is there again for the
        next transaction.
        """
        return self._as(roles.APP)

    def reader(self) -> contextlib.AbstractContextManager[Connection]:
        """One read-only transaction as the reader role. Raises as `transaction` does."""
        return self._as(roles.READER)

    def as_owner(self) -> contextlib.AbstractContextManager[Connection]:
        """One transaction as the owner of the tables: for migrations, backup and restore only."""
        return self._as(roles.OWNER)

    def server_info(self) -> dict[str, Any]:
        """For `doctor`: version, mode, place and size of the database, and how far its roles keep people apart."""
        with self.reader() as rows:
            number, size = rows.execute(text("select current_setting('server_version'), pg_database_size(current_database())")).one()
            revision = schema.version(rows).revision
        return {"version": number, "bytes": size, "schema": revision, **self._door.facts()}

    @contextlib.contextmanager
    def _as(self, role: str) -> Iterator[Connection]:
        with faults.translated(), self._engine(role).begin() as rows:
            if role == roles.READER:
                rows.execute(text("set transaction read only"))
            yield rows

    def _engine(self, role: str) -> Engine:
        if role not in self._engines:
            # pre_ping: a backend that was killed costs a new connection, not a command.
            self._engines[role] = create_engine(
                "postgresql+psycopg://", creator=lambda: self._door.connect(role), pool_pre_ping=True, pool_size=4, max_overflow=16)
        return self._engines[role]


def open_store(settings: Settings) -> Store:
    """The store of a home, or of the server that was named; started and brought up to date if need be.

    Raises EnvironmentFault: "schema-newer", "database-down", "disk-full", "home-unwritable", "no-postgres", ...
    """
    store = Store(settings)
    try:
        with store.reader() as rows:
            current = schema.is_current(schema.version(rows))
        if not current:
            with store.as_owner() as rows:
                schema.migrate(rows)
    except BaseException:
        store.close()
        raise
    return store


class _EmbeddedDoor:
    """Connections to the home's own server, which is started again when it has died."""

    def __init__(self, settings: Settings) -> None:
        self._server = Embedded(settings.home, settings.postgres)
        self._address = self._server.join()

    def connect(self, role: str) -> "psycopg.Connection[Any]":
        import psycopg

        try:
            return self._connect(role)
        except psycopg.OperationalError:
            self._address = self._server.join()
            return self._connect(role)

    def _connect(self, role: str) -> "psycopg.Connection[Any]":
        import psycopg

        return psycopg.connect(host=str(self._address.socket_dir), user=role, password=self._address.passwords.get(role),
                               dbname=roles.DATABASE, application_name="sporhund")

    def facts(self) -> dict[str, Any]:
        return {"mode": "embedded", "place": str(self._server.place.data), "roles": "ok", "separation":
                "whoever runs this account can change everything: tampering shows against a checkpoint kept elsewhere"}

    def close(self) -> None:
        self._server.leave()


class _ServerDoor:
    """Connections to a server that was named; app and reader by SET ROLE, where the server lets us."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        with faults.translated(), self.connect(roles.OWNER) as server:
            self._roles = roles.prepare_named(server)

    def connect(self, role: str) -> "psycopg.Connection[Any]":
        import psycopg

        connection = psycopg.connect(self._url, application_name="sporhund", connect_timeout=10)
        if role != roles.OWNER and self._roles:
            connection.execute(f"set role {role}")
            connection.commit()
        return connection

    def facts(self) -> dict[str, Any]:
        return {"mode": "server", "place": self._url.rsplit("@", 1)[-1], "roles": "ok" if self._roles else "missing", "separation":
                "commands come in as the owner and step down to their role: they could step up again" if self._roles
                else "the server lets us make no roles: every command runs as the owner and could remove the guards of the audit log"}

    def close(self) -> None:
        """Nothing is held."""


