"""What the tests share: where the material lies, a real database, a clock that can be set, somebody who acts."""
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select
from tests.people import OFFICER, make_account

from sporhund.actor import Actor
from sporhund.audit.keys import Keys
from sporhund.settings import Settings
from sporhund.store import postmaster, roles, tables
from sporhund.store.place import Place
from sporhund.store.service import Store, open_store

_SHARED = Path(__file__).resolve().parents[2] / "shared"
LONGEST = ("work/test_runner.py", "stories/test_analyse.py", "desk/test_walk.py", "stories/test_archives.py",
           "desk/test_openapi.py", "desk/test_gallery_walk.py", "desk/test_viewer_walk.py", "cases/test_erase.py",
           "stories/test_clusters.py")
"""Files of a minute or half of one. They begin first: whichever came last would be waited for alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, in the order in which they stand; the others as they are. One that was renamed is missed."""
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    assert not (gone := [str(path) for path in place if not path.is_file()]), f"LONGEST names what is not there: {gone}"
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


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


CASES = 12
"""In a home, before the next file of tests gets a new one. A case has partitions of its own, and each costs every later one 4 ms:
the hundredth took half a second, a thousandth would have taken four. A new home costs half a second."""


class Homes:
    """Homes for tests, one after the other. Only the first is made, the others are copies of it as it was when it was empty."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._empty = folders.mktemp("empty") / "home"
        self._store: Store | None = None
        with open_store(Settings(self._empty)) as store:
            _carefree(store)
        _stop(Place(self._empty / "database"))

    def roomy(self) -> Store:
        """The one that was used last, or a new one where that has many cases by now."""
        if self._store is not None and self._cases() >= CASES:
            self._remove()
        if self._store is None:
            home = self._folders.mktemp("homes") / "home"
            subprocess.run(["cp", "-a", self._empty, home], check=True)       # it knows how to keep owners and modes
            self._store = open_store(Settings(home))
            make_account(self._store, OFFICER)
        return self._store

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _remove(self) -> None:
        """A home with its cases takes some fifty megabytes, of which a run would leave dozens."""
        assert self._store is not None
        old, self._store = self._store, None               # whatever becomes of its folder, nobody uses it again
        old.close()
        _stop(Place(old.settings.home / "database"))
        # Its reaper may still write there while it ends: what that leaves goes with the folder of the run.
        shutil.rmtree(old.settings.home, ignore_errors=True)

    def _cases(self) -> int:
        assert self._store is not None
        with self._store.reader() as rows:
            return int(rows.scalar(select(func.count()).select_from(tables.case)) or 0)


def _stop(place: Place) -> None:
    """Stop the server of a home that nobody uses, as its reaper would have done some seconds later, which finds nothing to do."""
    server = postmaster.find(place.data)
    postmaster.stop(place.data)
    if server is not None:
        shutil.rmtree(server.socket_dir, ignore_errors=True)
    place.reaping.unlink(missing_ok=True)


def _carefree(store: Store) -> None:
    """The database need not outlive a power cut: nothing waits for the disk. A server that is killed loses nothing by it."""
    with psycopg.connect(store.way_in(roles.BOOTSTRAP)[0], autocommit=True) as server:
        server.execute("alter system set fsync = off")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homes]:
    made = Homes(tmp_path_factory)
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(homes: Homes) -> Store:
    """A real database in a temporary home, shared by the tests of several files: make your own case in it."""
    return homes.roomy()


@pytest.fixture(scope="module")
def keys(store: Store) -> Keys:
    """The keys of the shared home."""
    return Keys(store.settings.keys)


@pytest.fixture
def hands(store: Store, keys: Keys, clock: SetClock, actor: Actor) -> dict[str, Any]:
    """Who acts, when, and on what: what every room's service is given."""
    return {"store": store, "keys": keys, "clock": clock, "actor": actor}


@pytest.fixture(scope="session")
def base_pack() -> Path:
    """The folder of the pack `base`, built once for each machine."""
    from tests.packs import make

    return make.base_pack()
