"""Take in what was handed in: walk it, hash each file once, write who did it. Nothing of the evidence is parsed here."""
import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import Unreadable
from sporhund.evidence import names, records
from sporhund.evidence.digest import digest
from sporhund.evidence.model import Camera, Custody, Digests, Intake, Seen, Stage, State, Step, Trouble
from sporhund.evidence.rules import check_label, named
from sporhund.evidence.walk import outermost, source_of, walk
from sporhund.store.service import Store

BATCH = 256
"""Rows written in one transaction; what a crash costs is at most these digests."""
BATCH_SECONDS = 2.0

StatedOf = Callable[[bytes], Sequence[Any]]
"""What a file's name states: list of media.model.Stated. Handed in, because names are read further up."""
Report = Callable[[Step], None]
Item = TypeVar("Item")


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """What an intake needs besides its material."""

    store: Store
    keys: Keys
    clock: Clock
    actor: Actor
    case_id: str


@dataclasses.dataclass(slots=True)
class _Listing:
    """What the walk came to."""

    order: list[str] = dataclasses.field(default_factory=list)          #: occurrences, in the order of the walk
    resumed: list[str] = dataclasses.field(default_factory=list)
    to_hash: list[tuple[str, Seen]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class NewMember:
    """One member of an archive: with the digests of its bytes, or the reason why there are none."""

    index: int
    name: bytes
    bytes: int
    digests: Digests | None
    trouble: Trouble | None = None
    stated: Sequence[Any] = ()


def take_in(
    case_id: str, exhibit: str, sources: Sequence[bytes | str | Path], *, camera: str | None = None,
    stated: StatedOf = lambda path: (), report: Report = lambda step: None,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Intake:
    """Take the sources in under an exhibit: every file gets a row, every readable one its digests, once.

    A file known in this exhibit under the same location, size and date is not read again (`case verify` does that); one
    that failed before is tried again. One whose bytes are no longer those taken in is `failed: changed-since-intake`: the
    first content and what was found in it stay. Raises WrongUsage `no-such-path`, `no-path`, `unknown-camera`, `bad-name`.
    """
    desk = Desk(store, keys, clock, actor, case_id)
    label = check_label(exhibit)
    roots = outermost([source_of(path) for path in sources])
    with store.transaction() as rows:
        exhibit_id, intakes = _open_intake(rows, desk, label, roots)
        cameras = records.cameras(rows, case_id)
        chosen = _camera(cameras, camera)
    listing = _list(desk, exhibit_id, intakes, roots, cameras, chosen, stated, report)
    _hash_all(desk, listing, report)
    with store.transaction() as rows:
        audit.record(rows, action="intake done", actor=actor, at=clock.now(), keys=keys, case_id=case_id, payload={
            "exhibit": label, "intakes": list(intakes.values()), "files": len(listing.order), "known": len(listing.resumed),
            "list": _fingerprint(rows, case_id, listing.order)})
    return Intake(exhibit_id, tuple(intakes.values()), tuple(listing.order), tuple(listing.resumed))


def _open_intake(rows: Connection, desk: Desk, label: str, roots: Sequence[bytes]) -> tuple[str, dict[bytes, str]]:
    now = desk.clock.now()
    exhibit = records.exhibit(rows, desk.case_id, label, at=now)
    intakes = {
        root: records.add_intake(rows, desk.case_id, exhibit_id=exhibit.id, at=now, by=desk.actor.name,
                                 assurance=desk.actor.assurance, host=desk.actor.host, source=root)
        for root in roots
    }
    audit.record(rows, action="intake", actor=desk.actor, at=now, keys=desk.keys, case_id=desk.case_id, payload={
        "exhibit": label, "sources": [names.shown(root) for root in roots], "intakes": list(intakes.values())})
    return exhibit.id, intakes


def _camera(cameras: Sequence[Camera], name: str | None) -> str | None:
    return None if name is None else named(cameras, name).id


# ------------------------------------------------------------------ first step: every entry a row

def _list(
    desk: Desk, exhibit_id: str, intakes: dict[bytes, str], roots: Sequence[bytes], cameras: Sequence[Camera],
    chosen: str | None, stated: StatedOf, report: Report,
) -> _Listing:
    listing = _Listing()
    for batch in _batches(walk(roots)):
        with desk.store.transaction() as rows:
            records.lock(rows, desk.case_id)
            before = records.known(rows, desk.case_id, exhibit_id, [seen.location for seen in batch])
            records.add_occurrences(rows, desk.case_id, [{
                "exhibit_id": exhibit_id, "intake_id": intakes[seen.source], "path": seen.path, "location": seen.location,
                "bytes": seen.bytes, "modified_ns": seen.modified_ns, "state": seen.state, "code": seen.code,
                "reason": seen.reason, "camera_id": chosen or _camera_of(cameras, seen.path),
                "stated": _plain(stated(seen.path)),
            } for seen in batch if seen.location not in before])
            after = records.known(rows, desk.case_id, exhibit_id, [seen.location for seen in batch])
            if chosen is not None:
                records.set_camera(rows, desk.case_id, [row.id for row in before.values()], chosen)
            for seen in batch:
                _sort_in(rows, desk, listing, seen, after[seen.location].id, before.get(seen.location))
        report(Step(Stage.WALK, files=len(listing.order), latest=batch[-1].path))
    return listing


def _sort_in(rows: Connection, desk: Desk, listing: _Listing, seen: Seen, occurrence: str, before: Any) -> None:
    """What is to be done with one file seen: nothing more, or a digest."""
    listing.order.append(occurrence)
    if before is not None and before.medium_id is not None:
        same = (before.bytes, before.modified_ns) == (seen.bytes, seen.modified_ns) and before.state is None
        if same or seen.code is not None:
            listing.resumed.append(occurrence)
        else:
            listing.to_hash.append((occurrence, seen))
        return
    if before is not None:
        records.see_again(rows, desk.case_id, occurrence, seen)
    if seen.code is None:
        listing.to_hash.append((occurrence, seen))


def _camera_of(cameras: Sequence[Camera], path: bytes) -> str | None:
    return next((camera.id for camera in cameras if camera.files and names.matches(path, camera.files)), None)


def _plain(stated: Sequence[Any]) -> Any:
    return records.storable([dataclasses.asdict(one) if dataclasses.is_dataclass(one) and not isinstance(one, type) else one
                             for one in stated])


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


# ------------------------------------------------------------------ second step: digests

Hashed = tuple[str, Seen, Digests | Trouble]


def _hash_all(desk: Desk, listing: _Listing, report: Report) -> None:
    progress = _Progress(listing, report)
    waiting: list[Hashed] = []
    written_at = time.monotonic()
    try:
        for occurrence, seen in listing.to_hash:
            progress.latest = seen.path
            waiting.append((occurrence, seen, _try_digest(seen.location, progress.block)))
            progress.files_done += 1
            if len(waiting) == BATCH or time.monotonic() - written_at > BATCH_SECONDS:
                ready, waiting, written_at = waiting, [], time.monotonic()
                _keep(desk, ready)
    finally:                                             # also when interrupted: what is read need not be read again
        _keep(desk, waiting)
    progress.block(0)


class _Progress:
    """Says how far the digests are, block by block."""

    def __init__(self, listing: _Listing, report: Report) -> None:
        self._report = report
        self._files = len(listing.order)
        self._total = sum(seen.bytes or 0 for _, seen in listing.to_hash)
        self._read = 0
        self.files_done = self._files - len(listing.to_hash)
        self.latest = b""

    def block(self, count: int) -> None:
        self._read += count
        self._report(Step(Stage.HASH, self._files, self.files_done, self._read, self._total, self.latest))


def _try_digest(location: bytes, on_block: Callable[[int], None]) -> Digests | Trouble:
    try:
        return digest(location, on_block)
    except Unreadable as trouble:
        state = State.SKIPPED if trouble.code == "special-file" else State.FAILED
        return Trouble(state, trouble.code, trouble.message)


def _keep(desk: Desk, hashed: Sequence[Hashed]) -> None:
    """Write a batch: what was hashed for the first time, what was hashed again, what could not be."""
    if not hashed:
        return
    with desk.store.transaction() as rows:
        records.lock(rows, desk.case_id)
        before = records.contents_of(rows, desk.case_id, [occurrence for occurrence, _, _ in hashed])
        records.set_troubles(rows, desk.case_id, [
            (occurrence, found) for occurrence, _, found in hashed if isinstance(found, Trouble) and occurrence not in before])
        records.tie(rows, desk.case_id, [
            (occurrence, found) for occurrence, _, found in hashed if isinstance(found, Digests) and occurrence not in before])
        for occurrence, seen, found in hashed:
            if isinstance(found, Digests) and occurrence in before:
                _compare(rows, desk, occurrence, seen, found, before[occurrence])


def _compare(rows: Connection, desk: Desk, occurrence: str, seen: Seen, now: Digests, before: bytes) -> None:
    """A file with another size or date than when it was taken in: are its bytes still the same?"""
    if now.sha256 == before:
        records.touch(rows, desk.case_id, occurrence, seen.modified_ns)
        return
    records.set_troubles(rows, desk.case_id, [(occurrence, Trouble(
        State.FAILED, "changed-since-intake",
        "its bytes are no longer those that were taken in; what was found in them stays. "
        "To look at the new content, take it in under another exhibit"))])
    audit.record(rows, action="intake", actor=desk.actor, at=desk.clock.now(), keys=desk.keys, case_id=desk.case_id,
                 outcome="failed", payload={"changed": names.shown(seen.location), "sha256": now.sha256.hex()})


def _fingerprint(rows: Connection, case_id: str, occurrences: Sequence[str]) -> str:
    """SHA-256 over the sorted lines `sha256 location` of these files: one value to compare two intakes by."""
    contents = records.contents(rows, case_id, occurrences)
    lines = sorted(sha256.hex().encode() + b" " + location for sha256, location in contents)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


# ------------------------------------------------------------------ members of archives, custody

def add_members(
    case_id: str, archive: str, members: Sequence[NewMember], *, store: Store,
) -> dict[int, tuple[str, str | None]]:
    """Write members of an archive as occurrences of their own. Returns index → (occurrence, medium or None).

    archive: its occurrence. A member known before keeps its row; one of the same name as another gets its index behind it.
    """
    indices = [member.index for member in members]
    with store.transaction() as rows:
        records.lock(rows, case_id)
        holder = records.occurrence(rows, case_id, archive)
        before = records.members(rows, case_id, archive, indices)
        used = records.paths_used(rows, case_id, holder, [
            path for member in members for path in _member_paths(holder, member)])
        new = []
        for member in members:
            if member.index not in before:
                path = next(path for path in _member_paths(holder, member) if path not in used)
                used.add(path)
                new.append(_member_row(holder, member, path))
        records.add_occurrences(rows, case_id, new)
        after = records.members(rows, case_id, archive, indices)
        records.tie(rows, case_id, [
            (after[member.index].id, member.digests) for member in members
            if member.digests is not None and after[member.index].medium_id is None])
        after = records.members(rows, case_id, archive, indices)
    return {index: (row.id, row.medium_id) for index, row in after.items()}


def _member_paths(holder: Any, member: NewMember) -> tuple[bytes, ...]:
    """The member's path; then what takes its place where an equal name, or a member of an archive so named, has it."""
    path, index = bytes(holder.path) + names.MEMBER + member.name, str(member.index).encode()
    return path, path + names.MEMBER + index, path + names.MEMBER * 2 + index, path + names.MEMBER * 3 + index


def _member_row(holder: Any, member: NewMember, path: bytes) -> dict[str, Any]:
    trouble = member.trouble
    return {
        "exhibit_id": holder.exhibit_id, "intake_id": holder.intake_id, "path": path, "location": holder.location,
        "member_of": holder.id, "member": member.index, "bytes": member.bytes, "modified_ns": None,
        "camera_id": holder.camera_id, "stated": _plain(member.stated),
        "state": trouble.state if trouble else None, "code": trouble.code if trouble else None,
        "reason": trouble.reason if trouble else None,
    }


def custody(rows: Connection, case_id: str, medium_id: str) -> list[Custody]:
    """Who took in this medium, when and from where, with which digests; one entry for each file that holds it."""
    return records.custody(rows, case_id, medium_id)
