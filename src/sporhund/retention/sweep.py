"""What time alone brings about: bases that lapse, sessions that end, cases whose day is over, deletions that waited for a hold.

Runs when Sporhund is opened and as a job. Where nothing is due it reads once and writes nothing; running it twice does nothing
more. Nothing is deleted here that a named person did not decide on.
"""
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sporhund.access import bases
from sporhund.access import records as access
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import erase, traces
from sporhund.cases import records as cases
from sporhund.errors import EnvironmentFault
from sporhund.gallery import service as galleries
from sporhund.retention import records, rules
from sporhund.retention.model import Deletion, Swept, What
from sporhund.retention.service import standing
from sporhund.store.ids import new_id
from sporhund.store.service import Store

SWEEPER = "sporhund sweep"
"""Who the log names for what time brought about; the decision behind a deletion has its own event, with its person."""

EVERY = timedelta(minutes=1)


def sweep(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Swept:
    """Do everything that is due. Cheap where nothing is: one short read."""
    now = clock.now()
    with store.reader() as rows:
        due = records.due(rows, now)
    begun = erase.any_begun(store)
    if not any(due) and not begun:
        return Swept()
    sweeper = Actor(SWEEPER, "local", actor.host)
    hands: dict[str, Any] = {"store": store, "keys": keys, "clock": clock, "actor": sweeper}
    swept = Swept(bases=len(bases.sweep(**hands)) if due.bases else 0,
                  sessions=_forget_sessions(store, clock) if due.sessions else 0)
    if begun:
        swept = replace(swept, finished=erase.finish_begun(**hands))
    if due.cases:
        swept = replace(swept, proposed=_propose_cases(**hands))
    if due.deletions:
        with store.reader() as rows:
            waiting = records.decided(rows)
        done = [one.id for one in waiting if carry_out(one, **hands)]
        swept = replace(swept, deleted=tuple(done), waiting=len(waiting) - len(done))
    return swept


def at_start(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """As `sweep`, for every opening of a home, once a minute: what is over is refused at the moment itself by whoever reads it.

    The question goes to every case's part of two tables: some 20 ms in a home of few cases, 0.1 s in one of a hundred (decision
    850). A table that somebody works on is left to the next time.
    """
    stamp, now = store.settings.home / "swept", clock.now()
    if _fresh(stamp, now):
        return
    try:
        sweep(store=store, keys=keys, clock=clock, actor=actor)
    except EnvironmentFault as fault:
        if fault.code != "database-busy":
            raise
    else:
        stamp.write_text(now.isoformat(), encoding="utf-8")


def _fresh(stamp: Path, now: datetime) -> bool:
    """Whether somebody swept within the last minute. A clock that was set back, or a torn file: nobody did."""
    try:
        swept = datetime.fromisoformat(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return swept <= now < swept + EVERY


def carry_out(deletion: Deletion, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> bool:
    """Delete what was decided on, unless a hold stands, it was not decided, or it is done already: then False.

    The event stands in the log with what was destroyed; rows of searches and the log's own stay.
    """
    if deletion.what is What.CASE:
        return _erase(deletion, store=store, keys=keys, clock=clock, actor=actor)
    now = clock.now()
    with store.transaction() as rows:
        cases.lock_case(rows, deletion.case_id)            # no hold is placed while we look
        found = records.named(rows, deletion.id)
        if found is None or not rules.may_carry_out(found, held=bool(standing(rows, found.case_id))):
            return False
        gone = _destroy(rows, found, clock)
        audit.record(rows, action="deletion", actor=actor, at=now, keys=keys, case_id=found.case_id, payload={
            "deletion": found.id, "what": found.what.value, "basis": found.basis, "decided_by": found.decided_by, "rows": gone})
    # Cut off from here on, or the database busy: it is still due, and is done again from the start.
    if found.what is What.TEMPLATES:
        galleries.forget(found.case_id, store=store)
    remains = traces.clear(store, [(found.case_id, name) for name in records.PAGES[found.what]])
    with store.transaction() as rows:
        records.done(rows, found, now)
        audit.record(rows, action="deletion", actor=actor, at=now, keys=keys, case_id=found.case_id, payload={
            "deletion": found.id, "step": "traces cleared", "remains": remains})
    return True


def _destroy(rows: Connection, deletion: Deletion, clock: Clock) -> dict[str, int]:
    if deletion.what is What.RESULTS:
        assert deletion.basis is not None
        return records.destroy_results(rows, deletion.case_id, deletion.basis, clock.now())
    return records.destroy_templates(rows, deletion.case_id)


def _erase(deletion: Deletion, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> bool:
    with store.reader() as rows:
        found = records.named(rows, deletion.id)
        if found is None or not rules.may_carry_out(found, held=bool(standing(rows, found.case_id))):
            return False
        by = access.user_of(rows, str(found.decided_by))
    said = f"decided on {found.decided_at:%Y-%m-%d} by {by.name if by else found.decided_by}"
    erase.erase_decided(found.case_id, reason=said,
                        store=store, keys=keys, clock=clock, actor=actor)
    return True


def _propose_cases(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> int:
    """Put every open case whose day is over to a supervisor, once for each day."""
    now, count = clock.now(), 0
    with store.transaction() as rows:
        for case in records.open_cases(rows):
            if case.ends is None or case.ends >= now.date():
                continue
            cases.lock_case(rows, case.id)
            if not rules.proposes_case(case.ends, now.date(), records.of_case(rows, case.id)):
                continue
            why = f"the day of review, {case.ends.isoformat()}, is over"
            deletion = Deletion(new_id("d"), case.id, What.CASE, None, why, now)
            records.add(rows, deletion)
            audit.record(rows, action="deletion propose", actor=actor, at=now, keys=keys, case_id=case.id,
                         payload={"deletion": deletion.id, "what": "case", "why": why})
            count += 1
    return count


def _forget_sessions(store: Store, clock: Clock) -> int:
    with store.transaction() as rows:
        return records.forget_sessions(rows, clock.now())
