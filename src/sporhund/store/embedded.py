"""The embedded PostgreSQL server of a home: made once, started by the first command, joined by the others.

Every command that uses it holds `users.lock` shared; starting and joining happen under `start.lock`; a reaper stops the
server when the users' lock is free. The kernel lets go of locks however a command ends, so kill -9 leaves nothing behind.
"""
import contextlib
import errno
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sporhund.errors import EnvironmentFault
from sporhund.store import account, binaries, faults, launch, locks, postmaster, roles
from sporhund.store.account import Programs
from sporhund.store.place import Place

GRACE_S = 5.0          #: how long the server outlives its last command


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens and how a role gets in."""

    socket_dir: Path
    passwords: dict[str, str] = field(repr=False)    #: role → password; owner and bootstrap come in by their system account


class Embedded:
    """One command's share in the server of a home. `join` before use, `leave` after it."""

    def __init__(self, home: Path, postgres: Path | None = None) -> None:
        self.place = Place(home / "database")
        self._postgres = postgres
        self._share: int | None = None

    def join(self) -> Address:
        """Where the server listens; it is made and started if need be. Raises EnvironmentFault."""
        with _home_faults(self.place.root):
            self.place.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locks.exclusive(self.place.starting):
                if self._share is None:
                    self._share = locks.shared(self.place.users)
                return self._running()

    def leave(self) -> None:
        """Give the share back; the last one to leave lets the reaper stop the server."""
        if self._share is not None:
            os.close(self._share)
            self._share = None

    def _running(self) -> Address:
        there = postmaster.find(self.place.data)
        # One that is not ready was started by a command that died while it waited, or recovers: a second would be refused.
        server = launch.await_ready(self.place) if there else None
        if server is None:
            server = self._started()
        passwords = _passwords(self.place)
        if not self.place.prepared.exists():
            with faults.translated():
                roles.prepare(server.socket_dir, passwords)
            self.place.prepared.touch()
        self._guard()
        return Address(server.socket_dir, passwords)

    def _started(self) -> postmaster.Postmaster:
        runs_as = account.of(self.place.data)
        programs = Programs(binaries.folder(self._postgres, for_other_account=runs_as is not None), runs_as)
        if not self.place.data.is_dir():
            launch.make(self.place, programs)
        return launch.start(self.place, programs)

    def _guard(self) -> None:
        """Leave a reaper behind, unless one is at work."""
        lock = locks.alone_now(self.place.reaping)
        if lock is None:
            return
        try:
            subprocess.Popen(
                [sys.executable, "-m", "sporhund.store.reaper", str(self.place.root), str(GRACE_S)],
                start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=[lock],                # the lock goes over with it, so that there is never a second one
            )
        finally:
            os.close(lock)


def _passwords(place: Place) -> dict[str, str]:
    """The passwords of the roles that do not come in by their system account; made on first use."""
    if not place.passwords.exists():
        made = {role: secrets.token_urlsafe(24) for role in (roles.APP, roles.READER)}
        unfinished = place.passwords.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(made, file)
            file.flush()
            os.fsync(file.fileno())
        place.prepared.unlink(missing_ok=True)  # the server has to be told
        unfinished.rename(place.passwords)
    read: dict[str, str] = json.loads(place.passwords.read_text(encoding="utf-8"))
    return read


@contextlib.contextmanager
def _home_faults(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EnvironmentFault(
                "disk-full", f"The disk of the home {root.parent} is full.", "Free some space and try again.") from fault
        raise EnvironmentFault(
            "home-unwritable", f"The home {root.parent} cannot be used: {fault.strerror} ({fault.filename}).",
            "Name a folder of your own with --home or SPORHUND_HOME; a home made by another account is that account's.",
        ) from fault
