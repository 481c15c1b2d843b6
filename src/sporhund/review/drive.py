"""Feed the workers with units until none is left, and record what comes back. The engine knows nothing of what it carries."""
import contextlib
import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.errors import Unreadable
from sporhund.jobs.local import Outcome, Task, Workers
from sporhund.media.model import Coverage, Facts, Unread, VideoStream
from sporhund.review import joints, messages, plan, records
from sporhund.review.hear import OURS, heard, lied
from sporhund.review.messages import Examine
from sporhund.review.model import OPEN, Findings, Plan, Unit
from sporhund.review.originals import Originals
from sporhund.review.progress import Done, Progress, Report, time_left
from sporhund.review.trust import checked
from sporhund.store.service import Store
from sporhund.tracks.stitch import stitch

ASK_EVERY_S = 1.0
RECENT = 200         #: finished units that the estimate looks back on
TRIES = 5            #: of a unit whose whole process ended; a worker cannot end it, but a machine without memory can
TABLE = 500
"""Units on the table at once: enough to choose the best from, few enough to choose quickly."""


@dataclass
class Desk:
    """What is on the table of one run: some of the units that wait, those that are out, and what has been seen so far."""

    media: frozenset[str]                                     #: media that this run speaks of
    near: Mapping[str, float] = field(default_factory=dict)   #: medium -> how near to the moment asked for, least first
    waiting: dict[str, Row[Any]] = field(default_factory=dict)
    out: dict[str, Row[Any]] = field(default_factory=dict)
    left: dict[str, float] = field(default_factory=dict)      #: kind -> size of all that is not done: seconds, or stills
    units: int = 0                                            #: not done, on the table or not
    done: deque[Done] = field(default_factory=lambda: deque(maxlen=RECENT))
    units_done: int = 0
    video_done_s: float = 0.0
    asked_at: float = 0.0                                     #: when the store was last asked for units, and what goes first
    found: dict[str, int] = field(default_factory=dict)       #: tracks per medium
    looked_s: dict[str, float] = field(default_factory=dict)  #: seconds per medium
    tracks: int = 0
    finished_media: set[str] = field(default_factory=set)

    def best(self) -> Row[Any]:
        """The unit to work on next."""
        return min(self.waiting.values(), key=self._order)

    def _order(self, row: Row[Any]) -> tuple[float, ...]:
        density = 60 * self.found.get(row.medium_id, 0) / max(self.looked_s.get(row.medium_id, 0.0), 1.0)
        return plan.priority(row.kind == "still", row.start, density=density, near=self.near.get(row.medium_id))


@dataclass(frozen=True, slots=True)
class Drive:
    """The parts that a run needs: handed in once."""

    store: Store
    workers: Workers
    originals: Originals
    case_id: str
    run_id: str
    plan: Plan
    report: Report
    claim: int
    still_allowed: Callable[[Connection], None]   #: raises Refused when the purpose was switched off in the meantime


@contextlib.contextmanager
def claimed(store: Store) -> Iterator[int]:
    """A number whose advisory lock this process holds: whoever finds it free knows that the process is gone."""
    claim = secrets.randbits(62)
    with store.holding(claim):
        yield claim


def look_through(
    drive: Drive, media: Sequence[str], near: Callable[[], Mapping[str, float]], settle: Callable[[str], None], files: int,
) -> None:
    """Every waiting unit of these media is examined and recorded; `settle` is called with each medium that is whole.

    near: asked again and again, because what people want to see first changes while a long run goes on.
    """
    started = time.monotonic()
    desk = Desk(frozenset(media))
    try:
        while True:
            if time.monotonic() - desk.asked_at > ASK_EVERY_S:
                desk.asked_at, before = time.monotonic(), desk.near
                desk.near = near()
                if not desk.waiting or desk.near != before:
                    refill(drive, desk)
            while drive.workers.free and desk.waiting:
                send(drive, desk, desk.best())
            if not desk.out:
                if not desk.units:
                    break
                time.sleep(ASK_EVERY_S)   # another command on this case works on the rest
                continue
            outcome = drive.workers.wait(ASK_EVERY_S)
            if outcome is not None:
                unit = desk.out[outcome.key]
                receive(drive, desk, unit, outcome)
                del desk.out[unit.id]              # only now: what cannot be recorded is given back
                finish_medium(drive, desk, unit.medium_id, settle)
            drive.report(progress(drive, desk, time.monotonic() - started, files))
    finally:
        if desk.out:
            with drive.store.transaction() as rows:
                records.give_back(rows, drive.case_id, list(desk.out))


def refill(drive: Drive, desk: Desk) -> None:
    """Lay out units that wait, also those of processes that are gone."""
    with drive.store.transaction() as rows:
        for row in records.free_abandoned(rows, drive.case_id, drive.run_id):
            if row.attempts >= TRIES and row.medium_id in desk.media:
                halve_or_lose(drive, desk, rows, row, "reader-died", f"the whole run ended over it, {TRIES} times")
        media = list(desk.media)
        laid_out = records.waiting(rows, drive.case_id, drive.run_id, media, list(desk.near), TABLE)
        desk.left, desk.units = records.left(rows, drive.case_id, drive.run_id, media)
    desk.waiting = {row.id: row for row in laid_out if row.id not in desk.out}


def send(drive: Drive, desk: Desk, row: Row[Any]) -> None:
    """Hand one unit to a worker; the attempt is persisted before it starts."""
    del desk.waiting[row.id]
    unit = records.unit_of(row)
    with drive.store.transaction() as rows:
        if records.take(rows, drive.case_id, row.id, drive.claim) is None:
            return
    desk.out[row.id] = row                         # from here on it is given back if the run ends
    try:
        file = drive.originals.open(row.medium_id)
    except Unreadable as exc:
        with drive.store.transaction() as rows:
            lose(drive, rows, row, exc)
        del desk.out[row.id]
        settle_size(desk, row.kind, unit.seconds if row.kind == "video" else 1.0)
        return
    drive.workers.submit(Task(
        key=row.id, request=messages.encode(Examine(unit, drive.plan)),
        seconds=plan.time_limit_s(unit, drive.plan.sampling.mode), files=partial(list, [file]),
    ))


def receive(drive: Drive, desk: Desk, row: Row[Any], outcome: Outcome) -> None:
    """Record what a worker says, or that it died."""
    unit = records.unit_of(row)
    answer = answered(drive, row, unit, outcome)
    with drive.store.transaction() as rows:
        if not records.still_ours(rows, drive.case_id, row.id, drive.claim):
            return
        records.lock_medium(rows, drive.case_id, row.medium_id)
        match answer:
            case Findings():
                drive.still_allowed(rows)
                number = records.keep_findings(rows, drive.case_id, drive.run_id, row, answer, drive.plan)
                join_neighbours(drive, rows, row)
                desk.tracks += number
                desk.found[row.medium_id] = desk.found.get(row.medium_id, 0) + number
            case Unreadable() if answer.code in OURS:
                halve_or_lose(drive, desk, rows, row, answer.code, answer.message)
            case Unreadable():
                lose(drive, rows, row, answer)
    size = unit.seconds if row.kind == "video" else 1.0
    desk.looked_s[row.medium_id] = desk.looked_s.get(row.medium_id, 0.0) + size
    desk.done.append(Done(row.kind, size, outcome.seconds))
    desk.units_done += 1
    desk.video_done_s += size if row.kind == "video" else 0.0
    settle_size(desk, row.kind, size)


def settle_size(desk: Desk, kind: str, size: float) -> None:
    """One unit less to do."""
    desk.left[kind] = max(0.0, desk.left.get(kind, 0.0) - size)
    desk.units -= 1


def answered(drive: Drive, row: Row[Any], unit: Unit, outcome: Outcome) -> Findings | Unreadable:
    """Findings that can be true, of bytes that are still those taken in; or why there are none."""
    try:
        said = heard(outcome)
        if said.findings is None:
            raise lied("findings")
        findings = checked(said.findings, unit, drive.plan)
        os.close(drive.originals.open(row.medium_id))   # raises if the file changed while it was looked through
    except Unreadable as exc:
        return exc
    return findings


def lose(drive: Drive, rows: Connection, row: Row[Any], why: Unreadable) -> None:
    """A unit that cannot be read: recorded with what it would have covered."""
    coverage = lost(records.unit_of(row), records.facts(rows, drive.case_id, row.medium_id), why.message, why.code)
    records.fail_unit(rows, drive.case_id, row.id, why.code, why.message, coverage)


def halve_or_lose(drive: Drive, desk: Desk, rows: Connection, row: Row[Any], code: str, why: str) -> None:
    """A unit that did not come back is tried again in halves, down to one group of pictures; that one is lost, and said so."""
    unit = records.unit_of(row)
    facts = records.facts(rows, drive.case_id, row.medium_id)
    stream = stream_of(unit, facts)
    parts = None
    if stream is not None and stream.start is not None and stream.end is not None:
        parts = plan.halves(unit, stream.keyframes, stream.start, stream.end)
    if parts:
        records.split_unit(rows, drive.case_id, drive.run_id, row.medium_id, row.id, parts)
        added = records.units(rows, drive.case_id, drive.run_id, [row.medium_id], "waiting")
        desk.waiting.update({r.id: r for r in added if r.id in {p.id for p in parts}})
    else:
        records.fail_unit(rows, drive.case_id, row.id, code, why, lost(unit, facts, why, code))


def stream_of(unit: Unit, facts: Facts) -> VideoStream | None:
    """The stream of this unit: of the file, or of the clip behind its picture."""
    clips = zip(facts.embedded, facts.clips, strict=False)
    holders = [clip for place, clip in clips if place[0] == unit.offset] if unit.offset else [facts]
    streams = [stream for holder in holders for stream in holder.streams]
    return next((stream for stream in streams if stream.index == unit.stream % plan.EMBEDDED_STREAM), None)


def lost(unit: Unit, facts: Facts, why: str, code: str = "unread") -> Coverage:
    """The coverage of a unit of which nothing was read."""
    stream = stream_of(unit, facts)
    start = unit.start if unit.start > -OPEN else (stream.start or 0.0 if stream else 0.0)
    end = unit.end if unit.end < OPEN else (stream.end or start + unit.seconds if stream else start + facts.duration)
    return Coverage(start=start, end=end, unread=(Unread(start, end, why, code),))


def join_neighbours(drive: Drive, rows: Connection, row: Row[Any]) -> None:
    """Join what goes on over the joints of this unit with its recorded neighbours."""
    for earlier, later in joints.neighbours(rows, drive.case_id, row):
        shots, following = joints.shots_at(rows, drive.case_id, earlier), joints.shots_at(rows, drive.case_id, later)
        if not shots or not following or not following[0].continues:
            continue
        before = joints.tracks_at(rows, drive.case_id, earlier)
        after = joints.tracks_at(rows, drive.case_id, later, following[0].id)
        for new, old in stitch([t for _, t in before], [t for _, t in after], continues=True).items():
            joints.join(rows, drive.case_id, before[old][0].id, after[new][0].id)
        joints.join_shots(rows, drive.case_id, shots[-1], following[0])


def finish_medium(drive: Drive, desk: Desk, medium_id: str, settle: Callable[[str], None]) -> None:
    """When no unit of a medium is open any more, its state is settled."""
    if any(row.medium_id == medium_id for row in desk.out.values()) or medium_id in desk.finished_media:
        return
    with drive.store.transaction() as rows:
        if records.units(rows, drive.case_id, drive.run_id, [medium_id], "waiting", "running"):
            return
    desk.finished_media.add(medium_id)
    settle(medium_id)


def progress(drive: Drive, desk: Desk, wall_s: float, files: int) -> Progress:
    left = [(kind, size) for kind, size in desk.left.items() if size > 0]
    return Progress(
        stage="looking", files=files, files_done=len(desk.finished_media), units=desk.units_done + desk.units,
        units_done=desk.units_done, video_s=desk.video_done_s + desk.left.get("video", 0.0), video_done_s=desk.video_done_s,
        tracks=desk.tracks, wall_s=wall_s, left=time_left(list(desk.done), left, drive.workers.busy or 1),
    )
