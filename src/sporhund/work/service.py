"""Ask for work in the background, and say what becomes of it: each an act of a person, recorded in the acting transaction."""
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.evidence import records as evidence
from sporhund.evidence import rules as cameras
from sporhund.evidence.names import shown
from sporhund.store import queue
from sporhund.store.ids import new_id
from sporhund.store.service import Store
from sporhund.work import intake, records, rules
from sporhund.work.model import Asked, Focus, Kind, State, Work

ENDED = 50
"""Works that are over and still listed."""


def ask(case_id: str, asked: Asked, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Work:
    """A new work, behind all others. The job is queued with it in one transaction.

    Raises WrongUsage `no-path`, `unknown-mode`, `bad-focus`, `unknown-camera`; Refused `outside-intake` for a path that this
    server may not read.
    """
    with gate.act("work", action="work ask", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        checked = rules.check(asked)
        _require_cameras(doing.rows, case_id, asked.camera, asked.focus.camera if asked.focus else None)
        if checked.kind is Kind.ANALYSE:
            if not checked.paths:
                raise WrongUsage("no-path", "Nothing was named to look through.", "Name a folder, or upload files.")
            checked = replace(checked, paths=intake.allowed(checked.paths, case_id, store.settings))
        place = records.last_place(doing.rows)
        work = Work(new_id("w"), case_id, checked, State.WAITING, None, place, actor.mark, actor, doing.at)
        records.add(doing.rows, work)
        queue.defer(doing.rows)
        doing.tell(work=work.id, **_said(checked))
        return work


def pause(case_id: str, work: str, **hands: Any) -> Work:
    """Stop it within seconds; what is finished is kept, and `resume` goes on from there. Raises as `_turn`."""
    return _turn("pause", case_id, work, **hands)


def resume(case_id: str, work: str, **hands: Any) -> Work:
    """Let a paused work go on when its turn comes; it keeps its place. Raises as `_turn`."""
    return _turn("resume", case_id, work, **hands)


def cancel(case_id: str, work: str, **hands: Any) -> Work:
    """Stop it for good; what is finished is kept. Raises as `_turn`."""
    return _turn("cancel", case_id, work, **hands)


def retry(case_id: str, work: str, **hands: Any) -> Work:
    """Once more, behind all others: only what was not finished, and files that were not to be had. Raises as `_turn`."""
    return _turn("retry", case_id, work, **hands)


def _turn(act: str, case_id: str, work_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Work:
    """Raises WrongUsage `unknown-work`, Refused `work-state`."""
    with gate.act("work", action=f"work {act}", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        work = named(doing.rows, case_id, work_id)
        doing.tell(work=work.id, was=work.state)
        state, wish = rules.after(act, work.state, work.wish)
        if work.state is not state and state is State.WAITING:
            place = work.place if act == "resume" else records.last_place(doing.rows)
            records.change(doing.rows, work, place=place, ended_at=None, code=None, reason=None, **_asker(act, actor))
            queue.defer(doing.rows)
        ended = {"ended_at": doing.at} if work.state is not state and state is State.CANCELLED else {}
        records.change(doing.rows, work, state=state, wish=wish, **ended)
        return named(doing.rows, case_id, work_id)


def _asker(act: str, actor: Actor) -> dict[str, Any]:
    """Whoever asks for it once more is who it is done for."""
    if act != "retry":
        return {}
    return {"by": actor.mark, "actor": asdict(actor) | {"roles": sorted(actor.roles)}}


def move(
    case_id: str, work: str, *, before: str | None = None, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> list[Work]:
    """Let a waiting work begin before another of its case, or last of them (None); works of other cases keep their places.

    The works of the case. Raises WrongUsage `unknown-work`.
    """
    with gate.act("work", action="work move", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  work=work, before=before) as doing:
        places = rules.moved(records.lock_waiting(doing.rows, case_id), work, before)
        for one, place in places.items():
            records.change(doing.rows, named(doing.rows, case_id, one), place=place)
        return records.listed(doing.rows, case_id, ended=ENDED)


def focus(
    case_id: str, work: str, wanted: Focus | None, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Work:
    """What is looked at first from now on, while it runs too; None: no more.

    Raises WrongUsage `unknown-work`, `bad-focus`, `unknown-camera`.
    """
    with gate.act("work", action="work focus", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  work=work, focus=asdict(wanted) if wanted else None) as doing:
        if wanted is not None:
            rules.check_focus(wanted)
            _require_cameras(doing.rows, case_id, wanted.camera)
        found = named(doing.rows, case_id, work)
        rules.after("focus", found.state, found.wish)
        records.set_focus(doing.rows, found, wanted)
        return named(doing.rows, case_id, work)


def list_works(case_id: str, *, store: Store, ended: int = ENDED) -> list[Work]:
    """What runs, what waits in its order, what is paused, and the newest of what is over. For whoever may open the case."""
    with store.reader() as rows:
        return records.listed(rows, case_id, ended=ended)


def show(case_id: str, work: str, *, store: Store) -> Work:
    """Raises WrongUsage `unknown-work`."""
    with store.reader() as rows:
        return named(rows, case_id, work, locked=False)


def named(rows: Connection, case_id: str, work_id: str, *, locked: bool = True) -> Work:
    found = records.of(rows, case_id, work_id, locked=locked)
    if found is None:
        raise WrongUsage("unknown-work", "There is no such work in this case.", "Look at its list again.")
    return found


def _require_cameras(rows: Connection, case_id: str, *names: str | None) -> None:
    """Raises WrongUsage `unknown-camera`: it is said now, and not hours later by the work."""
    for name in names:
        if name is not None:
            cameras.named(evidence.cameras(rows, case_id), name)


def _said(asked: Asked) -> dict[str, Any]:
    """For the log."""
    return asdict(asked) | {"paths": [shown(path) for path in asked.paths]}
