"""Whatever an address or a form says, the desk has an answer: never an error of its own (500)."""
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient
from tests.people import PASSWORD

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.desk.app import Desk, make

pytestmark = pytest.mark.filterwarnings("ignore")
OUT_OF_IT = ("/sign-out", "/password", "/sign-in", "/first", "events")
"""What ends the session that asks, or never ends."""
TRIES = 6
"""Drawn questions for each route; the same in every run."""


def test_no_question_makes_the_desk_fail(
    desk: Desk, place: Sporhund, account: Callable[..., Actor], case: Any,
) -> None:
    guarded = make(desk)
    anna = account("investigator", "supervisor", "examiner", "administrator", "auditor", case_id=case.id)
    schema = schemathesis.openapi.from_dict(guarded.app.openapi())        # type: ignore[attr-defined]
    with TestClient(guarded, base_url="http://desk.test", raise_server_exceptions=False) as client:
        csrf = _enter(client, anna)
        failed: list[str] = []
        for result in schema.get_all_operations():
            operation = result.ok()
            if not any(part in operation.path for part in OUT_OF_IT):
                failed += _try(operation, client, csrf, case.id)

    assert failed == []


def _enter(client: TestClient, actor: Actor) -> str:
    def csrf() -> str:
        return str(client.get("/help" if "sporhund" in client.cookies else "/sign-in").text.split(
            'name="csrf" content="', 1)[1].split('"', 1)[0])

    client.post("/sign-in", data={"csrf": csrf(), "name": actor.name, "password": PASSWORD})
    return csrf()


def _try(operation: Any, client: TestClient, csrf: str, case_id: str) -> list[str]:
    """Ask one route in drawn ways; what failed."""
    failed: list[str] = []

    @settings(max_examples=TRIES, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(one=operation.as_strategy())
    def ask(one: Any) -> None:
        if "case_id" in (one.path_parameters or {}):
            one.path_parameters["case_id"] = case_id
        said = one.as_transport_kwargs(base_url="http://desk.test", headers={"x-csrf": csrf})
        said.pop("cookies", None)
        answer = client.request(said.pop("method"), said.pop("url"), follow_redirects=False, **said)
        if answer.status_code == 500:        # 503 and 507 are honest answers: no database, no room for a file of that size
            failed.append(f"{operation.label}: {answer.status_code} {said}")

    ask()
    return failed[:1]
