"""Feed the workers with units until none is left, and record what comes back. The engine knows nothing of what it carries."""
import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Row, func, select

from sporhund.errors import SporhundError, Unreadable
from sporhund.jobs.local import Outcome, Task, Workers
from sporhund.media.model import Coverage, Facts, Unread, VideoStream
from sporhund.review import messages, plan, records
from sporhund.review.hear import OURS, heard, lied
from sporhund.review.messages import Examine
from sporhund.review.model import OPEN, Findings, Plan, Unit
from sporhund.review.originals import Originals
from sporhund.review.progress import Done, Progress, Report, time_left
from sporhund.store.service import Store
from sporhund.tracks.stitch import stitch

WAIT_FOR_OTHERS_S = 1.0
TABLE = 500
"""Units on the table at once: enough to choose the best from, few enough to choose quickly."""


@dataclass
class Desk:
    """What is on the table of one run: some of the units that wait, those that are out, and what has been seen so far."""

    media: frozenset[str]                                     #: media that this run speaks of
    near: dict[str, float]                                    #: medium -> how near to the moment asked for, least first
    waiting: dict[str, Row[Any]] = field(default_factory=dict)
    out: dict[str, Row[Any]] = field(default_factory=dict)
    left: dict[str, float] = field(default_factory=dict)      #: kind -> size of all that is not done: seconds, or stills
    units: int = 0                                            #: not done, on the table or not
    done: list[Done] = field(default_factory=list)
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


@contextlib.contextmanager
def claimed(store: Store) -> Iterator[int]:
    """A number whose advisory lock this process holds: whoever finds it free knows that the process is gone."""
    claim = secrets.randbits(62)
    with store.transaction() as rows:
        rows.execute(select(func.pg_advisory_lock(claim)))
        yield claim


def look_through(
    drive: Drive, media: Sequence[str], near: dict[str, float], settle: Callable[[str], None], files: int,
) -> None:
    """Every waiting unit of these media is examined and recorded; `settle` is called with each medium that is whole."""
    started = time.monotonic()
    desk = Desk(frozenset(media), near)
    refill(drive, desk)
    try:
        while True:
            while drive.workers.free and desk.waiting:
                send(drive, desk, desk.best())
            if not desk.out:
                if refill(drive, desk):
                    continue
                break
            outcome = drive.workers.wait(WAIT_FOR_OTHERS_S)
            if outcome is not None:
                unit = desk.out.pop(outcome.key)
                receive(drive, desk, unit, outcome)
                finish_medium(drive, desk, unit.medium_id, settle)
            drive.report(progress(drive, desk, time.monotonic() - started, files))
    finally:
        if desk.out:
            with drive.store.transaction() as rows:
                records.give_back(rows, drive.case_id, list(desk.out))


def refill(drive: Drive, desk: Desk) -> bool:
    """Lay out units that wait, also those of processes that are gone. True while there is something to do or to wait for."""
    with drive.store.transaction() as rows:
        for row in records.free_abandoned(rows, drive.case_id, drive.run_id):
            if row.attempts >= 2 and row.medium_id in desk.media:   # it took its whole process with it, twice
                halve_or_lose(drive, desk, rows, row, "reader-died", "the whole run died with it, twice")
        media = list(desk.media)
        laid_out = records.waiting(rows, drive.case_id, drive.run_id, media, list(desk.near), TABLE)
        desk.left, desk.units = records.left(rows, drive.case_id, drive.run_id, media)
    desk.waiting = {row.id: row for row in laid_out}
    if not desk.waiting and desk.units > len(desk.out):
        time.sleep(WAIT_FOR_OTHERS_S)   # another command on this case works on the rest
        return True
    return bool(desk.waiting)


def send(drive: Drive, desk: Desk, row: Row[Any]) -> None:
    """Hand one unit to a worker; the attempt is persisted before it starts."""
    del desk.waiting[row.id]
    unit = records.unit_of(row)
    with drive.store.transaction() as rows:
        if records.take(rows, drive.case_id, row.id, drive.claim) is None:
            return
    try:
        file = drive.originals.open(row.medium_id)
    except SporhundError as exc:
        with drive.store.transaction() as rows:
            coverage = lost(unit, records.facts(rows, drive.case_id, row.medium_id), exc.message, exc.code)
            records.fail_unit(rows, drive.case_id, row.id, exc.code, exc.message, coverage)
        return
    desk.out[row.id] = row
    drive.workers.submit(Task(
        key=row.id, request=messages.encode(Examine(unit, drive.plan)),
        seconds=plan.time_limit_s(unit, drive.plan.sampling.mode), files=partial(list, [file]),
    ))


def receive(drive: Drive, desk: Desk, row: Row[Any], outcome: Outcome) -> None:
    """Record what a worker says, or that it died."""
    unit = records.unit_of(row)
    answer = reply(outcome)
    with drive.store.transaction() as rows:
        records.lock_medium(rows, drive.case_id, row.medium_id)
        match answer:
            case Findings():
                number = records.keep_findings(rows, drive.case_id, drive.run_id, row, answer, drive.plan)
                join_neighbours(drive, rows, row)
                desk.tracks += number
                desk.found[row.medium_id] = desk.found.get(row.medium_id, 0) + number
            case Unreadable() if answer.code in OURS:
                halve_or_lose(drive, desk, rows, row, answer.code, answer.message)
            case Unreadable():
                facts = records.facts(rows, drive.case_id, row.medium_id)
                records.fail_unit(rows, drive.case_id, row.id, answer.code, answer.message,
                                  lost(unit, facts, answer.message, answer.code))
    size = unit.seconds if str(unit.kind) == "video" else 1.0
    desk.looked_s[row.medium_id] = desk.looked_s.get(row.medium_id, 0.0) + size
    desk.done.append(Done(str(unit.kind), size, outcome.seconds))
    desk.left[str(unit.kind)] = max(0.0, desk.left.get(str(unit.kind), 0.0) - size)
    desk.units -= 1


def reply(outcome: Outcome) -> Findings | Unreadable:
    """Findings; or that the bytes cannot be read, or what became of the worker."""
    try:
        said = heard(outcome)
    except Unreadable as exc:
        return exc
    return said.findings or lied("findings")


def halve_or_lose(drive: Drive, desk: Desk, rows: Any, row: Row[Any], code: str, why: str) -> None:
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


def join_neighbours(drive: Drive, rows: Any, row: Row[Any]) -> None:
    """Join what goes on over the joints of this unit with its recorded neighbours."""
    for earlier, later in records.neighbours(rows, drive.case_id, row):
        shots, following = records.shots_at(rows, drive.case_id, earlier), records.shots_at(rows, drive.case_id, later)
        if not shots or not following or not following[0].continues:
            continue
        before = records.tracks_at(rows, drive.case_id, earlier)
        after = records.tracks_at(rows, drive.case_id, later, following[0].id)
        for new, old in stitch([t for _, t in before], [t for _, t in after], continues=True).items():
            records.join(rows, drive.case_id, before[old][0].id, after[new][0].id)
        records.join_shots(rows, drive.case_id, shots[-1], following[0])


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
    done_s = sum(d.size for d in desk.done if d.kind == "video")
    left = [(kind, size) for kind, size in desk.left.items() if size > 0]
    return Progress(
        stage="looking", files=files, files_done=len(desk.finished_media), units=len(desk.done) + desk.units,
        units_done=len(desk.done), video_s=done_s + desk.left.get("video", 0.0), video_done_s=done_s,
        tracks=desk.tracks, wall_s=wall_s, left=time_left(desk.done[-200:], left, drive.workers.busy or 1),
    )
