"""What the tests share: where the material lies, a real database, a clock that can be set, somebody who acts."""
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.people import OFFICER, make_account

from sporhund.actor import Actor
from sporhund.audit.keys import Keys
from sporhund.settings import Settings
from sporhund.store.service import Store, open_store

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test material beside the checkout. Missing in CI is a failure, elsewhere a skip."""
    if not _SHARED.is_dir():
        reason = f"the test material is not there: {_SHARED}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)  # noqa: TID251
    return _SHARED


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def on(self, **span: float) -> None:
        """Go on by a span: `clock.on(hours=48)`."""
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> SetClock:
    """2026-03-01 12:00 UTC until it is set."""
    return SetClock()


@pytest.fixture
def actor() -> Actor:
    """An officer of every role, who has an account in the shared home and is signed in."""
    return OFFICER


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A real database in a temporary home, one for each worker and shared by its tests: make your own case in it."""
    with open_store(Settings(tmp_path_factory.mktemp("home"))) as opened:
        make_account(opened, OFFICER)
        yield opened


@pytest.fixture(scope="session")
def keys(store: Store) -> Keys:
    """The keys of the shared home."""
    return Keys(store.settings.keys)


@pytest.fixture(scope="session")
def base_pack() -> Path:
    """The folder of the pack `base`, built once for each machine."""
    from tests.packs import make

    return make.base_pack()
