"""The nouns of background work: what was asked for, how it stands, and what was uploaded for it."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sporhund.actor import Actor


class State(StrEnum):
    """How a work stands."""

    WAITING = "waiting"        #: for its turn
    RUNNING = "running"
    PAUSED = "paused"          #: by a person; goes on when a person says so
    CANCELLED = "cancelled"    #: by a person; what was finished is kept
    DONE = "done"
    FAILED = "failed"          #: as a whole, with its reason; single files that fail do not fail the work


class Wish(StrEnum):
    """What a person wants of a work that runs; its runner does it within seconds."""

    PAUSE = "pause"
    CANCEL = "cancel"


class Kind(StrEnum):
    """What kind of work it is."""

    ANALYSE = "analyse"
    TRAINING = "training"      #: make the training case's material, look through it, compare its faces


@dataclass(frozen=True, slots=True)
class Focus:
    """What is looked at first."""

    around: str                      #: ISO 8601; without a zone: UTC
    within_s: float = 1800.0
    camera: str | None = None        #: its name; None: of any camera


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for."""

    kind: Kind = Kind.ANALYSE
    paths: tuple[bytes, ...] = ()
    exhibit: str | None = None       #: its label; None: the name of the first path
    mode: str = "normal"             #: quick | normal | thorough
    find: tuple[str, ...] = ()       #: kinds to look for; empty: all that there are
    pack: str = "base"
    camera: str | None = None        #: the files are of this camera
    focus: Focus | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of background work."""

    id: str
    case_id: str
    asked: Asked
    state: State
    wish: Wish | None
    place: float                                          #: order among those that wait, least first
    by: str                                               #: mark of whoever asked
    actor: Actor                                          #: whoever asked, as they were then
    at: datetime
    started_at: datetime | None = None                    #: when it last began
    ended_at: datetime | None = None
    progress: Mapping[str, Any] | None = None             #: fields of review.progress.Progress, as last told
    outcome: Mapping[str, Any] | None = field(default=None)   #: what it came to, without lists of files
    code: str | None = None                               #: why it failed
    reason: str | None = None


class Came(StrEnum):
    """How an upload stands."""

    RECEIVING = "receiving"
    WHOLE = "whole"            #: every announced byte came; it is kept as an original
    BROKEN = "broken"          #: it was cut off: what had come was removed, `received` says how much that was


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes, or came, through the browser."""

    id: str
    case_id: str
    batch: str                 #: sent together, taken in as one folder
    name: bytes                #: path below the batch
    size: int                  #: bytes announced
    received: int
    sha256: bytes | None       #: of a whole one
    state: Came
    by: str
    at: datetime
