"""A case and a folder of evidence."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sporhund.actor import Actor
from sporhund.audit.keys import Keys
from sporhund.cases.service import create
from sporhund.evidence.model import Intake
from sporhund.evidence.service import take_in
from sporhund.store.ids import new_id
from sporhund.store.service import Store

TakeIn = Callable[..., Intake]


@pytest.fixture
def case_id(store: Store, keys: Keys, clock: Any, actor: Actor) -> str:
    """A fresh demonstration case."""
    return create(new_id("J"), title="A case", purpose="demonstration", store=store, keys=keys, clock=clock, actor=actor).id


@pytest.fixture
def take(store: Store, keys: Keys, clock: Any, actor: Actor, case_id: str) -> TakeIn:
    """Take sources in under exhibit K1, or under another one."""

    def run(*sources: Path | bytes, exhibit: str = "K1", **more: Any) -> Intake:
        return take_in(case_id, exhibit, sources, store=store, keys=keys, clock=clock, actor=actor, **more)

    return run


