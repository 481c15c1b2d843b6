"""Units, plans and findings: what goes into `examine` and what comes out. Plain values, no database."""
from dataclasses import dataclass

from sporhund.media.model import Coverage, Kind, Sampling, ShotSpan
from sporhund.tracks.model import Track


@dataclass(frozen=True, slots=True)
class Unit:
    """What is worked on at once: a still, or a span of one video stream. Owns [start, end)."""

    id: str
    kind: Kind
    stream: int = 0
    start: float = 0.0
    end: float = 0.0             #: infinity for the last span: what the header did not announce is still read
    warm_from: float = 0.0       #: decoded from the keyframe at or before this, not recorded before `start`
    untimed_rate: float = 0.0    #: > 0: the stream has no times; they are counted at this rate
    ignore_edit_list: bool = False
    expected_end: float | None = None   #: where the header says that the span ends: an earlier end is a loss


@dataclass(frozen=True, slots=True)
class Plan:
    """Which looks, how dense, with what."""

    looks: tuple[str, ...]        #: face, person, vehicle, object, motion (a look may serve several kinds)
    sampling: Sampling
    pack: str                     #: "base@1"
    templates: bool               #: the case's purpose is switched on: faces may be made into templates


@dataclass(frozen=True, slots=True)
class LookResult:
    """What one look says of one unit."""

    look: str
    tracks: tuple[Track, ...]
    error: str | None = None      #: the look failed (why); its findings so far are kept


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything one unit gave."""

    unit: str
    shots: tuple[ShotSpan, ...]
    results: tuple[LookResult, ...]
    coverage: Coverage
