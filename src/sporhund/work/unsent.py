"""Uploads that nobody sends any more: cut off with their server, announced and never sent, given up by a person."""
import fcntl
import logging
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import shown
from sporhund.store.service import Store
from sporhund.work import upload_records as records
from sporhund.work.model import Came, Upload
from sporhund.work.uploads import PARTS, part_of, place_of, take_back, translated

log = logging.getLogger("sporhund.work")

NOT_COMING = timedelta(minutes=5)
"""A file that was announced so long ago, and that nobody receives, will not come: its page was closed, its machine went off."""


def tidy(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> int:
    """Uploads that were cut off with their server, or never sent, are broken; what had come of them is removed; how many."""
    hands = _Hands(store, keys, clock, actor)
    return sum([_tidied(part, hands) for part in store.settings.uploads.glob(f"*/{PARTS}/*")]) + _let_go(hands)


def let_go(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> int:
    """Uploads that were announced some minutes ago and that nobody receives are broken: their batch waits for them no more."""
    return _let_go(_Hands(store, keys, clock, actor))


@dataclass(frozen=True)
class _Hands:
    store: Store
    keys: Keys
    clock: Clock
    actor: Actor


def _let_go(hands: _Hands) -> int:
    with hands.store.reader() as rows:
        late = records.receiving(rows, before=hands.clock.now() - NOT_COMING)
    return sum([_tidied(part_of(hands.store.settings, one), hands) or _never_came(one, hands) for one in late])


def _never_came(upload: Upload, hands: _Hands) -> bool:
    """Nothing of it ever lay here."""
    if os.path.lexists(part_of(hands.store.settings, upload)):
        return False                        # it is being received, or cannot be tidied
    with hands.store.transaction() as rows:
        return _broke(rows, upload, 0, "not-coming", hands)


def _tidied(part: Path, hands: _Hands) -> bool:
    """What nobody receives any more is removed. What is no part of ours is left, and told on the server's terminal."""
    try:
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:               # it ended in between
        return False
    except OSError as fault:
        log.warning("%s cannot be tidied: %s", part, fault.strerror)
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with hands.store.transaction() as rows:
            upload = records.of(rows, part.parent.parent.name, part.name)
            if upload is not None and _broke(rows, upload, _came(handle, upload), "cut-off", hands):
                take_back(part, place_of(hands.store.settings, upload))
        part.unlink(missing_ok=True)
    except BlockingIOError:                 # somebody receives it
        return False
    except OSError as fault:
        log.warning("%s cannot be tidied: %s", part, fault.strerror)
        return False
    finally:
        os.close(handle)
    return True


def _broke(rows: Connection, upload: Upload, received: int, why: str, hands: _Hands) -> bool:
    """The row says that it did not come, and the log too; False: somebody has said how it ended already."""
    if not records.end(rows, upload, state=Came.BROKEN, received=received):
        return False
    audit.record(rows, action="upload broken", actor=hands.actor, at=hands.clock.now(), keys=hands.keys, case_id=upload.case_id,
                 outcome="failed", payload={"upload": upload.id, "file": shown(upload.name), "received": received,
                                            "bytes": upload.size, "why": why})
    return True


def _came(handle: int, upload: Upload) -> int:
    return min(os.fstat(handle).st_size, upload.size)


def give_up(case_id: str, upload_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Upload:
    """A file that was announced will not come; what had come of it before its sender went is removed.

    Raises WrongUsage `unknown-upload`, Refused `upload-under-way`.
    """
    with gate.act("upload", action="upload given up", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  upload=upload_id) as doing:
        upload = records.of(doing.rows, case_id, upload_id, locked=True)     # else it could be whole before we remove it
        if upload is None:
            raise WrongUsage("unknown-upload", "There is no such upload in this case.", "Look at the list again.")
        if upload.state is Came.RECEIVING:
            doing.tell(file=shown(upload.name), bytes=upload.size)
            lay = part_of(store.settings, upload), place_of(store.settings, upload)
            records.end(doing.rows, upload, state=Came.BROKEN, received=_drop(*lay, upload))
        return records.of(doing.rows, case_id, upload_id) or upload


def _drop(part: Path, final: Path, upload: Upload) -> int:
    """Remove what lies here of an upload that nobody receives; so many bytes had come. Raises Refused `upload-under-way`."""
    try:
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    except OSError as fault:
        raise translated(fault) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        take_back(part, final)
        part.unlink(missing_ok=True)
        return _came(handle, upload)
    except BlockingIOError as fault:
        raise Refused("upload-under-way", "This file is being received.", "Wait until that has ended.") from fault
    finally:
        os.close(handle)
