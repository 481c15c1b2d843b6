"""A candidate whose track lies in another case: for members of that case alone, and told in its log."""
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.identify.conftest import Scene
from tests.identify.make import EARS
from tests.people import join

from sporhund.audit import service as audit
from sporhund.cases import service as cases
from sporhund.errors import Refused
from sporhund.identify import decisions, identities, pictures
from sporhund.identify.model import Named, Role
from sporhund.store import tables
from sporhund.store.ids import new_id


@pytest.fixture
def other(scene: Scene) -> str:
    """A case of which the chief alone is a member; the first candidate's track lies in it."""
    case = cases.create(new_id("B"), title="Overfald", purpose="demonstration", **scene.hands(scene.chief))
    join(scene.store, scene.clock, case.id, scene.chief)
    c = tables.candidate.c
    with scene.store.transaction() as rows:
        rows.execute(update(tables.candidate).where(c.case_id == scene.case_id, c.id == scene.made.candidates[0]).values(
            track_case=case.id))
    return case.id


def test_a_queue_leaves_out_what_lies_in_a_closed_case_and_says_how_many(scene: Scene, other: str) -> None:
    data = scene.case(scene.one).decisions.candidates()

    assert [one["candidate"] for one in data["items"]] == [scene.made.candidates[1]]
    assert (data["closed"], data["yours"]) == (1, 1) and scene.made.tracks[0] not in str(data)


def test_who_may_open_both_cases_sees_both(scene: Scene, other: str) -> None:
    join(scene.store, scene.clock, other, scene.one)

    data = scene.case(scene.one).decisions.candidates()

    assert (len(data["items"]), data["closed"], data["yours"]) == (2, 0, 2)


@pytest.mark.parametrize("act", ["show", "pictures", "decide", "form"])
def test_a_candidate_in_a_closed_case_is_refused(
    scene: Scene, other: str, act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "_track", lambda *said: pytest.fail("it was made"))
    chosen, own = scene.made.candidates[0], scene.case(scene.one).decisions

    with pytest.raises(Refused) as said:
        {"show": lambda: own.candidate(chosen), "pictures": lambda: own.pictures(chosen, tmp_path),
         "decide": lambda: scene.say(scene.one, "same"), "form": lambda: own.form(chosen)}[act]()

    assert said.value.code == "not-a-member"
    assert scene.last_event().outcome == "refused" and list(tmp_path.iterdir()) == []


def test_the_ranked_list_leaves_out_what_lies_in_a_closed_case(scene: Scene, other: str) -> None:
    found = scene.case(scene.searcher).decisions.candidate(scene.made.candidates[1])

    assert [one["rank"] for one in found["ranked"]] == [2] and found["closed"] == 1
    assert scene.made.tracks[0] not in str(found)


def test_an_export_leaves_out_what_lies_in_a_closed_case_and_says_so(scene: Scene, other: str, tmp_path: Path) -> None:
    data = scene.case(scene.searcher).export(tmp_path / "out")

    assert scene.made.tracks[0] not in (tmp_path / "out" / "candidates.jsonl").read_text()
    assert any("closed to you" in note for note in data["withheld"])


def test_the_other_case_has_every_act_in_its_own_log(scene: Scene, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_probes", lambda *said: [])
    monkeypatch.setattr(pictures, "_track", lambda store, case_id, track, name: pictures.Face(name, b"", True))
    join(scene.store, scene.clock, other, scene.one)
    own = scene.case(scene.one).decisions
    own.candidates()
    own.candidate(scene.made.candidates[0])
    with scene.store.transaction() as rows:
        rows.execute(update(tables.probe).where(tables.probe.c.case_id == scene.case_id).values(shot=None))
    pictures.faces(scene.case_id, scene.made.candidates[0], **scene.hands(scene.one))
    scene.say(scene.one, "same")
    own.candidate(scene.made.candidates[1])

    events = audit.show(scene.store, scene.keys, other)[:4]

    assert [event.action for event in reversed(events)] == ["candidates", "candidates show", "candidates pictures", "decide"]
    told = [event.payload or {} for event in events]
    assert {one["from_case"] for one in told} == {scene.case_id}
    assert all(one["tracks"] == [scene.made.tracks[0]] and "value" not in one for one in told)


def test_who_is_on_a_track_of_a_closed_case_is_withheld(scene: Scene, other: str) -> None:
    join(scene.store, scene.clock, other, scene.one, scene.two)
    link = [decisions.decide(scene.case_id, scene.made.candidates[0], said="same", seen=EARS, **scene.hands(actor)).link
            for actor in (scene.one, scene.two)][-1]
    named = Named("Navnesen", Role.VICTIM, "fact")
    entered = identities.enter(scene.case_id, named, link=link, **scene.hands(scene.chief))
    for act in (lambda: identities.enter(scene.case_id, named, link=link, **scene.hands(scene.searcher)),
                lambda: identities.confirm(scene.case_id, entered.id, **scene.hands(scene.searcher))):
        with pytest.raises(Refused) as said:
            act()
        assert said.value.code == "not-a-member"

    (item,) = scene.case(scene.searcher).decisions.identities()

    assert item["withheld"].startswith("closed to you") and item["name"] is None and item["tracks"] is None
