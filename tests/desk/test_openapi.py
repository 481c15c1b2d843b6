"""Whatever an address or a form says, the desk has an answer: never an error of its own (500)."""
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

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
    schema = schemathesis.openapi.from_dict(guarded.app.app.openapi())        # type: ignore[attr-defined]
    with TestClient(guarded, base_url="http://desk.test", raise_server_exceptions=False) as client:
        csrf = _enter(client, anna)
        failed: list[str] = []
        for result in schema.get_all_operations():
            operation = result.ok()
            if not any(part in operation.path for part in OUT_OF_IT):
                failed += _try(operation, client, csrf, case.id)

    assert failed == []


NASTY = ("\0", "a\0b", "\x1f", "9" * 23, "-" + "9" * 23, "\N{SUPERSCRIPT TWO}", "0001-01-01", "9999-12-31",
         "0001-01-01T00:00+14:00", "1e999", "nan", "../..", "%", "\N{COLLISION SYMBOL}" * 300, "{}", "eyJhIjogMX0", "")
"""What breaks who forgets it: characters that no database keeps, numbers that no column holds, days that no zone has."""


def test_no_nasty_value_in_any_one_place_makes_the_desk_fail(
    desk: Desk, place: Sporhund, account: Callable[..., Actor], case: Any,
) -> None:
    guarded = make(desk)
    anna = account("investigator", "supervisor", "examiner", "administrator", "auditor", case_id=case.id)
    doc = guarded.app.app.openapi()                                            # type: ignore[attr-defined]
    failed: list[str] = []
    with TestClient(guarded, base_url="http://desk.test", raise_server_exceptions=False) as client:
        guarded.asked.per_second = guarded.addresses.per_second = 1e9
        csrf = _enter(client, anna)
        for path, methods in doc["paths"].items():
            for method, operation in methods.items():
                if any(part in path for part in OUT_OF_IT):
                    continue
                for one in _nasty(doc, path, operation, case.id):
                    answer = client.request(method, one.pop("url"), headers={"x-csrf": csrf}, follow_redirects=False, **one)
                    if answer.status_code == 500:
                        failed.append(f"{method} {path}: {one}")
    assert failed == []


def _nasty(doc: Any, path: str, operation: Any, case_id: str) -> list[dict[str, Any]]:
    """Questions to one route, each with one value that is not as it should be; the others are plain."""
    places = [(one["in"], one["name"], one["schema"]) for one in operation.get("parameters", ())]
    kind, fields = _fields(doc, operation)
    places += [("body", name, schema) for name, schema in fields.items()]
    asked = []
    for where, name, schema in places:
        for value in NASTY:
            if where == "path" and not value:
                continue
            path_said = {one: case_id if one == "case_id" else "x" for inside, one, _ in places if inside == "path"}
            query = {one: _plain(of) for inside, one, of in places if inside == "query" and one == name}
            body = {one: _plain(of) for one, of in fields.items()}
            part = {"path": path_said, "query": query, "body": body}[where]
            part[name] = [value] if schema.get("type") == "array" or "array" in str(schema.get("anyOf", "")) else value
            url = path
            for one, said in path_said.items():
                url = url.replace("{" + one + "}", quote(str(said), safe=""))
            asked.append({"url": url, "params": query, **({kind: body} if kind else {})})
    return asked


def _fields(doc: Any, operation: Any) -> tuple[str, dict[str, Any]]:
    """How the body is sent, and its fields."""
    content = operation.get("requestBody", {}).get("content", {})
    for said, kind in (("application/json", "json"), ("application/x-www-form-urlencoded", "data"),
                       ("multipart/form-data", "data")):
        if said in content:
            schema = content[said]["schema"]
            schema = schema.get("allOf", [schema])[0]
            named = doc["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            return kind, dict(named.get("properties", {}))
    return "", {}


def _plain(schema: Any) -> Any:
    """A value that nobody minds."""
    if "pattern" in schema and "|" in schema["pattern"]:
        return next((one for one in schema["pattern"].strip("^$()").split("|") if one), "x")
    if schema.get("type") == "array" or "array" in str(schema.get("anyOf", "")):
        return ["x"]
    return schema.get("default") or ({} if schema.get("type") == "object" else "1")


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
