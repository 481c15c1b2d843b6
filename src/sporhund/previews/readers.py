"""A few confined workers behind a line of requests, for many threads: who looks at a page goes before who plays a video.

One thread owns the workers. A request that kills, hangs or lies costs itself; the next one finds a fresh worker.
"""
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from sporhund.errors import EnvironmentFault, SporhundError
from sporhund.jobs.local import Task, Workers
from sporhund.previews.model import Urgency
from sporhund.review import messages
from sporhund.review.hear import heard
from sporhund.review.messages import Answer

COUNT = 2
MOST_WAITING = 400
_GLANCE_S = 0.02           #: between two looks at the line while workers are busy
_IDLE_S = 300.0            #: without a request: the workers end and give their memory back


@dataclass(eq=False)
class _Job:
    key: str
    request: bytes
    file: int                  # ours; the worker gets a copy
    seconds: float
    urgency: Urgency
    number: int                #: order of arrival
    run: str = ""              #: of its last submission: one that was cancelled may still tell of itself
    future: "Future[Answer]" = field(default_factory=Future)

    def fail(self, fault: SporhundError) -> None:
        os.close(self.file)
        self.future.set_exception(fault)


class Readers:
    """Start nothing until the first request. Close it."""

    def __init__(
        self, *, count: int = COUNT, target: str = "sporhund.review.line", config: bytes | None = None,
        modules: Sequence[Path] = (),
    ) -> None:
        self._count, self._target, self._modules = count, target, tuple(modules)
        self._config = messages.encode(messages.Setup()) if config is None else config
        self._waiting: list[_Job] = []
        self._running: dict[str, _Job] = {}
        self._numbers = self._runs = 0
        self._closing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._workers: Workers | None = None

    def ask(self, key: str, request: messages.Request, file: int, *, seconds: float, urgency: Urgency) -> Answer:
        """The answer to one request, when its turn has come. `file` is a descriptor, which is closed.

        Raises Unreadable as `review.hear.heard`; EnvironmentFault `busy`, `worker-cannot-start`, `sandbox-too-weak`, `closed`.
        """
        with self._changed:
            refused = self._refused()
            if refused is not None:
                os.close(file)
                raise refused
            self._numbers += 1
            job = _Job(key, messages.encode(request), file, seconds, urgency, self._numbers)
            self._waiting.append(job)
            self._serve()
            self._changed.notify_all()
        return job.future.result()

    def hurry(self, key: str, urgency: Urgency) -> None:
        """Somebody waits now for what was asked for ahead of time."""
        with self._changed:
            for job in (*self._waiting, *self._running.values()):
                if job.key == key:
                    job.urgency = min(job.urgency, urgency)

    def close(self) -> None:
        """End the workers, also in the middle of a request; who waits is told. May be called twice."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _refused(self) -> EnvironmentFault | None:
        if self._closing:
            return EnvironmentFault("closed", "Pictures are not made any more: Sporhund is closing.")
        if len(self._waiting) >= MOST_WAITING:
            return EnvironmentFault("busy", f"{MOST_WAITING} pictures are waiting to be made already.", "Try again in a moment.")
        return None

    def _serve(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="previews", daemon=True)
            self._thread.start()

    # -- the thread that owns the workers

    def _run(self) -> None:
        while self._wait_for_work():
            try:
                self._step()
            except SporhundError as fault:
                self._give_up(fault)
            except Exception as exc:  # noqa: BLE001 - told to everybody who waits; the thread goes on with fresh workers
                self._give_up(EnvironmentFault("worker-cannot-start", f"the readers failed: {type(exc).__name__}: {exc}"))
        self._give_up(EnvironmentFault("closed", "Sporhund is closing."), all_of_them=True)

    def _wait_for_work(self) -> bool:
        """False when all is over."""
        with self._changed:
            since = time.monotonic()
            while not (self._waiting or self._running or self._closing):
                self._changed.wait(_IDLE_S)
                if self._workers is not None and time.monotonic() - since >= _IDLE_S:
                    self._end_workers()
            return not self._closing

    def _step(self) -> None:
        if self._workers is None:
            self._workers = Workers(self._target, count=self._count, config=self._config, modules=self._modules)
        self._make_way(self._workers)
        while self._workers.free and (job := self._next()) is not None:
            self._submit(self._workers, job)
        outcome = self._workers.wait(_GLANCE_S)
        if outcome is None:
            return
        with self._changed:
            job = self._running.pop(outcome.key, None)
        if job is None:
            return                                   # it had ended in the moment in which it was cancelled: it runs again
        os.close(job.file)
        try:
            job.future.set_result(heard(outcome))
        except SporhundError as fault:
            job.future.set_exception(fault)

    def _submit(self, workers: Workers, job: _Job) -> None:
        file = job.file
        with self._changed:
            self._runs += 1
            job.run = str(self._runs)
            self._running[job.run] = job
        workers.submit(Task(job.run, job.request, job.seconds, lambda: [os.dup(file)]))

    def _make_way(self, workers: Workers) -> None:
        """Somebody who waits for a video does not wait for what nobody asked for: that is begun again afterwards."""
        with self._changed:
            waits = any(job.urgency is Urgency.PLAYING for job in self._waiting)
            ahead = [job for job in self._running.values() if job.urgency is Urgency.AHEAD]
            if not waits or not ahead or len(self._running) - len(ahead) >= self._count:
                return
            for job in ahead:
                del self._running[job.run]
                workers.cancel(job.run)
                self._waiting.append(job)

    def _next(self) -> _Job | None:
        """Whose turn it is. One worker is always left for pictures: nobody waits for a page until a video is copied."""
        with self._changed:
            copies = sum(job.urgency is not Urgency.PAGE for job in self._running.values())
            held_back = self._count > 1 and copies >= self._count - 1
            able = [job for job in self._waiting if job.urgency is Urgency.PAGE or not held_back]
            if not able:
                return None
            job = min(able, key=lambda one: (one.urgency, one.number))
            self._waiting.remove(job)
            return job

    def _give_up(self, fault: SporhundError, *, all_of_them: bool = False) -> None:
        """Tell those whose requests are lost; without workers, that is everybody."""
        self._end_workers()
        with self._changed:
            lost = [*self._running.values(), *self._waiting]
            self._running.clear()
            self._waiting.clear()
            if all_of_them:
                self._closing = True
        for job in lost:
            job.fail(fault)

    def _end_workers(self) -> None:
        if self._workers is not None:
            self._workers.close()
            self._workers = None
