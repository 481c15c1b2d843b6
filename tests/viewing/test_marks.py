"""A person's word on media and tracks: the newest counts, nobody overwrites another's, and everything can be taken back."""
import json
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.questions import asked
from tests.viewing.conftest import Room

from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.errors import Refused, WrongUsage
from sporhund.store import tables


def _said(room: Room, actor: Actor, thing: str) -> list[tuple[str, str]]:
    return [(one["by"], one["value"]) for one in room.viewing(actor).marks([thing]).get(thing, [])]


def test_one_act_marks_many_media_and_tracks(room: Room, kim: Actor) -> None:
    track, stills = room.track(), room.stills(3)

    act = room.viewing(kim).mark([track, *stills], "relevant")

    assert (act["value"], act["count"], set(act["things"])) == ("relevant", 4, {track, *stills})
    assert [_said(room, kim, one) for one in (track, *stills)] == [[(kim.name, "relevant")]] * 4


def test_the_newest_word_of_a_person_counts_and_the_older_is_kept(room: Room, kim: Actor) -> None:
    viewing, [still] = room.viewing(kim), room.stills(1)
    for value in ("later", "relevant", "not-relevant"):
        viewing.mark([still], value)

    assert _said(room, kim, still) == [(kim.name, "not-relevant")]
    with room.place.store.reader() as rows:
        k = tables.mark.c
        assert len(rows.execute(select(k.id).where(k.case_id == room.reviewed.case.id)).all()) == 3


def test_the_words_of_two_people_stand_beside_each_other(room: Room, kim: Actor, bo: Actor) -> None:
    [still] = room.stills(1)
    room.viewing(kim).mark([still], "relevant")
    room.viewing(bo).mark([still], "not-relevant")

    assert _said(room, kim, still) == [(kim.name, "relevant"), (bo.name, "not-relevant")]
    assert _said(room, bo, still) == [(bo.name, "not-relevant"), (kim.name, "relevant")]


def test_taking_back_is_of_the_whole_last_act_and_lets_the_word_before_count(room: Room, kim: Actor) -> None:
    viewing, stills = room.viewing(kim), room.stills(3)
    viewing.mark(stills[:1], "later")
    viewing.mark(stills, "relevant")

    undone = viewing.undo()

    assert (undone["value"], undone["things"]) == ("relevant", stills)
    assert [_said(room, kim, one) for one in stills] == [[(kim.name, "later")], [], []]


def test_acts_are_taken_back_one_by_one_and_none_of_somebody_else(room: Room, kim: Actor, bo: Actor) -> None:
    viewing, [still] = room.viewing(kim), room.stills(1)
    viewing.mark([still], "later")
    viewing.mark([still], "relevant")
    room.viewing(bo).mark([still], "not-relevant")

    assert [viewing.undo()["value"], viewing.undo()["value"]] == ["relevant", "later"]
    with pytest.raises(WrongUsage) as said:
        viewing.undo()

    assert said.value.code == "nothing-to-undo"
    assert _said(room, kim, still) == [(bo.name, "not-relevant")]


def test_what_changed_has_the_number_of_its_transaction_also_when_it_is_taken_back(room: Room, kim: Actor) -> None:
    viewing, [still], k = room.viewing(kim), room.stills(1), tables.mark.c

    def changed() -> int:
        with room.place.store.reader() as rows:
            return int(rows.execute(select(k.changed).where(k.case_id == room.reviewed.case.id)).scalar_one())

    viewing.mark([still], "relevant")
    before = changed()
    viewing.undo()

    assert 0 < before < changed()


@pytest.mark.parametrize(("value", "kept"), [("Relevant ", "relevant"), ("Våben i hånd?", "Våben i hånd?"), ("x" * 40, "x" * 40)])
def test_an_agency_may_have_marks_of_its_own(room: Room, kim: Actor, value: str, kept: str) -> None:
    assert room.viewing(kim).mark(room.stills(1), value)["value"] == kept


@pytest.mark.parametrize("value", ["", "   ", "x" * 41, "to\nlinjer", "\u202egpj", "None "])
def test_a_mark_is_a_short_line_that_can_be_printed_and_is_not_the_word_for_no_mark(room: Room, kim: Actor, value: str) -> None:
    with pytest.raises(WrongUsage) as said:
        room.viewing(kim).mark(room.stills(1), value)

    assert said.value.code == "bad-mark"


@pytest.mark.parametrize("thing", ["b_nowhere", "", "æ", "a\0b"])
def test_what_is_not_of_this_case_is_not_marked_and_nothing_else_with_it(room: Room, kim: Actor, thing: str) -> None:
    [still] = room.stills(1)

    with pytest.raises(WrongUsage) as said:
        room.viewing(kim).mark([still, thing], "relevant")

    assert said.value.code == "unknown-thing"
    assert _said(room, kim, still) == []


def test_a_mark_on_an_alias_is_one_on_the_track_that_counts(room: Room, kim: Actor) -> None:
    counts = room.track()
    alias = room.reviewed.track(room.reviewed.run(), b"cam3/2.mp4", "person", [(12.0, 1, 1, 9, 9)], alias_of=counts)

    act = room.viewing(kim).mark([alias, counts], "relevant")

    assert act["things"] == [counts]


def test_five_thousand_media_are_marked_in_one_statement(room: Room, kim: Actor) -> None:
    viewing, stills = room.viewing(kim), room.stills(5000)

    with asked() as said:
        act = viewing.mark(stills, "not-relevant")

    inserts = [statement for statement, _ in said if "insert into mark" in statement.casefold()]
    assert (len(inserts), act["count"], viewing.undo()["count"]) == (1, 5000, 5000)


def test_what_i_put_aside_is_listed_newest_first_page_by_page_until_i_say_something_else(
    room: Room, kim: Actor, bo: Actor,
) -> None:
    viewing, stills = room.viewing(kim), room.stills(5)
    for still in stills:
        viewing.mark([still], "later")
    room.viewing(bo).mark(stills, "later")
    viewing.mark([stills[1]], "relevant")
    first = viewing.later(limit=3)
    second = viewing.later(limit=3, after=first["next"])

    assert [one["thing"] for one in first["items"] + second["items"]] == [stills[4], stills[3], stills[2], stills[0]]
    assert second["next"] is None


def test_my_last_acts_are_listed_however_large_they_were(room: Room, kim: Actor) -> None:
    viewing, stills = room.viewing(kim), room.stills(50)
    viewing.mark(stills, "not-relevant")
    viewing.mark(stills[:2], "later")
    viewing.mark(stills[:1], "relevant")
    viewing.undo()

    acts = viewing.acts(limit=2)

    assert [(one["value"], one["count"], one["undone_at"] is None) for one in acts] == [
        ("relevant", 1, False), ("later", 2, True)]


def test_every_act_is_an_event_and_a_large_one_names_its_things_by_digest(room: Room, kim: Actor) -> None:
    viewing, stills = room.viewing(kim), room.stills(101)
    viewing.mark(stills[:2], "relevant")
    viewing.mark(stills, "later")
    viewing.undo()

    events = audit.show(room.place.store, room.hands["keys"], room.reviewed.case.id, limit=3)

    assert [(one.action, one.actor) for one in events] == [("mark undo", kim.name), ("mark", kim.name), ("mark", kim.name)]
    told = [one.payload or {} for one in events]
    assert told[2]["things"] == stills[:2]
    assert (told[1]["count"], told[1]["value"], "things" in told[1]) == (101, "later", False)
    assert told[0]["things_sha256"] == told[1]["things_sha256"]


def test_where_there_are_accounts_nobody_marks_without_sign_in(room: Room) -> None:
    from sporhund.viewing import marks

    with pytest.raises(Refused) as said:
        marks.mark(room.reviewed.case.id, room.stills(1), "relevant", **room.hands | {"actor": Actor("root", "local", "test")})

    assert said.value.code == "sign-in-needed"


def test_marks_leave_the_case_with_its_findings(room: Room, kim: Actor, bo: Actor, tmp_path: Path) -> None:
    track, [still] = room.track(), room.stills(1)
    room.viewing(kim).mark([track, still], "=relevant")
    room.viewing(bo).mark([still], "not-relevant")
    room.viewing(kim).mark([still], "later")
    room.viewing(kim).undo()

    room.case(kim).export(tmp_path / "out")

    items = [json.loads(line) for line in (tmp_path / "out" / "marks.jsonl").read_text("utf-8").splitlines()]
    assert {(one["thing"], one["by"], one["value"]) for one in items} == {
        (track, kim.name, "=relevant"), (still, kim.name, "=relevant"), (still, bo.name, "not-relevant")}
    cells = (tmp_path / "out" / "marks.csv").read_text("utf-8-sig")
    assert ",=relevant" not in cells and "=relevant" in cells
