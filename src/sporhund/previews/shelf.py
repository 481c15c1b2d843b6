"""Pictures and copies at rest: sealed with the case's key, named by digests, bounded in size.

    previews/<case>/<2 digits>/<digest>

A file is a head (what it is) and blocks of 1 MiB, each sealed for its place: a range is read without opening the rest. Losing
any of it costs the time to make it again, so a file that does not open counts as not there.
"""
import hashlib
import os
import secrets
import shutil
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sporhund.audit.keys import CannotOpen, Key, Keys
from sporhund.errors import Refused
from sporhund.review.spool import unwritable

BOUND = 8 << 30
"""Bytes of a home's previews. What was not looked at for longest goes first."""
_KEPT_SHARE = 0.9          #: of the bound, after making room
_BLOCK = 1 << 20
_OVERHEAD = 29             #: form byte, nonce and tag of a sealed blob
_FORM = struct.Struct("<4sIQ")     # mark, length of the sealed head, bytes of the content
_MARK = b"SPV1"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on the shelf, open."""

    about: bytes                               #: what was said of it when it was put there
    size: int
    read: Callable[[int, int], bytes]          #: (start, length)
    close: Callable[[], None]


class Shelf:
    """One home's previews. Safe for many threads and processes: a file is there whole or not at all."""

    def __init__(self, root: Path, keys: Keys, *, bound: int = BOUND) -> None:
        self.root, self._keys, self._bound = root, keys, bound
        self._key_ids: dict[str, str] = {}
        self._bytes: int | None = None         # about how much lies here; None: not counted yet
        self._lock = threading.Lock()

    def name(self, case_id: str, *words: object) -> str:
        """The name of what these words describe. Another key of the case gives other names."""
        said = "\0".join([self._key(case_id).id, *map(repr, words)])
        return hashlib.sha256(said.encode()).hexdigest()[:40]

    def open(self, case_id: str, name: str) -> Kept | None:
        """What lies under the name, or None. It counts as looked at now."""
        key = self._key(case_id)
        try:
            fd = os.open(self._place(case_id, name), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return None                        # not there, or not to be had: it is made again
        try:
            os.utime(fd)
            return _opened(fd, key, name)
        except (CannotOpen, OSError, struct.error):
            os.close(fd)
            return None                        # torn by a power cut, or of another key

    def get(self, case_id: str, name: str) -> tuple[bytes, bytes] | None:
        """(about, content), whole."""
        kept = self.open(case_id, name)
        if kept is None:
            return None
        try:
            return kept.about, kept.read(0, kept.size)
        except (CannotOpen, OSError):
            return None
        finally:
            kept.close()

    def put(self, case_id: str, name: str, about: bytes, content: bytes) -> None:
        """Lay it there. Raises EnvironmentFault `disk-full`, `home-unwritable`; Refused `case-erased`."""
        key, place = self._key(case_id), self._place(case_id, name)
        sealed = b"".join(_sealed(key, name, about, content))
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(place, sealed)
        except OSError as fault:
            raise unwritable(place.parent, fault) from fault
        if self._keys.by_id(key.id) is None:   # erased in between: nothing of it may stay
            shutil.rmtree(self.root / case_id, ignore_errors=True)
            raise _erased()
        self._grown(len(sealed))

    def _place(self, case_id: str, name: str) -> Path:
        return self.root / case_id / name[:2] / name

    def _key(self, case_id: str) -> Key:
        """The case's key, read anew each time: a destroyed one is used by nobody. Raises Refused `case-erased`."""
        known = self._key_ids.get(case_id)
        key = self._keys.by_id(known) if known is not None else None
        if key is None:
            if not self._keys.has(case_id):
                raise _erased()
            key = self._keys.for_case(case_id)
            self._key_ids[case_id] = key.id
        return key

    # -- staying within the bound

    def _grown(self, by: int) -> None:
        with self._lock:
            self._bytes = self._bytes + by if self._bytes is not None else sum(size for _, size, _ in self._files())
            if self._bytes > self._bound:
                self._bytes = self._make_room()

    def _make_room(self) -> int:
        """Remove what was looked at longest ago; what is left, in bytes."""
        files = sorted(self._files(), key=lambda file: file[2], reverse=True)
        left = 0
        for path, size, _ in files:
            if left + size > self._bound * _KEPT_SHARE:
                path.unlink(missing_ok=True)
            else:
                left += size
        return left

    def _files(self) -> Iterator[tuple[Path, int, int]]:
        """(path, bytes, looked at, nanoseconds) of everything here."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                try:
                    found = path.stat()
                except OSError:
                    continue                   # another process made room
                yield path, found.st_size, found.st_mtime_ns


def _erased() -> Refused:
    return Refused("case-erased", "The case was erased, and its key with it.", "See: sporhund audit show.")


def _write(place: Path, sealed: bytes) -> None:
    """Whole or not at all. Not synced: what a power cut takes is made again."""
    unfinished = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(sealed)
        unfinished.replace(place)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _sealed(key: Key, name: str, about: bytes, content: bytes) -> Iterator[bytes]:
    head = key.encrypt(about, _purpose(name, "head", len(content)))
    yield _FORM.pack(_MARK, len(head), len(content))
    yield head
    for number, at in enumerate(range(0, len(content), _BLOCK)):
        yield key.encrypt(content[at:at + _BLOCK], _purpose(name, number, len(content)))


def _purpose(name: str, place: object, size: int) -> bytes:
    return f"preview {name} {place} of {size}".encode()


def _opened(fd: int, key: Key, name: str) -> Kept:
    mark, length, size = _FORM.unpack(os.pread(fd, _FORM.size, 0))
    blocks = -(-size // _BLOCK)
    if mark != _MARK or os.fstat(fd).st_size != _FORM.size + length + size + blocks * _OVERHEAD:
        raise CannotOpen("not whole")
    about = key.decrypt(os.pread(fd, length, _FORM.size), _purpose(name, "head", size))
    first = _FORM.size + length

    def block(number: int) -> bytes:
        wanted = min(_BLOCK, size - number * _BLOCK) + _OVERHEAD
        return key.decrypt(os.pread(fd, wanted, first + number * (_BLOCK + _OVERHEAD)), _purpose(name, number, size))

    def read(start: int, wanted: int) -> bytes:
        end = min(size, start + wanted)
        if start < 0 or start >= end:
            return b""
        met = range(start // _BLOCK, -(-end // _BLOCK))
        whole = b"".join(block(number) for number in met)
        return whole[start - met.start * _BLOCK:end - met.start * _BLOCK]

    return Kept(about, size, read, lambda: os.close(fd))
