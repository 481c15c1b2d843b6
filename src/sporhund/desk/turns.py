"""How many pages are put together at once: the others wait for their turn, which costs nothing.

One interpreter runs one thread at a time. With forty threads at work each waits for all others whenever the database has
answered: a page took fifty people, at a page a second each, 1.0 s so, and 0.1 s with three at once (docs/performance.md).
"""
import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from anyio import CapacityLimiter

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

AT_ONCE = 3
"""Pages: while one waits for the database another is put together."""
LONG_S = 0.3
"""What takes longer than any page waits for something else, a case that is being opened or a disk: it holds nobody up."""
TURN = "sporhund.turn"


class Turn:
    """One request's; it is over when its answer begins."""

    def __init__(self, free: CapacityLimiter) -> None:
        self._free, self._long, self._begun = free, None, False  # type: CapacityLimiter, asyncio.TimerHandle | None, bool
        self._then: list[Callable[[], None]] = []

    async def begin(self) -> None:
        """Wait for it, behind those who came before. It has one beginning, however many doors a request goes through."""
        if not self._begun:
            self._begun = True
            await self._free.acquire_on_behalf_of(self)
            self._long = asyncio.get_running_loop().call_later(LONG_S, self._give_up)

    def then(self, act: Callable[[], None]) -> None:
        """Do this when the answer begins: what was asked for is done by then."""
        self._then.append(act)

    def end(self) -> None:
        self._give_up()
        while self._then:
            self._then.pop()()

    def _give_up(self) -> None:
        if self._long is not None:
            self._long.cancel()
            self._long = None
            self._free.release_on_behalf_of(self)


class Turns:
    """An application whose requests have turns: `scope[TURN]`, which its door begins."""

    def __init__(self, app: App) -> None:
        self.app, self._free = app, CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        turn = scope[TURN] = Turn(self._free)

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                turn.end()
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            turn.end()
