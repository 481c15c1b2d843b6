"""Who comes in at the desk, and how."""
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.people import PASSWORD

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.desk import security
from sporhund.desk.app import Desk, make
from sporhund.settings import Settings


def test_a_page_asks_who_one_is_and_goes_on_where_one_was(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    anna = account("investigator")
    browser = visit()

    asked = browser.get("/cases/new")
    entered = browser.post("/sign-in", name=anna.name, password=PASSWORD, next="/cases/new")

    assert asked.headers["location"] == "/sign-in?next=%2Fcases%2Fnew"
    assert entered.headers["location"] == "/cases/new"
    assert browser.get("/cases/new").status_code == 200


def test_nobody_is_led_away_from_the_desk_after_signing_in(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    anna = account("investigator")

    for next_ in ("https://elsewhere.test/", "//elsewhere.test/", "/\\elsewhere.test"):
        entered = visit().post("/sign-in", name=anna.name, password=PASSWORD, next=next_)

        assert entered.headers["location"] == "/"


def test_a_wrong_password_says_one_thing_whatever_is_wrong(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    anna = account("investigator")
    browser = visit()

    wrong = browser.post("/sign-in", name=anna.name, password="not the password")
    nobody = browser.post("/sign-in", name="nobody-at-all", password="not the password")

    assert wrong.status_code == nobody.status_code == 403
    assert wrong.text == nobody.text


def test_a_change_without_the_sessions_token_is_refused(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    browser = visit(account("investigator"))

    for said in ("", "0" * 64):
        answer = browser.client.post("/cases/new", data={"csrf": said, "name": "X", "title": "t", "purpose": "objects"})

        assert answer.status_code == 403
        assert "forged" in answer.text


def test_another_sessions_token_is_no_token(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    mine, theirs = visit(account("investigator")), visit(account("investigator"))

    answer = mine.client.post("/sign-out", data={"csrf": theirs.csrf})

    assert answer.status_code == 403
    assert mine.get("/").status_code == 200


def test_signing_out_ends_the_session_on_the_server(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    browser = visit(account("investigator"))
    token = browser.client.cookies["sporhund"]

    browser.post("/sign-out")
    browser.client.cookies.set("sporhund", token)

    assert browser.get("/").headers["location"].startswith("/sign-in")


def test_a_session_that_nobody_used_for_an_hour_is_over(
    visit: Callable[..., Any], account: Callable[..., Actor], clock: Any,
) -> None:
    browser = visit(account("investigator"))

    clock.on(minutes=61)
    read, changed = browser.get("/"), browser.post("/cases/new", name="X", title="t", purpose="objects")

    assert read.headers["location"] == "/sign-in?next=%2F"
    assert changed.headers["location"] == "/sign-in?late=1"      # and says that the change was not made


def test_the_sign_in_page_says_that_a_mark_was_not_kept(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    account("investigator")

    page = visit().get("/sign-in?next=/&late=mark", headers={"accept-language": "da"}).text

    assert "Du blev logget ud; mærket blev ikke gemt." in page


def test_a_language_can_be_left_to_the_browser(visit: Callable[..., Any], account: Callable[..., Actor], place: Any) -> None:
    anna = account("investigator")
    browser = visit(anna)
    as_it_comes = '<input type="radio" name="language" value="" checked>'
    before = browser.get("/me").text

    browser.post("/me", language="da")
    chosen = browser.get("/me").text
    browser.post("/me", language="")

    assert (as_it_comes in before, as_it_comes in chosen, as_it_comes in browser.get("/me").text) == (True, False, True)


def test_the_cookie_is_for_this_desk_alone(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    anna = account("investigator")

    kept = visit().post("/sign-in", name=anna.name, password=PASSWORD).headers["set-cookie"].lower()

    assert "httponly" in kept
    assert "samesite=strict" in kept


@pytest.fixture
def three_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an address, for a desk that is made afterwards."""
    monkeypatch.setattr(security, "SIGN_INS_AT_ONCE", 3.0)
    monkeypatch.setattr(security, "SIGN_INS_PER_SECOND", 0.0)


def test_an_open_session_does_not_guess_the_password_faster_than_the_sign_in(
    three_tries: None, visit: Callable[..., Any], account: Callable[..., Actor],
) -> None:
    """Both forms try a password, so both take of the same allowance of an address."""
    browser = visit(account("investigator"))                       # which is a try
    said = {"before": "not the password", "password": "a brand new password", "again": "a brand new password"}

    assert [browser.post("/password", **said).status_code for _ in range(3)] == [400, 400, 429]
    assert browser.post("/sign-in", name="anybody", password="not the password").status_code == 429


# ------------------------------------------------------------------ the first account

@pytest.fixture
def fresh(tmp_path: Any) -> Any:
    """A desk on a home in which nobody has an account."""
    with Sporhund(settings=Settings(tmp_path / "home"), actor=Actor("desk", "local", "test")) as place:
        desk = Desk(place, first_key="once-and-never-again")
        with TestClient(make(desk), base_url="http://desk.test", follow_redirects=False) as client:
            yield desk, client


def test_the_link_on_the_terminal_makes_an_administrator_once(fresh: Any) -> None:
    _, client = fresh
    page = client.get("/first?key=once-and-never-again").text
    csrf = page.split('name="csrf" content="', 1)[1].split('"', 1)[0]
    said = {"csrf": csrf, "key": "once-and-never-again", "full_name": "Anna A", "password": PASSWORD, "again": PASSWORD}

    made = client.post("/first", data={**said, "name": "anna"})
    again = client.post("/first", data={**said, "name": "eve", "csrf": csrf})

    assert made.headers["location"] == "/admin/users"
    assert again.status_code in (403, 401)
    assert client.get("/first?key=once-and-never-again").status_code == 403


def test_without_the_key_nobody_makes_the_first_account(fresh: Any) -> None:
    _, client = fresh

    assert client.get("/first").status_code == 403
    assert client.get("/first?key=guessed").status_code == 403
    assert "terminal" in client.get("/sign-in", headers={"accept-language": "en"}).text


# ------------------------------------------------------------------ what counts as use, and what a foreign page can do

@pytest.mark.parametrize(("address", "headers"), [
    ("gallery/news.json", {}), ("gallery/items.html?ids=m_1", {"x-timer": "1"}), ("glance.html", {}), ("exposure.json", {})])
def test_a_session_that_is_only_polled_is_over_after_an_hour(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any, clock: Any, address: str, headers: dict[str, str],
) -> None:
    browser = visit(account("investigator", case_id=case.id))

    for _ in range(13):
        clock.on(minutes=5)
        if address == "exposure.json":
            polled = browser.send(f"/case/{case.id}/{address}", {"seen_s": 5})
        else:
            polled = browser.get(f"/case/{case.id}/{address}", headers={"x-fragment": "1", **headers})

    assert polled.status_code == 401
    assert browser.get("/").headers["location"].startswith("/sign-in")


def test_a_session_in_which_somebody_scrolls_goes_on(
    visit: Callable[..., Any], account: Callable[..., Actor], case: Any, clock: Any,
) -> None:
    browser = visit(account("investigator", case_id=case.id))

    for _ in range(13):
        clock.on(minutes=5)
        scrolled = browser.get(f"/case/{case.id}/gallery/items.html", headers={"x-fragment": "1"})

    assert scrolled.status_code == 200


def test_a_part_of_a_page_never_is_the_sign_in_page(visit: Callable[..., Any], case: Any) -> None:
    signed_out = visit()

    for headers in ({"x-fragment": "1"}, {"sec-fetch-dest": "image"}, {"sec-fetch-dest": "empty"}):
        answer = signed_out.get(f"/case/{case.id}/gallery/about.html?medium=m_1", headers=headers)

        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign-in-needed")


def test_a_token_from_another_browsers_sign_in_page_signs_nobody_in(
    visit: Callable[..., Any], account: Callable[..., Actor],
) -> None:
    eve, victim, eves = visit(), visit(), account("investigator")

    said = {"csrf": eve.csrf, "name": eves.name, "password": PASSWORD}
    taken = victim.client.post("/sign-in", data=said, follow_redirects=False)
    victim.client.cookies.clear()
    bare = victim.client.post("/sign-in", data=said, follow_redirects=False)

    assert (taken.status_code, bare.status_code) == (403, 403)
    assert "sporhund" not in victim.client.cookies


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://elsewhere.test"},
    {"origin": "http://desk.test:8080"}])
def test_a_change_that_a_page_of_another_place_sends_is_refused_even_with_the_token(
    visit: Callable[..., Any], account: Callable[..., Actor], headers: dict[str, str],
) -> None:
    browser = visit(account("investigator"))

    answer = browser.client.post("/sign-out", data={"csrf": browser.csrf}, headers=headers, follow_redirects=False)

    assert answer.status_code == 403
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": "http://desk.test"}, {"sec-fetch-site": "none"}])
def test_a_change_that_our_own_page_sends_is_taken(
    visit: Callable[..., Any], account: Callable[..., Actor], headers: dict[str, str],
) -> None:
    browser = visit(account("investigator"))

    answer = browser.client.post("/sign-out", data={"csrf": browser.csrf}, headers=headers, follow_redirects=False)

    assert answer.headers["location"] == "/sign-in"


def test_whoever_follows_a_link_from_elsewhere_stays_signed_in(visit: Callable[..., Any], account: Callable[..., Actor]) -> None:
    browser = visit(account("investigator"))
    token = browser.client.cookies["sporhund"]

    browser.client.cookies.clear()                       # strict: the browser does not bring it along
    followed = browser.get("/")

    assert "sporhund=" not in followed.headers.get("set-cookie", "").replace("sporhund-visit=", "")
    browser.client.cookies.set("sporhund", token)
    assert browser.get("/").status_code == 200


def test_one_s_own_marks_lie_on_the_keys_in_their_order_and_a_page_is_as_long_as_one_wants(
    visit: Callable[..., Any], account: Callable[..., Actor],
) -> None:
    browser = visit(account("investigator"))

    kept = browser.post("/me", own=["Våben", "", " Bil i flugt "], page="200")
    page = browser.get("/me").text
    wrong = browser.post("/me", page="17")

    assert kept.status_code == 303
    assert re.findall(r'name="own"[^>]*value="([^"]+)"', page) == ["Våben", "Bil i flugt"]
    assert re.search(r'name="page" value="200" checked', page)
    assert wrong.status_code == 400
