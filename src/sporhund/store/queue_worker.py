"""The worker behind the queue: Procrastinate's, on connections that come through the store's door."""
import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException

from sporhund.errors import EnvironmentFault
from sporhund.store import queue, roles
from sporhund.store.service import Store

POLL_S = 2.0
"""A job is heard of at once; this is for a notice that got lost with its connection."""


class QueueWorker:
    """Takes one job after the other, each in a thread, until it is stopped. One thread runs it, any may stop it."""

    def __init__(self, store: Store, act: Callable[[], None]) -> None:
        self._store, self._act = store, act
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: asyncio.Task[None] | None = None
        self._over = False

    def run(self) -> None:
        """Returns when it was stopped, or when the database went away: call it again then.

        Raises EnvironmentFault("database-down").
        """
        if not self._over:
            asyncio.run(self._run())

    def stop(self) -> None:
        """Take no further job; `run` returns when the act that is under way has."""
        self._over = True
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._cancel)
            except RuntimeError:          # the loop was closed in between: it has stopped
                return

    def _cancel(self) -> None:
        if self._working is not None:
            self._working.cancel()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        app = App(connector=PsycopgConnector(
            conninfo=lambda: self._store.way_in(roles.APP)[0], configure=self._enter, min_size=1, max_size=4, timeout=15.0))
        app.task(name=queue.TASK, queue=queue.NAME)(self._act)
        self._working = asyncio.ensure_future(self._work(app))
        if self._over:
            self._working.cancel()
        try:
            await self._working
        except asyncio.CancelledError:
            if not self._over:
                raise
        except (ConnectorException, psycopg.OperationalError) as lost:
            said = f"The queue of work lost its database: {lost.__cause__ or lost}"
            raise EnvironmentFault("database-down", said, "It goes on when the database is there again.") from lost
        finally:
            self._loop = self._working = None

    async def _work(self, app: App) -> None:
        async with app.open_async():
            await app.run_worker_async(
                queues=[queue.NAME], concurrency=1, name="sporhund", fetch_job_polling_interval=POLL_S, delete_jobs="always",
                install_signal_handlers=False)

    async def _enter(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        """A new connection steps down to its role and looks into the queue's schema."""
        before = connection.autocommit
        await connection.set_autocommit(True)
        if first := self._store.way_in(roles.APP)[1]:
            await connection.execute(first.encode())
        await connection.execute(f"set search_path to {queue.SCHEMA}".encode())
        await connection.set_autocommit(before)
