"""What all are told is found out by one, is never old, and leaves nothing of an erased case."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sporhund.api import glance
from sporhund.api.glance import Lately
from sporhund.errors import EnvironmentFault

MANY = 8


class Finding:
    """An answer that is found out slowly: each time another one."""

    def __init__(self, fails: bool = False) -> None:
        self.begun, self.may_end, self.times, self.fails = threading.Event(), threading.Event(), 0, fails

    def __call__(self) -> int:
        self.times += 1
        self.begun.set()
        assert self.may_end.wait(60)
        if self.fails:
            raise EnvironmentFault("database-down", "It is away.", "Again.")
        return self.times


@pytest.fixture
def lately(monkeypatch: pytest.MonkeyPatch) -> Lately:
    """Whose answers stay new for as long as a slow machine needs."""
    monkeypatch.setattr(glance, "FRESH_S", 3600.0)
    monkeypatch.setattr(glance, "STALE_S", 7200.0)
    return Lately()


class Noticing:
    """A lock that says when somebody begins to wait for it."""

    def __init__(self) -> None:
        self._lock, self.waited_for = threading.Lock(), threading.Semaphore(0)
        self.release, self.locked = self._lock.release, self._lock.locked

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if timeout > 0:
            self.waited_for.release()
        return self._lock.acquire(blocking, timeout)


def together(lately: Lately, finding: Finding) -> list[Any]:
    """What each of many got who asked while the first one was finding it out: an answer, or a fault's code."""
    def told() -> Any:
        try:
            return lately.get("c_1", finding)
        except EnvironmentFault as fault:
            return fault.code

    turn = Noticing()
    lately._kept["c_1"] = glance._Kept(turn=turn, failed=(time.monotonic(), None))   # type: ignore[arg-type]
    with ThreadPoolExecutor(MANY) as people:
        first = people.submit(told)
        assert finding.begun.wait(60)
        others = [people.submit(told) for _ in range(MANY - 1)]
        for _ in others:
            assert turn.waited_for.acquire(timeout=60)
        finding.may_end.set()
        return [one.result(60) for one in (first, *others)]


def test_of_many_who_ask_one_finds_it_out(lately: Lately) -> None:
    finding = Finding()

    told = together(lately, finding)

    assert (told, finding.times) == ([1] * MANY, 1)


def test_what_was_known_a_moment_ago_does_for_those_who_ask_meanwhile(lately: Lately, monkeypatch: pytest.MonkeyPatch) -> None:
    lately.get("c_1", lambda: "before")
    monkeypatch.setattr(glance, "FRESH_S", 0.0)
    finding = Finding()
    with ThreadPoolExecutor(1) as other:
        first = other.submit(lambda: lately.get("c_1", finding))
        assert finding.begun.wait(60)

        told = lately.get("c_1", finding)

        finding.may_end.set()
        assert (told, first.result(60)) == ("before", 1)


def test_a_fault_is_told_to_all_who_waited_and_the_next_tries_again(lately: Lately) -> None:
    finding = Finding(fails=True)
    told = together(lately, finding)
    finding.fails = False

    after = lately.get("c_1", finding)

    assert told == ["database-down"] * MANY
    assert (after, finding.times) == (2, 2)


def test_nothing_older_is_told_and_nothing_older_is_kept(lately: Lately, monkeypatch: pytest.MonkeyPatch) -> None:
    lately.get("c_1", lambda: "a name in the case")
    monkeypatch.setattr(glance, "FRESH_S", -1.0)
    monkeypatch.setattr(glance, "STALE_S", -1.0)

    lately.get("c_2", lambda: "another")

    assert list(lately._kept) == ["c_2"]


def test_what_is_forgotten_while_it_is_found_out_is_found_out_anew(lately: Lately) -> None:
    finding = Finding()
    with ThreadPoolExecutor(1) as other:
        before = other.submit(lambda: lately.get("timeline c_1", finding))
        assert finding.begun.wait(60)
        lately.forget("c_1")                                         # somebody changed something

        after = lately.get("timeline c_1", lambda: "changed")

        finding.may_end.set()
        before.result(60)
    assert (after, lately.get("timeline c_1", finding)) == ("changed", "changed")
