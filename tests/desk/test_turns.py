"""Pages are put together a few at a time, in the order in which they were asked for; what takes long holds nobody up."""
from typing import Any

import anyio
import pytest

from sporhund.desk import turns
from sporhund.desk.turns import AT_ONCE, TURN, Turns

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Pages:
    """An application whose pages begin when they have their turn, and answer when they are let."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.may_answer = anyio.Event()
        self.fails = False
        self.app = Turns(self.page)

    async def page(self, scope: Any, receive: Any, send: Any) -> None:
        await scope[TURN].begin()
        self.begun.append(scope["number"])
        await self.may_answer.wait()
        if self.fails:
            raise RuntimeError("a page that breaks")
        await send({"type": "http.response.start"})
        await anyio.sleep_forever()                                  # a browser that reads slowly, or a stream that stays open

    async def ask(self, number: int) -> None:
        async def send(message: Any) -> None:
            pass

        await self.app({"number": number}, None, send)               # type: ignore[arg-type]


async def test_so_many_are_put_together_at_once_and_the_next_when_one_begins_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONG_S", 3600.0)
    pages = Pages()
    async with anyio.create_task_group() as people:
        for number in range(AT_ONCE + 4):
            people.start_soon(pages.ask, number)
        await anyio.wait_all_tasks_blocked()
        first = list(pages.begun)
        pages.may_answer.set()
        await anyio.wait_all_tasks_blocked()
        people.cancel_scope.cancel()

    assert first == list(range(AT_ONCE))
    assert pages.begun == list(range(AT_ONCE + 4))


async def test_a_page_that_waits_for_something_else_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONG_S", 0.0)
    pages = Pages()
    async with anyio.create_task_group() as people:
        for number in range(AT_ONCE * 3):
            people.start_soon(pages.ask, number)
        with anyio.fail_after(60):
            while len(pages.begun) < AT_ONCE * 3:                    # none of them ever answers
                await anyio.sleep(0.01)
        people.cancel_scope.cancel()


async def test_one_that_breaks_or_whose_reader_goes_away_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONG_S", 3600.0)
    pages = Pages()
    async with anyio.create_task_group() as people:
        for number in range(AT_ONCE * 2):                            # half of them still wait for their turn
            people.start_soon(pages.ask, number)
        await anyio.wait_all_tasks_blocked()
        people.cancel_scope.cancel()
    pages.fails = True
    pages.may_answer.set()
    for number in range(AT_ONCE * 2):
        with pytest.raises(RuntimeError):
            await pages.ask(number)

    assert pages.begun == [*range(AT_ONCE), *range(AT_ONCE * 2)]


async def test_what_follows_a_change_is_done_before_its_answer_goes_out() -> None:
    done: list[str] = []

    async def change(scope: Any, receive: Any, send: Any) -> None:
        scope[TURN].then(lambda: done.append("forgotten"))
        done.append("changed")
        await send({"type": "http.response.start"})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        done.append(message["type"])

    await Turns(change)({}, None, send)                              # type: ignore[arg-type]

    assert done == ["changed", "forgotten", "http.response.start", "http.response.body"]
