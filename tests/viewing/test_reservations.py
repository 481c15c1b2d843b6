"""Two people do not do the same work: what one holds the other is told of, and nobody is kept from looking."""
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.viewing.conftest import Room

from sporhund.actor import Actor
from sporhund.errors import WrongUsage


def test_what_somebody_else_holds_is_told_with_name_and_time_and_the_rest_is_taken(room: Room, kim: Actor, bo: Actor) -> None:
    stills = room.stills(4)
    room.viewing(kim).reserve(stills[:2])

    got = room.viewing(bo).reserve(stills, minutes=30)

    assert got["mine"] == stills[2:]
    assert got["others"] == [
        {"medium": one, "by": kim.name, "mine": False, "until": "2026-03-01T12:15:00Z"} for one in stills[:2]]
    assert room.viewing(kim).reserved(stills)[stills[3]] == {
        "medium": stills[3], "by": bo.name, "mine": False, "until": "2026-03-01T12:30:00Z"}


def test_ones_own_last_longer_when_they_are_reserved_again(room: Room, kim: Actor) -> None:
    [still], viewing, clock = room.stills(1), room.viewing(kim), room.place.clock
    viewing.reserve([still])
    clock.on(minutes=10)  # type: ignore[attr-defined]

    viewing.reserve([still])

    assert viewing.reserved([still])[still]["until"] == "2026-03-01T12:25:00Z"


def test_what_has_run_out_is_free(room: Room, kim: Actor, bo: Actor) -> None:
    [still], clock = room.stills(1), room.place.clock
    room.viewing(kim).reserve([still])
    clock.on(minutes=15)  # type: ignore[attr-defined]

    assert room.viewing(bo).reserved([still]) == {}
    assert room.viewing(bo).reserve([still])["mine"] == [still]


def test_one_gives_back_ones_own_and_nobody_elses(room: Room, kim: Actor, bo: Actor) -> None:
    stills = room.stills(3)
    room.viewing(kim).reserve(stills[:2])
    room.viewing(bo).reserve(stills[2:])

    some = room.viewing(kim).release(stills[1:])
    rest = room.viewing(kim).release()

    assert (some, rest) == ([stills[1]], [stills[0]])
    assert list(room.viewing(kim).reserved(stills)) == [stills[2]]


@pytest.mark.parametrize("minutes", [0, 121, -1, True])
def test_nothing_is_reserved_for_good(room: Room, kim: Actor, minutes: Any) -> None:
    with pytest.raises(WrongUsage) as said:
        room.viewing(kim).reserve(room.stills(1), minutes=minutes)

    assert said.value.code == "bad-minutes"


def test_a_track_is_not_reserved_by_itself(room: Room, kim: Actor) -> None:
    with pytest.raises(WrongUsage) as said:
        room.viewing(kim).reserve([room.track()])

    assert said.value.code == "no-medium"


def test_of_two_who_reserve_the_same_at_once_exactly_one_gets_each(room: Room, kim: Actor, bo: Actor) -> None:
    stills = room.stills(60)

    def ask(actor: Actor, order: int) -> list[str]:
        return list(room.viewing(actor).reserve(stills[::order])["mine"])

    with ThreadPoolExecutor(4) as windows:
        got = list(windows.map(ask, [kim, bo, kim, bo], [1, -1, -1, 1]))

    assert set(got[0]) | set(got[2]) | set(got[1]) | set(got[3]) == set(stills)
    assert not (set(got[0]) | set(got[2])) & (set(got[1]) | set(got[3]))
