"""Two examiners decide separately; what they may not, they are told, and it is recorded."""
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from tests.identify.conftest import Scene
from tests.identify.make import EARS, searched
from tests.people import join, live_basis

from sporhund.access import bases, records
from sporhund.actor import Actor
from sporhund.cases import service as cases
from sporhund.errors import Refused, SporhundError, WrongUsage
from sporhund.identify import decisions, scale
from sporhund.identify.model import Checklist, Feature, State
from sporhund.store import tables
from sporhund.store.ids import new_id


def refused(scene: Scene, actor: Actor, said: str = "same", candidate: str | None = None, seen: Checklist = EARS) -> str:
    """The code of the refusal; it stands in the log."""
    with pytest.raises(SporhundError) as fault:
        scene.say(actor, said, candidate=candidate, seen=seen)
    event = scene.last_event()
    assert (event.action, event.outcome) == ("decide", "refused")
    assert event.payload is not None and event.payload["code"] == fault.value.code
    return fault.value.code


def test_two_who_say_the_same_make_a_link(scene: Scene) -> None:
    first, second = scene.say(scene.one, "same"), scene.say(scene.two, "same")

    assert (first.state, first.link) == (State.NEEDS_SECOND, None)
    assert second.state is State.LINKED and second.link is not None


def test_where_they_differ_a_third_decides(scene: Scene) -> None:
    scene.say(scene.one, "same")
    second = scene.say(scene.two, "inconclusive", seen=Checklist())
    third = scene.say(scene.three, "same")

    assert second.state is State.NEEDS_THIRD
    assert third.state is State.LINKED and third.conclusion.place == 3


def test_without_two_who_say_the_same_there_is_no_link(scene: Scene) -> None:
    scene.say(scene.one, "not-same")

    assert scene.say(scene.two, "unsuitable", seen=Checklist()).state is State.CLOSED


def test_a_conclusion_is_in_the_log_with_what_it_stands_on(scene: Scene) -> None:
    made = scene.say(scene.one, "same")

    payload = scene.last_event().payload
    assert payload is not None
    assert (payload["decision"], payload["value"], payload["basis"]) == (made.conclusion.id, "same", scene.basis.id)


def test_nobody_decides_twice(scene: Scene) -> None:
    scene.say(scene.one, "same")

    assert refused(scene, scene.one, "not-same") == "decided-already"


@pytest.mark.parametrize("created", ["first", "second"])
def test_nobody_decides_through_an_account_they_created(scene: Scene, created: str) -> None:
    scene.say(scene.one, "same")
    child, parent = (scene.one, scene.two) if created == "first" else (scene.two, scene.one)
    with scene.store.transaction() as rows:
        records.add_act(rows, str(child.user), "roles", by=parent.user, at=scene.clock.now())

    assert refused(scene, scene.two) == "same-hands"


def test_who_ran_the_search_has_seen_the_scores(scene: Scene) -> None:
    both = scene.somebody("examiner", "investigator")
    made = searched(scene.store, scene.case_id, scene.basis.id, by=str(both.user), at=scene.clock.now())

    assert refused(scene, both, candidate=made.candidates[0]) == "not-blind"


def test_who_looked_at_the_scores_before_becoming_an_examiner_is_not_blind(scene: Scene) -> None:
    looked = scene.somebody("investigator")
    scene.case(looked).decisions.candidate(scene.made.candidates[1])
    examiner = Actor(looked.name, looked.assurance, looked.host, looked.user, frozenset({"examiner"}), looked.unit)

    assert refused(scene, examiner) == "not-blind"


def test_who_searched_with_the_same_picture_knows_the_scores(scene: Scene) -> None:
    both = scene.somebody("examiner", "investigator")
    searched(scene.store, scene.case_id, scene.basis.id, by=str(both.user), at=scene.clock.now())

    assert refused(scene, both) == "not-blind"


def test_a_settled_candidate_is_decided_no_more(scene: Scene) -> None:
    scene.say(scene.one, "same")
    scene.say(scene.two, "same")

    assert refused(scene, scene.three) == "settled"


def test_a_sealed_candidate_is_not_decided_on(scene: Scene) -> None:
    bases.end(scene.case_id, scene.basis.id, "The suspicion has fallen away altogether.", **scene.hands(scene.chief))

    assert refused(scene, scene.one) == "sealed"


def test_no_conclusion_counts_after_the_basis_ran_out(scene: Scene) -> None:
    scene.clock.time = scene.basis.valid_until + timedelta(seconds=1)

    assert refused(scene, scene.one) == "sealed"


def test_a_deleted_candidate_is_not_decided_on(scene: Scene) -> None:
    s = tables.search.c
    with scene.store.transaction() as rows:
        rows.execute(update(tables.search).where(s.case_id == scene.case_id, s.id == scene.made.search).values(
            deleted_at=scene.clock.now()))

    assert refused(scene, scene.one) == "candidate-deleted"


def test_an_unknown_candidate_is_said_and_recorded(scene: Scene) -> None:
    assert refused(scene, scene.one, candidate="h_nothing\x1b[31m") == "unknown-candidate"


def test_a_candidate_of_another_case_is_unknown_here(scene: Scene) -> None:
    other = cases.create(new_id("J"), title="Andet", purpose="demonstration", **scene.hands(scene.chief))
    join(scene.store, scene.clock, other.id, scene.chief)
    basis = live_basis(other.id, **scene.hands(scene.chief))
    made = searched(scene.store, other.id, basis.id, by="somebody", at=scene.clock.now())

    assert refused(scene, scene.one, candidate=made.candidates[0]) == "unknown-candidate"


def test_only_examiners_who_are_signed_in_decide(scene: Scene) -> None:
    assert refused(scene, scene.searcher) == "not-allowed"
    assert refused(scene, Actor("root", "local", "test")) == "sign-in-needed"


def test_the_same_needs_something_that_was_compared(scene: Scene) -> None:
    assert refused(scene, scene.one, seen=Checklist((Feature("nose", visible_b="no"),))) == "checklist-needed"


def test_a_difference_beside_the_same_needs_its_explanation(scene: Scene) -> None:
    seen = Checklist((Feature("ears", similar=True), Feature("nose", different=True)))

    assert refused(scene, scene.one, seen=seen) == "difference-unexplained"


def test_an_unknown_conclusion_names_those_of_the_scale(scene: Scene) -> None:
    with pytest.raises(WrongUsage) as said:
        scene.say(scene.one, "match")

    assert said.value.code == "unknown-value" and "not-same (different persons)" in said.value.hint


@pytest.mark.parametrize("before", [0, 2])
def test_of_two_who_decide_at_once_each_is_told_how_it_went(scene: Scene, before: int) -> None:
    """On an untouched candidate they take both places; where one place is left, one has it and the other is refused."""
    if before:
        scene.say(scene.one, "same")
        scene.say(scene.two, "not-same")
    pair = [scene.three, scene.somebody("examiner")]
    start, told = threading.Barrier(2), []

    def decide(actor: Actor) -> None:
        start.wait()
        try:
            told.append(scene.say(actor, "same").state.value)
        except Refused as fault:
            told.append(fault.code)

    threads = [threading.Thread(target=decide, args=[actor]) for actor in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == (["linked", "settled"] if before else ["linked", "needs-second"])
    with scene.store.reader() as rows:
        places = rows.scalars(select(tables.decision.c.place).where(
            tables.decision.c.candidate_id == scene.made.candidates[0]))
        assert sorted(places) == list(range(1, before + (2 if before else 3)))


def test_one_examiner_twice_at_once_concludes_once(scene: Scene) -> None:
    start, told = threading.Barrier(2), []

    def decide(said: str) -> None:
        start.wait()
        try:
            told.append(scene.say(scene.one, said).state.value)
        except Refused as fault:
            told.append(fault.code)

    threads = [threading.Thread(target=decide, args=[said]) for said in ("same", "not-same")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["decided-already", "needs-second"]


def test_an_agencys_scale_replaces_the_shipped_one_and_earlier_conclusions_keep_theirs(scene: Scene) -> None:
    own: Path = scene.store.settings.home / scale.OWN
    first = scene.say(scene.one, "same")
    own.write_bytes(scale.shipped("scale-seven.toml"))
    try:
        second = scene.say(scene.two, "+2")
    finally:
        own.unlink()

    assert (second.conclusion.value, second.state) == ("+2", State.LINKED)
    assert first.conclusion.scale != second.conclusion.scale and "seven-levels@1 sha256:" in second.conclusion.scale
    assert second.conclusion.checklist["words"] == {
        "english": "moderate support for the same person", "danish": "moderat støtte for samme person"}


def test_an_examiner_states_an_age(scene: Scene) -> None:
    track = scene.made.tracks[0]

    assert decisions.state_age(scene.case_id, track, child=True, **scene.hands(scene.one)) == track

    with scene.store.reader() as rows:
        (row,) = rows.execute(select(tables.age_statement).where(tables.age_statement.c.track_id == track))
    assert (row.child, row.by) == (True, scene.one.user)


def test_no_client_makes_a_link_without_two_examiners(scene: Scene) -> None:
    scene.say(scene.one, "same")

    with pytest.raises(DBAPIError, match="two examiners"), scene.store.transaction() as rows:
        rows.execute(insert(tables.link).values(
            case_id=scene.case_id, id="l", candidate_id=scene.made.candidates[0], at=scene.clock.now()))


def test_no_client_changes_a_conclusion(scene: Scene) -> None:
    scene.say(scene.one, "not-same")

    with pytest.raises(DBAPIError, match="never changed"), scene.store.transaction() as rows:
        rows.execute(update(tables.decision).values(meaning="same"))
