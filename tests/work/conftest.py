"""A case of its own in the shared home, and hands to act with."""
from typing import Any

import pytest

from sporhund.actor import Actor
from sporhund.audit.keys import Keys
from sporhund.cases import service
from sporhund.cases.model import Case
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Hands = dict[str, Any]


@pytest.fixture
def hands(store: Store, keys: Keys, clock: Any, actor: Actor) -> Hands:
    return {"store": store, "keys": keys, "clock": clock, "actor": actor}


@pytest.fixture
def case(hands: Hands) -> Case:
    return service.create(new_id("J"), title="Vold på åben gade", purpose="demonstration", **hands)
