"""A case with faces of made-up people, as the review leaves it, and a live legal basis."""
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, update
from tests.clusters.people import SPEC, UNSUITABLE, templates
from tests.people import live_basis

from sporhund.access.model import Basis
from sporhund.actor import Actor
from sporhund.audit.keys import Keys
from sporhund.cases import service as cases
from sporhund.clusters import corrections, records, service, shown
from sporhund.clusters.corrections import Correcting
from sporhund.clusters.service import Hands
from sporhund.packs.model import Manifest
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def manifest(name: str = "base") -> Manifest:
    return Manifest(name, "1", "", "", "", {}, None, None, (), UNSUITABLE, clustering=SPEC)


@dataclass
class Crowd:
    """A case that fills: people seen on media."""

    id: str
    hands: Hands
    basis: Basis
    runs: dict[str, str] = field(default_factory=dict)
    seed: int = 0

    def see(
        self, people: Sequence[int], *, medium: str = "", at: Sequence[tuple[float, float]] | None = None, run: str = "first",
        pack: str = "base@1", score: float = 0.75,
    ) -> list[str]:
        """A face track for each of these people, on one medium; ids. at: time and place (x) of each; else one after another."""
        medium, self.seed = medium or self.medium(), self.seed + 1
        places = at or [(float(n), 0.0) for n in range(len(people))]
        vectors = templates(list(people), score=score, take=self.seed)
        keys = [new_id("t") for _ in people]
        key = self._run(run, pack, medium)
        with self.hands.store.transaction() as rows:
            for track, vector, (t, x) in zip(keys, vectors, places, strict=True):
                box = [x, 0.0, 80.0, 90.0]
                rows.execute(insert(tables.track).values(
                    case_id=self.id, id=track, run_id=key, unit_id="", medium_id=medium, stream=0, page=0, kind="face",
                    look="face", shot_id="s", start=t, end=t, observations=1, quality=0.7, comparable=True,
                    best=[{"t": t, "box": box, "score": 0.9, "sharpness": 0.5, "quality": 0.7, "landmarks": []}]))
                rows.execute(insert(tables.observation).values(
                    case_id=self.id, track_id=track, path=np.array([(t, *box, 0.9)], "<f8").tobytes(), lead=b""))
                rows.execute(insert(tables.template).values(
                    case_id=self.id, track_id=track, pack=pack, vector=vector.astype("<f4").tobytes(), norm=1.0, parts=[]))
        return keys

    def medium(self) -> str:
        key = new_id("m")
        with self.hands.store.transaction() as rows:
            rows.execute(insert(tables.medium).values(
                case_id=self.id, id=key, sha256=key.encode(), sha1=b"", md5=b"", bytes=1, kind="video", state="analysed"))
        return key

    def _run(self, name: str, pack: str, medium: str) -> str:
        with self.hands.store.transaction() as rows:
            if name not in self.runs:
                self.runs[name] = new_id("r")
                rows.execute(insert(tables.run).values(
                    case_id=self.id, id=self.runs[name], mode="normal", looks=["face"], pack=pack, templates=True, settings={},
                    signature=self.runs[name], started_at=self.hands.clock.now(), by="officer"))
            k = tables.look
            rows.execute(update(k).where(k.c.case_id == self.id, k.c.medium_id == medium, k.c.pack == pack).values(current=False))
            rows.execute(k.delete().where(k.c.case_id == self.id, k.c.medium_id == medium, k.c.run_id == self.runs[name]))
            rows.execute(insert(k).values(
                case_id=self.id, run_id=self.runs[name], medium_id=medium, look="face", pack=pack, state="found", current=True))
        return self.runs[name]

    def cluster(self, pack: str = "base") -> service.Settled:
        return service.cluster(self.id, manifest(pack), self.hands)

    def groups(self, pack: str = "base@1") -> dict[str, set[str]]:
        """Cluster -> tracks, as they are shown."""
        with self.hands.store.reader() as rows:
            found = shown.clusters(rows, self.id, pack, statements=records.constraints(rows, self.id))
        return {item["id"]: set(item["tracks"]) for item in found["clusters"]}

    def acting(self, *, hide: frozenset[str] = frozenset(), actor: Actor | None = None) -> Correcting:
        with self.hands.store.reader() as rows:
            packs = records.packs(rows, self.id)
        hands = self.hands if actor is None else Hands(self.hands.store, self.hands.keys, self.hands.clock, actor)
        return Correcting(self.id, [manifest(pack.partition("@")[0]) for pack in packs], hands, hide)

    def same(self, first: str, second: str, **how: Any) -> corrections.Corrected:
        self.hands.clock.on(seconds=1)  # type: ignore[attr-defined]
        return corrections.same(self.acting(), first, second, **how)

    def not_same(self, first: str, second: str) -> corrections.Corrected:
        self.hands.clock.on(seconds=1)  # type: ignore[attr-defined]
        return corrections.not_same(self.acting(), first, second)


@pytest.fixture
def crowd(store: Store, keys: Keys, clock: Any, actor: Actor) -> Crowd:
    """An open case without faces."""
    case = cases.create(new_id("J"), title="Røveri", purpose="demonstration", store=store, keys=keys, clock=clock, actor=actor)
    basis = live_basis(case.id, store=store, keys=keys, clock=clock, actor=actor)
    return Crowd(case.id, Hands(store, keys, clock, actor), basis)
