"""The two ways to a database: the home's own server, and a server that was named."""

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from sporhund.errors import EnvironmentFault
from sporhund.settings import Settings
from sporhund.store import faults, roles
from sporhund.store.embedded import Embedded
from sporhund.store.tables import CONTENT, metadata

_CONNECT_S = 10
_RECOVERY_S = 60.0
_CLEAR_WAIT_S = 30
_ONLY_ADDED_TO = ("audit", "audit_chain")
_NOT_YET = (
    "the database system is"  # "... starting up", "in recovery mode", "shutting down": there soon, or startable soon
)


class EmbeddedDoor:
    """Connections to the home's own server, which is started again when it has died."""

    def __init__(self, settings: Settings) -> None:
        self._server = Embedded(settings.home, settings.postgres)
        self._address = self._server.join()

    def connect(self, role: str) -> "psycopg.Connection[Any]":
        """A new connection as a role. A server that has died is started; one that recovers is waited for."""
        until = time.monotonic() + _RECOVERY_S
        restarted = False
        while True:
            try:
                return self._connect(role)
            except psycopg.OperationalError as fault:
                soon = _NOT_YET in str(fault) and time.monotonic() < until
                if restarted and not soon:
                    raise
                self._address, restarted = self._server.join(), True
                time.sleep(0.02)

    def _connect(self, role: str) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(self._address.socket_dir),
            user=role,
            password=self._address.passwords.get(role),
            dbname=roles.DATABASE,
            application_name="sporhund",
        )

    def way_in(self, role: str) -> tuple[str, str]:
        """See Store.way_in."""
        with faults.translated():
            self._address = self._server.join()
        return make_conninfo(
            host=str(self._address.socket_dir), user=role, password=self._address.passwords.get(role), dbname=roles.DATABASE,
            application_name="sporhund"), ""

    def clear_traces(self, content: Sequence[tuple[str, str]]) -> None:
        """See Store.clear_traces."""
        with faults.translated(), self.connect(roles.BOOTSTRAP) as server:
            server.autocommit = True
            # Everybody queues behind this wait, so it ends: EnvironmentFault("database-busy").
            server.execute(f"set lock_timeout = '{_CLEAR_WAIT_S}s'")
            ours = [f'public."{name}"' for name in metadata.tables if name not in {*CONTENT, *_ONLY_ADDED_TO}]
            parts = [_part(server, *one) for one in content]
            # Statistics hold common values of columns. Those of a dropped partition go with it; those of the whole table, of a
            # table of all cases and of a partition that lost single rows are still the old ones: who analyses makes new ones.
            server.execute("delete from pg_catalog.pg_statistic where starelid = any(%s::text[]::regclass[])",
                           ([*(f'public."{name}"' for name in CONTENT), *ours, *parts],))
            # A changed or deleted row, of statistics too, stays on its page until the page is written anew.
            for table in (*parts, "pg_catalog.pg_statistic", "pg_catalog.pg_statistic_ext_data", *ours):
                server.execute(f"vacuum full {table}")
            # A checkpoint keeps the log since the one before it: twice, so that every older segment goes.
            for _ in range(2):
                server.execute("select pg_switch_wal()")
                server.execute("checkpoint")

    def facts(self) -> dict[str, Any]:
        """For `doctor`."""
        return {
            "mode": "embedded",
            "place": str(self._server.place.data),
            "roles": "ok",
            "separation": "whoever runs this account can change everything: tampering shows against a checkpoint kept elsewhere",
        }

    def close(self) -> None:
        """Give the share in the server back."""
        self._server.leave()


def _part(server: "psycopg.Connection[Any]", case_id: str, table: str) -> str:
    """The partition of a case's rows of a content table."""
    (name,) = server.execute("select format('parts.%%I', public.partition_name(%s, %s))", (table, case_id)).fetchone() or ("",)
    return str(name)


class ServerDoor:
    """Connections to a server that was named; app and reader by SET ROLE, where the server lets us."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._steps_down = False
        with faults.translated(), self.connect(roles.OWNER) as server:
            self._steps_down = roles.prepare_named(server)

    def connect(self, role: str) -> "psycopg.Connection[Any]":
        """A new connection as a role; as the owner where there are no roles."""
        connection = psycopg.connect(self._url, application_name="sporhund", connect_timeout=_CONNECT_S)
        if role != roles.OWNER and self._steps_down:
            connection.execute(f"set role {role}")
            connection.commit()
        return connection

    def way_in(self, role: str) -> tuple[str, str]:
        """See Store.way_in."""
        steps_down = role != roles.OWNER and self._steps_down
        return make_conninfo(self._url, application_name="sporhund", connect_timeout=_CONNECT_S), (
            f"set role {role}" if steps_down else "")

    def clear_traces(self, content: Sequence[tuple[str, str]]) -> None:
        """See Store.clear_traces."""
        raise EnvironmentFault(
            "server-traces",
            "The log and the backups of a server that somebody else runs are not ours to clear.",
            "Ask its administrator: write-ahead log, archives, replicas and backups still hold what was erased.",
        )

    def facts(self) -> dict[str, Any]:
        """For `doctor`."""
        apart = "commands come in as the owner and step down to their role: they could step up again"
        together = (
            "the server lets us make no roles: every command runs as the owner and could lift the audit log's guards"
        )
        return {
            "mode": "server",
            "place": self._url.rsplit("@", 1)[-1].rsplit("//", 1)[-1],
            "roles": "ok" if self._steps_down else "missing",
            "separation": apart if self._steps_down else together,
        }

    def close(self) -> None:
        """Nothing is held."""
