"""A case's templates as one matrix, up to date: from the disk where nothing has changed, else made anew.

How a change is noticed, also with a million templates, without reading them: whoever changes a template, or which run of the
face look counts, leaves a row in `gallery_change` in the same transaction (a trigger: no way around it). Making the matrices of
a case takes, in one snapshot, all those rows away and leaves one of its own, whose id is the version. So the matrices are up to
date as long as that row stands alone, and asking is one look into an index.
"""
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sqlalchemy import Connection, Row, text

from sporhund.audit.keys import Keys
from sporhund.gallery import files, records
from sporhund.gallery.model import FloatArray, Gallery, Ids, IntArray
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def opened(case_id: str, pack: str, *, store: Store, keys: Keys) -> Gallery:
    """The gallery of this case and pack as it stands now. Raises EnvironmentFault (`cannot-write`, `database-down`, ...)."""
    return _kept(case_id, pack, store, keys) or _made(case_id, pack, store, keys)


def forget(case_id: str, *, store: Store) -> None:
    """Delete the matrices of a case, after its templates went for good: call it once that is committed.

    Whoever is making some now is waited for: what they had read before is not left behind. Raises EnvironmentFault
    `cannot-write`.
    """
    with store.holding(_lock(case_id)):
        files.remove(store.settings, case_id)


def packs(rows: Connection, case_id: str) -> list[str]:
    """Packs of which the case has templates, the newest last."""
    return records.packs(rows, case_id)


def _kept(case_id: str, pack: str, store: Store, keys: Keys) -> Gallery | None:
    with store.reader() as rows:
        version = records.version(rows, case_id)
    return files.read(store.settings, case_id, pack, version, keys.for_case(case_id)) if version else None


def _made(case_id: str, pack: str, store: Store, keys: Keys) -> Gallery:
    """Make the matrices of every pack of the case: one row tells of all of them. One process at a time."""
    with store.holding(_lock(case_id)):
        kept = _kept(case_id, pack, store, keys)   # somebody else was faster
        if kept is not None:
            return kept
        with store.transaction() as rows:
            # One snapshot: what is committed while we read leaves a row that we do not see, and does not take away.
            rows.execute(text("set transaction isolation level repeatable read"))
            version = new_id("g")
            key = keys.for_case(case_id)
            for other in records.packs(rows, case_id):
                if other != pack:
                    files.write(store.settings, _collected(rows, case_id, other, version), key)
            gallery = _collected(rows, case_id, pack, version)
            files.write(store.settings, gallery, key)
            records.settle(rows, case_id, version)
    return gallery


def _collected(rows: Connection, case_id: str, pack: str, version: str) -> Gallery:
    """The templates that count, read block by block straight to their place: a million of them are never there twice."""
    room = records.count(rows, case_id, pack)
    vectors = np.zeros((0, 0), np.float32)
    media: dict[str, int] = {}
    blocks = [_Block.of([], media)]
    filled = 0
    for batch in records.templates(rows, case_id, pack):
        if not filled:
            vectors = np.empty((room, len(batch[0].vector) // 4), np.float32)
        joined = b"".join(row.vector for row in batch)
        vectors[filled:filled + len(batch)] = np.frombuffer(joined, "<f4").reshape(len(batch), -1)
        filled += len(batch)
        blocks.append(_Block.of(batch, media))
    tracks = np.concatenate([block.tracks for block in blocks])
    return Gallery(
        case_id, pack, version, tracks, _ids(list(media)), np.concatenate([block.medium_row for block in blocks]),
        vectors[:filled], np.concatenate([block.width_px for block in blocks]),
        np.concatenate([block.sharpness for block in blocks]), _digest(tracks, vectors[:filled]))


@dataclass(frozen=True, slots=True)
class _Block:
    """All but the vectors of some rows."""

    tracks: Ids
    medium_row: IntArray
    width_px: FloatArray
    sharpness: FloatArray

    @classmethod
    def of(cls, rows: Sequence[Row[Any]], media: dict[str, int]) -> Self:
        """media: place of each medium met so far; new ones are added."""
        return cls(
            _ids([row.track_id for row in rows]),
            np.array([media.setdefault(row.medium_id, len(media)) for row in rows], np.int32),
            np.array([row.width_px or 0.0 for row in rows], np.float32),
            np.array([row.sharpness or 0.0 for row in rows], np.float32))


def _digest(tracks: Ids, vectors: FloatArray) -> str:
    whole = hashlib.sha256(tracks.tobytes())
    whole.update(vectors.reshape(-1).view(np.uint8).data if vectors.size else b"")
    return whole.hexdigest()


def _ids(ids: Sequence[str]) -> Ids:
    return np.array([one.encode() for one in ids], None if ids else "S1")


def _lock(case_id: str) -> int:
    """An advisory lock's number, of the case."""
    return int.from_bytes(hashlib.sha256(b"gallery " + case_id.encode()).digest()[:8], "big", signed=True)
