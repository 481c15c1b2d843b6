"""A target that tries, without harm, what a worker must not be able to do. Asked by jobs.doctor and by the tests."""
import json
import os
import socket
from collections.abc import Callable


def serve(config: bytes) -> Callable[[bytes, list[int]], bytes]:
    """config: process id of the parent. The handler answers {attempt: why refused, null if possible} as JSON."""
    parent = int(config)

    def attempt(request: bytes, files: list[int]) -> bytes:
        return json.dumps({name: _refusal(step) for name, step in _attempts(parent).items()}).encode()

    return attempt


def _attempts(parent: int) -> dict[str, Callable[[], object]]:
    return {
        "open an internet socket": lambda: socket.socket(socket.AF_INET).close(),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "read another file": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
        "list a folder": lambda: os.listdir("/"),  # noqa: PTH208 - the very call is tried
        "write a file": lambda: os.close(os.open("/tmp", os.O_TMPFILE | os.O_WRONLY)),
        "start a process": _fork,
        "run a program": _execute,
        "signal its parent": lambda: os.kill(parent, 0),
        "read its parent's memory": lambda: os.close(os.open(f"/proc/{parent}/mem", os.O_RDONLY)),
    }


def _refusal(step: Callable[[], object]) -> str | None:
    try:
        step()
    except OSError as refused:
        return refused.strerror
    return None


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _execute() -> None:
    """A program that does not exist: "not found" means that one that exists would have run, in place of this worker."""
    try:
        os.execv("/nonexistent/program", ["program"])
    except FileNotFoundError:
        return
