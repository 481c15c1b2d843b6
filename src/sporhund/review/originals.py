"""Where the bytes of a medium are: a file, or a member of an archive that is taken out into the spool when needed."""
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from sporhund.errors import Unreadable
from sporhund.evidence.names import shown
from sporhund.jobs.local import Workers
from sporhund.review import messages
from sporhund.review.spool import Spool
from sporhund.review.takeout import MEMBERS_AT_ONCE, Taken, Wanted, batches, take_out
from sporhund.store import tables
from sporhund.store.service import Store


class Originals:
    """Opens originals for reading, and checks that they are still what was taken in. One owner, one thread."""

    def __init__(self, store: Store, case_id: str, spool: Path) -> None:
        self.store, self.case_id, self.spool = store, case_id, Spool(spool, case_id)
        self._extractor: Workers | None = None
        self._missed: Counter[str] = Counter()        # archive -> how often a member of it was not in the spool

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
        self.spool.close()

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

    # -- members of archives

    def target(self, archive: str, index: int) -> Path:
        """Where a member lies in the spool. archive: its occurrence."""
        return self.spool.folder / f"{archive}.{index}"

    def take_out(self, archive: Row[Any], wanted: Sequence[Wanted]) -> dict[int, Taken]:
        """Members of an archive (its occurrence), taken into the spool, by their index. Raises as `takeout.take_out`."""
        return take_out(self.extractor, self.open(archive.medium_id), wanted)

    def _member(self, place: Row[Any]) -> Path:
        """The member's bytes in the spool; taken out of its archive (itself perhaps a member) unless they are there."""
        target = self.target(place.member_of, place.member)
        if not target.exists():
            o = tables.occurrence
            with self.store.transaction() as rows:
                archive = rows.execute(select(o).where(o.c.case_id == self.case_id, o.c.id == place.member_of)).one()
            taken = self.take_out(archive, self._with_neighbours(place, target))[place.member]
            if isinstance(taken, Unreadable):
                raise taken
        return target

    def _with_neighbours(self, place: Row[Any], target: Path) -> list[Wanted]:
        """What to take out for this member: the more members of its archive were asked for, the more come with it."""
        limit = min(MEMBERS_AT_ONCE, 1 << self._missed[place.member_of])
        self._missed[place.member_of] += 1
        wanted = [Wanted(place.member, place.bytes, target)]
        if limit > 1:
            beside = [Wanted(row.member, row.bytes, self.target(place.member_of, row.member))
                      for row in self._after(place, limit - 1)]
            wanted += [one for one in beside if not one.target.exists()]
        return next(batches(wanted))

    def _after(self, place: Row[Any], limit: int) -> list[Row[Any]]:
        """The next pictures and videos of the same archive whose turn has not come."""
        o, m = tables.occurrence.c, tables.medium.c
        wanted = select(o.member, o.bytes).join_from(
            tables.occurrence, tables.medium, (m.case_id == o.case_id) & (m.id == o.medium_id)).where(
            o.case_id == self.case_id, o.member_of == place.member_of, o.member > place.member, o.original,
            m.kind.in_(["still", "video", "unknown"]))
        with self.store.transaction() as rows:
            return list(rows.execute(wanted.order_by(o.member).limit(limit)))
