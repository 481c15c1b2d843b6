"""Whoever can still conclude blindly on candidates of a case neither searches nor compares there: scores would be told."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, insert, select, update
from tests.identify.conftest import Scene
from tests.identify.make import searched
from tests.people import join, live_basis

from sporhund.access.model import Scope
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.cases import service as cases
from sporhund.errors import Refused
from sporhund.faces.calibration import calibration_of
from sporhund.identify.blind import require_concluded
from sporhund.packs.manifest import read
from sporhund.search import candidates
from sporhund.search.compare import compare
from sporhund.search.model import ALL, CASE, Ask, Found, Source
from sporhund.search.service import Means, search
from sporhund.store import tables
from sporhund.store.ids import new_id

Look = Callable[..., Found]


@pytest.fixture
def means(scene: Scene, base_pack: Path) -> Callable[[Actor], Means]:
    manifest = read(base_pack)
    with scene.store.transaction() as rows:
        for place, track in enumerate(scene.made.tracks):
            rows.execute(insert(tables.template).values(
                case_id=scene.case_id, track_id=track, pack="base@1", norm=1.0, parts=[],
                vector=np.eye(1, 128, place, dtype="<f4").tobytes()))
    return lambda actor: Means(
        pack=base_pack, manifest=manifest, calibration=calibration_of(base_pack, manifest), version="test",
        require_concluded=require_concluded, **scene.hands(actor))


@pytest.fixture
def look(scene: Scene, means: Callable[[Actor], Means]) -> Look:
    def done(actor: Actor, *, case_id: str = "", basis: str = "", scope: str = CASE, track: str = "") -> Found:
        track = track or scene.made.tracks[1]
        ask = Ask((Source(f"track:{track}".encode(), track=track),), basis or scene.basis.id, scope=scope)
        return search(case_id or scene.case_id, ask, means(actor))

    return done


def refused(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(Refused) as said:
        act()
    assert said.value.code == code


def test_an_examiner_concludes_first_and_searches_then(scene: Scene, look: Look) -> None:
    refused("conclude-first", lambda: look(scene.one))
    event = scene.last_event()
    assert (event.action, event.outcome) == ("faces search begin", "refused")
    scene.say(scene.one, "same")
    refused("conclude-first", lambda: look(scene.one))       # one of two is left

    scene.say(scene.one, "same", candidate=scene.made.candidates[1])

    assert look(scene.one).candidates


def test_two_pictures_are_not_compared_either(scene: Scene, means: Callable[[Actor], Means], tmp_path: Path) -> None:
    """`candidates pictures` gives both faces to whoever concludes: comparing them would give the score."""
    sources = []
    for name in ("probe-1.png", "candidate.png"):
        (tmp_path / name).write_bytes(name.encode())
        sources.append(Source(str(tmp_path / name).encode()))

    refused("conclude-first", lambda: compare(
        scene.case_id, *sources, basis=scene.basis.id, face=None, means=means(scene.one)))

    assert scene.last_event().action == "faces compare begin"


def test_who_does_not_conclude_may_search(scene: Scene, look: Look) -> None:
    assert look(scene.searcher).candidates
    assert look(scene.somebody("supervisor")).candidates
    sole = scene.somebody("examiner", "investigator")
    with scene.store.transaction() as rows:
        s = tables.search
        rows.execute(update(s).where(s.c.case_id == scene.case_id).values(by=str(sole.user)))
    assert look(sole).candidates                              # their own searches are not theirs to conclude on


def test_candidates_in_another_case_that_is_searched_come_first_too(scene: Scene, look: Look) -> None:
    hands = scene.hands(scene.chief)
    other = cases.create(new_id("J"), title="Another", purpose="demonstration", **hands)
    join(scene.store, scene.clock, other.id, scene.one, scene.chief)
    join(scene.store, scene.clock, scene.case_id, scene.chief)
    made = searched(scene.store, other.id, live_basis(other.id, **hands).id, by=str(scene.chief.user), at=scene.clock.now(),
                    probe=b"2" * 32)
    basis = live_basis(other.id, scope=Scope(cases=(scene.case_id,)), **hands).id
    with scene.store.transaction() as rows:
        rows.execute(insert(tables.template).values(
            case_id=other.id, track_id=made.tracks[0], pack="base@1", norm=1.0, parts=[],
            vector=np.eye(1, 128, 5, dtype="<f4").tobytes()))
        rows.execute(insert(tables.score_view).values(
            case_id=other.id, search_id=made.search, by=str(scene.one.user), act="test", at=scene.clock.now()))
    here = {"case_id": other.id, "basis": basis, "track": made.tracks[0]}

    assert look(scene.one, **here).searched
    refused("conclude-first", lambda: look(scene.one, scope=ALL, **here))
    with scene.store.reader() as rows:      # refused before anything was compared
        assert rows.scalar(select(func.count()).where(tables.search.c.by == str(scene.one.user))) == 1
    assert audit.show(scene.store, scene.keys, other.id)[0].action == "faces search begin"


def test_candidates_of_a_case_that_is_closed_to_somebody_do_not_keep_them_from_searching(scene: Scene, look: Look) -> None:
    hands = scene.hands(scene.chief)
    closed = cases.create(new_id("J"), title="Closed", purpose="demonstration", **hands)
    join(scene.store, scene.clock, closed.id, scene.chief)
    made = searched(scene.store, closed.id, live_basis(closed.id, **hands).id, by=str(scene.searcher.user), at=scene.clock.now())
    with scene.store.transaction() as rows:
        c = tables.candidate
        rows.execute(update(c).where(c.c.case_id == closed.id).values(track_case=scene.case_id, track_id=scene.made.tracks[0]))
    for candidate in scene.made.candidates:
        scene.say(scene.one, "same", candidate=candidate)

    assert made.candidates and look(scene.one).candidates


def test_what_becomes_theirs_to_conclude_while_they_search_is_not_shown(
    scene: Scene, look: Look, monkeypatch: pytest.MonkeyPatch,
) -> None:
    for candidate in scene.made.candidates:
        scene.say(scene.one, "same", candidate=candidate)
    original = candidates.ranked

    def meanwhile(*args: Any, **options: Any) -> Any:
        searched(scene.store, scene.case_id, scene.basis.id, by=str(scene.searcher.user), at=scene.clock.now(), probe=b"2" * 32)
        return original(*args, **options)

    monkeypatch.setattr(candidates, "ranked", meanwhile)
    refused("conclude-first", lambda: look(scene.one))
    assert (scene.last_event().action, scene.last_event().outcome) == ("faces search", "refused")


def test_who_is_not_signed_in_does_not_search_where_candidates_wait(scene: Scene, look: Look) -> None:
    local = Actor("somebody", "local", "test", None, frozenset(), "default")
    with scene.store.transaction() as rows:
        m = tables.member
        rows.execute(update(m).where(m.c.case_id == scene.case_id).values(removed_at=scene.clock.now(), removed_by="test"))

    refused("sign-in-needed", lambda: look(local))
