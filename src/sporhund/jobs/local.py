"""Workers on this machine: a fixed number of confined processes, each with one task at a time.

    with Workers("sporhund.review.line", count=2, config=config, readable=[models]) as workers:
        while workers.free and tasks: workers.submit(tasks.pop())
        outcome = workers.wait()

One owner, one thread. The pool enforces wall time and memory, replaces what crashed, and never trusts what a worker says.
"""
import contextlib
import fcntl
import json
import os
import selectors
import signal
import stat
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from sporhund.errors import EnvironmentFault, SporhundError
from sporhund.jobs import wire
from sporhund.jobs.confine import Level, close_memory
from sporhund.jobs.process import Process
from sporhund.jobs.task import Ending, Limits, Outcome, Task
from sporhund.jobs.wire import Malformed, Said

__all__ = ["Ending", "Level", "Limits", "Outcome", "Task", "Workers"]

_ADDRESS_ROOM_MB = 800     # reserved, not used: measured 370 (av, onnxruntime, cv2, Pillow), and room for thread stacks
_GROWN = 0.75               # of the memory limit, when idle: a fresh process takes over
_LOOK_EVERY = 0.1           # seconds between two looks at the clock and at the memory
_FAILED_STARTS = 3


class _Slot:
    """One place in the pool: a process and what it is doing."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.ready = False                  # the target is loaded
        self.task: Task | None = None       # being worked on, or waiting for `ready`
        self.since = time.monotonic()       # start of the process, then of the task
        self.peak = 0.0
        self.served = 0

    @property
    def working(self) -> bool:
        return self.ready and self.task is not None


class Workers:
    """A pool of confined workers that have loaded `target`.

    target: module with serve(config: bytes) -> handler; handler(request: bytes, files: list[int]) -> bytes.
    serve runs after confinement. The worker closes the descriptors when the handler is done.
    readable: folders a worker may read besides the installation (models).
    modules: folders besides the installation in which target may be found.
    allow_level: the worst jobs.confine.Level accepted.
    Raises EnvironmentFault "sandbox-too-weak", "worker-cannot-start" (also later, from submit and wait).
    """

    def __init__(
        self, target: str, *, count: int, config: bytes, readable: Sequence[Path] = (), modules: Sequence[Path] = (),
        limits: Limits = Limits(), allow_level: int = 2,  # noqa: B008 - frozen
    ) -> None:
        if count < 1:
            raise ValueError(f"{count} workers")
        self._target, self._limits, self._allow_level = target, limits, allow_level
        self._setup = json.dumps({
            "target": target, "readable": [str(place.absolute()) for place in (*readable, *modules)],
            "modules": [str(place.absolute()) for place in modules],
            "address_space": (limits.memory_mb + _ADDRESS_ROOM_MB) << 20,
        }).encode() + b"\n" + config
        self._selector = selectors.DefaultSelector()
        self._slots: list[_Slot] = []
        self._outcomes: deque[Outcome] = deque()
        self._level: Level | None = None
        self._failed_starts = 0
        self._ever_ready = False
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            for _ in range(count):
                self._start()
            while self._level is None:
                self._look(_LOOK_EVERY)
            undo.pop_all()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def level(self) -> Level:
        """How firmly the workers are held."""
        assert self._level is not None  # known before __init__ returns
        return self._level

    @property
    def free(self) -> int:
        """How many tasks can be submitted now."""
        return sum(slot.task is None for slot in self._slots)

    @property
    def busy(self) -> int:
        """How many submitted tasks have an outcome still to be fetched."""
        return self._running + len(self._outcomes)

    @property
    def _running(self) -> int:
        return sum(slot.task is not None for slot in self._slots)

    def submit(self, task: Task) -> None:
        """Give a task to a worker. Only when `free`; RuntimeError otherwise."""
        open_slots = sorted((slot for slot in self._slots if slot.task is None), key=lambda slot: not slot.ready)
        if not open_slots:
            raise RuntimeError("no worker is free")
        open_slots[0].task = task
        if open_slots[0].ready:
            self._send(open_slots[0])

    def wait(self, timeout: float | None = None) -> Outcome | None:
        """The next outcome; None when `timeout` seconds have passed, or when nothing is left to wait for."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._outcomes and self._running:
            left = _LOOK_EVERY if until is None else min(_LOOK_EVERY, until - time.monotonic())
            if left < 0:
                return None
            self._look(left)
        return self._outcomes.popleft() if self._outcomes else None

    def cancel(self, key: str) -> None:
        """Stop a task that has not ended, by ending its worker. It has no outcome."""
        for slot in [slot for slot in self._slots if slot.task is not None and slot.task.key == key]:
            slot.task = None
            self._replace(slot)

    def close(self) -> None:
        """End all workers, also in the middle of a task. May be called twice."""
        while self._slots:
            self._drop(self._slots[0])
        self._selector.close()

    # -- looking after the processes

    def _start(self) -> _Slot:
        try:
            process = Process(self._setup)
        except OSError as failed:
            raise EnvironmentFault("worker-cannot-start", f"no worker process could be started: {failed}") from failed
        slot = _Slot(process)
        self._slots.append(slot)
        for fd, event in ((process.line, self._on_line), (process.log, self._on_log), (process.exit, self._on_exit)):
            self._selector.register(fd, selectors.EVENT_READ, (slot, event))
        return slot

    def _drop(self, slot: _Slot) -> None:
        self._slots.remove(slot)
        for fd in (slot.process.line, slot.process.log, slot.process.exit):
            self._selector.unregister(fd)
        slot.process.close()

    def _replace(self, slot: _Slot) -> None:
        """A fresh process in its place; a task that was not sent yet moves over."""
        self._drop(slot)
        self._start().task = slot.task

    def _look(self, seconds: float) -> None:
        """Take in what happened within `seconds`, then hold everyone to the limits."""
        for key, _ in self._selector.select(seconds):
            slot, event = key.data
            if slot in self._slots:  # not replaced by an event just before
                event(slot)
        for slot in list(self._slots):
            self._hold_to_limits(slot)

    def _on_log(self, slot: _Slot) -> None:
        slot.process.read_log()

    def _on_line(self, slot: _Slot) -> None:
        try:
            for said, content in slot.process.receive():
                self._hear(slot, said, content)
            if slot.ready and slot.task is None and slot.process.mid_sentence:
                raise Malformed("bytes without a task")
        except Malformed as nonsense:
            self._fail(slot, Ending.CRASHED, f"malformed reply: {nonsense}")
        except EOFError:
            self._on_exit(slot)

    def _on_exit(self, slot: _Slot) -> None:
        """It has ended by itself; a reply that it sent before counts."""
        with contextlib.suppress(EOFError, Malformed):
            while messages := slot.process.receive():
                for said, content in messages:
                    self._hear(slot, said, content)
        if slot in self._slots:
            self._fail(slot, *_how_it_ended(slot.process))

    def _hear(self, slot: _Slot, said: Said, content: bytes) -> None:
        if slot not in self._slots:
            return
        if said is Said.CONFINED and not slot.ready:
            self._accept_level(_read_level(content))
        elif said is Said.READY and not slot.ready:
            slot.ready, self._ever_ready, self._failed_starts = True, True, 0
            if slot.task is not None:
                self._send(slot)
        elif said is Said.ERROR and not slot.ready:
            self._fail(slot, Ending.ERROR, content.decode(errors="replace"))
        elif slot.working and said in _ENDINGS:
            reply, detail = (content, "") if said is Said.DONE else (b"", wire.one_line(content.decode(errors="replace")))
            self._finish(slot, _ENDINGS[said], reply, detail)
        else:
            raise Malformed(f"{said.name.lower()} at the wrong time")

    def _accept_level(self, level: Level) -> None:
        if level.number > self._allow_level:
            raise EnvironmentFault(
                "sandbox-too-weak", f"workers can only be confined to {level.text}; level {self._allow_level} is required",
                "Use a kernel with seccomp and Landlock (Linux 5.13 or newer); sporhund doctor shows what is missing.")
        if not level.landlock:
            close_memory()  # keys and passwords lie here; /proc would show them to a worker of the same user (measured)
        self._level = self._level or level

    def _hold_to_limits(self, slot: _Slot) -> None:
        age = time.monotonic() - slot.since
        if not slot.ready:
            if age > self._limits.start_seconds:
                self._fail(slot, Ending.TIMEOUT, f"not ready after {age:.0f} s")
        elif slot.task is not None:
            resident = slot.process.resident_mb()
            slot.peak = max(slot.peak, resident)
            if resident > self._limits.memory_mb:
                self._fail(slot, Ending.MEMORY, f"{resident:.0f} MB resident, {self._limits.memory_mb} allowed")
            elif age > slot.task.seconds:
                self._fail(slot, Ending.TIMEOUT, f"not done after {slot.task.seconds:g} s")

    # -- tasks

    def _send(self, slot: _Slot) -> None:
        """Open the task's files, hand them over, close them here."""
        task = slot.task
        assert task is not None
        try:
            files = task.files()
        except (OSError, SporhundError) as failed:
            slot.task = None
            self._outcomes.append(Outcome(task.key, Ending.ERROR, b"", f"{type(failed).__name__}: {failed}", 0.0, 0.0))
            return
        slot.since, slot.peak = time.monotonic(), 0.0
        try:
            _check_rights(files)
            slot.process.send(task.request, files, task.seconds)
        except ConnectionError:
            pass  # it has just ended; its exit is noticed in the next look and told as the outcome
        except ValueError:
            slot.task = None
            raise
        finally:
            for fd in files:
                os.close(fd)

    def _finish(self, slot: _Slot, ending: Ending, reply: bytes, detail: str) -> None:
        """The worker has answered and goes on, unless it has grown, served long enough or ran full."""
        self._record(slot, ending, reply, detail)
        slot.served += 1
        worn = slot.served >= self._limits.recycle_after or slot.process.resident_mb() > _GROWN * self._limits.memory_mb
        if worn or ending is Ending.MEMORY:
            self._replace(slot)

    def _fail(self, slot: _Slot, ending: Ending, detail: str) -> None:
        """The worker is lost: with its task if it had begun, else as a failed start."""
        if slot.ready:
            self._record(slot, ending, b"", detail)
        else:
            self._failed_starts += 1
            if not self._ever_ready or self._failed_starts >= _FAILED_STARTS:
                raise EnvironmentFault(
                    "worker-cannot-start", f"a worker with {self._target} did not start: {detail}",
                    "sporhund doctor shows what workers can do on this machine.")
        self._replace(slot)

    def _record(self, slot: _Slot, ending: Ending, reply: bytes, detail: str) -> None:
        if slot.task is None:
            return
        peak = max(slot.peak, slot.process.resident_mb())
        self._outcomes.append(Outcome(slot.task.key, ending, reply, detail, time.monotonic() - slot.since, peak))
        slot.task = None


_ENDINGS = {Said.DONE: Ending.DONE, Said.ERROR: Ending.ERROR, Said.MEMORY: Ending.MEMORY}


def _read_level(content: bytes) -> Level:
    try:
        return Level(**json.loads(content))
    except (ValueError, TypeError) as wrong:
        raise Malformed("a level that is none") from wrong


def _how_it_ended(process: Process) -> tuple[Ending, str]:
    """What the exit status and the last printed line say."""
    status, words = process.status(), process.last_words()
    said = f": {words}" if words else ""
    if status >= 0:
        return Ending.CRASHED, f"exit {status}{said}"
    name = signal.Signals(-status).name
    if -status == signal.SIGXCPU:
        return Ending.TIMEOUT, f"over its processor time ({name})"
    if -status == signal.SIGABRT and "bad_alloc" in words:
        return Ending.MEMORY, f"{name}{said}"
    if -status == signal.SIGKILL:
        return Ending.CRASHED, f"{name}, not sent by Sporhund: the machine may have run out of memory{said}"
    return Ending.CRASHED, f"{name}{said}"


def _check_rights(files: Sequence[int]) -> None:
    """A descriptor that can write would carry that right into the worker. A pipe's writing end is the way out for bulk."""
    if len(files) > wire.FILES:
        raise ValueError(f"{len(files)} descriptors with one task, {wire.FILES} allowed")
    for fd in files:
        writes = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        if writes and not stat.S_ISFIFO(os.fstat(fd).st_mode):
            raise ValueError(f"descriptor {fd} is open for writing")
