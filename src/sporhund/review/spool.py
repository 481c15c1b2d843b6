"""Where members of archives lie in the clear while they are needed: a folder for each process, gone when the process is.

    spool/.lock                     held while folders are made and swept
    spool/<case>/<pid>-<random>/    one process's members
        .alive                      locked for as long as that process lives, however it ends
"""
import errno
import os
import secrets
import shutil
from pathlib import Path

from sporhund.errors import EnvironmentFault
from sporhund.store import locks

LOCK, ALIVE = ".lock", ".alive"


class Spool:
    """The folder of this process for one case: made when it is first asked for. What dead processes left is swept first."""

    def __init__(self, root: Path, case_id: str) -> None:
        self._root, self._case = root, root / case_id
        self._folder: Path | None = None
        self._alive = -1
        sweep(root)

    @property
    def folder(self) -> Path:
        """This process's own folder. Raises EnvironmentFault `home-unwritable`, `disk-full`."""
        if self._folder is None:
            try:
                self._folder = self._make()
            except OSError as fault:
                raise unwritable(self._case, fault) from fault
        return self._folder

    def _make(self) -> Path:
        folder = self._case / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locks.exclusive(self._root / LOCK):       # a sweep must not see the folder before it is alive
            folder.mkdir(parents=True, mode=0o700)
            alive = locks.alone_now(folder / ALIVE)
            assert alive is not None                   # nobody else knows its name
            self._alive = alive
        return folder

    def close(self) -> None:
        """Nothing of this process stays behind. May be called twice."""
        if self._folder is None:
            return
        with locks.exclusive(self._root / LOCK):
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._alive)
            _remove_if_empty(self._case)
        self._folder = None


def sweep(root: Path) -> None:
    """Remove what processes left behind that are gone."""
    if not root.is_dir():
        return
    with locks.exclusive(root / LOCK):
        for case in [place for place in root.iterdir() if place.is_dir()]:
            for folder in [place for place in case.iterdir() if place.is_dir()]:
                _remove_if_dead(folder)
            _remove_if_empty(case)


def _remove_if_dead(folder: Path) -> None:
    alone = locks.alone_now(folder / ALIVE)
    if alone is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(alone)


def _remove_if_empty(case: Path) -> None:
    try:
        case.rmdir()
    except OSError as fault:
        if fault.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise unwritable(case, fault) from fault
        # Another process works on this case, or it was erased just now: its folder is not ours to remove.


def unwritable(place: Path, fault: OSError) -> EnvironmentFault:
    """What it means that nothing can be written there."""
    full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
    return EnvironmentFault(
        "disk-full" if full else "home-unwritable", f"{place} cannot be written: {fault.strerror}",
        "Make room, then run the same command again." if full else "Check who may write there, then run the same command again.")
