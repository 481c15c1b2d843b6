"""A worker that is asked to stop does, whatever it is at."""
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sporhund.store import queue
from sporhund.store.queue_worker import QueueWorker
from sporhund.store.service import Store

GIVE_UP_S = 120     # of a worker that never returns; one that does takes milliseconds


class Telling:
    """A store that says so when a connection is about to be opened."""

    def __init__(self, store: Store, opened: Callable[[int], None]) -> None:
        self._store, self._opened, self._times = store, opened, 0

    def way_in(self, role: str) -> Any:
        self._times += 1
        self._opened(self._times)
        return self._store.way_in(role)


def ends(worker: QueueWorker) -> bool:
    """Whether its run returns."""
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    running.join(GIVE_UP_S)
    return not running.is_alive()


@pytest.mark.parametrize("nth", range(1, 5))
def test_a_worker_stops_while_it_opens_a_connection(nth: int, store: Store) -> None:
    """The first is the pool's: its way in, then its role. The next is the one that listens."""
    worker: QueueWorker

    def opened(times: int) -> None:
        if times == nth:
            worker.stop()

    worker = QueueWorker(Telling(store, opened), lambda: None)  # type: ignore[arg-type]

    assert ends(worker)


def test_a_worker_that_was_stopped_before_it_began_does_not_begin(store: Store) -> None:
    done: list[str] = []
    worker = QueueWorker(store, lambda: done.append("a job"))
    with store.transaction() as rows:
        queue.renew(rows, 1)

    worker.stop()

    assert ends(worker) and not done


def test_a_worker_that_is_stopped_by_its_own_job_has_done_that_and_no_other(store: Store) -> None:
    done: list[str] = []
    worker: QueueWorker

    def act() -> None:
        done.append("a job")
        worker.stop()

    worker = QueueWorker(store, act)
    with store.transaction() as rows:
        queue.renew(rows, 3)

    assert ends(worker)
    assert done == ["a job"]


def test_a_worker_stops_while_the_database_does_not_answer(store: Store) -> None:
    """Nobody hears at that address: its connections are tried again and again."""
    worker: QueueWorker

    class Away:
        def way_in(self, role: str) -> Any:
            threading.Timer(0.1, worker.stop).start()
            return f"host={store.settings.keys} user=nobody", None

    worker = QueueWorker(Away(), lambda: None)  # type: ignore[arg-type]

    assert ends(worker)
