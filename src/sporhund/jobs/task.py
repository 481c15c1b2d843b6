"""What a worker is given and how it ended."""
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use."""

    memory_mb: int = 1200       #: resident memory; the address space is limited too, with room for the libraries
    recycle_after: int = 300    #: tasks, then a fresh process takes over
    start_seconds: float = 120  #: until the target is loaded


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. A worker knows its bytes and its descriptors, nothing else."""

    key: str
    request: bytes
    seconds: float                    #: wall time allowed, counted from the moment it is sent
    files: Callable[[], list[int]]    #: opens descriptors just before sending, files read-only; the parent then closes its copies


class Ending(StrEnum):
    DONE = "done"         #: the reply is there
    ERROR = "error"       #: the target raised, or the files could not be opened
    CRASHED = "crashed"   #: the process ended by a signal, by itself, or talked nonsense
    TIMEOUT = "timeout"   #: over its time; killed
    MEMORY = "memory"     #: over its memory; killed, or it gave up itself


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one task ended."""

    key: str
    ending: Ending
    reply: bytes          #: what the target returned; empty unless DONE. From a process that read hostile bytes: check it
    detail: str           #: one line, empty if DONE: type and message, or the signal by name
    seconds: float        #: wall time since it was sent
    peak_mb: float        #: most resident memory seen while it ran
