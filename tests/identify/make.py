"""A search with its probe and candidates as rows, for tests about what people do with them."""
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from sporhund.identify import decisions
from sporhund.identify.model import Checklist, Feature
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

EARS = Checklist((Feature("ears", similar=True, weight="individual", note="attached lobes"),))
"""The least that `same` and `not-same` need."""


@dataclass(frozen=True)
class Searched:
    """A search under a basis."""

    case_id: str
    search: str
    candidates: tuple[str, ...]    #: by rank
    tracks: tuple[str, ...]
    medium: str


def searched(
    store: Store, case_id: str, basis_id: str, *, by: str, at: Any, count: int = 2, probe: bytes = b"\x11" * 32,
) -> Searched:
    """A search of `by` that came to so many candidates: ranks from 1, scores from 0.9371 down by a hundredth each."""
    search, medium, run, unit = new_id("s"), new_id("m"), new_id("r"), new_id("u")
    tracks, candidates = tuple(new_id("t") for _ in range(count)), tuple(new_id("k") for _ in range(count))
    with store.transaction() as rows:
        rows.execute(insert(tables.medium).values(
            case_id=case_id, id=medium, sha256=medium.encode(), sha1=b"", md5=b"", bytes=1, kind="still", state="analysed"))
        rows.execute(insert(tables.run).values(
            case_id=case_id, id=run, mode="normal", looks=["face"], pack="base@1", templates=True, settings={}, signature=run,
            started_at=at, by="test"))
        rows.execute(insert(tables.unit).values(
            case_id=case_id, id=unit, run_id=run, medium_id=medium, kind="still", stream=0, start=0.0, end=1.0, state="done",
            attempts=1, plan={"id": unit, "kind": "still"}))
        for track in tracks:
            rows.execute(insert(tables.track).values(
                case_id=case_id, id=track, run_id=run, unit_id=unit, medium_id=medium, stream=0, page=0, kind="face", look="face",
                shot_id="s1", start=0.0, end=0.0, observations=1, quality=0.5, comparable=True,
                best=[{"t": 0.0, "box": [1, 2, 30, 40], "score": 0.9}]))
        rows.execute(insert(tables.search).values(
            case_id=case_id, id=search, basis_id=basis_id, pack="base@1", scope="case", outcome="done", by=by, at=at,
            gallery={"templates": 120, "people": 80, "version": "g1"}, settings={"top": 20}))
        rows.execute(insert(tables.probe).values(
            case_id=case_id, id=new_id("p"), search_id=search, path=b"/probes/ukendt.jpg", sha256=probe, picture=b"sealed",
            shot={"t": 0.0, "box": [5, 6, 70, 80], "score": 0.9}, vector=b"", norm=1.0))
        for place, (candidate, track) in enumerate(zip(candidates, tracks, strict=True)):
            rows.execute(insert(tables.candidate).values(
                case_id=case_id, id=candidate, search_id=search, rank=place + 1, track_case=case_id, track_id=track,
                medium_id=medium, t=0.0, box=[1, 2, 30, 40], score=0.9371 - place / 100, also=[],
                warnings=["small: 30 pixels wide"],
                chance={"expected": 0.0173, "low": 0.0091, "high": 0.0319, "floor": False, "people": 80}))
    return Searched(case_id, search, candidates, tracks, medium)


def linked(made: Searched, examiners: Any, *, store: Store, keys: Any, clock: Any) -> str:
    """Two examiners say the same of the first candidate; the link."""
    done = [decisions.decide(made.case_id, made.candidates[0], said="same", seen=EARS, store=store, keys=keys, clock=clock,
                             actor=actor) for actor in examiners]
    assert done[-1].link is not None
    return done[-1].link
