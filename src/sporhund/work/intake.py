"""Folders that this server may take material in from: those an administrator named, and what was uploaded to the case."""
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sporhund.errors import Refused, WrongUsage
from sporhund.settings import Settings

MOST = 2000
"""Entries of a folder that are listed; a folder with more is taken in whole, and says so."""

_HINT = "An administrator names the folders: sporhund serve --intake FOLDER, or SPORHUND_INTAKE. Or upload the files."


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies in a folder."""

    name: bytes
    path: bytes
    kind: str          #: folder | file | other (a link, a device: never opened)
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder as the server sees it."""

    path: bytes | None                 #: None: the list of the roots themselves
    above: bytes | None                #: the folder above, if it may be seen
    entries: tuple[Entry, ...]
    more: int                          #: entries beyond those listed


def allowed(paths: Sequence[bytes], case_id: str, settings: Settings) -> tuple[bytes, ...]:
    """The same paths with every link resolved. Raises Refused `outside-intake` where one leads out of what may be read."""
    roots = [*(os.fsencode(root) for root in settings.intake), os.fsencode(settings.uploads / case_id)]
    return tuple(_inside(path, roots) for path in paths)


def browse(path: bytes | None, settings: Settings) -> Listing:
    """What lies in a folder, by name; None: the folders that were named. Links are shown and not followed.

    Raises Refused `outside-intake`, WrongUsage `no-folder`.
    """
    roots = [os.fsencode(root) for root in settings.intake]
    if path is None:
        there = [Entry(root, root, "folder", 0) for root in roots if Path(os.fsdecode(root)).is_dir()]
        return Listing(None, None, tuple(there), 0)
    folder = _inside(path, roots)
    try:
        with os.scandir(folder) as found:
            entries = sorted((_entry(one) for one in found), key=lambda one: (one.kind != "folder", one.name))
    except OSError as fault:
        raise WrongUsage("no-folder", f"This folder cannot be listed: {fault.strerror}.", "Choose another.") from fault
    above = folder.rpartition(b"/")[0] or b"/"
    return Listing(folder, above if _within(above, roots) else None, tuple(entries[:MOST]), max(0, len(entries) - MOST))


def _entry(found: "os.DirEntry[bytes]") -> Entry:
    try:
        facts = found.stat(follow_symlinks=False)
    except OSError:                                       # it went away while we looked
        return Entry(found.name, found.path, "other", 0)
    kind = "folder" if stat.S_ISDIR(facts.st_mode) else "file" if stat.S_ISREG(facts.st_mode) else "other"
    return Entry(found.name, found.path, kind, facts.st_size)


def _inside(path: bytes, roots: Sequence[bytes]) -> bytes:
    """The real path. A link within a root that leads out of all of them is outside."""
    if b"\0" in path or not path.startswith(b"/"):
        raise Refused("outside-intake", "This is no folder that the server may read.", _HINT)
    real = os.path.realpath(path)
    if not _within(real, roots):
        raise Refused("outside-intake", "This is no folder that the server may read.", _HINT)
    return real


def _within(path: bytes, roots: Sequence[bytes]) -> bool:
    return any(path == real or path.startswith(real.rstrip(b"/") + b"/") for real in map(os.path.realpath, roots))
