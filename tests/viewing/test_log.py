"""Everybody reads what they did themselves; whoever may read the log can filter it; the veil is the same for all."""
from typing import Any

import pytest
from tests.viewing.conftest import Room

from sporhund.access.model import Role
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.errors import Refused, WrongUsage


def test_my_own_look_ups_are_mine_alone_newest_first_page_by_page(room: Room, kim: Actor, bo: Actor) -> None:
    for actor in (kim, bo, kim):
        room.viewing(actor).viewed(room.video, t=1.0)
    room.viewing(kim).mark([room.video], "relevant")

    first = room.own(kim).my_lookups(limit=2)
    rest = room.own(kim).my_lookups(limit=10, after=first["next"])

    assert [(one["actor"], one["action"]) for one in first["items"]] == [(kim.name, "mark"), (kim.name, "medium view")]
    assert [one["action"] for one in rest["items"]] == ["medium view"]
    assert rest["items"][0]["payload"]["medium"] == room.video
    assert (rest["items"][0]["case"], rest["next"]) == (room.reviewed.case.name, None)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_everybody_may_read_what_they_did_themselves(room: Room, role: str) -> None:
    somebody = room.somebody(role)
    room.own(somebody).choose(theme="dark")

    assert [one["action"] for one in room.own(somebody).my_lookups()["items"]] == ["preference choose"]


def test_nobody_reads_what_somebody_of_the_same_name_did_without_sign_in(room: Room, kim: Actor) -> None:
    with room.place.store.transaction() as rows:
        audit.record(rows, action="export", actor=Actor(kim.name, "local", "test"), at=room.place.clock.now(),
                     keys=room.hands["keys"], payload={"to": "HEMMELIG"})

    [event] = room.own(kim).my_lookups()["items"]

    assert list(event["payload"]) == ["withheld"]


def test_where_there_are_accounts_nobody_reads_without_sign_in(room: Room) -> None:
    with pytest.raises(Refused) as said:
        room.own(Actor("root", "local", "test")).my_lookups()

    assert said.value.code == "sign-in-needed"


@pytest.fixture
def log(room: Room, kim: Actor, bo: Actor) -> Any:
    """A supervisor's view of a case in which two people did something at two times, and one was refused."""
    room.viewing(kim).viewed(room.video)
    room.place.clock.on(hours=1)  # type: ignore[attr-defined]
    room.viewing(bo).viewed(room.video)
    room.viewing(bo).mark([room.video], "later")
    with pytest.raises(WrongUsage):
        room.viewing(kim).reserve([room.track()])
    chief, name = room.place.acting(room.somebody("supervisor")), room.reviewed.case.name

    def shown(**wanted: Any) -> list[tuple[str, str]]:
        return [(one["actor"], one["action"]) for one in chief.audit_show(name, **wanted)["items"]
                if one["actor"] in (kim.name, bo.name)]

    return shown


def test_the_log_is_filtered_by_who_did_it(log: Any, kim: Actor, bo: Actor) -> None:
    assert {actor for actor, _ in log(by=kim.name)} == {kim.name}
    assert log(by=bo.name) == [(bo.name, "mark"), (bo.name, "medium view")]


def test_the_log_is_filtered_by_what_was_done(log: Any, kim: Actor, bo: Actor) -> None:
    assert log(action="medium view") == [(bo.name, "medium view"), (kim.name, "medium view")]


def test_the_log_is_filtered_by_time(log: Any, kim: Actor, bo: Actor) -> None:
    assert (kim.name, "medium view") not in log(since="2026-03-01T13:00:00Z")
    assert log(until="2026-03-01T14:00:00+01:00") == [(kim.name, "medium view")]


def test_the_log_is_filtered_by_what_came_of_it(log: Any, kim: Actor) -> None:
    assert log(outcome="refused") == [(kim.name, "reserve")]


def test_a_filter_of_which_nothing_fits_shows_nothing(log: Any) -> None:
    assert log(by="nobody", outcome="failed") == []


def test_a_time_without_a_zone_is_no_time_of_the_log(log: Any) -> None:
    with pytest.raises(WrongUsage) as said:
        log(since="2026-03-01T13:00:00")

    assert said.value.code == "bad-time"


def test_who_filters_the_log_stands_in_it_with_the_filter(room: Room, kim: Actor) -> None:
    chief = room.place.acting(room.somebody("supervisor"))
    chief.audit_show(room.reviewed.case.name, by=kim.name)

    event: Any = audit.show(room.place.store, room.hands["keys"], room.reviewed.case.id, limit=1)[0]

    assert (event.action, event.payload["filter"]) == ("audit show", {"actor": kim.name})
