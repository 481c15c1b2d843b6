"""A case with results of a search, and who may decide what becomes of them."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert
from tests import people

from sporhund.audit.keys import Keys
from sporhund.cases import service
from sporhund.cases.model import Case
from sporhund.settings import Settings
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store, open_store

Hands = dict[str, Any]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A home of this module's own: a sweep goes over every case there is."""
    with open_store(Settings(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@dataclass(frozen=True)
class Searched:
    """A case in which somebody searched: a basis, a search, a probe, two candidates, two decisions, a link."""

    case: Case
    basis: str
    search: str
    candidate: str
    hands: Hands

    def as_(self, name: str, *roles: str) -> Hands:
        """Hands of somebody new, who is a member."""
        made = people.signed_in(self.hands["store"], self.hands["keys"], self.hands["clock"], name, *roles, case_id=self.case.id)
        return {**self.hands, "actor": made}


@pytest.fixture
def hands(own: Store, clock: Any) -> Hands:
    creator = people.signed_in(own, Keys(own.settings.keys), clock, "creator", "supervisor")
    return {"store": own, "keys": Keys(own.settings.keys), "clock": clock, "actor": creator}


@pytest.fixture
def searched(hands: Hands) -> Searched:
    case = service.create(new_id("J"), title="Drab", purpose="demonstration", **hands)
    return search_in(case, hands)


def search_in(case: Case, hands: Hands, *, secrets: Mapping[str, bytes] = {}) -> Searched:
    """Rows as a search and two examiners leave them."""
    store, keys, at = hands["store"], hands["keys"], hands["clock"].now()
    people.join(store, hands["clock"], case.id, hands["actor"])
    basis = people.live_basis(case.id, **hands).id
    search, candidate = new_id("q"), new_id("n")
    own: dict[str, Any] = {"case_id": case.id}
    with store.transaction() as rows:
        rows.execute(insert(tables.search).values(
            **own, id=search, basis_id=basis, pack="base@1", scope="case", outcome="done", gallery={}, by="u", at=at,
            settings={"top": 20, "compare": {"score": 0.5}, "left_out": [{"track": "t_2", "score": 0.4}], "ask": ["the head"],
                      "notes": [secrets.get("told", b"").decode()]}))
        rows.execute(insert(tables.probe).values(
            **own, id=new_id("p"), search_id=search, path=b"/tmp/probe.jpg" + secrets.get("path", b""), sha256=b"\1" * 32,
            picture=keys.for_case(case.id).encrypt(b"picture", b"probe"), norm=1.0,
            vector=b"\0" * 16 + secrets.get("vector", b"")))
        for rank, key in enumerate((candidate, new_id("n")), 1):
            rows.execute(insert(tables.candidate).values(
                **own, id=key, search_id=search, rank=rank, track_case=case.id, track_id="t_1", medium_id="m_1",
                t=1.0, box=[0, 0, 1, 1], score=0.5, also=[], warnings=[]))
        for place, examiner in enumerate(("u_1", "u_2"), 1):
            rows.execute(insert(tables.decision).values(
                **own, id=new_id("x"), candidate_id=candidate, place=place, examiner=examiner, value="same", meaning="same",
                scale="default", checklist={}, note=secrets.get("note", b"").decode(), at=at))
        rows.execute(insert(tables.link).values(**own, id=new_id("l"), candidate_id=candidate, at=at))
        rows.execute(insert(tables.template).values(
            **own, track_id="t_1", pack="base@1", vector=b"\0" * 16, norm=1.0, parts=[]))
    return Searched(case, basis, search, candidate, hands)


def count(store: Store, case_id: str, *names: str) -> dict[str, int]:
    """Rows of a case, by table."""
    from sporhund.cases.records import row_counts

    with store.reader() as rows:
        found = row_counts(rows, case_id)
    return {name: found[name] for name in names}
