"""Nouns of intake, accounts, custody and cameras."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What became of one file seen. Every file has exactly one."""

    ANALYSED = "analysed"
    PARTLY = "partly"          #: a part could not be read, or a look failed
    DUPLICATE = "duplicate"    #: the same bytes lie elsewhere in the case and are analysed there
    SKIPPED = "skipped"        #: not a medium, or not followed by policy
    FAILED = "failed"          #: should have been read and could not
    WAITING = "waiting"        #: its turn has not come


class Stage(StrEnum):
    """How far an intake is."""

    WALK = "walk"
    HASH = "hash"


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing met on the walk. Without a code it is a regular file that can be hashed."""

    source: bytes              #: absolute path of the source under which it lies
    path: bytes                #: below the source; a source that is a file itself gives its name
    location: bytes            #: absolute
    bytes: int | None = None
    modified_ns: int | None = None
    state: State | None = None  #: failed or skipped; None: to be hashed
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Digests:
    """Three digests of one content, from one reading."""

    sha256: bytes
    sha1: bytes
    md5: bytes
    bytes: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a file got no digest: recorded, the next one goes on."""

    state: State
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """How far an intake is: shown while it runs."""

    stage: Stage
    files: int = 0             #: seen so far
    files_done: int = 0        #: with a digest or a reason
    bytes_done: int = 0
    bytes_total: int = 0       #: to be read in all, as far as known
    latest: bytes = b""        #: the path worked on


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in gave."""

    exhibit_id: str
    intake_ids: tuple[str, ...]
    occurrences: tuple[str, ...]   #: of this exhibit, seen in this intake, in the order of the walk
    resumed: tuple[str, ...]       #: of these: known before, unchanged, not hashed again


@dataclass(frozen=True, slots=True)
class Exhibit:
    id: str
    label: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Custody:
    """Who took in one occurrence of a medium, when, from where."""

    exhibit: str
    path: bytes
    location: bytes
    taken_in_by: str
    assurance: str
    host: str
    at: datetime
    source: bytes
    sha256: bytes
    sha1: bytes
    md5: bytes
    bytes: int
    original: bool


@dataclass(frozen=True, slots=True)
class VideoSeconds:
    """Seconds of video: total = decoded + unread + waiting, always."""

    total: float = 0.0
    decoded: float = 0.0
    unread: float = 0.0
    waiting: float = 0.0
    decoded_frames: int = 0
    sampled_frames: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every file: seen = the sum of all states, always."""

    seen: int = 0
    analysed: int = 0
    partly: int = 0
    duplicate: int = 0
    skipped: int = 0
    failed: int = 0
    waiting: int = 0
    video: VideoSeconds = VideoSeconds()


@dataclass(frozen=True, slots=True)
class FileStatus:
    """One file of the account."""

    occurrence: str
    path: bytes
    location: bytes
    exhibit: str
    state: State
    code: str | None
    reason: str | None
    medium: str | None
    looks: Mapping[str, str]   #: look → found | nothing | failed | skipped | not-yet


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next` is the cursor of the following one, None at the end."""

    items: tuple[Any, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    id: str
    name: str
    place: str | None
    owner: str | None
    overwritten_on: date | None  #: after this day the recorder has lost it
    files: str | None          #: pattern below an exhibit
    asked_on: date | None = None     #: when its owner was asked for the recordings
    received_on: date | None = None  #: when they came


@dataclass(frozen=True, slots=True)
class Anchor:
    """At t the picture shows this: one tie between a medium's time and a clock."""

    id: str
    camera_id: str
    medium_id: str | None      #: None: says how far the camera's clock is off, for all its media
    t: float                   #: presentation time, seconds
    shows: datetime            #: naive, as on the screen
    zone: str                  #: "unknown" unless stated: "+02:00", "UTC"
    true_time: datetime | None  #: aware UTC: what a known clock said at that moment
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class WorldTime:
    """When in the world a moment of a medium was, as far as anybody knows."""

    at: datetime               #: aware UTC if the zone is known, else naive as on the wall
    zone: str
    uncertainty_s: float
    origin: str                #: "anchor", "anchor+checked-clock", or where the stated time stands


@dataclass(frozen=True, slots=True)
class Around:
    """A medium that may cover a moment."""

    medium: str
    start: WorldTime           #: of its first frame, with what that rests on
    end: WorldTime
    distance_s: float          #: from the moment asked for; 0: it may show that very moment
    camera: str | None
