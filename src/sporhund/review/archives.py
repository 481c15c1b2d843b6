"""Archives: each member becomes an occurrence of its own, accounted for like any file."""
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from sporhund.errors import Unreadable
from sporhund.evidence import service as evidence
from sporhund.evidence.model import Digests, State, Trouble
from sporhund.evidence.names import MEMBER, shown
from sporhund.evidence.records import among, storable
from sporhund.evidence.service import NewMember
from sporhund.jobs.local import Task
from sporhund.media.archive import MAX_MEMBERS
from sporhund.media.model import Member
from sporhund.media.stated import from_name
from sporhund.review import messages, prepare, records, rules
from sporhund.review.hear import asked, lied
from sporhund.review.messages import ListMembers
from sporhund.review.order import Order, Room
from sporhund.review.originals import Originals
from sporhund.review.progress import Progress, Report
from sporhund.review.takeout import Taken, Wanted, batches
from sporhund.store import tables
from sporhund.store.service import Store

DEPTH = 3
"""Archives within archives are opened to this depth; deeper ones are said to be unread."""
LONGEST_NAME = 600
"""Bytes of a member's name that are kept: PostgreSQL's indexes refuse rows beyond 2,700."""


def open_waiting(
    order: Order, room: Room, originals: Originals, occurrences: Sequence[str], tried: set[str], report: Report,
) -> int:
    """Open the archives among these files, and within archives among them, that wait. Returns how many there were.

    report: told after every batch of members, so that a run can be stopped in the middle of a large archive.

    What a run that was killed left half taken in is finished: members known already are not taken again. tried: media
    that this run has opened already; those opened now are added, so one whose place is gone is not tried without end.
    """
    with room.store.transaction() as rows:
        inside = records.with_members(rows, order.case_id, occurrences)
        found = [medium for medium in waiting(rows, order.case_id, inside) if medium not in tried]
    for medium_id in found:
        tried.add(medium_id)
        with alone(room.store, order.case_id, medium_id):
            open_archive(order, room, originals, medium_id, report)
    return len(found)


def waiting(rows: Connection, case_id: str, occurrences: Sequence[str]) -> list[str]:
    """Archives among these files that nobody has opened, or whose place was gone when somebody tried."""
    m, o = tables.medium.c, tables.occurrence.c
    held = select(o.medium_id).where(o.case_id == case_id, among(o.id, occurrences))
    return list(rows.scalars(select(m.id).where(
        m.case_id == case_id, m.kind == "archive", m.id.in_(held), _open()).order_by(m.bytes, m.id)))


def _open() -> Any:
    m = tables.medium.c
    return or_(m.state == "waiting", (m.state == "failed") & m.code.in_(sorted(rules.PASSING)))


@contextmanager
def alone(store: Store, case_id: str, medium_id: str) -> Iterator[None]:
    """Two processes must not take the same archive out: the second waits, and finds it done."""
    with store.transaction() as rows:
        rows.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"open/{case_id}/{medium_id}", 0))))
        yield


def open_archive(order: Order, room: Room, originals: Originals, medium_id: str, report: Report) -> None:
    """Take in the members of an archive, batch by batch: each is an occurrence of its own, accounted for like any file."""
    m, o = tables.medium.c, tables.occurrence.c
    with room.store.transaction() as rows:
        archive = rows.execute(select(tables.occurrence).join_from(
            tables.occurrence, tables.medium, (o.case_id == m.case_id) & (o.medium_id == m.id) & o.original)
            .where(m.case_id == order.case_id, m.id == medium_id, _open())).one_or_none()
        if archive is None:
            return
        deep = depth(rows, archive)
    try:
        if deep >= DEPTH:
            raise Unreadable("too-deep", f"an archive within {DEPTH} archives was not opened")
        troubles = take_members(order, room, originals, archive, members_of(originals, archive), report)
    except Unreadable as exc:
        verdict = rules.Verdict("failed", exc.code, exc.message)
    else:
        verdict = rules.judge_archive(troubles)
    with room.store.transaction() as rows:
        records.set_state(rows, order.case_id, medium_id, verdict.state, verdict.code, verdict.reason)


def depth(rows: Connection, archive: Row[Any]) -> int:
    """How many archives this occurrence lies in; DEPTH stands for more."""
    o, deep, holder = tables.occurrence.c, 0, archive.member_of
    while holder is not None and deep < DEPTH:
        deep += 1
        holder = rows.scalar(select(o.member_of).where(o.case_id == archive.case_id, o.id == holder))
    return deep


def members_of(originals: Originals, archive: Row[Any]) -> list[Member]:
    """What lies in an archive. Raises Unreadable, also where the worker's list is none."""
    original = originals.open(archive.medium_id)
    said = asked(originals.extractor, Task(
        key=f"list {archive.id}", request=messages.encode(ListMembers(archive.bytes)), seconds=prepare.PROBE_SECONDS,
        files=lambda: [original]))
    if said.members is None:
        raise lied("members")
    indices = {member.index for member in said.members}
    sound = all(0 <= member.index < 1 << 31 and 0 <= member.size < 1 << 63 for member in said.members)
    if not sound or len(indices) != len(said.members) or len(indices) > MAX_MEMBERS + 1:
        raise lied("members that can be")
    return list(said.members)


def take_members(
    order: Order, room: Room, originals: Originals, archive: Row[Any], members: Sequence[Member], report: Report,
) -> list[str | None]:
    """Take in those that are not known yet. Returns for each member the reason why its content is not there."""
    with room.store.transaction() as rows:
        known = known_members(rows, order.case_id, archive.id)
    fresh = {member.index: member for member in members if member.index not in known}
    refused = {index: Unreadable(member.code, member.reason or member.code) for index, member in fresh.items() if member.code}
    keep(order, room, archive, fresh, refused)
    troubles: dict[int, str | None] = {**known, **{index: exc.message for index, exc in refused.items()}}
    wanted = (Wanted(index, member.size, originals.target(archive.id, index))
              for index, member in fresh.items() if not member.code)
    for batch in batches(wanted):
        taken = originals.take_out(archive, batch)
        keep(order, room, archive, fresh, taken)
        troubles |= {index: one.message if isinstance(one, Unreadable) else None for index, one in taken.items()}
        report(Progress("reading", files=len(members), files_done=len(troubles), latest=shown(archive.path)))
    return list(troubles.values())


def known_members(rows: Connection, case_id: str, archive: str) -> dict[int, str | None]:
    """Members that were taken in before, by their index, with the reason of those that could not be."""
    o = tables.occurrence.c
    wanted = select(o.member, o.reason).where(
        o.case_id == case_id, o.member_of == archive, or_(o.medium_id.is_not(None), o.reason.is_not(None)))
    return {row.member: row.reason for row in rows.execute(wanted)}


def keep(order: Order, room: Room, archive: Row[Any], members: Mapping[int, Member], taken: Mapping[int, Taken]) -> None:
    """These members become occurrences with their digests, or with the reason why not: one transaction."""
    if taken:
        evidence.add_members(
            order.case_id, archive.id, [new_member(members[index], one) for index, one in taken.items()], store=room.store)


def new_member(member: Member, taken: Taken) -> NewMember:
    """One member as the evidence room takes it. What the worker said is bounded to what can be stored."""
    stated = (*member.stated, *from_name(member.name))
    if isinstance(taken, Digests):
        return NewMember(member.index, label(member.name), taken.bytes, taken, None, stated)
    trouble = Trouble(State.FAILED, storable(taken.code), storable(taken.message))
    return NewMember(member.index, label(member.name), member.size, None, trouble, stated)


def label(name: bytes) -> bytes:
    """A member's name as it can be kept: without what stands between archive and member, and not longer than an index takes."""
    clean = name.replace(MEMBER, b"\\x00")
    if len(clean) <= LONGEST_NAME:
        return clean
    return clean[:LONGEST_NAME - 17] + b"~" + hashlib.sha256(name).hexdigest()[:16].encode()
