"""The way of a file, from the exhibit to the account: intake, plan, examine, record. The heart of Sporhund.

Intake walks the exhibit and hashes each file once; confined workers say what each file is and what lies in archives; each
medium is cut into units; workers examine them; each unit's findings are recorded in one transaction; and when a medium
is whole, its state and what every look came to are settled.
"""
import contextlib
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row

from sporhund.audit import service as audit
from sporhund.catalogue import records as catalogue
from sporhund.catalogue.standing import Keeper
from sporhund.evidence import account
from sporhund.evidence import service as evidence
from sporhund.evidence.model import Step
from sporhund.evidence.names import shown
from sporhund.jobs.local import Workers
from sporhund.media.model import Facts, Kind
from sporhund.media.stated import from_name
from sporhund.review import archives, drive, messages, prepare, records, rules, tallies
from sporhund.review.order import Order, Result, Room
from sporhund.review.originals import Originals
from sporhund.review.progress import Progress, Report

PLANNED_AT_ONCE = 1000


def analyse(order: Order, room: Room, report: Report) -> Result:
    """Take in, read, look through and account for everything below `order.paths`."""
    started = time.monotonic()
    keeper = Keeper(room.store, order.case_id, room.clock)
    counting = counted(report, keeper)
    taken = evidence.take_in(
        order.case_id, order.exhibit, order.paths, camera=order.camera, stated=from_name,
        report=lambda step: counting(intake_progress(step)),
        store=room.store, keys=room.keys, clock=room.clock, actor=room.actor)
    bring_up(order, room, keeper)
    report = counting
    originals = Originals(room.store, order.case_id, room.spool)
    setup = messages.encode(messages.Setup(pack=str(order.pack)))   # its models are opened when they are first needed
    with contextlib.closing(keeper), contextlib.closing(originals), Workers(
        "sporhund.review.line", count=order.workers, config=setup, readable=[order.pack],
    ) as workers:
        with room.store.transaction() as rows:
            known = records.with_members(rows, order.case_id, taken.occurrences)
            opened = tallies.archives_done(rows, order.case_id, known)
        read(order, room, originals, workers, report, taken.occurrences)
        bring_up(order, room, keeper)
        occurrences = with_members(room, order.case_id, taken.occurrences)
        run_id, media, resumed = look(order, room, occurrences, originals, workers, report)
    log(order, room, {"step": "done", "run": run_id, "intakes": taken.intake_ids, "files": len(occurrences)})
    return Result(run_id, occurrences, tuple(media), resumed + opened, time.monotonic() - started)


def bring_up(order: Order, room: Room, keeper: Keeper) -> None:
    """What came in is in the catalogue and in the account; also what a run that was killed left behind."""
    catalogue.ensure(room.store, order.case_id)
    keeper.now()


def counted(report: Report, keeper: Keeper) -> Report:
    """While it goes on, the account is counted now and then."""
    def said(progress: Progress) -> None:
        keeper.soon()
        report(progress)

    return said


def log(order: Order, room: Room, what: Mapping[str, object]) -> None:
    """The analysis is an event."""
    plan = order.plan
    with room.store.transaction() as rows:
        audit.record(
            rows, action="analyse", actor=room.actor, at=room.clock.now(), keys=room.keys, case_id=order.case_id,
            payload={**what, "exhibit": order.exhibit, "mode": plan.sampling.mode, "looks": plan.looks, "pack": plan.pack,
                     "templates": plan.templates})


# ------------------------------------------------------------------ what the files are

def read(
    order: Order, room: Room, originals: Originals, workers: Workers, report: Report, occurrences: Sequence[str],
) -> None:
    """Ask confined workers what each new medium is, and take in what lies in archives, until nothing new comes to light."""
    tried, opened, seen = set[str](), set[str](), len(occurrences)
    while True:
        with room.store.transaction() as rows:
            new = records.unprobed(rows, order.case_id, list(tried))
        tried.update(row.id for row in new)
        with contextlib.closing(catalogue.Fresh(room.store, order.case_id)) as fresh:
            read_each(order, room, originals, workers, report, new, fresh, seen)
        if not archives.open_waiting(order, room, originals, occurrences, opened, report):
            return


def read_each(
    order: Order, room: Room, originals: Originals, workers: Workers, report: Report, new: Sequence[Row[Any]],
    fresh: catalogue.Fresh, seen: int,
) -> None:
    """Keep what the workers say of these media, one after the other."""
    for done, (row, facts) in enumerate(prepare.probe_all(workers, originals, new), start=max(1, seen - len(new) + 1)):
        keep_facts(order, room, row, facts)
        fresh.add(row.id)
        report(Progress("reading", files=seen, files_done=done, latest=shown(row.path)))


def keep_facts(order: Order, room: Room, row: Row[Any], facts: Facts) -> None:
    """What the file is; where there is nothing to look at, its state is settled at once."""
    with room.store.transaction() as rows:
        if facts.code in rules.PASSING:   # nothing is known of it, and the next run asks again
            records.set_state(rows, order.case_id, row.id, "failed", facts.code, facts.reason)
            return
        records.keep_facts(rows, order.case_id, row.id, facts)
        if facts.kind is Kind.ARCHIVE and facts.code is None:
            return
        known = facts.kind in (Kind.STILL, Kind.VIDEO, Kind.AUDIO)   # of these nobody asks where they lie
        among = not known and (facts.code != "not-media" or tallies.of_camera(rows, order.case_id, row.id)) and (
            account.among_camera_files(rows, order.case_id, row.id))
        verdict = rules.judge_unexamined(facts, name=row.path, size=row.bytes, among_camera_files=among)
        if verdict is not None:
            records.set_state(rows, order.case_id, row.id, verdict.state, verdict.code, verdict.reason)


def with_members(room: Room, case_id: str, occurrences: Sequence[str]) -> tuple[str, ...]:
    """These occurrences and everything that lies in archives among them."""
    with room.store.transaction() as rows:
        return records.with_members(rows, case_id, occurrences)


# ------------------------------------------------------------------ looking

def look(
    order: Order, room: Room, occurrences: Sequence[str], originals: Originals, workers: Workers, report: Report,
) -> tuple[str, list[str], int]:
    """Examine every unit of these files that has no findings in this run.

    Returns the run, the media in which there is something to look at, and how many of them were done before.
    """
    with room.store.transaction() as rows:
        sign = records.signature(order.plan, order.version, order.pack_digest)
        run_id = records.ensure_run(rows, order.case_id, order.plan, sign=sign, settings=order.settings,
                                    by=room.actor.name, at=room.clock.now())
    log(order, room, {"step": "started", "run": run_id, "files": len(occurrences)})
    media = plan_units(order, room, run_id, occurrences)
    with room.store.transaction() as rows:
        records.wait_again(rows, order.case_id, run_id, media)
        resumed = records.finished_before(
            rows, order.case_id, run_id, tallies.originals_among(rows, order.case_id, occurrences, media))
        _, waiting = records.left(rows, order.case_id, run_id, media)
    settle = partial(settle_medium, order, room, run_id)
    if waiting:
        with drive.claimed(room.store) as claim:
            job = drive.Drive(room.store, workers, originals, order.case_id, run_id, order.plan, report, claim,
                              order.still_allowed)
            drive.look_through(job, media, order.near, settle, len(occurrences))
    with room.store.transaction() as rows:
        left = records.unsettled(rows, order.case_id, run_id, media)
    for medium_id in left:
        settle(medium_id)
    note_unlooked(order, room, run_id, occurrences, media)
    return run_id, media, resumed


def note_unlooked(order: Order, room: Room, run_id: str, occurrences: Sequence[str], media: Sequence[str]) -> None:
    """Files in which there was nothing to look at have a state per look too: failed or skipped, never none."""
    with room.store.transaction() as rows:
        for row in tallies.unlooked(rows, order.case_id, run_id, occurrences, media):
            states = dict.fromkeys((*order.plan.looks, *order.not_looked), (row.state, row.reason))
            records.keep_looks(rows, order.case_id, run_id, row.id, order.plan.pack, states)
            records.choose_current(rows, order.case_id, row.id)


def plan_units(order: Order, room: Room, run_id: str, occurrences: Sequence[str]) -> list[str]:
    """The media of these files in which there is something to look at; those without units in this run get theirs."""
    readable: list[str] = []
    with room.store.transaction() as rows:
        media = records.media_of(rows, order.case_id, occurrences)
    for some in (media[at:at + PLANNED_AT_ONCE] for at in range(0, len(media), PLANNED_AT_ONCE)):
        with room.store.transaction() as rows:
            known = records.planned(rows, order.case_id, run_id, some)
            for medium_id, facts in records.facts_of(rows, order.case_id, some).items():
                units = [] if rules.refused(facts) else prepare.units_for(facts, f"{run_id}.{medium_id}")
                if units:
                    readable.append(medium_id)
                if medium_id not in known:
                    records.add_units(rows, order.case_id, run_id, medium_id, units)
    return readable


def settle_medium(order: Order, room: Room, run_id: str, medium_id: str) -> None:
    """The state of a medium and of every look, when all its units have ended."""
    with room.store.transaction() as rows:
        records.lock_medium(rows, order.case_id, medium_id)
        units = records.units(rows, order.case_id, run_id, [medium_id], "done", "failed")
        verdict = rules.judge_examined(records.facts(rows, order.case_id, medium_id), [records.outcome_of(row) for row in units])
        errors = {look: why for row in units for look, why in (row.coverage or {}).get("look_errors", {}).items()}
        found = records.kinds_found(rows, order.case_id, run_id, medium_id)
        facts = records.facts(rows, order.case_id, medium_id)
        states = rules.look_states(order.plan.looks, found, verdict, errors) | rules.skipped_looks(facts, order.plan.looks) | {
            kind: ("skipped", reason) for kind, reason in order.not_looked.items()}
        records.keep_looks(rows, order.case_id, run_id, medium_id, order.plan.pack, states)
        records.choose_current(rows, order.case_id, medium_id)
        if records.counts(rows, order.case_id, run_id, medium_id):
            if errors and verdict.state == "analysed":
                verdict = rules.Verdict("partly", "look-failed", "; ".join(errors.values()))
            records.set_state(rows, order.case_id, medium_id, verdict.state, verdict.code, verdict.reason)
        catalogue.refresh(rows, order.case_id, [medium_id])


# ------------------------------------------------------------------ small translations

def intake_progress(step: Step) -> Progress:
    return Progress("intake", files=step.files, files_done=step.files_done, bytes_done=step.bytes_done, latest=shown(step.latest))
