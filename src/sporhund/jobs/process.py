"""One worker process as its parent sees it: started clean, fed, watched, ended. No rules about tasks here."""
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sporhund.jobs import wire
from sporhund.jobs.wire import Said

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
    "PYTHONHASHSEED": "0",                              # the same order of sets in every run
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",                            # each further arena takes 64 MB of address space
    # Frames come and go by the thousand: memory handed back at once would be faulted in again (measured: 3 to 10 % of reading).
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20), "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    "ORT_DISABLE_TELEMETRY": "1",
}
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LOG_BYTES = 4096
_AT_ONCE = 1 << 20
_PARTING = 1.0  # seconds between the end of the line and the end of the process


class Process:
    """A running worker. `line`, `log` and `exit` are descriptors to wait on."""

    def __init__(self, setup: bytes) -> None:
        """Start it. setup: see jobs.worker. Raises OSError if no process can be started."""
        with contextlib.ExitStack() as for_child:
            self._socket, theirs = socket.socketpair()
            for_child.callback(theirs.close)
            lifeline, self._lifeline = os.pipe()
            for_child.callback(os.close, lifeline)
            self.log, log = os.pipe()
            for_child.callback(os.close, log)
            given = in_memory(setup)
            for_child.callback(os.close, given)
            inherited = (theirs.fileno(), lifeline, given)
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-B", "-m", "sporhund.jobs.worker", *map(str, inherited)],
                env=_ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=inherited,
                start_new_session=True,
            )
        self._socket.setblocking(False)
        os.set_blocking(self.log, False)
        self.line = self._socket.fileno()
        self.pid = self._process.pid
        self.exit = os.pidfd_open(self.pid)
        self._received = bytearray()
        self._said = b""

    def send(self, request: bytes, files: Sequence[int], seconds: float) -> None:
        """Give it a task. The request travels as a memory file, so a worker that does not read cannot block the parent."""
        given = in_memory(request)
        try:
            socket.send_fds(self._socket, [wire.TASK.pack(seconds)], [given, *files])
        finally:
            os.close(given)

    def receive(self) -> list[tuple[Said, bytes]]:
        """The messages that have come in whole. Raises Malformed, EOFError when it has closed its end.

        recv and not recvmsg: descriptors that a hijacked worker might send are dropped by the kernel.
        """
        messages = []
        try:
            arrived = self._socket.recv(_AT_ONCE)
        except BlockingIOError:
            return []
        except ConnectionError as broken:
            raise EOFError from broken
        if not arrived:
            raise EOFError
        self._received += arrived
        while len(self._received) >= wire.HEADER.size:
            said, length = wire.read_header(bytes(self._received[: wire.HEADER.size]))
            end = wire.HEADER.size + length
            if len(self._received) < end:
                break
            messages.append((said, bytes(self._received[wire.HEADER.size : end])))
            del self._received[:end]
        return messages

    @property
    def mid_sentence(self) -> bool:
        """Whether a part of a message has come in that nobody asked for (asked when it should be silent)."""
        return bool(self._received)

    def read_log(self) -> None:
        """Take in what it printed; only the end is kept."""
        with contextlib.suppress(BlockingIOError):
            self._said = (self._said + os.read(self.log, _AT_ONCE))[-_LOG_BYTES:]

    def last_words(self) -> str:
        """The last line it printed, or nothing. Untrusted text, cleaned."""
        self.read_log()
        lines = [line for line in self._said.decode(errors="replace").splitlines() if line.strip()]
        return wire.one_line(lines[-1]) if lines else ""

    def resident_mb(self) -> float:
        """Resident memory now, 0 once it has ended."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return 0.0
        return int(pages) * _PAGE / 1e6

    def status(self) -> int:
        """Its exit status, once it has hung up: by its own end, or by ours if that does not come."""
        select.select([self.exit], [], [], _PARTING)
        return self.end()

    def end(self) -> int:
        """Kill it if it still runs, with everything it may have started, and reap it. Returns its exit status."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.poll() is None:
                os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in the kernel: subprocess reaps it later
            self._process.wait(timeout=10)
        return self._process.returncode or 0

    def close(self) -> None:
        """End it and let go of all descriptors."""
        self.end()
        self._socket.close()
        for fd in (self.exit, self.log, self._lifeline):
            os.close(fd)


def in_memory(content: bytes) -> int:
    """A descriptor of an unnamed file in memory with this content, at its beginning. The caller closes it."""
    fd = os.memfd_create("sporhund", os.MFD_CLOEXEC)
    with os.fdopen(fd, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def read_only(content: bytes) -> int:
    """As `in_memory`, for reading alone: what a worker may be handed. The bytes touch no disk."""
    memory = in_memory(content)
    try:
        return os.open(f"/proc/self/fd/{memory}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(memory)
