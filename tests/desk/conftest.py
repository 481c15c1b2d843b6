"""A desk on the shared home, and people who have signed in at it."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, StorageState, sync_playwright
from starlette.testclient import TestClient
from tests.desk import browser as browsers
from tests.people import PASSWORD, signed_in

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.audit.keys import Keys
from sporhund.desk.app import Desk, make
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass
class Browser:
    """Somebody before a browser: asks for pages and sends forms, with the token that a page would have given."""

    client: TestClient
    actor: Actor | None
    csrf: str

    def get(self, address: str, **options: Any) -> Any:
        return self.client.get(address, follow_redirects=False, **options)

    def post(self, address: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """A form."""
        return self.client.post(address, data={"csrf": self.csrf, **fields}, headers=headers, follow_redirects=False)

    def send(self, address: str, body: Any = None, method: str = "POST") -> Any:
        """What a script sends."""
        return self.client.request(method, address, json=body, headers={"x-csrf": self.csrf, "accept": "application/json"})


@pytest.fixture
def place(store: Store, keys: Keys, clock: Any, actor: Actor) -> Sporhund:
    """The shared home as the officer sees it."""
    return Sporhund(store=store, actor=actor, clock=clock)


@pytest.fixture
def desk(place: Sporhund) -> Desk:
    return Desk(place.acting(Actor("desk", "local", "test")), host="test")


@pytest.fixture
def visit(desk: Desk) -> Iterator[Callable[..., Browser]]:
    """A browser at this desk; of somebody, where a name of an account is given: they sign in with PASSWORD."""
    app = make(desk)
    clients: list[TestClient] = []

    def come(actor: Actor | None = None) -> Browser:
        client = TestClient(app, base_url="http://desk.test", raise_server_exceptions=False)
        clients.append(client)
        browser = Browser(client, actor, _csrf(client, "/sign-in"))
        if actor is not None:
            answer = browser.post("/sign-in", name=actor.name, password=PASSWORD)
            assert answer.status_code == 303, answer.text
            browser.csrf = _csrf(client, "/help")
        return browser

    yield come
    for client in clients:
        client.close()


@pytest.fixture
def account(store: Store, keys: Keys, clock: Any) -> Callable[..., Actor]:
    """An account with these roles; a member of the case where one is named."""
    def made(*roles: str, case_id: str | None = None) -> Actor:
        return signed_in(store, keys, clock, "anna", *roles, case_id=case_id)

    return made


@pytest.fixture
def case(place: Sporhund) -> Any:
    """A new case for demonstration, of the officer."""
    name = new_id("J")
    place.create_case(name, title="Knivstikkeri", purpose="demonstration")
    return place.case(name)


@pytest.fixture
def officer(visit: Callable[..., Browser], account: Callable[..., Actor], case: Any) -> Browser:
    """An investigator of the case, signed in, who reads English."""
    browser = visit(account("investigator", case_id=case.id))
    browser.client.headers["accept-language"] = "en"
    return browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A real browser for the walks of one file; each goes in a context of its own."""
    path = browsers.required()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=browsers.QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def entered(chromium: Chromium, base: str) -> StorageState:
    """What a browser keeps of Anna once she has signed in at the desk that a walk serves at `base`."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(base + "/sign-in")
    page.fill("[name=name]", "anna")
    page.fill("[name=password]", browsers.PASSWORD)
    page.click("main button.first")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def page(chromium: Chromium, entered: StorageState, base: str) -> Iterator[Page]:
    """Anna's, signed in, on the first page of the desk. Pictures that cannot be had are answered with their reason: no fault."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="da-DK", storage_state=entered)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(base)
    yield page
    context.close()
    assert faults == []


def _csrf(client: TestClient, address: str) -> str:
    text = client.get(address).text
    return text.split('<meta name="csrf" content="', 1)[1].split('"', 1)[0]
