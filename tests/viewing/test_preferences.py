"""Everybody has the desk their own way; a key never does two things."""
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.viewing.conftest import Room

from sporhund.access.model import Role
from sporhund.actor import Actor
from sporhund.errors import Refused, WrongUsage
from sporhund.store import tables
from sporhund.viewing import preferences
from sporhund.viewing.keys import ACTS, RESERVED, check_keys, effective
from sporhund.viewing.model import Choices

DEFAULT: dict[str, Any] = {
    "language": None, "theme": "system", "veil": "blur", "muted": True, "thumbs": "small", "page": 50, "keys": {},
    "own_marks": []}


def test_whoever_chose_nothing_has_pictures_veiled_small_and_silent(room: Room, kim: Actor) -> None:
    assert room.own(kim).choices() == DEFAULT


def test_a_choice_is_kept_and_the_others_stay_as_they_were(room: Room, kim: Actor, bo: Actor) -> None:
    room.own(kim).choose(veil="off", language="da")
    room.own(kim).choose(theme="dark", keys={"relevant": "p"}, own_marks=["Våben"])

    assert room.own(kim).choices() == DEFAULT | {
        "veil": "off", "language": "da", "theme": "dark", "keys": {"relevant": "P"}, "own_marks": ["Våben"]}
    assert room.own(bo).choices() == DEFAULT


@pytest.mark.parametrize("wanted", [
    {"theme": "pink"}, {"veil": None}, {"muted": 1}, {"muted": "true"}, {"page": 99}, {"page": True}, {"language": "de"},
    {"colour": "red"}, {"keys": ["R"]}, {"keys": {"fly": "P"}}, {"keys": {"relevant": "?"}}, {"keys": {"relevant": "N"}},
    {"keys": {"relevant": "PP"}}, {"keys": {"relevant": ""}}, {"keys": {"relevant": 5}}, {"keys": {"search": "Q"}},
    {"keys": {"relevant": "1"}}, {"keys": {"relevant": "\t"}}, {"own_marks": ["x" * 41]}, {"own_marks": [1]},
    {"own_marks": ["a"] * 10}, {"own_marks": "abc"}])
def test_what_there_is_not_cannot_be_chosen(room: Room, kim: Actor, wanted: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage) as said:
        room.own(kim).choose(**wanted)

    assert said.value.code == "bad-choice"
    assert room.own(kim).choices() == DEFAULT


def test_two_acts_may_change_keys_with_each_other(room: Room, kim: Actor) -> None:
    room.own(kim).choose(keys={"relevant": "N", "not-relevant": "r"})

    listed = room.own(kim).keys()
    keys = {one["act"]: one["key"] for one in listed}
    assert (keys["relevant"], keys["not-relevant"]) == ("N", "R")


def test_what_an_older_version_kept_and_this_one_does_not_know_is_as_it_comes(room: Room, kim: Actor) -> None:
    with room.place.store.transaction() as rows:
        rows.execute(tables.preference.insert().values(
            user_id=kim.user, choices={"theme": "sepia", "veil": "grey", "wallpaper": "cats"}))

    assert room.own(kim).choices() == DEFAULT | {"veil": "grey"}


def test_without_an_account_everything_is_as_it_comes_and_nothing_is_kept(room: Room) -> None:
    nobody = room.own(Actor("root", "local", "test"))

    assert nobody.choices() == DEFAULT
    with pytest.raises(Refused) as said:
        nobody.choose(theme="dark")
    assert said.value.code == "sign-in-needed"


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_everybody_may_choose(room: Room, role: str) -> None:
    assert room.own(room.somebody(role)).choose(theme="light")["theme"] == "light"


def test_the_table_of_keys_gives_no_key_two_acts_and_names_each_act_once() -> None:
    keys = [one.key for one in ACTS]

    assert len(set(keys)) == len(keys)
    assert len({one.act for one in ACTS}) == len(ACTS)
    assert {one.act: one.key for one in ACTS}.items() >= {
        "next": "J", "previous": "K", "relevant": "R", "not-relevant": "N", "later": "L", "face": "F", "subject": "U",
        "secure": "S", "veil": "B", "undo": "Z", "search": "/", "help": "?", "zoom-in": "+", "zoom-out": "-",
        "clear-one": "G"}.items()


MOVABLE = [one.act for one in ACTS if not one.fixed]
KEYS = st.one_of(st.sampled_from("abcdefghijklmnopqrstuvwxyzæøå,.+-!%5?/ "), st.characters(), st.text(max_size=2))


@settings(deadline=None)          # the first example makes a table of all characters
@given(st.dictionaries(st.sampled_from(MOVABLE), KEYS, max_size=6))
def test_whatever_keys_somebody_asks_for_no_key_does_two_things(own: dict[str, str]) -> None:
    try:
        kept = check_keys(own)
    except WrongUsage as said:
        assert said.code == "bad-choice"
        return
    mine = effective(kept)

    assert len(set(mine.values())) == len(ACTS)
    assert not RESERVED.intersection(kept.values())
    assert {act: mine[act] for act in own} == {act: key.upper() for act, key in own.items()}
    assert check_keys(kept) == kept


@given(st.sampled_from(sorted(preferences.ALLOWED)), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6)))
def test_a_choice_is_one_of_the_list_or_refused(name: str, value: object) -> None:
    try:
        after = preferences.changed(Choices(), {name: value})
    except WrongUsage as said:
        assert said.code == "bad-choice"
        return

    assert getattr(after, name) in preferences.ALLOWED[name]
