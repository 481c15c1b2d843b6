"""Galleries on disk: sealed with the case's key, in blocks that open straight into memory, replaced as a whole.

A file holds records, each its length (8 bytes) and a sealed blob. The first is the head; then come the arrays, cut into blocks
of some 16 MB. Each blob is bound to its case, pack, version, array and place, so that none can be moved, swapped, left out or
taken from an older file unseen. What does not open is as good as not there: the matrix is derived and made anew.
"""
import contextlib
import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from sporhund.audit.keys import CannotOpen, Key
from sporhund.errors import EnvironmentFault
from sporhund.gallery.model import Gallery
from sporhund.settings import Settings
from sporhund.store.ids import new_id

BLOCK = 16 << 20
_LENGTH = struct.Struct("<Q")
_OVERHEAD = 29           #: form byte, nonce and tag of one sealed blob
_HEAD_MOST = 1 << 16
_ARRAYS = ("tracks", "media", "medium_row", "width_px", "sharpness", "vectors")


class _Head(msgspec.Struct, frozen=True):
    """What the arrays are: name -> (type, shape)."""

    version: str
    digest: str
    arrays: dict[str, tuple[str, tuple[int, ...]]]


def write(settings: Settings, gallery: Gallery, key: Key) -> None:
    """Put this gallery in the place of the one before. Raises EnvironmentFault `cannot-write`, `disk-full`."""
    folder = settings.matrices / gallery.case_id
    unfinished = folder / f".{new_id('m')}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            for blob in _sealed(gallery, key):
                file.write(_LENGTH.pack(len(blob)))
                file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(_path(settings, gallery.case_id, gallery.pack))
    except OSError as fault:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        said = f"The matrix of templates cannot be written to {folder}: {fault.strerror}."
        raise EnvironmentFault("cannot-write", said, "Check the disk and the owner.") from fault


def read(settings: Settings, case_id: str, pack: str, version: str, key: Key) -> Gallery | None:
    """The gallery of this version; None where there is none, or what lies there is another, damaged or not ours."""
    try:
        with open(_path(settings, case_id, pack), "rb", buffering=0) as file:
            head = _head(file, case_id, pack, key)
            if head.version != version:
                return None
            place = f"{case_id}/{pack}/{version}"
            arrays = {name: _array(file, *head.arrays[name], f"{place}/{name}", key) for name in _ARRAYS}
    except (OSError, EOFError, CannotOpen, msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return None   # derived: whoever asked makes it anew
    return Gallery(case_id, pack, version, digest=head.digest, **arrays)


def remove(settings: Settings, case_id: str) -> None:
    """Delete every gallery of a case, if there is any. Raises EnvironmentFault `cannot-write`."""
    folder = settings.matrices / case_id
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as fault:
        said = f"The matrices of templates in {folder} cannot be deleted: {fault.strerror}."
        raise EnvironmentFault("cannot-write", said, "Check the disk and the owner.") from fault


def _path(settings: Settings, case_id: str, pack: str) -> Path:
    return settings.matrices / case_id / f"{pack}.matrix"


def _purpose(*place: object) -> bytes:
    return ("matrix " + "/".join(map(str, place))).encode()


def _sealed(gallery: Gallery, key: Key) -> Iterator[bytes]:
    arrays: dict[str, NDArray[Any]] = {name: getattr(gallery, name) for name in _ARRAYS}
    head = _Head(gallery.version, gallery.digest, {name: (array.dtype.str, array.shape) for name, array in arrays.items()})
    yield key.encrypt(msgspec.json.encode(head), _purpose(gallery.case_id, gallery.pack))
    for name, array in arrays.items():
        plain = _bytes(array)
        count = -(-len(plain) // BLOCK)
        for index in range(count):
            block = bytes(plain[index * BLOCK:(index + 1) * BLOCK])
            yield key.encrypt(block, _purpose(gallery.case_id, gallery.pack, gallery.version, name, index, count))


def _head(file: BinaryIO, case_id: str, pack: str, key: Key) -> _Head:
    (length,) = _LENGTH.unpack(_exactly(file, bytearray(_LENGTH.size)))
    if length > _HEAD_MOST:
        raise ValueError("no head is so long")
    plain = key.decrypt(bytes(_exactly(file, bytearray(length))), _purpose(case_id, pack))
    return msgspec.json.decode(plain, type=_Head)


def _array(file: BinaryIO, kind: str, shape: tuple[int, ...], place: str, key: Key) -> NDArray[Any]:
    """One array, decrypted block by block into memory that is there."""
    array: NDArray[Any] = np.empty(shape, np.dtype(kind))
    plain = _bytes(array)
    count = -(-len(plain) // BLOCK)
    sealed = memoryview(bytearray(min(len(plain), BLOCK) + _OVERHEAD))
    for index in range(count):
        target = plain[index * BLOCK:(index + 1) * BLOCK]
        (length,) = _LENGTH.unpack(_exactly(file, bytearray(_LENGTH.size)))
        if length != len(target) + _OVERHEAD:
            raise ValueError("a block of another length")
        blob = _exactly(file, sealed[:length])
        key.decrypt_into(blob, _purpose(place, index, count), target)
    return array


def _bytes(array: NDArray[Any]) -> memoryview:
    """The array's own memory as bytes; of none where it is empty (a memoryview cannot be cast over a zero in its shape)."""
    return array.reshape(-1).view(np.uint8).data if array.size else memoryview(bytearray())


def _exactly(file: BinaryIO, target: Any) -> memoryview:
    """The next bytes, filling target. Raises EOFError where the file ends before."""
    view, done = memoryview(target), 0
    while done < len(view):
        count = file.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        done += count
    return view
