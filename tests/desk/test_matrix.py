"""Every route, for every role, on a case of one's own and on one of others: what `access.rights` says, and nothing else.

The walk asks each route of the application as each person would. A route that is new comes into it by itself.
"""
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from tests.people import OFFICER

from sporhund.access import rights
from sporhund.access.model import Role
from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.desk.door import Door
from sporhund.desk.routes.all import ALL
from sporhund.store.ids import new_id
from sporhund.store.service import Store

OPEN = {"/sign-in", "/first"}
"""Where anybody may come in, and why: to sign in."""
UNKNOWN = new_id("m")


def routes() -> Iterator[tuple[str, APIRoute, str | None]]:
    """(method, route, act) of every route of the desk."""
    for router in ALL:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            doors = [one.call for one in route.dependant.dependencies if isinstance(one.call, Door)]
            assert len(doors) == 1, f"{route.path} has {len(doors)} doors"
            yield from ((method, route, doors[0].act) for method in sorted(route.methods))


ROUTES = list(routes())


def test_every_route_has_one_door_and_only_signing_in_is_open() -> None:
    assert {route.path for _, route, act in ROUTES if act is None} == OPEN


def test_every_act_of_a_door_stands_in_the_table_of_rights() -> None:
    assert {act for _, _, act in ROUTES if act is not None} <= set(rights.RIGHTS)


def test_every_route_of_a_case_asks_for_an_act_on_that_case() -> None:
    outside = {"case list", "own password", "logout", "user", "user list", "case create"}

    assert [route.path for _, route, act in ROUTES if "{case_id}" in route.path and act in outside] == []


@pytest.fixture(scope="module")
def untouched(store: Store) -> str:
    """One case for all who do not come in."""
    name = new_id("J")
    place = Sporhund(store=store, actor=OFFICER)
    place.create_case(name, title="Knivstikkeri", purpose="demonstration")
    return place.case(name).id


@pytest.mark.parametrize(("method", "route", "act"), ROUTES, ids=[f"{m} {r.path}" for m, r, _ in ROUTES])
def test_nobody_comes_in_without_signing_in(method: str, route: APIRoute, act: str | None, visit: Any, untouched: str) -> None:
    if act is None:
        return
    stranger = visit()

    answer = stranger.send(address(route, untouched), method=method) if method != "GET" else stranger.get(
        address(route, untouched), headers={"accept": "application/json"})

    assert answer.status_code == 401


@pytest.mark.parametrize("member", [True, False], ids=["member", "no member"])
@pytest.mark.parametrize("role", [role.value for role in Role])
def test_a_role_comes_as_far_as_the_table_says(
    role: str, member: bool, visit: Callable[..., Any], account: Callable[..., Actor], case: Any, place: Any,
) -> None:
    """Allowed is everything but 401 and 403: what is asked for may be missing (404) or incomplete (422), but was not refused."""
    browser = visit(account(role, case_id=case.id if member else None))
    refused_though_allowed, let_in_though_refused = [], []

    for method, route, act in ROUTES:
        if act in (None, "logout") or route.path == "/password" or "events" in route.path:
            continue
        answer = ask(browser, method, address(route, case.id))
        came_in = answer.status_code != 403
        if may(act, role, member, "{case_id}" in route.path) and not came_in and not refused_further(answer):
            refused_though_allowed.append((method, route.path, act, code(answer)))
        if not may(act, role, member, "{case_id}" in route.path) and came_in:
            let_in_though_refused.append((method, route.path, act, answer.status_code))

    assert let_in_though_refused == []
    assert refused_though_allowed == []


def ask(browser: Any, method: str, address: str) -> Any:
    if method == "GET":
        return browser.client.get(address, headers={"accept": "application/json"}, follow_redirects=False)
    return browser.client.request(method, address, headers={"x-csrf": browser.csrf, "accept": "application/json"},
                                  follow_redirects=False)


def address(route: APIRoute, case_id: str) -> str:
    """The route's address in this case, with ids of things that are not there."""
    said = re.sub(r"{case_id}", case_id, route.path)
    return re.sub(r"{[^}]+:int}|{(number|part|page)}", "1", re.sub(r"{(?!\w+:int|number|part|page)[^}]+}", UNKNOWN, said))


def may(act: str | None, role: str, member: bool, of_case: bool) -> bool:
    assert act is not None
    if Role(role) not in rights.RIGHTS[act]:
        return False
    return not of_case or member or not rights.needs_membership(act, [role])


def code(answer: Any) -> str:
    try:
        return str(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:80]


def refused_further(answer: Any) -> bool:
    """A rule beyond the role says no: naming people of a case of another unit, say."""
    return code(answer) in {"other-unit", "not-a-member"} and "people" in str(answer.url)
