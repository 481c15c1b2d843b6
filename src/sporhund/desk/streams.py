"""Answers that stay open: server-sent events, bounded for each person, over as soon as the session is."""
import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sporhund.errors import EnvironmentFault, Refused, SporhundError

log = logging.getLogger("sporhund.desk")

MOST = 3
"""Streams of one person at once: a browser keeps six connections for all of its windows together."""
HEARTBEAT_S = 15.0
CHECK_S = 5.0
"""How often it is asked whether whoever looks may still look."""


class Streams:
    """Who has how many open, and how often each is looked after."""

    def __init__(
        self, most: int = MOST, *, every_s: float = 1.0, check_s: float = CHECK_S, heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.most, self.every_s, self.check_s, self.heartbeat_s = most, every_s, check_s, heartbeat_s
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, who: str) -> None:
        """Raises Refused `too-many`."""
        with self._lock:
            if self._open[who] >= self.most:
                raise Refused("too-many", f"This page is live in {self.most} of your windows already.", "Close one of them.")
            self._open[who] += 1

    def give(self, who: str) -> None:
        with self._lock:
            self._open[who] -= 1
            if self._open[who] <= 0:
                del self._open[who]

    def count(self, who: str) -> int:
        return self._open[who]


class Events(StreamingResponse):
    """A stream of events that counts as one of its person's until it ends, however it ends."""

    def __init__(self, content: AsyncIterator[str], streams: Streams, who: str) -> None:
        streams.take(who)
        super().__init__(content, media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        self._streams, self._who = streams, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.give(self._who)


async def events(news: Callable[[], str | None], allowed: Callable[[], None], pace: Streams) -> AsyncIterator[str]:
    """What is new as events, looked for at this pace; both questions are asked in a thread.

    news: the data of an event, None: nothing is new.   allowed: raises when whoever looks may look no more; the stream then
    ends with the event `over` that says why. A database that is away ends it with `trouble`: the page comes back by itself.
    """
    checked = spoke = time.monotonic()
    yield "retry: 5000\n\n"
    while True:
        try:
            if time.monotonic() - checked >= pace.check_s:
                await run_in_threadpool(allowed)
                checked = time.monotonic()
            said = await run_in_threadpool(news)
        except EnvironmentFault as fault:
            log.error("%s: %s", fault.code, fault.message)
            yield f"event: trouble\ndata: {fault.code}\n\n"
            return
        except SporhundError as fault:
            yield f"event: over\ndata: {fault.code}\n\n"
            return
        if said is not None:
            yield f"data: {said}\n\n"
            spoke = time.monotonic()
        elif time.monotonic() - spoke >= pace.heartbeat_s:
            yield ": still here\n\n"
            spoke = time.monotonic()
        await asyncio.sleep(pace.every_s)
