"""What goes wrong is a page: what happened, what was kept, what to do. And what every answer carries."""
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.people import OFFICER, PASSWORD, make_account

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.desk import security
from sporhund.desk.app import Desk, make
from sporhund.desk.faults import status_of
from sporhund.errors import EnvironmentFault, Refused, Unreadable, WrongUsage
from sporhund.settings import Settings


def test_an_address_with_an_id_that_is_none_says_so(visit: Callable[..., Any], account: Callable[..., Actor], case: Any) -> None:
    browser = visit(account("investigator", case_id=case.id))

    for address in ("/case/nothing", f"/case/{case.id}/media/nothing", "/nowhere"):
        answer = browser.get(address, headers={"accept-language": "en"})

        assert answer.status_code == 404, address
        assert "That did not work" in answer.text


def test_the_same_is_said_to_a_script_as_json(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    answer = visit(account("investigator")).get("/case/nothing", headers={"accept": "application/json"})

    assert answer.json() == {"ok": False, "error": {
        "code": "unknown-case", "message": "There is no case at this address.", "hint": "See the list of cases."}}


def test_it_is_said_in_danish_with_the_codes_word_beside_it(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    answer = visit(account("investigator")).get("/case/nothing", headers={"accept-language": "da"})

    assert "Her er ingen sag." in answer.text
    assert "unknown-case" in answer.text


def test_a_database_that_is_gone_is_a_page_and_the_desk_goes_on_when_it_is_back(tmp_path: Any) -> None:
    with Sporhund(settings=Settings(tmp_path / "home"), actor=OFFICER) as place:
        make_account(place.store, OFFICER)
        desk = Desk(place.acting(Actor("desk", "local", "test")), host="test")
        with TestClient(make(desk), base_url="http://desk.test", raise_server_exceptions=False, follow_redirects=False) as client:
            csrf = client.get("/sign-in").text.split('name="csrf" content="', 1)[1].split('"', 1)[0]
            client.post("/sign-in", data={"csrf": csrf, "name": OFFICER.name, "password": PASSWORD})

            connect, place.store._door.connect = place.store._door.connect, _no_database
            for engine in place.store._engines.values():
                engine.dispose()
            gone = client.get("/", headers={"accept-language": "en"})
            place.store._door.connect = connect
            back = client.get("/")

    assert gone.status_code == 503
    assert "That did not work" in gone.text
    assert back.status_code == 200


def _no_database(role: str) -> Any:
    raise EnvironmentFault("database-down", "The database does not answer.", "Wait a moment and try again.")


@pytest.mark.parametrize(("fault", "status"), [
    (WrongUsage("unknown-medium", ""), 404), (WrongUsage("bad-filter", ""), 400), (Refused("not-a-member", ""), 403),
    (Refused("sign-in-needed", ""), 401), (Unreadable("truncated", ""), 422), (EnvironmentFault("database-down", ""), 503),
    (EnvironmentFault("disk-full", ""), 507)])
def test_every_kind_of_fault_has_its_status(fault: Any, status: int) -> None:
    assert status_of(fault) == status


def test_something_unforeseen_tells_the_terminal_where_it_was_and_the_person_what_was_kept(
    visit: Callable[..., Any], account: Callable[..., Actor], desk: Desk, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    browser = visit(account("investigator"))
    monkeypatch.setattr(Sporhund, "overview", lambda place: 1 / 0)

    answer = browser.get("/", headers={"accept-language": "en"})

    assert answer.status_code == 500
    assert "ZeroDivisionError" in answer.text
    assert "Traceback" not in answer.text
    assert caplog.records[-1].exc_info and caplog.records[-1].exc_info[0] is ZeroDivisionError


# ------------------------------------------------------------------ what every answer carries

def test_every_answer_forbids_scripts_from_elsewhere_and_frames(
    visit: Callable[..., Any], account: Callable[..., Actor],
) -> None:
    browser = visit(account("investigator"))

    for address in ("/", "/sign-in", "/nowhere", "/static/desk.css", "/static/nothing.js"):
        headers = browser.get(address).headers

        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_no_page_holds_a_script_or_a_style_of_its_own(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any,
) -> None:
    """The policy would not run them: such a page would be broken without a word."""
    browser = visit(account("investigator", "supervisor", case_id=case.id))

    for part in ("", "/intake", "/exhibits", "/timeline", "/gallery", "/subjects", "/people", "/log"):
        text = browser.get(f"/case/{case.id}{part}").text

        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert all(" src=" in tag or "application/json" in tag for tag in _tags(text, "<script"))


def _tags(text: str, name: str) -> list[str]:
    return [part.split(">", 1)[0] for part in text.split(name)[1:]]


def test_pages_are_not_kept_by_the_browser(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    browser = visit(account("investigator"))

    assert browser.get("/").headers["cache-control"] == "no-store"


def test_a_form_larger_than_any_form_is_refused(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    browser = visit(account("investigator"))

    answer = browser.post("/cases/new", name="X" * (security.LARGEST_FORM + 1), title="t", purpose="objects")

    assert answer.status_code == 413


@pytest.mark.parametrize("held", ["asked", "addresses", "sign_ins"])
def test_somebody_who_asks_without_end_is_slowed_down(held: str, desk: Desk) -> None:
    guarded = make(desk)
    setattr(guarded, held, security.Buckets(per_second=0.0, at_once=3.0))

    with TestClient(guarded, base_url="http://desk.test") as client:
        answers = [client.post("/sign-in", data={}).status_code for _ in range(5)]

    assert 429 not in answers[:3]
    assert answers[3:] == [429, 429]


@given(st.lists(st.floats(0, 100), max_size=60), st.floats(0.1, 10), st.floats(1, 20))
def test_nobody_gets_more_than_so_many_at_once_and_so_many_a_second(moments: list[float], rate: float, at_once: float) -> None:
    buckets, moments = security.Buckets(rate, at_once), sorted(moments)

    given_ = [at for at in moments if buckets.take("anna", at)]

    for first in range(len(given_)):
        for last in range(first, len(given_)):
            assert last - first + 1 <= at_once + rate * (given_[last] - given_[first]) + 1e-6


def test_the_framework_measures_and_sends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")

    app = make(desk).app.app                         # type: ignore[attr-defined]

    assert not app._native_telemetry.enabled()       # type: ignore[attr-defined]
