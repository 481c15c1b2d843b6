"""A desk on the shared home, and people who have signed in at it."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient
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


def _csrf(client: TestClient, address: str) -> str:
    text = client.get(address).text
    return text.split('<meta name="csrf" content="', 1)[1].split('"', 1)[0]
