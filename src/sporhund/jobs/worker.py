"""The life of one worker: confine, load, then one task after the other until the parent closes the line.

Started by jobs.process as `python -s -P -B -m sporhund.jobs.worker SOCKET LIFELINE SETUP`, nothing else open. Until it is
confined it imports only the standard library. The setup is one line of JSON and then the target's configuration.
"""
import array
import contextlib
import fcntl
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from sporhund.jobs import wire
from sporhund.jobs.confine import confine
from sporhund.jobs.wire import Said

Handler = Callable[[bytes, list[int]], bytes]


def main() -> None:
    line, lifeline, setup = (int(word) for word in sys.argv[1:4])
    with socket.socket(fileno=line) as parent:
        _die_with_the_parent(lifeline)
        head, config = _read_all(setup).split(b"\n", 1)
        os.close(setup)
        plan = json.loads(head)
        _be_the_first_to_go()
        level = confine([Path(place) for place in plan["readable"]], plan["address_space"])
        _say(parent, Said.CONFINED, json.dumps(asdict(level)).encode())
        sys.path.extend(plan["modules"])
        try:
            handler: Handler = importlib.import_module(plan["target"]).serve(config)
        except Exception as failed:  # noqa: BLE001 - the border: told to the parent, which decides
            _say(parent, Said.ERROR, _told(failed))
            return
        _say(parent, Said.READY, b"")
        while _serve_one(parent, handler):
            pass


def _serve_one(parent: socket.socket, handler: Handler) -> bool:
    """Take one task and answer it; False when the parent has closed the line."""
    header, fds = _receive(parent)
    if not header:
        return False
    own = {fd: _identity(fd) for fd in fds}
    _limit_cpu(wire.TASK.unpack(header)[0])
    try:
        _say(parent, Said.DONE, handler(_read_all(fds[0]), fds[1:]))
    except Exception as failed:  # noqa: BLE001 - the border: told to the parent, which records it
        _say(parent, Said.MEMORY if _ran_full(failed) else Said.ERROR, _told(failed))
    finally:
        for fd, identity in own.items():
            if _identity(fd) == identity:  # the target may have closed it, and the number may be another file's by now
                os.close(fd)
    return True


def _receive(parent: socket.socket) -> tuple[bytes, list[int]]:
    """A task's header and descriptors (not those of socket.recv_fds, which may leave them inheritable and untold)."""
    room = (wire.FILES + 1) * array.array("i").itemsize
    header, passed, flags, _ = parent.recvmsg(wire.TASK.size, socket.CMSG_SPACE(room), socket.MSG_CMSG_CLOEXEC)
    fds = array.array("i")
    for level, kind, data in passed:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    if header and (len(header) != wire.TASK.size or not fds or flags & socket.MSG_CTRUNC):
        raise wire.Malformed("the parent sent an incomplete task")
    return header, list(fds)


def _say(parent: socket.socket, said: Said, content: bytes) -> None:
    parent.sendall(wire.HEADER.pack(said, len(content)))
    parent.sendall(content)


def _ran_full(failed: Exception) -> bool:
    """Whether memory ran out, also where a C++ library says so in its own words (onnxruntime, OpenCV)."""
    return isinstance(failed, MemoryError) or any(word in str(failed) for word in ("bad_alloc", "Insufficient memory"))


def _told(failed: BaseException) -> bytes:
    return wire.one_line(f"{type(failed).__name__}: {failed}").encode()


def _read_all(fd: int) -> bytes:
    with os.fdopen(fd, "rb", closefd=False) as whole:
        return whole.read()


def _identity(fd: int) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        found = os.fstat(fd)
        return found.st_dev, found.st_ino
    return None


def _die_with_the_parent(lifeline: int) -> None:
    """Let the kernel kill this process once the parent's end of the lifeline is closed, however the parent ended.

    Not PR_SET_PDEATHSIG: that fires when the parent's *thread* ends. Nothing is ever written into it, so the one event on it
    is its end.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(1)  # the parent went before this was armed


def _be_the_first_to_go() -> None:
    """When the machine runs out of memory, the kernel shall take a worker and not the database."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")


def _limit_cpu(seconds: float) -> None:
    """A second net below the parent's clock, for a parent that has been stopped: twice the time, in processor seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + 2 * seconds) + 5
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


if __name__ == "__main__":
    main()
