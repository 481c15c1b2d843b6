"""Marks: a person's word on media and tracks. A newer one of theirs counts in place of the older; none is ever deleted."""
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.store.ids import new_id
from sporhund.store.service import Store
from sporhund.viewing import records
from sporhund.viewing.model import MarkAct, Thing
from sporhund.viewing.rules import check_value

NAMED = 100
"""Things that an event names one by one; of more it keeps the number and a digest, and the rows name them."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    act: str
    value: str
    things: tuple[str, ...]


def mark(
    case_id: str, things: Collection[str], value: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> tuple[MarkAct, tuple[str, ...]]:
    """Say the same of these media and tracks, in one act; the act, and the things marked (of an alias the one that counts).

    Raises WrongUsage `bad-mark`, `unknown-thing`, `nothing-chosen`.
    """
    said = check_value(value)
    with gate.act("mark", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        chosen = known(doing.rows, case_id, things)
        records.take_turns(doing.rows, f"mark/{case_id}", actor.mark)
        act, at = new_id("a"), _after(records.latest(doing.rows, case_id, actor.mark), doing.at)
        records.add_marks(doing.rows, case_id, chosen, said, act=act, by=actor.mark, at=at)
        marked = tuple(one.id for one in chosen)
        doing.tell(act=act, value=said, **listing(marked))
        return MarkAct(act, said, at, len(marked)), marked


def _after(before: datetime | None, now: datetime) -> datetime:
    """Now, and later than this person's act before: which of their words is the newest is never in doubt."""
    return now if before is None or before < now else before + timedelta(microseconds=1)


def undo(case_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Undone:
    """Take back one's own last act that is not taken back, all of it. What was said before it counts again.

    Raises WrongUsage `nothing-to-undo`.
    """
    with gate.act("mark", action="mark undo", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        records.take_turns(doing.rows, f"mark/{case_id}", actor.mark)
        act = records.last_act(doing.rows, case_id, actor.mark)
        if act is None:
            raise WrongUsage("nothing-to-undo", "You have marked nothing here that could be taken back.",
                             "What others marked they take back themselves.")
        taken = records.take_back(doing.rows, case_id, act, by=actor.mark, at=doing.at)
        undone = Undone(act, taken[0][1], tuple(sorted(thing for thing, _ in taken)))
        doing.tell(act=act, value=undone.value, **listing(undone.things))
        return undone


def known(rows: Connection, case_id: str, things: Collection[str]) -> list[Thing]:
    """These media and tracks, each once, in one order. Raises WrongUsage `unknown-thing`, `nothing-chosen`."""
    if not things:
        raise WrongUsage("nothing-chosen", "Nothing is chosen.", "Choose media or tracks first.")
    found = records.things(rows, case_id, things)
    missing = sum(one not in found for one in things)
    if missing:
        raise WrongUsage("unknown-thing", f"{missing} of these are no media or tracks of this case.", "Load the page again.")
    return sorted({one.id: one for one in found.values()}.values(), key=lambda one: one.id)


def listing(things: Sequence[str]) -> Mapping[str, object]:
    """How an event tells of these things."""
    if len(things) <= NAMED:
        return {"count": len(things), "things": list(things)}
    return {"count": len(things), "things_sha256": hashlib.sha256("\n".join(sorted(things)).encode()).hexdigest()}
