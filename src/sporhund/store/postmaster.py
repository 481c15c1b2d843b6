"""The running server behind a data folder: is it there, where does it listen, how is it stopped.

Standard library only: the reaper runs on it.
"""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_STOP_S = 30.0  # a fast stop takes tens of milliseconds; a checkpoint on a slow disk may take seconds
_POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says of a server."""

    pid: int
    socket_dir: Path
    ready: bool  #: it takes connections


def find(data: Path) -> Postmaster | None:
    """The live server of a data folder, or None.

    A pid file outlives kill -9, and its pid may since belong to anybody: only a process that runs `postgres`
    with this very folder as its working directory counts.
    """
    try:
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 5 or not lines[0].strip().isdigit() or not serves(int(lines[0]), data):
        return None
    return Postmaster(int(lines[0]), Path(lines[4]), len(lines) > 7 and lines[7].strip() == "ready")


def serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server on this data folder."""
    process = Path("/proc") / str(pid)
    try:
        program = str((process / "exe").readlink()).removesuffix(" (deleted)")  # an upgrade of the package replaces the file
        return program.endswith("/postgres") and (process / "cwd").samefile(data)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def forget_stale(data: Path) -> None:
    """Remove a pid file whose server is gone; PostgreSQL itself refuses when the pid was given to another process."""
    if find(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def stop(data: Path) -> None:
    """Stop the server: fast (sessions are dropped, all is written), and hard only where that hangs.

    SIGTERM would wait for open sessions for ever.
    """
    for how in (signal.SIGINT, signal.SIGQUIT):
        server = find(data)
        if server is None:
            return
        os.kill(server.pid, how)
        until = time.monotonic() + _STOP_S
        while time.monotonic() < until:
            if not serves(server.pid, data):
                return
            time.sleep(_POLL_S)
