"""Files that come through the browser: streamed to disk, hashed on the way, kept as originals once they are whole.

Sporhund has the only copy of them. A part lies beside the batches and is moved into its batch when every announced byte has
come and is on the disk; so a batch holds whole files only, however its server ends.
"""
import contextlib
import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Refused, Unreadable, WrongUsage
from sporhund.evidence.names import shown
from sporhund.settings import Settings
from sporhund.store.ids import new_id
from sporhund.store.service import Store
from sporhund.work import rules
from sporhund.work import upload_records as records
from sporhund.work.model import Came, Upload

SPARE_BYTES = 500_000_000
"""Room that stays free for the database: an upload that would need it is refused before it begins."""
LOOK_EVERY = 64_000_000
"""Bytes of a file after which it is looked whether that room is still free: others write to this disk too."""
_BATCH = re.compile(r"b_[0-9a-z]{10,40}")
PARTS = ".receiving"
_AGAIN = "Send this file again: what had come of it was removed."


def new_batch() -> str:
    """Files that are sent together carry the same one."""
    return new_id("b")


def begin(
    case_id: str, batch: str, name: bytes, size: int, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Upload:
    """A file of so many bytes is announced. `receive` takes its bytes.

    Raises WrongUsage `bad-name`, `bad-size`, `bad-batch`; Refused `name-taken`; EnvironmentFault `disk-full`.
    """
    checked = rules.check_name(name)
    if size < 0:
        raise WrongUsage("bad-size", "A file has no such size.")
    if not _BATCH.fullmatch(batch):
        raise WrongUsage("bad-batch", "There is no such batch of uploads.", "Begin the upload again.")
    with gate.act("upload", action="upload begin", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  batch=batch, file=shown(checked), bytes=size) as doing:
        if any(one.state is not Came.BROKEN for one in records.named(doing.rows, case_id, batch, checked)):
            raise Refused("name-taken", "A file of this name is in this upload already.", "Send it in an upload of its own.")
        _require_room(doing.rows, store.settings, size)
        upload = Upload(new_id("up"), case_id, batch, checked, size, 0, None, Came.RECEIVING, actor.mark, doing.at)
        records.add(doing.rows, upload)
        doing.tell(upload=upload.id)
        return upload


def _require_room(rows: Connection, settings: Settings, size: int) -> None:
    """Room for this file and for what is still to come of all others. One announcement looks after the other."""
    coming = sum(max(one.size - _lying(part_of(settings, one)), 0) for one in records.all_receiving(rows))
    free = shutil.disk_usage(settings.home).free        # after the parts: what came in between counts twice, not never
    if size + coming + SPARE_BYTES > free:
        raise _disk_full(f"{size:,} bytes were announced and {coming:,} of other files are still to come, {free:,} are free "
                         "where uploads are kept")


def _require_spare(settings: Settings) -> None:
    free = shutil.disk_usage(settings.home).free
    if free < SPARE_BYTES:
        raise _disk_full(f"only {free:,} bytes are free where uploads are kept")


def _lying(part: Path) -> int:
    """Bytes that are on the disk already."""
    try:
        return part.lstat().st_size
    except FileNotFoundError:
        return 0


def _disk_full(said: str) -> EnvironmentFault:
    return EnvironmentFault("disk-full", f"There is no room for this file: {said}.",
                            "Make room on the server's disk, then send it again. What was whole before is kept.")


@contextlib.contextmanager
def receive(case_id: str, upload_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Iterator["Receiving"]:
    """Within: `take` the bytes as they come. At the end the file is whole and kept, or broken and removed, and its row says so.

    Raises WrongUsage `unknown-upload`; Refused `upload-over`, `upload-under-way`; at the end Unreadable `upload-cut` where fewer
    bytes came than were announced; EnvironmentFault `disk-full`. What is raised inside breaks the upload, and goes on.
    """
    gate.check("upload", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor)
    into = Receiving(_still_coming(case_id, upload_id, store), store, keys, clock, actor)
    try:
        yield into
        into.finish()
    except BaseException as fault:
        into.broken(fault)
        if isinstance(fault, OSError):
            raise translated(fault) from fault
        raise
    finally:
        into.close()


def _still_coming(case_id: str, upload_id: str, store: Store) -> Upload:
    """Raises WrongUsage `unknown-upload`, Refused `upload-over`."""
    with store.reader() as rows:
        upload = records.of(rows, case_id, upload_id)
    if upload is None:
        raise WrongUsage("unknown-upload", "There is no such upload in this case.", "Begin it again.")
    if upload.state is not Came.RECEIVING:
        raise Refused("upload-over", f"This upload is {upload.state} already.", "Begin it again.")
    return upload


class Receiving:
    """One file while it comes. One owner; `take` may be called in any thread, one after the other."""

    def __init__(self, upload: Upload, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
        self.upload = upload
        self._store, self._keys, self._clock, self._actor = store, keys, clock, actor
        self._hash = hashlib.sha256()
        self._part = part_of(store.settings, upload)
        try:
            _make(self._part.parent)
            self._file = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise translated(fault) from fault
        try:
            self._hold()
            os.ftruncate(self._file, 0)
        except BaseException:
            os.close(self._file)
            raise

    def _hold(self) -> None:
        """The part is ours until we close it, and nothing but a part. Raises Refused `upload-under-way`, `upload-over`.

        Another sender may have ended between our opening and our lock: what we opened is then the original of a whole file
        (its place is a hard link to the part), or we made a part anew that nobody waits for.
        """
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)      # let go however this process ends: see `tidy`
        except BlockingIOError as fault:
            raise Refused("upload-under-way", "This file is being received already.", "Wait until that has ended.") from fault
        if not _is_only(self._part, os.fstat(self._file)):
            raise Refused("upload-over", "This upload is over already.", "Begin it again.")
        try:
            _still_coming(self.upload.case_id, self.upload.id, self._store)
        except (Refused, WrongUsage):
            self._part.unlink(missing_ok=True)
            raise

    @property
    def received(self) -> int:
        """Bytes so far."""
        return self.upload.received

    def take(self, block: bytes) -> None:
        """The next bytes. Raises Unreadable `upload-longer`, EnvironmentFault `disk-full`, OSError."""
        count = self.upload.received + len(block)
        if count > self.upload.size:
            raise Unreadable("upload-longer", f"{shown(self.upload.name)}: more came than the {self.upload.size:,} bytes that "
                             "were announced; the file changed while it was sent.", _AGAIN)
        if count // LOOK_EVERY > self.upload.received // LOOK_EVERY:
            _require_spare(self._store.settings)
        view = memoryview(block)
        while view:
            view = view[os.write(self._file, view):]
        self._hash.update(block)
        self.upload = replace(self.upload, received=count)

    def finish(self) -> None:
        """Every byte is on the disk under its name, and the row says what came. Raises Unreadable `upload-cut`, OSError."""
        upload = self.upload
        if upload.received != upload.size:
            raise Unreadable(
                "upload-cut", f"{shown(upload.name)}: {upload.received:,} of {upload.size:,} bytes came.", _AGAIN)
        os.fsync(self._file)
        os.fchmod(self._file, 0o400)
        whole = replace(upload, sha256=self._hash.digest(), state=Came.WHOLE)
        with gate.act("upload", action="upload whole", case_id=upload.case_id, store=self._store, keys=self._keys,
                      clock=self._clock, actor=self._actor, upload=upload.id, batch=upload.batch, file=shown(upload.name),
                      bytes=upload.size, sha256=self._hash.hexdigest()) as doing:
            if not records.end(doing.rows, upload, state=Came.WHOLE, received=upload.size, sha256=whole.sha256):
                raise Refused("upload-over", "This upload is over already.", "Begin it again.")
            _place(self._part, place_of(self._store.settings, upload))
        self.upload = whole
        self._part.unlink(missing_ok=True)     # only now: while it is there, its server may have died before the row was kept

    def broken(self, why: BaseException) -> None:
        """The row says how much had come; then the part is removed."""
        with self._store.transaction() as rows:
            if records.end(rows, self.upload, state=Came.BROKEN, received=self.upload.received):
                audit.record(rows, action="upload broken", actor=self._actor, at=self._clock.now(), keys=self._keys,
                             case_id=self.upload.case_id, outcome="failed", payload={
                                 "upload": self.upload.id, "file": shown(self.upload.name), "received": self.upload.received,
                                 "bytes": self.upload.size, "why": getattr(why, "code", type(why).__name__)})
                take_back(self._part, place_of(self._store.settings, self.upload))
        self._part.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def _is_only(part: Path, opened: os.stat_result) -> bool:
    """The opened file lies under this name, and under no other."""
    try:
        return opened.st_nlink == 1 and os.path.samestat(opened, part.lstat())
    except FileNotFoundError:
        return False


def _make(folder: Path) -> None:
    """A folder that nobody else enters, and those above it that are not there: mkdir gives the mode to the last one only."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _place(part: Path, final: Path) -> None:
    """The part under its name, over nothing; the folders that say so are on the disk."""
    try:
        _make(final.parent)
        os.link(part, final)
    except (FileExistsError, NotADirectoryError) as fault:
        raise Refused("name-taken", "A file or a folder of this name is in this upload already.",
                      "Send it in an upload of its own.") from fault
    for folder in (final.parent, *final.parent.parents):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == part.parent.parent:
            return


def translated(fault: OSError) -> EnvironmentFault:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full("the disk is full")
    return EnvironmentFault("cannot-write", f"The file cannot be kept: {fault.strerror}.", "Check the server's disk.")


def list_batch(case_id: str, batch: str, *, store: Store) -> list[Upload]:
    """The files of a batch by name, each with how it stands. For whoever may open the case."""
    with store.reader() as rows:
        return records.batch(rows, case_id, batch)


def show(case_id: str, upload_id: str, *, store: Store) -> Upload:
    """Raises WrongUsage `unknown-upload`."""
    with store.reader() as rows:
        found = records.of(rows, case_id, upload_id)
    if found is None:
        raise WrongUsage("unknown-upload", "There is no such upload in this case.", "Look at the list again.")
    return found


def folder(case_id: str, batch: str, *, store: Store) -> tuple[bytes, int]:
    """The folder of a batch, to be taken in, and how many of its files never came and are left out.

    Raises WrongUsage `unknown-batch`, Refused `upload-under-way`.
    """
    came = list_batch(case_id, batch, store=store)
    coming = sum(one.state is Came.RECEIVING for one in came)
    if coming:
        raise Refused("upload-under-way", f"{coming} files of this upload are still coming.",
                      "Wait until they are here, or say of those that are not sent any more that they will not come.")
    if not any(one.state is Came.WHOLE for one in came):
        raise WrongUsage("unknown-batch", "There is no whole file in this upload.", "Send the files again.")
    return os.fsencode(store.settings.uploads / case_id / batch), len(left_out(came))


def left_out(came: Sequence[Upload]) -> set[bytes]:
    """Names of a batch that were announced and of which no whole file is there."""
    return {one.name for one in came} - {one.name for one in came if one.state is Came.WHOLE}


def part_of(settings: Settings, upload: Upload) -> Path:
    """Where an upload lies while it comes."""
    return settings.uploads / upload.case_id / PARTS / upload.id


def place_of(settings: Settings, upload: Upload) -> Path:
    """Where an upload lies once it is whole."""
    return settings.uploads / upload.case_id / upload.batch / os.fsdecode(upload.name)


def held(settings: Settings) -> tuple[int, int]:
    """(files, bytes) of all whole uploads of a home: originals that no backup of it holds."""
    sizes: list[int] = []
    for folder, below, names in os.walk(settings.uploads):
        below[:] = [name for name in below if name != PARTS]
        for name in names:
            with contextlib.suppress(FileNotFoundError):          # its case was erased while we looked
                sizes.append(Path(folder, name).lstat().st_size)
    return len(sizes), sum(sizes)


def take_back(part: Path, final: Path) -> None:
    """What was placed in a transaction that never ended was never whole."""
    if final.exists() and final.samefile(part):
        final.unlink()
