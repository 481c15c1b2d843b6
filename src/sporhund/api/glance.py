"""What is always in view: of a case on every page of it, of all cases in the list. Bounded: no count is made here."""
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from sporhund.access import bases
from sporhund.access.model import Basis, Role, Standing
from sporhund.access.rules import purpose_named, standing
from sporhund.api.documents import Document, case_item, moment
from sporhund.cases import service as cases
from sporhund.catalogue import standing as standings
from sporhund.errors import EnvironmentFault, SporhundError
from sporhund.identify import blind
from sporhund.viewing import records as viewing

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.home import Sporhund

FRESH_S, STALE_S = 2.0, 6.0
"""What is the same for everybody on a case is asked anew after so long; and nobody is told anything older."""
PATIENCE_S = 20.0
"""So long one waits for another who finds it out."""
SOON_S = 7 * 86400
"""A basis that ends within so long is pointed out."""


@dataclass
class _Kept:
    """An answer and when somebody began to find it, or why there is none and since when; whose turn it is to find it anew."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    found: tuple[float, Any] = (-math.inf, None)
    failed: tuple[float, SporhundError | None] = (-math.inf, None)

    @property
    def newest(self) -> float:
        return max(self.found[0], self.failed[0])


class Lately:
    """Answers that hold for a moment, shared by all who ask for the same; only one of them finds it out."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        """While somebody finds it out anew, what was known a moment ago will do for the others.

        Raises what `make` raises, to all who waited for it; EnvironmentFault `case-opening` where it takes too long.
        """
        asked = time.monotonic()
        with self._lock:
            self._tidy(asked)
            kept = self._kept.setdefault(key, _Kept())
        began, value = kept.found
        if asked - began < FRESH_S:
            return value
        if not kept.turn.acquire(blocking=False):
            if asked - began < STALE_S:
                return value
            if not kept.turn.acquire(timeout=PATIENCE_S):
                raise EnvironmentFault(
                    "case-opening", "This case is being read into memory, which takes a while for a large one.",
                    "Try again in a moment.")
        try:
            return self._anew(kept, asked, make)
        finally:
            kept.turn.release()

    def _anew(self, kept: _Kept, asked: float, make: Callable[[], Any]) -> Any:
        """Unless somebody found it out a moment ago, or could not while this one waited."""
        if kept.failed[0] >= asked and kept.failed[1] is not None:
            raise kept.failed[1]
        now = time.monotonic()
        if now - kept.found[0] >= FRESH_S:
            try:
                kept.found = (now, make())
            except SporhundError as fault:
                kept.failed = (time.monotonic(), fault)
                raise
        return kept.found[1]

    def _tidy(self, now: float) -> None:
        """What nobody is told any more is let go, so that nothing of an erased case stays."""
        for key in [key for key, kept in self._kept.items() if now - kept.newest > STALE_S and not kept.turn.locked()]:
            del self._kept[key]

    def forget(self, case_id: str) -> None:
        """Somebody changed something of a case, or erased it: from now on it is found out anew."""
        with self._lock:
            for key in [key for key in self._kept if case_id in key]:
                del self._kept[key]


def glance(case: "Case") -> Document:
    """What stands on every page of a case."""
    place = case.place
    shared: Document = place.lately.get(case.id, lambda: _shared(case))
    actor = place.actor
    with place.store.reader() as rows:
        later = viewing.count_later(rows, [case.id], actor.mark).get(case.id, 0)
        conclude = len(blind.pending(rows, case.id, actor).candidates) if Role.EXAMINER in actor.roles else None
    return shared | {"waiting": {"later": later, "candidates": conclude}, "exposure": place.own.exposure_today()}


def first_troubles(case: "Case", count: int) -> Document:
    """The first files that could not be read, or only partly, as a moment ago: a large case has thousands to be put in order."""
    found: Document = case.place.lately.get(f"troubles {case.id} {count}", lambda: case.troubles(limit=count))
    return found


def _shared(case: "Case") -> Document:
    """The part that is the same for everybody."""
    place, purpose = case.place, purpose_named(case.row.purpose)
    at = place.clock.now()
    with place.store.reader() as rows:
        known = bases.of_case(rows, case.id)
    cameras = case.viewing.camera_states()
    works = [work for work in case.work.list() if work["state"] in ("running", "waiting", "paused")]
    return {
        "case": case_item(case.row) | {"name": case.name, "danish": purpose.danish, "marked": purpose.marked},
        "account": case.catalogue.standing(), "people": case.catalogue.people(), "counts": case.catalogue.counts(),
        "basis": ending(known, at), "cameras": len(cameras),
        "cameras_soon": sum(camera["about_to_be_overwritten"] for camera in cameras), "work": _left(works[0]) if works else None}


def _left(work: Document) -> Document:
    """With the time that is left as people say it: so much, give or take."""
    first, last = (work["progress"] or {}).get("left") or (None, None)
    return work | {"left": None if first is None else {"middle": (first + last) / 2, "spread": (last - first) / 2}}


def ending(known: list[Basis], at: datetime) -> Document | None:
    """The live basis that lasts longest, and how long; None where none is recorded."""
    live = [one for one in known if standing(one, at) is Standing.LIVE]
    if not known:
        return None
    if not live:
        return {"until": None, "left_s": None, "soon": True}
    until = max(one.valid_until for one in live)
    left = (until - at).total_seconds()
    return {"until": moment(until), "left_s": left, "soon": left < SOON_S}


def overview(place: "Sporhund") -> list[Document]:
    """The cases that are open to this person, each with its account, its basis and what waits for them."""
    found = cases.list_cases(store=place.store, actor=place.actor)
    ids = [case.id for case in found if case.state == "open"]
    at = place.clock.now()
    with place.store.reader() as rows:
        accounts, later = standings.of_cases(rows, ids), viewing.count_later(rows, ids, place.actor.mark)
        live = _live(rows, ids, at)
    return [case_item(case) | {
        "danish": purpose_named(case.purpose).danish, "account": accounts.get(case.id), "later": later.get(case.id, 0),
        "basis": ending(live.get(case.id, []), at)} for case in found]


def _live(rows: Connection, ids: list[str], at: datetime) -> dict[str, list[Basis]]:
    """Live bases by case."""
    found: dict[str, list[Basis]] = {}
    for one in bases.of_cases(rows, ids):
        if standing(one, at) is Standing.LIVE:
            found.setdefault(one.case_id, []).append(one)
    return found
