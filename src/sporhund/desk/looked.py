"""Who was given which evidence in this session: the first time is an event of the log.

A medium, a whole frame, rows and tiles are told of before a byte goes out: what the log could not be told of is not given.
Small clear pictures are gathered, for a page has sixty of them, and told of together: with the hundredth, or with the first
round of what is due after five seconds (`server._chaining`, about once a second). A desk that is killed loses those of the last
seconds; what could not be told for any other reason stays here until it is.
Kept in memory: after a restart a medium that is looked at again is told of once more.
"""
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from sporhund.desk import session
from sporhund.desk.ask import Ask
from sporhund.errors import Refused, WrongUsage

log = logging.getLogger("sporhund.desk")

MOST = 100_000
"""Things of all sessions that are remembered; the oldest are told of again."""
TOGETHER = 100
"""Small pictures that one event names, each by its id: no row does it for them."""
WITHIN_S = 5.0
"""So long small pictures are gathered: a page of sixty tiles is one event and not sixty."""
_TURNS = 64


@dataclass
class _Gathered:
    """Small pictures that no event tells of yet."""

    ask: Ask
    since: float                                            #: of the first one, monotonic seconds
    things: dict[str, None] = field(default_factory=dict)


class Looked:
    """For any number of threads."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str, str, str], None] = OrderedDict()
        self._gathered: dict[tuple[str, str], _Gathered] = {}
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(_TURNS)]

    def opened(self, ask: Ask, *things: str) -> None:
        """The viewer was opened on them, which the log has been told."""
        for thing in things:
            self._remember((*_whose(ask), thing, "whole"))

    def whole(self, ask: Ask, thing: str, how: str) -> None:
        """A medium, or a track's whole frame, is about to be given. Raises what writing the event does: then it is not given."""
        key = (*_whose(ask), thing, "whole")
        if self._knows(key):
            return
        with self._turns[hash(key) % _TURNS]:               # of two who ask at once the second waits until it is told
            if not self._knows(key):
                ask.case.viewing.viewed(thing, how=how)
                self._remember(key)

    def listed(self, ask: Ask, things: Sequence[str], said: dict[str, object]) -> None:
        """Rows or tiles of these are about to be given again, by their ids; those that no page of this session held are told."""
        whose = _whose(ask)
        new = [thing for thing in things if not self._knows((*whose, thing, "listed"))]
        if new:
            ask.case.viewing.gallery_viewed(said, len(new))
            self.shown(ask, new)

    def row(self, ask: Ask, row: str, said: dict[str, str], count: int) -> None:
        """The best pictures of a row of the timeline are about to be listed; the first time is told."""
        key = (*_whose(ask), row, "row")
        if not self._knows(key):
            ask.case.viewing.timeline_viewed(said, count)
            self._remember(key)

    def shown(self, ask: Ask, things: Sequence[str]) -> None:
        """A page that the log knows of held these."""
        whose = _whose(ask)
        for thing in things:
            self._remember((*whose, thing, "listed"))

    def small(self, ask: Ask, thing: str) -> None:
        """A small clear picture of a medium or a track is about to be given: told with others, soon after."""
        whose = _whose(ask)
        key = (*whose, thing, "small")
        if not self._knows(key) and not self._knows((*whose, thing, "whole")):
            self._remember(key)
            with self._lock:
                waiting = self._gathered.setdefault(whose, _Gathered(ask, time.monotonic()))
                waiting.things[thing] = None
                due = len(waiting.things) >= TOGETHER or waiting.since <= time.monotonic() - WITHIN_S
            if due:
                self._tell(whose)

    def settle(self, *, now: bool = False, ask: Ask | None = None) -> None:
        """Tell of small pictures that were gathered long enough; now: of all; ask: of all that this session was given.

        What keeps one session's from being told keeps nobody else's back: the fault comes at the end.
        """
        over = time.monotonic() - WITHIN_S
        mine = _session(ask) if ask is not None else None
        with self._lock:
            due = [whose for whose, of in self._gathered.items() if now or of.since <= over or whose[0] == mine]
        with ExitStack() as each:                            # unlike a loop it goes on after a fault
            for whose in reversed(due):
                each.callback(self._tell, whose)

    def _tell(self, whose: tuple[str, str]) -> None:
        with self._lock:
            waiting = self._gathered.pop(whose, None)
        if waiting is None:
            return
        try:
            waiting.ask.case.viewing.pictured(list(waiting.things))
        except (Refused, WrongUsage) as fault:               # the refusal is an event and names them
            log.warning("small pictures of %s: %s: %s", whose[1], fault.code, fault.message)
        except Exception:                                    # told when the database is back, or whatever else it was is mended
            with self._lock:
                kept = self._gathered.setdefault(whose, waiting)
                kept.things |= waiting.things
                kept.since = min(kept.since, waiting.since)
            raise

    def _knows(self, key: tuple[str, str, str, str]) -> bool:
        with self._lock:
            if key not in self._told:
                return False
            self._told.move_to_end(key)
            return True

    def _remember(self, key: tuple[str, str, str, str]) -> None:
        with self._lock:
            self._told[key] = None
            while len(self._told) > MOST:
                self._told.popitem(last=False)


def of(ask: Ask) -> Looked:
    """What this desk remembers."""
    looked: Looked = ask.request.app.state.desk.looked
    return looked


def _session(ask: Ask) -> str:
    return hashlib.sha256((session.token_of(ask.request) or "").encode()).hexdigest()[:32]


def _whose(ask: Ask) -> tuple[str, str]:
    return _session(ask), str(ask.case_id)
