"""The list of cases, the case at a glance, and who is on it."""
from collections.abc import Callable
from typing import Any

from tests.people import signed_in

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.desk.app import Desk


def test_a_case_with_work_in_the_background_shows_it(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any, desk: Desk, tmp_path: Any,
) -> None:
    (tmp_path / "K1").mkdir()
    desk.place.take_in_from([tmp_path])
    case.place.take_in_from([tmp_path])
    case.work.ask([tmp_path / "K1"], exhibit="K-17")

    page = visit(account("investigator", case_id=case.id)).get(f"/case/{case.id}", headers={"accept-language": "en"})

    assert page.status_code == 200
    assert "K-17" in page.text


def test_the_list_shows_only_cases_that_are_open_to_this_person(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any,
) -> None:
    mine, other = visit(account("investigator", case_id=case.id)), visit(account("investigator"))

    assert case.name in mine.get("/").text
    assert case.name not in other.get("/").text


def test_a_supervisor_of_the_unit_puts_people_on_a_case_from_outside_it(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any, place: Sporhund,
) -> None:
    boss, new = visit(account("supervisor")), account("investigator")

    listed = boss.get("/").text
    done = boss.post(f"/case/{case.id}/members", name=new.name, what="add")

    assert f"/case/{case.id}/members" in listed
    assert boss.get(f"/case/{case.id}").status_code == 403
    assert done.status_code == 303
    assert new.name in {one["user"] for one in case.members.list()}


def test_who_supervises_another_unit_learns_of_no_case(
    visit: Callable[..., Any], case: Any, store: Any, keys: Any, clock: Any, place: Sporhund,
) -> None:
    there = signed_in(store, keys, clock, "lise", "supervisor")
    elsewhere = place.acting(Actor(there.name, there.assurance, there.host, there.user, there.roles, "another unit"))

    assert case.id not in {one["id"] for one in elsewhere.cases_to_staff()}


def test_a_fault_says_who_is_signed_in_and_leads_back_to_the_case(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any,
) -> None:
    anna = account("investigator", case_id=case.id)

    page = visit(anna).get(f"/case/{case.id}/media/nothing", headers={"accept-language": "en"})

    assert page.status_code == 404
    assert anna.name in page.text
    assert f'href="/case/{case.id}"' in page.text
