"""Nouns of persons: a subject over cameras with its route; a known person, and what looks like one."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sporhund.evidence.model import WorldTime


@dataclass(frozen=True, slots=True)
class Assertion:
    """Somebody says that a track is of a subject. It is never overwritten: who takes it back is noted beside it."""

    id: str
    track: str
    note: str
    by: str                    #: user id, or the local account's name
    at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """"Ukendt 1": tracks that an officer takes for one person or vehicle. An assertion, never an identity."""

    id: str
    label: str
    by: str
    at: datetime
    assertions: tuple[Assertion, ...] = ()   #: oldest first, those taken back too
    withheld: int = 0                        #: assertions left out: of others, on tracks on which the reader can still conclude

    @property
    def tracks(self) -> tuple[str, ...]:
        """Those that still stand."""
        return tuple(one.track for one in self.assertions if one.removed_at is None)


@dataclass(frozen=True, slots=True)
class Stop:
    """A subject's track as a place on its route."""

    track: str
    kind: str
    label: str | None          #: class of an object or vehicle
    medium: str
    path: bytes
    cameras: tuple[str, ...]   #: by name; several where the same content lies among the files of several
    start: float               #: presentation time, seconds
    end: float
    begins: WorldTime | None   #: None: nobody knows when in the world this was
    ends: WorldTime | None
    also_in: tuple[str, ...] = ()            #: other subjects that somebody says the same track is of


@dataclass(frozen=True, slots=True)
class Route:
    """Where a subject was, in order as far as the order is known."""

    clock: str                 #: world: every time has its zone; wall: some have none, so clocks on the wall are compared; none
    placed: tuple[Stop, ...]   #: by time
    unplaced: tuple[Stop, ...]               #: without a time of the world: by medium, and by time within it
    unsure: frozenset[str]     #: tracks whose place after the one before is within the uncertainty of the clocks
    contradictions: tuple[str, ...]          #: sentences: shown, not resolved


@dataclass(frozen=True, slots=True)
class Known:
    """A person whose face is known: enrolled from a link, or with a basis of its own."""

    id: str
    case_id: str
    label: str
    link: str | None
    basis: str
    by: str                    #: whom to ask
    at: datetime
    removed_at: datetime | None = None
    templates: Mapping[str, int] | None = None   #: pack → how many


@dataclass(frozen=True, slots=True)
class Template:
    """The numbers made of one face of a known person, and the picture's facts."""

    pack: str
    vector: bytes              #: float32 little endian, unit length
    shot: Mapping[str, Any]    #: tracks.model.BestShot


@dataclass(frozen=True, slots=True)
class Hit:
    """A new track that looks like a known person."""

    id: str
    known_case: str
    known: str
    track: str
    score: float
    chance: Mapping[str, Any] | None     #: faces.chance.Chance; None: no number may be given
    chance_reason: str | None
    warnings: tuple[str, ...]
    at: datetime
