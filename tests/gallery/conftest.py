"""A case with templates, as the review leaves it."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import insert

from sporhund.cases import service as cases
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Hands = dict[str, Any]


def unit(count: int, *, seed: int = 0, dimensions: int = 128) -> NDArray[np.float32]:
    """Random directions."""
    numbers = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return numbers / np.linalg.norm(numbers, axis=1, keepdims=True)


@dataclass(frozen=True)
class Filled:
    """A case with one run, and media made when they are asked for."""

    id: str
    run: str
    store: Store

    def medium(self, *, current: bool = True, run: str = "", pack: str = "base@1") -> str:
        key = new_id("m")
        with self.store.transaction() as rows:
            rows.execute(insert(tables.medium).values(
                case_id=self.id, id=key, sha256=key.encode(), sha1=b"", md5=b"", bytes=1, kind="still", state="analysed"))
        self.looked(key, current=current, run=run, pack=pack)
        return key

    def looked(self, medium: str, *, current: bool = True, run: str = "", pack: str = "base@1") -> None:
        run = run or self.run
        with self.store.transaction() as rows:
            rows.execute(insert(tables.unit).values(
                case_id=self.id, id=f"{run}.{medium}", run_id=run, medium_id=medium, kind="still", stream=0, start=0.0,
                end=1.0, plan={}, state="done", attempts=1))
            rows.execute(insert(tables.look).values(
                case_id=self.id, run_id=run, medium_id=medium, look="face", pack=pack, state="found", current=current))

    def tracks(self, medium: str, vectors: NDArray[np.float32], *, run: str = "", pack: str = "base@1",
               **changed: Any) -> list[str]:
        """Face tracks with these templates; their ids."""
        run, keys = run or self.run, [new_id("t") for _ in vectors]
        shot = {"t": 0.0, "box": [5, 6, 80, 90], "score": 0.9, "sharpness": 0.5, "quality": 0.7, "landmarks": []}
        common = {"case_id": self.id, "run_id": run, "unit_id": f"{run}.{medium}", "medium_id": medium, "stream": 0, "page": 0,
                  "kind": "face", "look": "face", "shot_id": "s1", "start": 0.0, "end": 1.0, "observations": 1, "quality": 0.7,
                  "comparable": True, "best": [shot]}
        with self.store.transaction() as rows:
            rows.execute(insert(tables.track), [{**common, **changed, "id": key} for key in keys])
            rows.execute(insert(tables.template), [
                {"case_id": self.id, "track_id": key, "pack": pack, "vector": vector.astype("<f4").tobytes(), "norm": 1.0,
                 "parts": []} for key, vector in zip(keys, vectors, strict=True)])
        return keys


def add_run(store: Store, case_id: str, *, pack: str = "base@1") -> str:
    key = new_id("r")
    with store.transaction() as rows:
        rows.execute(insert(tables.run).values(
            case_id=case_id, id=key, mode="normal", looks=["face"], pack=pack, templates=True, settings={}, signature=key,
            started_at="2026-03-01T12:00:00Z", by="officer"))
    return key


Fill = Callable[[], Filled]


@pytest.fixture
def filled(hands: Hands) -> Filled:
    """A case for free material with one run and nothing in it."""
    case = cases.create(new_id("J"), title="A gallery", purpose="demonstration", **hands)
    return Filled(case.id, add_run(hands["store"], case.id), hands["store"])
