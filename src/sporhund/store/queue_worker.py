"""The worker behind the queue: Procrastinate's, on connections that come through the store's door."""
import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from sporhund.errors import EnvironmentFault
from sporhund.store import queue, roles
from sporhund.store.service import Store

POLL_S = 2.0
"""A job is heard of at once; this is for a notice that got lost with its connection."""


class QueueWorker:
    """Takes one job after the other, each in a thread, until it is stopped. One thread runs it, any may stop it."""

    def __init__(self, store: Store, act: Callable[[], None]) -> None:
        self._store, self._act = store, act
        self._wished: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None   #: its end, while it runs
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
        if (running := self._wished) is not None:
            loop, wished = running
            try:
                loop.call_soon_threadsafe(wished.set)
            except RuntimeError:          # the loop was closed in between: it has stopped
                return

    async def _run(self) -> None:
        wished = asyncio.Event()
        self._wished = asyncio.get_running_loop(), wished
        if self._over:                    # before anybody could have told the loop
            wished.set()
        try:
            await self._work(wished)
        except (ConnectorException, psycopg.OperationalError) as lost:
            if self._over:                # nothing is missed any more
                return
            said = f"The queue of work lost its database: {lost.__cause__ or lost}"
            raise EnvironmentFault("database-down", said, "It goes on when the database is there again.") from lost
        finally:
            self._wished = None

    async def _work(self, wished: asyncio.Event) -> None:
        """Work until the end is wished. Nothing here is ever cancelled.

        A cancellation would be swallowed by whatever the pool is at (psycopg_pool 3.3, `AsyncConnectionPool.worker`: it catches
        CancelledError and waits for its next task; asyncio's `wait_for` before 3.12 likewise), and `run` would never return:
        5 of 100 workers that were stopped within 10 ms of their start. So the pool is closed, and the worker is asked.
        """
        pool = AsyncConnectionPool(
            lambda: self._store.way_in(roles.APP)[0], configure=self._enter, check=AsyncConnectionPool.check_connection,
            min_size=1, max_size=4, timeout=15.0, open=False)
        app = App(connector=PsycopgConnector(configure=self._enter))     # of the connection that listens
        app.task(name=queue.TASK, queue=queue.NAME)(self._act)
        async with pool, app.open_async(pool):
            worker = Worker(app, queues=[queue.NAME], concurrency=1, name="sporhund", fetch_job_polling_interval=POLL_S,
                            delete_jobs="always", install_signal_handlers=False)
            working, heard = asyncio.create_task(worker.run()), asyncio.create_task(wished.wait())  # type: ignore[no-untyped-call]
            await asyncio.wait((working, heard), return_when=asyncio.FIRST_COMPLETED)
            worker.stop()                                                  # type: ignore[no-untyped-call]
            if worker.run_task is None:   # it has no place among the workers yet, and may be waiting for a database that is away
                await pool.close()
            await working

    async def _enter(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        """A new connection steps down to its role and looks into the queue's schema."""
        before = connection.autocommit
        await connection.set_autocommit(True)
        if first := self._store.way_in(roles.APP)[1]:
            await connection.execute(first.encode())
        await connection.execute(f"set search_path to {queue.SCHEMA}".encode())
        await connection.set_autocommit(before)
