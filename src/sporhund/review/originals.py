"""Where the bytes of a medium are: a file, or a member of an archive that is taken out into the spool when needed."""
import os
import shutil
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Row, and_, select

from sporhund.errors import EnvironmentFault, Unreadable
from sporhund.evidence.names import shown
from sporhund.jobs.local import Task, Workers
from sporhund.review import messages
from sporhund.review.hear import asked
from sporhund.review.messages import ExtractMember
from sporhund.store import tables
from sporhund.store.service import Store

MEMBER_SECONDS = 600.0
COPY_BYTES = 1 << 20


class Originals:
    """Opens originals for reading, and checks that they are still what was taken in."""

    def __init__(self, store: Store, case_id: str, spool: Path) -> None:
        self.store, self.case_id, self.spool = store, case_id, spool
        self._extractor: Workers | None = None

    @property
    def extractor(self) -> Workers:
        """A confined worker of its own that takes members out of archives: never busy with anything else."""
        if self._extractor is None:
            self._extractor = Workers("sporhund.review.line", count=1, config=messages.encode(messages.Setup()))
        return self._extractor

    def close(self) -> None:
        """Nothing taken out of an archive stays behind."""
        if self._extractor is not None:
            self._extractor.close()
        shutil.rmtree(self.spool / self.case_id, ignore_errors=True)

    def open(self, medium_id: str) -> int:
        """A descriptor of the medium's bytes. Raises Unreadable where no copy of them can be had unchanged."""
        problem: Unreadable | None = None
        for place in self._places(medium_id):
            try:
                return self.open_place(place)
            except Unreadable as exc:
                problem = exc
        raise problem or Unreadable("gone", "no place of this medium is known any more")

    def open_place(self, place: Row[Any]) -> int:
        """A descriptor of one occurrence."""
        if place.member_of is not None:
            return os.open(self._member(place), os.O_RDONLY | os.O_CLOEXEC)
        try:
            fd = os.open(place.location, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as exc:
            raise Unreadable("gone", f"{shown(place.location)} cannot be opened any more: {exc.strerror}") from exc
        now = os.fstat(fd)
        if now.st_size != place.bytes or (place.modified_ns is not None and now.st_mtime_ns != place.modified_ns):
            os.close(fd)
            raise Unreadable("changed-since-intake", f"{shown(place.location)} is not the file that was taken in any more")
        return fd

    def _places(self, medium_id: str) -> list[Row[Any]]:
        o = tables.occurrence
        with self.store.transaction() as rows:
            return list(rows.execute(
                select(o).where(o.c.case_id == self.case_id, o.c.medium_id == medium_id).order_by(o.c.original.desc())))

    def _member(self, place: Row[Any]) -> Path:
        """The member's bytes in the spool; taken out of its archive (itself perhaps a member) unless they are there."""
        target: Path = self.spool / self.case_id / place.id
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            o = tables.occurrence
            with self.store.transaction() as rows:
                archive = rows.execute(select(o).where(and_(o.c.case_id == self.case_id, o.c.id == place.member_of))).one()
            self.extract(archive, place.member, target)
        return target

    def extract(self, archive: Row[Any], index: int, target: Path) -> None:
        """Take one member out: a confined worker writes it into a pipe, this process into the spool."""
        partial = target.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        original = self.open_place(archive)
        reading, writing = os.pipe()
        copier = Copier(reading, partial)
        try:
            asked(self.extractor, Task(
                key=f"extract {target.name}", seconds=MEMBER_SECONDS, files=lambda: [original, writing],
                request=messages.encode(ExtractMember(archive.bytes, index)),
            ))
        except Unreadable:
            copier.join()
            partial.unlink(missing_ok=True)
            raise
        copier.join()
        if copier.error is not None:
            raise EnvironmentFault("disk-full", f"{target.parent} cannot be written: {copier.error.strerror}",
                                   "Make room, then run the same command again.") from copier.error
        partial.rename(target)


class Copier(threading.Thread):
    """Copies a pipe into a file until its writing end is closed."""

    def __init__(self, reading: int, target: Path) -> None:
        super().__init__(daemon=True)
        self._reading, self._target = reading, target
        self.error: OSError | None = None
        self.start()

    def run(self) -> None:
        with os.fdopen(self._reading, "rb") as source:
            try:
                with open(self._target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
                    shutil.copyfileobj(source, out, COPY_BYTES)
            except OSError as exc:
                self.error = exc
                while source.read(COPY_BYTES):   # the worker must not hang on a full pipe
                    pass
