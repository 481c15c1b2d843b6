"""What the test workers do. Loaded inside a confined worker under this name: the standard library only."""
# The very system calls are tried here, and the environment is looked at:
# ruff: noqa: PTH102, PTH108, PTH109, PTH208, TID251
import ctypes
import fcntl
import importlib
import importlib.util
import json
import os
import pkgutil
import resource
import signal
import sys
import threading
from collections.abc import Callable

Handler = Callable[[bytes, list[int]], bytes]


def serve(config: bytes) -> Handler:
    if config == b"no":
        raise FileNotFoundError("the model is not there")
    if config == b"dead":
        os.abort()
    if config.startswith(b"/"):
        with open(config, "rb") as gate:  # a named pipe: stays here until the test opens it
            gate.read()

    def handle(request: bytes, files: list[int]) -> bytes:
        verb, _, words = request.decode().partition(" ")
        return _VERBS[verb](words, files)

    return handle


def _echo(words: str, files: list[int]) -> bytes:
    return words.encode() + b"".join(os.read(fd, 100) for fd in files)


def _write(words: str, files: list[int]) -> bytes:
    return str(os.write(files[0], words.encode())).encode()


def _close_then_echo(words: str, files: list[int]) -> bytes:
    for fd in files:
        os.close(fd)
    return words.encode()


def _big(words: str, files: list[int]) -> bytes:
    return b"x" * int(words)


def _fail(words: str, files: list[int]) -> bytes:
    raise ValueError(words + "\nsecond line")


def _crash(words: str, files: list[int]) -> bytes:
    print("the last words\x1b[31m", file=sys.stderr, flush=True)
    os.abort()


def _leave(words: str, files: list[int]) -> bytes:
    os._exit(7)


def _hang(words: str, files: list[int]) -> bytes:
    while True:
        signal.pause()


def _allocate(words: str, files: list[int]) -> bytes:
    """As many MB as asked for, touched, in one go or in small ones held together."""
    megabytes = int(words)
    if megabytes > 100_000:
        return bytes(megabytes << 20)
    held = []
    for _ in range(megabytes):
        held.append(b"\x01" * (1 << 20))
    return _hang("", [])


def _chatter(words: str, files: list[int]) -> bytes:
    """More than a pipe holds, to standard output."""
    for _ in range(int(words)):
        print("x" * 1023)
    return b"said"


def _nonsense(words: str, files: list[int]) -> bytes:
    """Bytes of its own on the line to the parent, as hijacked code could send."""
    os.write(int(sys.argv[1]), bytes.fromhex(words))
    return _hang("", [])


def _say_more(words: str, files: list[int]) -> bytes:
    """A second reply, before the parent has asked for one."""
    replies = (b"\x03" + len(reply).to_bytes(8, "little") + reply for reply in (b"first", b"second"))
    os.write(int(sys.argv[1]), b"".join(replies))
    return _hang("", [])


def _about(words: str, files: list[int]) -> bytes:
    return json.dumps({
        "pid": os.getpid(), "environment": dict(os.environ), "fds": len(os.listdir("/proc/self/fd")),
        "modules": sorted(sys.modules), "session": os.getsid(0), "cwd": os.getcwd(),
        "as": resource.getrlimit(resource.RLIMIT_AS), "core": resource.getrlimit(resource.RLIMIT_CORE),
    }).encode()


def _databases(words: str, files: list[int]) -> bytes:
    """The database drivers that are loaded once everything is that a worker may load."""
    rooms = ("sporhund.media", "sporhund.packs", "sporhund.tracks", "sporhund.faces", "sporhund.objects", "sporhund.motion")
    for room in rooms:
        for module in pkgutil.iter_modules(importlib.import_module(room).__path__):
            if module.name in words.split():
                importlib.import_module(f"{room}.{module.name}")
    if importlib.util.find_spec("sporhund.review.line"):
        importlib.import_module("sporhund.review.line")
    drivers = ("psycopg", "sqlalchemy", "alembic", "pgvector", "sporhund.store", "sporhund.settings")
    loaded = [name for name in sys.modules if name.startswith(drivers)]
    return json.dumps({"drivers": loaded, "rooms": [name for name in sys.modules if name.startswith("sporhund.")]}).encode()


def _try(words: str, files: list[int]) -> bytes:
    """One further attempt at what is not allowed: the reason of the refusal, or nothing."""
    try:
        _ATTEMPTS[words](files)
    except OSError as refused:
        return (refused.strerror or "refused").encode()
    except ValueError as refused:  # what Python makes of EPERM from setrlimit
        return str(refused).encode()
    return b""


def _raw(number: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _thread(files: list[int]) -> None:
    done = threading.Event()
    threading.Thread(target=done.set).start()
    done.wait()


def _from_a_thread(files: list[int]) -> None:
    """Whether a thread that was started later is bound as well."""
    caught: list[OSError] = []

    def read() -> None:
        try:
            os.close(os.open("/etc/passwd", os.O_RDONLY))
        except OSError as refused:
            caught.append(refused)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if caught:
        raise caught[0]


def _write_given(files: list[int]) -> None:
    """Through the descriptor it was given: by writing, and by opening it anew."""
    try:
        os.write(files[0], b"x")
    except OSError:
        os.close(os.open(f"/proc/self/fd/{files[0]}", os.O_WRONLY))


_ATTEMPTS: dict[str, Callable[[list[int]], object]] = {
    "thread": _thread,
    "read from a thread": _from_a_thread,
    "write given file": _write_given,
    "chmod given file": lambda files: os.fchmod(files[0], 0o777),
    "signal by descriptor": lambda files: fcntl.fcntl(files[0], fcntl.F_SETOWN, os.getppid()),
    "limit of parent": lambda files: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (8, 8)),
    "priority of parent": lambda files: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
    "more memory": lambda files: resource.setrlimit(resource.RLIMIT_AS, (1 << 50, 1 << 50)),
    "unlink": lambda files: os.unlink("/tmp/nothing"),
    "mkdir": lambda files: os.mkdir("/tmp/nothing"),
    "memory file": lambda files: os.memfd_create("hidden"),
    "io_uring": lambda files: _raw(425, 1, 0),
    "clone3": lambda files: _raw(435, 0, 0),
    "a call of tomorrow": lambda files: _raw(1000),
    "installation": lambda files: os.close(os.open(os.__file__, os.O_RDONLY)),
    "write installation": lambda files: os.close(os.open(os.__file__, os.O_WRONLY)),
    "parent's environment": lambda files: os.close(os.open(f"/proc/{os.getppid()}/environ", os.O_RDONLY)),
}

_VERBS: dict[str, Handler | Callable[[str, list[int]], bytes]] = {
    "echo": _echo, "write": _write,
    "close": _close_then_echo, "big": _big, "fail": _fail, "crash": _crash, "leave": _leave, "hang": _hang,
    "allocate": _allocate, "chatter": _chatter, "nonsense": _nonsense, "say-more": _say_more, "about": _about,
    "databases": _databases, "try": _try,
}
