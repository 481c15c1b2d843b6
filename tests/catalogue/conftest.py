"""A case as the review leaves it (see tests/cases/conftest.py), with as many further media as a test wants."""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from tests.cases.conftest import Hands, Reviewed, case, reviewed
from tests.people import signed_in

from sporhund.actor import Actor
from sporhund.api.catalogue import Catalogue
from sporhund.api.home import Sporhund
from sporhund.catalogue import records
from sporhund.catalogue.columns import Columns, State
from sporhund.catalogue.conditions import Asker
from sporhund.catalogue.shelf import Shelf
from sporhund.store import tables
from sporhund.store.changed import THIS_TRANSACTION
from sporhund.store.ids import new_id

__all__ = ["case", "reviewed"]
ZONE = ZoneInfo("Europe/Copenhagen")


@dataclass(frozen=True)
class Room:
    """One case, asked by one person."""

    place: Sporhund
    reviewed: Reviewed
    hands: Hands
    columns: Columns
    asker: Asker

    @property
    def case_id(self) -> str:
        return self.reviewed.case.id

    @property
    def catalogue(self) -> Catalogue:
        return self.place.case(self.reviewed.case.name).catalogue

    def state(self, *, shades: bool = False) -> State:
        return self.columns.now(self.asker.person, shades=shades)

    def refresh(self, *media: str) -> None:
        with self.place.store.transaction() as rows:
            records.refresh(rows, self.case_id, media or self.reviewed.media.values())

    def stills(self, count: int, *, at: Sequence[str | None] = (), **columns: Any) -> list[str]:
        """Ids of new stills, in their order; at: when each states that it was taken, on a wall."""
        ids = sorted(new_id("m") for _ in range(count))
        times = [*at, *[None] * (count - len(at))]
        with self.place.store.transaction() as rows:
            rows.execute(insert(tables.medium), [{
                "case_id": self.case_id, "id": one, "sha256": one.encode(), "sha1": b"", "md5": b"", "bytes": 1,
                "kind": "still", "type": "image/png", "state": "analysed", "facts": {"stated": [
                    {"what": "time", "value": time, "origin": "exif:DateTimeOriginal", "zone": "unknown", "note": ""}]
                    if time else []}, **columns} for one, time in zip(ids, times, strict=True)])
            records.refresh(rows, self.case_id, ids)
        return ids

    def see(self, by: str, *things: str, spans: Sequence[Sequence[float]] = (), medium: str | None = None) -> None:
        at = self.place.clock.now()
        seen = insert(tables.seen).values(case_id=self.case_id, changed=THIS_TRANSACTION, first_at=at, last_at=at)
        with self.place.store.transaction() as rows:
            rows.execute(seen, [{"thing": one, "by": who, "medium_id": medium or one, "spans": [list(span) for span in spans],
                                 "seconds": sum((b - a for a, b in spans), 0.0)} for who in (by, "") for one in things])

    def somebody(self) -> Actor:
        return signed_in(self.place.store, self.hands["keys"], self.place.clock, "kim", "investigator", case_id=self.case_id)


@pytest.fixture
def room(reviewed: Reviewed, hands: Hands) -> Iterator[Room]:
    place = Sporhund(store=hands["store"], clock=hands["clock"], actor=hands["actor"])
    shelf: Shelf[Columns] = Shelf()
    yield Room(place, reviewed, hands, Columns(place.store, reviewed.case.id, shelf), Asker(hands["actor"].mark, ZONE))
    place.previews.close()
