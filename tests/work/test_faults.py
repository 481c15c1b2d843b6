"""Whatever happens to a work or to its runner, it is told, and no work runs for ever."""
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.work.conftest import Hands

from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.cases.model import Case
from sporhund.errors import WrongUsage
from sporhund.evidence import cameras
from sporhund.review.progress import Progress
from sporhund.store.service import Store
from sporhund.work import records, service, unsent
from sporhund.work import runner as running
from sporhund.work.model import Asked, Focus, State, Wish, Work
from sporhund.work.runner import Act, Runner, Told


@pytest.fixture
def asked(store: Store, tmp_path: Path) -> Iterator[Asked]:
    """A folder that this server may take material in from."""
    before = store.settings.intake
    object.__setattr__(store.settings, "intake", (tmp_path,))
    yield Asked(paths=(os.fsencode(tmp_path),))
    object.__setattr__(store.settings, "intake", before)


@pytest.fixture
def run(hands: Hands) -> Iterator[Callable[[Act], Runner]]:
    """A runner that does works so."""
    made: list[Runner] = []

    def start(act: Act) -> Runner:
        made.append(Runner(act, **hands))
        made[-1].start()
        return made[-1]

    yield start
    assert all(one.stop(timeout_s=None) for one in made)


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def over(case: Case, work: Work, store: Store) -> Work:
    """The work once it has ended."""
    def ended() -> Work | None:
        now = service.show(case.id, work.id, store=store)
        return now if now.state in (State.DONE, State.FAILED) else None

    found: Work = until(ended)
    return found


def nothing(work: Work, actor: Actor, told: Told) -> Mapping[str, Any]:
    return {}


def test_a_reason_that_no_row_takes_is_written_so_that_it_does(
    case: Case, asked: Asked, hands: Hands, store: Store, run: Callable[[Act], Runner],
) -> None:
    def act(work: Work, actor: Actor, told: Told) -> Mapping[str, Any]:
        told(Progress("looking", latest="a\0\udcff.mp4"))
        raise ValueError("bad name a\0\udcff.mp4")

    work = service.ask(case.id, asked, **hands)
    run(act)

    ended = over(case, work, store)

    assert (ended.state, ended.code) == (State.FAILED, "internal-error")
    assert ended.reason is not None and "a\\x00" in ended.reason


def test_a_work_whose_end_cannot_be_written_as_it_is_ends_in_plain_words(
    case: Case, asked: Asked, hands: Hands, store: Store, run: Callable[[Act], Runner],
) -> None:
    work = service.ask(case.id, asked, **hands)
    run(lambda *_: {"what no row takes": object()})

    ended = over(case, work, store)

    assert (ended.state, ended.code) == (State.FAILED, "end-not-kept")
    assert audit.show(store, hands["keys"], case.id, limit=1)[0].action == "work end"


def test_a_runner_that_meets_what_it_does_not_know_says_so_and_tries_again(
    case: Case, asked: Asked, hands: Hands, store: Store, run: Callable[[Act], Runner], monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = unsent.tidy

    def torn(**_: Any) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(running, "AFTER_A_DEFECT_S", 0.1)
    monkeypatch.setattr(unsent, "tidy", torn)
    work = service.ask(case.id, asked, **hands)
    runner = run(nothing)
    fault = until(lambda: runner.fault)
    monkeypatch.setattr(unsent, "tidy", sound)

    ended = over(case, work, store)

    assert isinstance(fault, OSError)
    assert (ended.state, runner.fault) == (State.DONE, None)


@pytest.mark.parametrize(("wish", "state"), [(Wish.PAUSE, State.PAUSED), (Wish.CANCEL, State.CANCELLED), (None, State.DONE)])
def test_what_was_wished_of_a_work_whose_server_was_killed_is_done_and_stands_in_the_log(
    case: Case, asked: Asked, hands: Hands, store: Store, run: Callable[[Act], Runner], wish: Wish | None, state: State,
) -> None:
    work = service.ask(case.id, asked, **hands)
    with store.transaction() as rows:
        records.change(rows, work, state=State.RUNNING, wish=wish, claim=4711)     # of a runner that is gone

    run(nothing)
    now = until(lambda: found if (found := service.show(case.id, work.id, store=store)).state is state else None)

    event = audit.show(store, hands["keys"], case.id, limit=1)[0]
    assert (event.action, event.payload is not None and event.payload["state"]) == ("work end", state.value)
    assert (now.ended_at is None) is (state is State.PAUSED)


def test_a_camera_that_there_is_not_is_said_at_once(case: Case, asked: Asked, hands: Hands, store: Store) -> None:
    cameras.add(case.id, "cam1", **hands)
    focus = Focus("2026-01-14T21:00:00", camera="cam1")
    work = service.ask(case.id, Asked(paths=asked.paths, camera="cam1", focus=focus), **hands)
    wrong = Focus("2026-01-14T21:00:00", camera="cam9")

    for act in (lambda: service.focus(case.id, work.id, wrong, **hands),
                lambda: service.ask(case.id, Asked(paths=asked.paths, focus=wrong), **hands),
                lambda: service.ask(case.id, Asked(paths=asked.paths, camera="cam9"), **hands)):
        with pytest.raises(WrongUsage) as said:
            act()
        assert said.value.code == "unknown-camera"

    assert [one.asked.focus for one in service.list_works(case.id, store=store)] == [focus]
