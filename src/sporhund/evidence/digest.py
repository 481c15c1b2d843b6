"""Three digests of a file from one reading, and the reasons not to read it through."""
import hashlib
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from sporhund.errors import Unreadable
from sporhund.evidence.model import Digests

BLOCK = 1 << 18
SLOTS = 8
"""Blocks in flight: the reader may run ahead of the slowest digest by this many."""
THREADS_FROM = 2 << 20
"""Smaller files are hashed in one thread: starting three costs more than it saves."""
SPARSE_FROM = 1 << 30
SPARSE_SHARE = 0.1
"""A file with more than SPARSE_FROM bytes of holes, and less than SPARSE_SHARE of its size written, is not read through."""
_NAMES = ("sha256", "sha1", "md5")

OnBlock = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Identity:
    """What must not change while a file is read."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "_Identity":
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def digest(path: bytes, on_block: OnBlock | None = None) -> Digests:
    """SHA-256, SHA-1 and MD5 of a regular file, in one reading. `on_block` gets the bytes of each block read.

    Raises Unreadable: `special-file`, `no-permission`, `gone`, `read-error`, `sparse`, `changed-while-read`.
    """
    try:
        return _digest(path, on_block)
    except PermissionError as fault:
        raise Unreadable("no-permission", "the file may not be read", "Run as somebody who may, or copy it.") from fault
    except FileNotFoundError as fault:
        raise Unreadable("gone", "the file was there and is gone", "Is the disk still mounted?") from fault
    except OSError as fault:
        reason = f"the file cannot be read: {os.strerror(fault.errno or 0)}"
        raise Unreadable("read-error", reason, "Image the disk with a tool that skips bad sectors.") from fault


def _digest(path: bytes, on_block: OnBlock | None) -> Digests:
    before = os.lstat(path)
    _refuse_special(before)                              # before opening: opening a pipe without a writer hangs
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        opened = os.fstat(handle)
        _refuse_special(opened)                          # it may have been exchanged in between
        _refuse_sparse(handle, opened)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        read = _in_threads if opened.st_size >= THREADS_FROM else _in_one_thread
        hashes = [hashlib.new(name, usedforsecurity=False) for name in _NAMES]
        size = read(handle, opened.st_size, hashes, on_block)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    if not _Identity.of(before) == _Identity.of(opened) == _Identity.of(after) or size != after.st_size:
        raise Unreadable("changed-while-read", "the file changed while it was read", "Take it in again when it is at rest.")
    sha256, sha1, md5 = (one.digest() for one in hashes)
    return Digests(sha256, sha1, md5, size)


def _refuse_special(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("special-file", "no plain file any more; not opened", "Take in what it was meant to be.")


def _refuse_sparse(handle: int, status: os.stat_result) -> None:
    """Blocks are the cheap sign; holes found by the file system confirm it (some network shares report no blocks)."""
    size = status.st_size
    if looks_sparse(size, status.st_blocks * 512) and looks_sparse(size, _written(handle, size)):
        raise Unreadable("sparse", f"{size / (1 << 30):.1f} GiB long, but nearly nothing of it is written; not read through",
                         "Copy out the part that is written, and take that in.")


def looks_sparse(size: int, written: int) -> bool:
    """Whether a file is nearly all holes, by its bytes and the bytes written."""
    return size - written > SPARSE_FROM and written < SPARSE_SHARE * size


def _written(handle: int, size: int) -> int:
    """Bytes that lie in no hole; all of them where the file system cannot say."""
    written, at = 0, 0
    while at < size and looks_sparse(size, written):
        try:
            start = os.lseek(handle, at, os.SEEK_DATA)
        except OSError:                                  # ENXIO: only a hole follows
            break
        at = os.lseek(handle, start, os.SEEK_HOLE)
        written += at - start
    os.lseek(handle, 0, os.SEEK_SET)
    return written


def _in_one_thread(handle: int, size: int, hashes: list["hashlib._Hash"], on_block: OnBlock | None) -> int:
    block = memoryview(bytearray(min(BLOCK, size + 1)))
    total = 0
    while count := os.readv(handle, [block]):
        for one in hashes:
            one.update(block[:count])
        total += count
        if on_block:
            on_block(count)
        if total > size:                                 # it grows faster than we read: the caller says so
            break
    return total


def _in_threads(handle: int, size: int, hashes: list["hashlib._Hash"], on_block: OnBlock | None) -> int:
    """One thread a digest over shared blocks, so that it takes as long as the slowest (measured: benchmarks/intake.py)."""
    ring = _Ring(len(hashes))
    threads = [threading.Thread(target=ring.hash, args=(index, one), daemon=True) for index, one in enumerate(hashes)]
    for thread in threads:
        thread.start()
    total = 0
    try:
        while total <= size:
            slot = ring.free.get()
            count = os.readv(handle, [ring.blocks[slot]])
            if not count:
                break
            ring.give(slot, count)
            total += count
            if on_block:
                on_block(count)
    finally:
        ring.end()
        for thread in threads:
            thread.join()
    return total


class _Ring:
    """Blocks that go round: read into, hashed by every thread, free again."""

    def __init__(self, readers: int) -> None:
        self.blocks = [memoryview(bytearray(BLOCK)) for _ in range(SLOTS)]
        self.free: SimpleQueue[int] = SimpleQueue()
        self._full: list[SimpleQueue[tuple[int, int]]] = [SimpleQueue() for _ in range(readers)]
        self._left = [0] * SLOTS
        self._lock = threading.Lock()
        for slot in range(SLOTS):
            self.free.put(slot)

    def give(self, slot: int, count: int) -> None:
        self._left[slot] = len(self._full)
        for queue in self._full:
            queue.put((slot, count))

    def end(self) -> None:
        for queue in self._full:
            queue.put((0, 0))

    def hash(self, index: int, one: "hashlib._Hash") -> None:
        while True:
            slot, count = self._full[index].get()
            if not count:
                return
            one.update(self.blocks[slot][:count])
            with self._lock:
                self._left[slot] -= 1
                done = self._left[slot] == 0
            if done:
                self.free.put(slot)


def verify(path: bytes, known: Digests, on_block: OnBlock | None = None) -> str:
    """`ok`, `changed` or `missing`: whether the bytes are still those taken in. Raises Unreadable for other troubles."""
    try:
        now = digest(path, on_block)
    except Unreadable as trouble:
        if trouble.code in {"gone", "special-file"}:
            return "missing"
        raise
    return "ok" if now == known else "changed"
