"""Pictures that are searched with: hashed, kept as they were, and read in a confined worker.

What is hashed, what is kept and what the worker reads are the same bytes: a picture is taken into memory once. Of a video, too
large for that, the file is hashed and the frame that was looked at is kept.
"""
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sporhund.errors import EnvironmentFault, Unreadable, WrongUsage
from sporhund.evidence.names import shown, text
from sporhund.faces.shot import seen_of
from sporhund.jobs.local import Outcome, Task, Workers
from sporhund.jobs.process import read_only
from sporhund.review import messages
from sporhund.review.hear import heard, lied
from sporhund.review.messages import Portrayed
from sporhund.search import rules
from sporhund.search.model import Probe, Source

SECONDS = 120.0
LARGEST_KEPT = 64 << 20
"""Bytes of a file that is kept whole; of a larger one the picture that was looked at is."""
_BLOCK = 1 << 20
_OURS = frozenset({"which-moment", "no-moment", "not-a-picture"})


def source_of(typed: bytes) -> Source:
    """What was typed: a file, or a moment of one as FILE@SECONDS. Raises WrongUsage `which-file` where it could be both."""
    moment = rules.moment_in(typed)
    if moment is None:
        return Source(typed)
    whole, part = os.path.lexists(typed), os.path.lexists(moment[0])
    if whole and part:
        said = f"{shown(typed)} is a file, and a moment of {shown(moment[0])}."
        raise WrongUsage("which-file", said, "Name the file by another path (./FILE), or rename one.")
    return Source(typed) if whole else Source(moment[0], at=moment[1])


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes of a probe."""

    source: Source
    sha256: bytes
    size: int
    file: BinaryIO          #: what the worker reads
    kept: bytes | None      #: the whole file; None where it is too large


def original(source: Source) -> Original:
    """Open and hash. Raises WrongUsage `no-file`, `not-a-file`; EnvironmentFault `no-permission`."""
    name = shown(source.path)
    try:
        descriptor = os.open(source.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)   # a pipe must not make us wait
    except PermissionError as fault:
        raise EnvironmentFault("no-permission", f"{name} cannot be read: {fault.strerror}.", "Check its rights.") from fault
    except OSError as fault:
        raise WrongUsage("no-file", f"{name} cannot be opened: {fault.strerror}.", "Name a picture.") from fault
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise WrongUsage("not-a-file", f"{name} is no file.", "Name a picture.")
    with os.fdopen(descriptor, "rb") as file:
        try:
            return _in_memory(source, file) if about.st_size <= LARGEST_KEPT else _on_disk(source, file)
        except OSError as fault:
            raise EnvironmentFault("cannot-read", f"{name} cannot be read: {fault.strerror}.", "Check the disk.") from fault


def _in_memory(source: Source, file: BinaryIO) -> Original:
    plain = file.read()
    return Original(source, hashlib.sha256(plain).digest(), len(plain), os.fdopen(read_only(plain), "rb"), plain)


def _on_disk(source: Source, file: BinaryIO) -> Original:
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return Original(source, digest.digest(), size, os.fdopen(os.dup(file.fileno()), "rb"), None)


class Reader:
    """Reads probes in one confined worker, which gets ready while the caller asks whether they may."""

    def __init__(self, workers: Workers, originals: Sequence[Original], face: str | None) -> None:
        self._workers, self._originals, self._face = workers, list(originals), face
        self._answers: dict[int, Outcome] = {}
        self._sent = 0

    def start(self) -> None:
        """Have the pictures read and measured: only once it is allowed and recorded. Until then the worker gets ready."""
        self._send()

    def _send(self) -> None:
        while self._workers.free and self._sent < len(self._originals):
            one = self._originals[self._sent]
            ask = messages.Portray(self._face or "only", one.source.at, one.size, keep=one.kept is None)
            self._workers.submit(Task(
                key=str(self._sent), request=messages.encode(ask), seconds=SECONDS, files=partial(_descriptor, one.file)))
            self._sent += 1

    def wait(self) -> None:
        """Until every picture has been read; whoever has nothing else to do meanwhile need not `start`."""
        while len(self._answers) < len(self._originals):
            self._send()
            if (outcome := self._workers.wait()) is not None:
                self._answers[int(outcome.key)] = outcome

    def probes(self) -> list[Probe]:
        """Every probe, in the order in which they were asked for. Raises Refused `which-face`."""
        self.wait()
        return [self._probe(original, self._answers[index]) for index, original in enumerate(self._originals)]

    def _probe(self, one: Original, outcome: Outcome) -> Probe:
        try:
            said = heard(outcome).portrayed
            if said is None:
                raise lied("faces")
        except Unreadable as exc:
            code = exc.code if exc.code in _OURS else "not-a-picture"
            return Probe(one.source, one.sha256, one.kept or b"", None, None, 0.0, exc.message, code=code)
        if said.faces and said.shot is None:
            raise rules.which_face(text(one.source.path), said.faces, self._face)
        return _probe_of(one, said)


def _probe_of(one: Original, said: Portrayed) -> Probe:
    code = None if said.vector is not None else "no-face" if said.shot is None else rules.UNFIT
    vector = _vector(said.vector) if said.vector is not None else None
    seen = seen_of(said.shot, taken=rules.taken(said.stated)) if said.shot is not None else None
    picture = one.kept if one.kept is not None else said.png
    return Probe(one.source, one.sha256, picture, said.shot, vector, said.norm, said.reason, said.note, seen, code)


def _vector(raw: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """What the worker gave, if it can be a template: nothing of it is taken on trust."""
    if len(raw) % 4:
        raise lied("template")
    vector = np.frombuffer(raw, "<f4")
    if not vector.size or not np.isfinite(vector).all() or abs(float(np.linalg.norm(vector)) - 1) > 1e-3:
        raise lied("template")
    return vector


def _descriptor(file: BinaryIO) -> list[int]:
    return [os.dup(file.fileno())]


@contextmanager
def reading(pack: Path, sources: Sequence[Source], face: str | None) -> Iterator[tuple[list[Original], Reader | None]]:
    """The pictures, opened and hashed, and a reader that waits for `start`; None where there are none."""
    originals: list[Original] = []
    try:
        for source in sources:
            if source.track is None:
                originals.append(original(source))
        if not originals:
            yield [], None
            return
        setup = messages.encode(messages.Setup(pack=str(pack)))
        with Workers("sporhund.review.portray", count=1, config=setup, readable=[pack]) as workers:
            yield originals, Reader(workers, originals, face)
    finally:
        for one in originals:
            one.file.close()
