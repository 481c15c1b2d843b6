"""Hits on known persons, shown as far as whoever looks may know; to others only whom to ask."""
from dataclasses import dataclass

from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.access import records as access
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused
from sporhund.identify import blind
from sporhund.persons import check
from sporhund.persons import known_records as records
from sporhund.persons.model import Hit, Known
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom to ask: who enrolled the person, and their unit."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit for one reader."""

    hit: Hit
    ask: Ask
    known: Known | None        #: None: the reader has no access to that person's case, and learns neither label nor score
    withheld: str | None = None          #: why a reader with access learns neither now: they can still conclude on the track

    @property
    def told(self) -> bool:
        """Whether this reader may learn who it may be, and how alike."""
        return self.known is not None and self.withheld is None


def list_hits(case_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> tuple[list[Shown], int]:
    """Hits in the material of a case, newest first, and how many are sealed: no live basis reaches this case any more.

    On a track that an examiner can still conclude on, nothing tells them who it may be. Looking is logged. Raises Refused
    `no-live-basis` and as the gate does.
    """
    with gate.act("known list", action="known hits", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        bases.require_live(doing.rows, case_id, None, at=doing.at)
        found = records.hits(doing.rows, case_id)
        owners = {hit.known_case for hit in found}
        readable = {owner for owner in owners if check.reaches(doing.rows, owner, case_id, doing.at)}
        known = {one.id: one for owner in readable for one in records.known_of(doing.rows, owner)}
        open_ = {owner for owner in readable if _may_know(doing.rows, actor, owner)}
        own = blind.pending_for(doing.rows, case_id, actor)
        shown = [_shown(doing.rows, hit, known[hit.known], known_case_open=hit.known_case in open_, own=hit.track in own)
                 for hit in found if hit.known in known and known[hit.known].removed_at is None]
        shown.sort(key=_telling_nothing)
        doing.tell(hits=[one.hit.id for one in shown])
        return shown, sum(hit.known_case not in readable for hit in found)


def _telling_nothing(shown: Shown) -> tuple[float, bool, str]:
    """Newest first; of one moment those that are told by their score as they came, the others by track: no order tells."""
    return (-shown.hit.at.timestamp(), not shown.told, "" if shown.told else shown.hit.track)


def _shown(rows: Connection, hit: Hit, known: Known, *, known_case_open: bool, own: bool) -> Shown:
    asked = access.user_of(rows, known.by)
    return Shown(hit, Ask(asked.name, asked.unit) if asked else Ask(known.by, ""), known if known_case_open else None,
                 blind.STILL_YOURS if own and known_case_open else None)


def _may_know(rows: Connection, actor: Actor, case_id: str) -> bool:
    try:
        gate.require(rows, actor, "known list", case_id=case_id)
    except Refused:                                         # no act of this person's on that case: nothing to record there
        return False
    return True
