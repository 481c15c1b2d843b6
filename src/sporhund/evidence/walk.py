"""Walk what was handed in: every entry once, nothing opened, no link followed. What cannot be taken in is a row too."""
# ruff: noqa: PTH115, PTH116, PTH119, PTH120, PTH208
# Names of evidence are bytes, which pathlib does not take.
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from sporhund.errors import WrongUsage
from sporhund.evidence.model import Seen, State
from sporhund.evidence.names import shown

_SPECIAL = {
    stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a character device", stat.S_IFBLK: "a block device",
}
LATEST_NS = (1 << 63) - 1
"""The year 2262: file systems hold later dates, the database's numbers do not; such a date is left out."""
_DENIED = {errno.EACCES, errno.EPERM}


def walk(paths: Sequence[bytes | str | Path]) -> Iterator[Seen]:
    """Everything under the paths, in the order of the names' bytes, hidden entries too.

    A path given twice, or one that lies under another, is seen once. A path given may be a link; links below are not
    followed, each is a row that says where it leads. Raises WrongUsage `no-such-path` for a path that is not there.
    """
    for source in outermost([source_of(path) for path in paths]):
        yield from _source_entries(source)


def outermost(sources: Sequence[bytes]) -> list[bytes]:
    """The sources that lie under no other one, in the order given. Paths are absolute and without links."""
    kept: list[bytes] = []
    for source in dict.fromkeys(sources):
        if not any(other != source and _under(source, other) for other in sources):
            kept.append(source)
    return kept


def _under(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def source_of(path: bytes | str | Path) -> bytes:
    """The absolute path of what was given, its links followed. Raises WrongUsage `no-such-path`."""
    given = os.fsencode(path)
    try:
        return os.path.realpath(given, strict=True)
    except OSError as fault:
        raise WrongUsage(
            "no-such-path", f"{shown(given)} is not there: {os.strerror(fault.errno or 0)}.",
            "Check the path, and that the disk is mounted.",
        ) from fault


def _source_entries(source: bytes) -> Iterator[Seen]:
    status = os.lstat(source)
    if not stat.S_ISDIR(status.st_mode):
        yield _entry(source, os.path.dirname(source) + b"/", os.path.basename(source), status)
        return
    root = source.rstrip(b"/") + b"/"
    waiting: list[bytes] = [b""]                         # a stack, not recursion: trees may be thousands of folders deep
    while waiting:
        path = waiting.pop()
        if path.endswith(b"/") or not path:
            try:
                names = sorted(os.listdir(root + path))
            except OSError as fault:
                yield _trouble(source, root, path.rstrip(b"/"), fault, "folder")
                continue
            waiting.extend(_marked(root, path + name) for name in reversed(names))
        else:
            yield _file(source, root, path)


def _marked(root: bytes, path: bytes) -> bytes:
    """The path, with a slash at its end if it is a real folder."""
    try:
        return path + b"/" if stat.S_ISDIR(os.lstat(root + path).st_mode) else path
    except OSError:
        return path                                      # _file says why, when its turn comes


def _file(source: bytes, root: bytes, path: bytes) -> Seen:
    try:
        return _entry(source, root, path, os.lstat(root + path))
    except OSError as fault:
        return _trouble(source, root, path, fault, "file")


def _entry(source: bytes, root: bytes, path: bytes, status: os.stat_result) -> Seen:
    def seen(state: State | None, code: str | None, reason: str | None) -> Seen:
        modified_ns = status.st_mtime_ns if abs(status.st_mtime_ns) <= LATEST_NS else None
        return Seen(source, path, root + path, status.st_size, modified_ns, state, code, reason)

    if stat.S_ISREG(status.st_mode):
        return seen(None, None, None)
    if stat.S_ISLNK(status.st_mode):
        code, reason = _link(source, root + path)
        return seen(State.SKIPPED, code, reason)
    what = _SPECIAL.get(stat.S_IFMT(status.st_mode), "no plain file")
    return seen(State.SKIPPED, "special-file", f"{what}, not opened: it holds no content of its own")


def _link(source: bytes, location: bytes) -> tuple[str, str]:
    """Code and reason for a link: it is never followed, so its content counts once, where it lies."""
    to = shown(os.readlink(location))
    try:
        target = os.path.realpath(location, strict=True)
        mode = os.stat(target).st_mode
    except OSError as fault:
        if fault.errno == errno.ELOOP:
            return "link-loop", f"a link that leads back to itself ({to})"
        if fault.errno in _DENIED:
            return "link-unreadable", f"a link to {to}, which may not be read"
        return "link-dangling", f"a link to {to}, which is not there"
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return "link-special", f"a link to {to}, which is no plain file; not opened"
    if not _under(target, source):
        return "link-outside", f"a link to {to}, outside of what was handed in; not followed"
    if stat.S_ISDIR(mode):
        return "link-folder", f"a link to the folder {to}, which is seen where it lies"
    return "link-inside", f"a link to {to}, which is seen where it lies"


def _trouble(source: bytes, root: bytes, path: bytes, fault: OSError, what: str) -> Seen:
    code = "no-permission" if fault.errno in _DENIED else f"unreadable-{what}"
    reason = f"the {what} cannot be read: {os.strerror(fault.errno or 0)}"
    if what == "folder":
        reason += "; what lies in it was not seen"
    return Seen(source, path or b".", root + path, None, None, State.FAILED, code, reason)
