"""A case as the review leaves it (see tests/cases/conftest.py), and people who look at it."""
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert
from tests.cases.conftest import Hands, Reviewed, case, reviewed
from tests.people import signed_in

from sporhund.actor import Actor
from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.api.viewing import Own, Viewing
from sporhund.store import tables
from sporhund.store.ids import new_id

__all__ = ["case", "reviewed"]


@dataclass(frozen=True)
class Room:
    """One case, looked at by several people. Two videos of a minute each; stills as many as are asked for."""

    place: Sporhund
    reviewed: Reviewed
    hands: Hands

    @property
    def video(self) -> str:
        return self.reviewed.media[b"cam3/2.mp4"]

    @property
    def other_video(self) -> str:
        return self.reviewed.media[b"cam3/=1.mp4"]

    def stills(self, count: int) -> list[str]:
        """Ids of new stills, in their order."""
        ids = sorted(new_id("b") for _ in range(count))
        if not ids:
            return []
        with self.place.store.transaction() as rows:
            rows.execute(insert(tables.medium), [{
                "case_id": self.reviewed.case.id, "id": one, "sha256": one.encode(), "sha1": b"", "md5": b"", "bytes": 1,
                "kind": "still", "type": "image/png", "state": "analysed"} for one in ids])
        return ids

    def track(self, name: bytes = b"cam3/2.mp4", at: float = 10.0) -> str:
        run = self.reviewed.run(medium=self.reviewed.media[name])
        return self.reviewed.track(run, name, "person", [(at, 1, 1, 20, 40), (at + 2.0, 1, 1, 20, 40)])

    def somebody(self, *roles: str) -> Actor:
        """Somebody new, a member of the case."""
        return signed_in(self.place.store, self.hands["keys"], self.place.clock, "kim", *(roles or ("investigator",)),
                         case_id=self.reviewed.case.id)

    def case(self, actor: Actor) -> Case:
        return self.place.acting(actor).case(self.reviewed.case.name)

    def viewing(self, actor: Actor) -> Viewing:
        return self.case(actor).viewing

    def own(self, actor: Actor) -> Own:
        return self.place.acting(actor).own


@pytest.fixture
def room(reviewed: Reviewed, hands: Hands, clock: Any, actor: Actor) -> Iterator[Room]:
    with Sporhund(settings=hands["store"].settings, actor=actor, clock=clock) as place:
        yield Room(place, reviewed, hands)


@pytest.fixture
def kim(room: Room) -> Actor:
    return room.somebody()


@pytest.fixture
def bo(room: Room) -> Actor:
    return room.somebody()
