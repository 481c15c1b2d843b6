"""What passes between a parent and its workers: a few fixed headers and opaque bytes, never pickled objects.

To the worker: one TASK header with descriptors beside it: the first holds the request, the others are the task's files.
From the worker: HEADER (what, length), then that many bytes. A worker may be in hostile hands, so its parent checks both.
"""
import struct
from enum import IntEnum

TASK = struct.Struct("<d")      # seconds of wall time that the parent allows
HEADER = struct.Struct("<BQ")   # Said, length of what follows
FILES = 32                      #: most descriptors with one task
REPLY_BYTES = 256 << 20         #: longest reply
NOTE_BYTES = 64 << 10           #: longest of the other messages


class Said(IntEnum):
    CONFINED = 1    #: once, before anything is loaded: the level reached, as JSON
    READY = 2       #: once: the target is loaded
    DONE = 3        #: the reply to a task
    ERROR = 4       #: the target raised: one line
    MEMORY = 5      #: the target ran into its limit: one line


class Malformed(Exception):
    """The worker sent what no worker sends."""


def read_header(raw: bytes) -> tuple[Said, int]:
    """What a worker is about to say and how long it is. Raises Malformed."""
    kind, length = HEADER.unpack(raw)
    if kind not in Said.__members__.values():
        raise Malformed(f"message of unknown kind {kind}")
    said = Said(kind)
    if length > (REPLY_BYTES if said is Said.DONE else NOTE_BYTES):
        raise Malformed(f"{said.name.lower()} of {length} bytes")
    return said, length


def one_line(text: str, limit: int = 300) -> str:
    """The first line with content, without control characters: safe to log and to show."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "".join(c if c.isprintable() else "?" for c in (lines[0].strip() if lines else ""))[:limit]
