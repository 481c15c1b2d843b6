"""A case with a live basis, its people, and a search that one of them ran."""
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from tests.identify.make import EARS, Searched, searched
from tests.people import OFFICER, join, live_basis, signed_in

from sporhund.access.model import Basis
from sporhund.actor import Actor
from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.audit.model import Event
from sporhund.cases import service as cases
from sporhund.identify import decisions
from sporhund.identify.decisions import Decided
from sporhund.identify.model import Checklist
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True)
class Scene:
    """Who acts, and on what."""

    store: Store
    keys: Keys
    clock: Any
    case_id: str
    name: str
    basis: Basis
    one: Actor                 #: examiners
    two: Actor
    three: Actor
    searcher: Actor            #: investigator who ran the search
    made: Searched
    chief: Actor               #: has every role, and recorded the basis
    opened: ExitStack

    def hands(self, actor: Actor) -> dict[str, Any]:
        return {"store": self.store, "keys": self.keys, "clock": self.clock, "actor": actor}

    def place(self, actor: Actor) -> Sporhund:
        """Sporhund as this person opens it."""
        return self.opened.enter_context(Sporhund(settings=self.store.settings, actor=actor, clock=self.clock))

    def case(self, actor: Actor) -> Case:
        return self.place(actor).case(self.name)

    def somebody(self, *roles: str) -> Actor:
        """Somebody new on the case."""
        return signed_in(self.store, self.keys, self.clock, "new", *roles, case_id=self.case_id)

    def say(self, actor: Actor, said: str, *, candidate: str | None = None, seen: Checklist = EARS, note: str = "") -> Decided:
        """Conclude, on the first candidate unless another is named."""
        return decisions.decide(
            self.case_id, candidate or self.made.candidates[0], said=said, seen=seen, note=note, **self.hands(actor))

    def last_event(self) -> Event:
        return audit.show(self.store, self.keys, self.case_id)[0]


@pytest.fixture
def scene(store: Store, keys: Keys, clock: Any) -> Iterator[Scene]:
    name = new_id("J")
    chief = signed_in(store, keys, clock, "chief", *OFFICER.roles)
    case = cases.create(name, title="Drab", purpose="demonstration", store=store, keys=keys, clock=clock, actor=chief)
    join(store, clock, case.id, chief)
    one, two, three = (signed_in(store, keys, clock, who, "examiner", case_id=case.id) for who in ("anna", "bo", "carl"))
    asks = signed_in(store, keys, clock, "dorte", "investigator", case_id=case.id)
    basis = live_basis(case.id, store=store, keys=keys, clock=clock, actor=chief)
    made = searched(store, case.id, basis.id, by=str(asks.user), at=clock.now())
    with ExitStack() as opened:
        yield Scene(store, keys, clock, case.id, name, basis, one, two, three, asks, made, chief, opened)
