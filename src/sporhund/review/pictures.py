"""The picture of a track again, decoded from the original: to show it, and to prove that the stored place is right."""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from sporhund.errors import WrongUsage
from sporhund.jobs.local import Task, Workers
from sporhund.media.model import Sampling
from sporhund.review import messages, records, tallies
from sporhund.review.hear import asked, lied
from sporhund.review.messages import Picture, Show
from sporhund.review.model import Plan
from sporhund.review.originals import Originals
from sporhund.store import tables
from sporhund.store.service import Store
from sporhund.tracks.fingerprint import distance
from sporhund.tracks.model import BestShot

SECONDS = 600.0
SAME = 0.01
"""Decoding is exact on one machine; another build of a codec may round differently by a grey level or two of 255."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """A best shot, found again in its original."""

    picture: Picture
    shot: BestShot
    distance: float            #: mean difference of the box's pixels to those stored, 0 to 1
    same: bool


def track_named(rows: Connection, case_id: str, said: str) -> Row[Any]:
    """The track of this id, an alias too. Raises WrongUsage `unknown-track`."""
    t = tables.track.c
    named = select(func.coalesce(t.alias_of, t.id)).where(t.case_id == case_id, t.id == said).scalar_subquery()
    row = rows.execute(select(tables.track).where(t.case_id == case_id, t.id == named)).one_or_none()
    if row is None:
        raise WrongUsage("unknown-track", f"There is no track {said!r} in this case.", "See: sporhund tracks --case CASE.")
    return row


def reproduce(originals: Originals, workers: Workers, track: Row[Any], unit: Row[Any], *, whole: bool) -> Reproduced:
    """Decode the moment of a track's best shot again. Raises Unreadable where the original cannot be read any more."""
    shot = msgspec.convert(track.best[0], BestShot)
    file = originals.open(track.medium_id)
    said = asked(workers, Task(key=track.id, seconds=SECONDS, files=lambda: [file], request=messages.encode(Show(
        records.unit_of(unit), Plan((), Sampling(), "", False), shot.t, shot.pts, shot.page, shot.turned, shot.box, whole))))
    if said.picture is None:
        raise lied("picture")
    apart = distance(said.picture.fingerprint, shot.fingerprint)
    return Reproduced(said.picture, shot, apart, apart <= SAME)


Viewer = Callable[[str, bool], tuple[Row[Any], Reproduced]]


@contextmanager
def viewer(store: Store, case_id: str, spool: Path) -> Iterator[Viewer]:
    """Shows tracks of one case, one after the other, with one confined worker."""
    originals = Originals(store, case_id, spool)
    with Workers("sporhund.review.line", count=1, config=messages.encode(messages.Setup())) as workers:

        def show(track: str, whole: bool) -> tuple[Row[Any], Reproduced]:
            with store.reader() as rows:
                row = track_named(rows, case_id, track)
                unit = tallies.unit_showing(rows, case_id, row)
            return row, reproduce(originals, workers, row, unit, whole=whole)

        try:
            yield show
        finally:
            originals.close()
