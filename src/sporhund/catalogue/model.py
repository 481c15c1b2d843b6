"""Nouns of the catalogue: what is asked for, and the page that is answered."""
from dataclasses import dataclass

KINDS = ("still", "video", "audio", "other")
STATES = ("analysed", "partly", "failed", "skipped", "waiting")
FINDINGS = ("face", "person", "vehicle", "object", "motion")
SEEN = ("me", "not-me", "anyone", "nobody")
TIMES = ("known", "none")
BY = ("anyone", "me")
NONE = "none"
"""Instead of a camera or a mark: those that have none."""
SORTS = ("taken-in", "time", "face-size", "findings", "duration")
"""Orders of a list; with a minus before it the other way round. `colour:NAME` is one too: nearest first."""
TAKEN_IN = SORTS[0]


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within so far of one."""

    latitude: float            #: degrees north
    longitude: float           #: degrees east
    radius_km: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Which media are asked for. Every condition that is said has to hold; one that is empty says nothing."""

    kinds: tuple[str, ...] = ()    #: one of these
    exhibit: str = ""              #: its id
    camera: str = ""               #: its id, or NONE
    row: str = ""                  #: of the timeline
    states: tuple[str, ...] = ()   #: one of these
    since: str = ""                #: on the wall of the desk's zone, "2026-01-31T22:14:05"; may have gone on then, or later
    until: str = ""                #: may have begun then, or before
    time: str = ""                 #: whether a time is known: one of TIMES
    place: Circle | None = None
    has: tuple[str, ...] = ()      #: found in it, all of these
    face_px: int = 0               #: the largest face has at least so many pixels on its shorter side
    copies: int = 0                #: lies there at least so often
    seen: str = ""                 #: one of SEEN
    mark: str = ""                 #: it, or something in it, is marked so; NONE: nothing in it is marked
    by: str = "anyone"             #: whose marks count: one of BY
    unrecognised: bool = False     #: something moves in it that nothing was recognised in


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and what the filter leaves out."""

    ids: tuple[str, ...]
    total: int                 #: media of the case
    matching: int
    position: int              #: of the first on this page, from 0
    next: str | None           #: cursor of the page behind; None at the end
    previous: str | None       #: cursor of the page before, "" for the first; None at the beginning

    @property
    def hidden(self) -> int:
        """Media that the filter leaves out."""
        return self.total - self.matching
