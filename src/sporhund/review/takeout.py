"""Taking members out of an archive: a confined worker unpacks into a pipe, this process writes and hashes what comes."""
import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sporhund.errors import Unreadable
from sporhund.evidence.model import Digests
from sporhund.jobs.local import Task, Workers
from sporhund.review import messages, parcels
from sporhund.review.hear import OURS, asked, lied
from sporhund.review.messages import ExtractMembers
from sporhund.review.spool import unwritable

MEMBERS_AT_ONCE = 1024
"""Most members in one request: each request reads the archive's list again (measured: 0.22 s for 20,000 entries)."""
BYTES_AT_ONCE = 64 << 20
"""Most bytes in one request of several members; what a crash costs is at most these."""
SECONDS = 600.0
SECONDS_PER_GB = 120.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """One member to be taken out."""

    index: int
    bytes: int                 #: more than so many are a lie
    target: Path               #: does not exist yet


Taken = Digests | Unreadable
"""What became of one member."""


def batches(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    """As many at once as one request takes; a large one goes alone."""
    batch: list[Wanted] = []
    total = 0
    for one in wanted:
        if batch and (len(batch) == MEMBERS_AT_ONCE or total + one.bytes > BYTES_AT_ONCE):
            yield batch
            batch, total = [], 0
        batch.append(one)
        total += one.bytes
    if batch:
        yield batch


def take_out(workers: Workers, archive: int, wanted: Sequence[Wanted]) -> dict[int, Taken]:
    """Take these members out, by their index. `archive` is a descriptor, which is closed.

    A worker that dies over a member costs that member alone, after a second try. Raises EnvironmentFault `disk-full`,
    `home-unwritable`; Unreadable where the archive itself cannot be read.
    """
    found: dict[int, Taken] = {}
    left = list(wanted)
    try:
        while left:
            done, fate = _ask(workers, archive, left)
            found |= {one.index: taken for one, taken in zip(left, done, strict=False)}
            if fate is not None and fate.code not in OURS:
                raise fate
            if len(done) < len(left):
                culprit = left[len(done)]
                found[culprit.index] = _once_more(workers, archive, culprit) if len(left) > 1 else _fate(fate)
            left = left[len(done) + 1:]
    finally:
        os.close(archive)
    return found


def _once_more(workers: Workers, archive: int, one: Wanted) -> Taken:
    """The member over which a worker ended, alone: others before it may have worn the worker out."""
    done, fate = _ask(workers, archive, [one])
    return done[0] if done else _fate(fate)


def _fate(fate: Unreadable | None) -> Unreadable:
    return fate or lied("member")


def _ask(workers: Workers, archive: int, wanted: Sequence[Wanted]) -> tuple[list[Taken], Unreadable | None]:
    """One request: what became of the members, in their order, as far as the worker came; and what became of the worker."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    original = os.dup(archive)
    receiver = Receiver(reading, wanted)
    fate: Unreadable | None = None
    try:
        asked(workers, Task(
            key="extract", seconds=SECONDS + SECONDS_PER_GB * sum(one.bytes for one in wanted) / 1e9,
            files=lambda: [original, writing], request=messages.encode(ExtractMembers(tuple(one.index for one in wanted)))))
    except Unreadable as exc:
        fate = exc
    receiver.join()
    if receiver.fault is not None:
        raise unwritable(wanted[0].target.parent, receiver.fault) from receiver.fault
    return receiver.done, Unreadable("reader-lied", receiver.lie) if receiver.lie else fate


class Receiver(threading.Thread):
    """Writes what comes through the pipe, member by member, until all are there, the worker ends, or it talks nonsense.

    The reading end is closed then, so a worker that would go on writing cannot hang.
    """

    def __init__(self, reading: int, wanted: Sequence[Wanted]) -> None:
        super().__init__(daemon=True)
        self._reading, self._wanted = reading, wanted
        self.done: list[Taken] = []
        self.lie = ""
        self.fault: OSError | None = None
        self.start()

    def run(self) -> None:
        with os.fdopen(self._reading, "rb") as source:
            try:
                for one in self._wanted:
                    self.done.append(_receive(source, one))
            except EOFError:
                pass                                    # the worker's outcome says how it ended
            except parcels.Malformed as exc:
                self.lie = f"what the reader sent is no member ({exc})"
            except OSError as fault:
                self.fault = fault


def _receive(source: BinaryIO, one: Wanted) -> Taken:
    """Write and hash one member; nothing is left of one that does not come whole."""
    sha256, sha1, md5 = (hashlib.new(name, usedforsecurity=False) for name in ("sha256", "sha1", "md5"))
    total = 0
    try:
        with open(one.target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            for block in parcels.receive(source, one.bytes):
                out.write(block)
                for each in (sha256, sha1, md5):
                    each.update(block)
                total += len(block)
    except Unreadable as exc:
        one.target.unlink(missing_ok=True)
        return exc
    except BaseException:
        one.target.unlink(missing_ok=True)
        raise
    return Digests(sha256.digest(), sha1.digest(), md5.digest(), total)
