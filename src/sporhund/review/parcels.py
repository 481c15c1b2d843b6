"""Members of archives on their way through a pipe, one after the other: written by a worker, read by its parent.

Each member is any number of DATA frames and then one END, or one FAILED with the reason. The worker may be in hostile
hands: the reader bounds every length, and knows beforehand how many members there are and how large each may be.
"""
import os
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from sporhund.errors import Unreadable
from sporhund.review.messages import Failed

DATA, END, FAILED = 1, 2, 3
BLOCK = 1 << 20            #: longest piece of a member in one frame
REASON = 4096              #: longest reason, encoded
_HEADER = struct.Struct("<BI")
_failed = msgspec.msgpack.Decoder(Failed)


class Malformed(Exception):
    """What came through the pipe is not what a worker sends."""


def send(fd: int, members: Iterable[Iterator[bytes]]) -> int:
    """Write each member's blocks, or why it cannot be read; gives the number of members. Raises OSError: nobody listens."""
    number = 0
    for blocks in members:
        try:
            for block in blocks:
                for at in range(0, len(block), BLOCK):
                    _write(fd, DATA, block[at:at + BLOCK])
        except Unreadable as exc:
            _write(fd, FAILED, msgspec.msgpack.encode(Failed(exc.code[:100], exc.message[:500])))
        else:
            _write(fd, END, b"")
        number += 1
    return number


def receive(source: BinaryIO, most: int) -> Iterator[bytes]:
    """The blocks of the next member, of at most `most` bytes in all.

    Raises Unreadable where the worker could not read it, EOFError where the worker ended, Malformed where it talks nonsense.
    """
    total = 0
    while True:
        kind, length = _HEADER.unpack(_exactly(source, _HEADER.size))
        if kind == END and not length:
            return
        if kind == FAILED and length <= REASON:
            raise _reason(_exactly(source, length))
        if kind != DATA or not 0 < length <= BLOCK:
            raise Malformed(f"a frame of kind {kind} with {length} bytes")
        total += length
        if total > most:
            raise Malformed(f"a member of more than {most} bytes")
        yield _exactly(source, length)


def _reason(raw: bytes) -> Unreadable:
    try:
        said = _failed.decode(raw)
    except msgspec.MsgspecError as exc:
        raise Malformed("a reason that is none") from exc
    return Unreadable(said.code, said.reason)


def _exactly(source: BinaryIO, length: int) -> bytes:
    found = source.read(length)
    if len(found) < length:
        raise EOFError
    return found


def _write(fd: int, kind: int, content: bytes) -> None:
    view = memoryview(_HEADER.pack(kind, len(content)) + content)
    while view:
        view = view[os.write(fd, view):]
