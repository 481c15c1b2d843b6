"""Nouns of cases: the case itself, holds, what a check of the originals found, the certificate of an erasure."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One case."""

    id: str
    name: str                  #: what people type: the J number
    title: str
    purpose: str
    unit: str                  #: of the force
    ends: date | None          #: when keeping it must be reviewed
    created_at: datetime
    created_by: str
    state: str                 #: open | erased


@dataclass(frozen=True, slots=True)
class Hold:
    """A charge, trial or appeal: nothing of the case may be deleted while it stands."""

    id: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One original hashed again."""

    path: bytes                #: below its exhibit
    location: bytes
    medium: str
    state: str                 #: ok | changed | missing | unreadable
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What an erasure would destroy."""

    rows: Mapping[str, int]    #: by table, empty ones left out
    holds: tuple[Hold, ...]    #: standing: they keep the case
    elsewhere: Mapping[str, int]  #: rows of other cases that name its tracks or persons, by table


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an erasure destroyed, for the file of the case. Holds no content."""

    case: str                  #: its name
    case_id: str
    erased_at: datetime
    erased_by: str
    reason: str
    rows: Mapping[str, int]    #: rows destroyed, by table
    media: int
    media_digest: str          #: SHA-256 over the sorted SHA-256 of all media: one value to prove which material it was
    sha256: tuple[str, ...]    #: of all media
    keys: tuple[str, ...]      #: destroyed
    remains: tuple[str, ...]   #: what is left to somebody else: backups, replicas, write-ahead logs kept elsewhere
    elsewhere: Mapping[str, int]  #: rows of other cases destroyed because they named its tracks or persons, by table


@dataclass(frozen=True, slots=True)
class Exported:
    """One file written by an export."""

    name: str
    sha256: str
    bytes: int
