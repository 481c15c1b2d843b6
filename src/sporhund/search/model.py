"""What is searched with, what comes out, and what is shown beside it."""
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sporhund.faces.chance import Chance, NoChance
from sporhund.faces.model import Seen
from sporhund.tracks.model import BestShot, Box

FloatArray = NDArray[np.float32]

CASE, ALL = "case", "all"
"""How far a search goes: the case, or every case that its basis names."""


@dataclass(frozen=True, slots=True)
class Source:
    """A picture as it was asked for: a file, or a track of the case."""

    path: bytes                #: as typed; of a track "track:ID"
    at: float | None = None    #: seconds: a moment of a video or animation
    track: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants to know."""

    sources: tuple[Source, ...]
    basis: str
    face: str | None = None          #: "1", "2", ... from the left, "largest", "central"; None: there must be one
    scope: str = CASE
    max_chance: float | None = None
    top: int = 20
    adult: bool = False              #: an examiner says that the probe shows an adult


@dataclass(frozen=True, slots=True)
class Probe:
    """A picture that is searched with."""

    source: Source
    sha256: bytes                    #: of the file; of a track its medium's
    picture: bytes                   #: what is kept: the file, or the frame or page that was looked at as PNG
    shot: BestShot | None            #: the chosen face; None: there is none
    vector: FloatArray | None        #: (d,) unit length; None: not compared
    norm: float
    reason: str | None               #: why it was not compared
    note: str = ""                   #: which picture of several it is, how it was turned
    seen: Seen | None = None
    code: str | None = None          #: no-face | unsuitable | not-a-picture | ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """One proposed answer: one person's best track, with everything that is shown beside it."""

    id: str
    rank: int
    case_id: str                     #: in which the track lies
    track: str
    medium: str
    path: bytes
    t: float
    box: Box
    score: float                     #: best over all pairs of probe and template of this person, cosine
    chance: Chance | None
    chance_reason: str | None        #: why there is no number
    cluster: str | None
    also: tuple[tuple[str, float], ...]   #: the person's other tracks with their scores, best first
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """One gallery that was looked through."""

    case_id: str
    version: str
    digest: str
    templates: int
    people: int
    not_compared: int = 0      #: faces found there that are unsuitable, or of which no template was made


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to, as it is kept and shown."""

    id: str
    basis: str
    pack: str
    probes: tuple[Probe, ...]
    searched: tuple[Searched, ...]
    candidates: tuple[Candidate, ...]       #: all that were ranked
    left_out: tuple[Candidate, ...]         #: ranked, but beyond --max-chance: kept, not shown
    ask: tuple[str, ...] = ()               #: people to ask about hits in cases that are closed to the actor
    notes: tuple[str, ...] = ()

    @property
    def templates(self) -> int:
        return sum(one.templates for one in self.searched)

    @property
    def people(self) -> int:
        return sum(one.people for one in self.searched)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two pictures against each other."""

    id: str
    probes: tuple[Probe, Probe]
    score: float
    chance: Chance | NoChance
    warnings: tuple[str, ...]
