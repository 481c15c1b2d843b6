"""Clusters of tracks, why a track is in one, and what people said of tracks."""
from dataclasses import dataclass
from datetime import datetime

from sporhund.tracks.model import Box

BECAUSE = ("mirror", "poster", "screen", "collage")
"""Why one person may be in a frame twice. Only a person can say so."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where and when a track was seen: enough to find it again in another run, mode or pack."""

    medium: str
    sha256: str                                #: of the medium, hexadecimal
    stream: int
    page: int
    start: float                               #: seconds in the medium
    end: float
    shots: tuple[tuple[float, Box], ...]       #: time and box of its best sightings
    clusters: tuple[str, ...] = ()             #: those it was in when this was said, one for each pack at most


@dataclass(frozen=True, slots=True)
class Named:
    """A track as somebody named it."""

    track: str
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said of tracks: one act.

    same: all of both sides are one person. not-same: each of one side is somebody else than each of the other.
    """

    id: str
    kind: str                                  #: same | not-same
    verb: str                                  #: same | not-same | split | merge: how it was entered
    because: str | None                        #: one of BECAUSE
    by: str                                    #: Actor.mark
    at: datetime
    sides: tuple[tuple[Named, ...], tuple[Named, ...]]
    undone_by: str | None = None
    undone_at: datetime | None = None

    def tracks(self, side: int) -> tuple[str, ...]:
        return tuple(one.track for one in self.sides[side])


@dataclass(frozen=True, slots=True)
class Why:
    """Why a track is in its cluster. Scores are cosines of this pack, no probabilities."""

    nearest: str                               #: the track of the cluster that is most like it
    score: float                               #: of these two
    together: float                            #: mean score to all other tracks of the cluster
    needed: float                              #: what a mean score had to reach for it to join, in the set as it was then
    said: tuple[str, ...] = ()                 #: constraints that hold it to others of the cluster


@dataclass(frozen=True, slots=True)
class Cluster:
    """Tracks of probably one person: a proposal. It carries no identity, and joining it names nobody."""

    id: str
    pack: str
    born_at: datetime
    merged_into: str | None = None             #: its tracks went there; its name still leads there


@dataclass(frozen=True, slots=True)
class Follower:
    """A track that took the place of another one, which an earlier run had seen at the same place and time."""

    track: str
    overlap: float                             #: mean overlap of the boxes at the times compared, 0 to 1
