"""Reservations: who works on what now. A notice to the others, no lock: nobody is kept from looking."""
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.store.service import Store
from sporhund.viewing import records
from sporhund.viewing.marks import known, listing
from sporhund.viewing.model import Held
from sporhund.viewing.rules import check_minutes

MINUTES = 15


@dataclass(frozen=True, slots=True)
class Reserved:
    """What came of asking for media."""

    mine: tuple[str, ...]
    until: datetime            #: of those
    others: tuple[Held, ...]   #: what somebody else works on, and until when


def reserve(
    case_id: str, media: Collection[str], *, minutes: int = MINUTES, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Reserved:
    """Reserve those of these media that nobody else holds now; one's own last longer. Raises WrongUsage `bad-minutes`,
    `unknown-thing`, `no-medium`, `nothing-chosen`."""
    span = timedelta(minutes=check_minutes(minutes))
    with gate.act("reserve", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        asked = known(doing.rows, case_id, media)
        if any(one.kind == "track" for one in asked):
            raise WrongUsage("no-medium", "A track is not reserved by itself.", "Reserve its medium.")
        ids, until = [one.id for one in asked], doing.at + span
        mine = records.reserve(doing.rows, case_id, ids, by=actor.mark, at=doing.at, until=until)
        left = [one for one in ids if one not in mine]
        doing.tell(**listing(sorted(mine)), until=until, of_others=len(left))
        return Reserved(tuple(sorted(mine)), until, tuple(records.held(doing.rows, case_id, left, doing.at)))


def release(
    case_id: str, media: Collection[str] | None = None, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Sequence[str]:
    """Give one's own reservations back; None: all of them. Which were given back."""
    with gate.act(
        "reserve", action="reserve release", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
    ) as doing:
        free = sorted(records.release(doing.rows, case_id, None if media is None else sorted(media), by=actor.mark))
        doing.tell(**listing(free))
        return free
