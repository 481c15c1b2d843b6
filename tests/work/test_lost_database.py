"""A database that dies under the work is started again, and the work goes on."""
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.people import OFFICER, make_account
from tests.work.conftest import Hands

from sporhund.actor import Actor, SystemClock
from sporhund.audit.keys import Keys
from sporhund.cases import service as cases
from sporhund.errors import EnvironmentFault
from sporhund.review.progress import Progress
from sporhund.settings import Settings
from sporhund.store.service import Store, open_store
from sporhund.work import runner as running
from sporhund.work import service
from sporhund.work.model import Asked, State, Work
from sporhund.work.runner import Runner, Told


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Store]:
    with open_store(Settings(tmp_path / "home", intake=(tmp_path,))) as opened:
        make_account(opened, OFFICER)
        yield opened


def kill_server(store: Store) -> None:
    """As a machine without memory does it."""
    said = (store.settings.home / "database/data/postmaster.pid").read_text()
    os.kill(int(said.splitlines()[0]), signal.SIGKILL)


def again(act: Callable[[], Work]) -> Work:
    """What fails because the database just died is there for the next try."""
    for _ in range(20):
        try:
            return act()
        except EnvironmentFault as fault:
            assert fault.code == "database-down"
            time.sleep(0.5)
    return act()


def ended(case_id: str, work: Work, store: Store) -> Work:
    end = time.monotonic() + 120
    while (now := again(lambda: service.show(case_id, work.id, store=store))).state not in (State.DONE, State.FAILED):
        assert time.monotonic() < end, now
        time.sleep(0.2)
    return now


@pytest.mark.parametrize("under_way", [True, False])
def test_a_database_that_was_killed_costs_no_work(
    home: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, under_way: bool,
) -> None:
    monkeypatch.setattr(running, "TELL_EVERY_S", 0.0)
    hands: Hands = {"store": home, "keys": Keys(home.settings.keys), "clock": SystemClock(), "actor": OFFICER}
    case = cases.create("J", title="x", purpose="demonstration", **hands)
    begun, killed, tries = threading.Event(), threading.Event(), list[str]()

    def act(work: Work, actor: Actor, told: Told) -> Mapping[str, Any]:
        tries.append(work.id)
        told(Progress("looking", units=4))
        begun.set()
        assert killed.wait(60)
        for units_done in range(1, 4):
            told(Progress("looking", units=4, units_done=units_done))
        return {"done": True}

    runner = Runner(act, store=home, keys=hands["keys"], clock=hands["clock"], actor=OFFICER)
    runner.start()
    asked = Asked(paths=(os.fsencode(tmp_path),))
    if under_way:
        work = service.ask(case.id, asked, **hands)
        assert begun.wait(60)
        kill_server(home)
    else:
        time.sleep(1.0)
        kill_server(home)
        work = again(lambda: service.ask(case.id, asked, **hands))

    killed.set()
    done = ended(case.id, work, home)

    assert runner.stop(timeout_s=None)
    assert (done.state, done.outcome) == (State.DONE, {"done": True, "notes": []})
    assert set(tries) == {work.id}
