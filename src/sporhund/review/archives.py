"""Archives: each member becomes an occurrence of its own, accounted for like any file."""
import os
from typing import Any

from sqlalchemy import Row

from sporhund.errors import Unreadable
from sporhund.evidence import service as evidence
from sporhund.evidence.digest import digest
from sporhund.evidence.model import State, Trouble
from sporhund.evidence.service import NewMember
from sporhund.media.model import Member
from sporhund.media.stated import from_name
from sporhund.review import prepare, records, rules
from sporhund.review.order import Order, Room
from sporhund.review.originals import Originals

DEPTH = 3
"""Archives within archives are opened to this depth; deeper ones are said to be unread."""


def open_archive(order: Order, room: Room, originals: Originals, medium_id: str, depth: int) -> None:
    """Take in the members of an archive: each is an occurrence of its own, accounted for like any file."""
    with room.store.transaction() as rows:
        archive = records.archive(rows, order.case_id, medium_id)
    if archive is None:
        return
    try:
        if depth >= DEPTH:
            raise Unreadable("too-deep", f"an archive within {DEPTH} archives was not opened")
        members = prepare.members_of(originals, archive)
    except Unreadable as exc:
        settle_archive(order, room, medium_id, rules.Verdict("failed", exc.code, exc.message))
        return
    troubles = [take_member(order, room, originals, archive, member) for member in members]
    settle_archive(order, room, medium_id, rules.judge_archive(troubles))


def take_member(order: Order, room: Room, originals: Originals, archive: Row[Any], member: Member) -> str | None:
    """One member becomes an occurrence with its digests, or with the reason why not (which is returned)."""
    place = originals.spool / order.case_id / f"{archive.id}.{member.index}"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digests, trouble = None, None
    try:
        if member.code:
            raise Unreadable(member.code, member.reason or member.code)
        originals.extract(archive, member.index, place)
        digests = digest(os.fsencode(place))
    except Unreadable as exc:
        trouble = Trouble(State.FAILED, exc.code, exc.message)
    new = NewMember(member.index, member.name, digests.bytes if digests else member.size, digests, trouble,
                    (*member.stated, *from_name(member.name)))
    occurrence, _ = evidence.add_members(order.case_id, archive.id, [new], store=room.store)[member.index]
    if digests:
        place.rename(place.with_name(occurrence))
    return trouble.reason if trouble else None


def settle_archive(order: Order, room: Room, medium_id: str, verdict: rules.Verdict) -> None:
    with room.store.transaction() as rows:
        records.set_state(rows, order.case_id, medium_id, verdict.state, verdict.code, verdict.reason)
