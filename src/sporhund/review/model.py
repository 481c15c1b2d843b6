"""Units, plans and findings: what goes into `examine` and what comes out. Plain values, no database."""
from dataclasses import dataclass

from sporhund.catalogue.model import FINDINGS
from sporhund.media.model import Coverage, Kind, Sampling, ShotSpan
from sporhund.tracks.model import Track

OPEN = 1e12
"""The first span of a stream begins at -OPEN and the last ends at OPEN seconds: what no header announced is still owned."""

KINDS = FINDINGS
"""What can be looked for. `--find faces,persons` names them in the plural."""

LOOK_OF = {"face": "face", "person": "object", "vehicle": "object", "object": "object", "motion": "motion"}
"""Which look finds which kind: one detector gives persons, vehicles and objects."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is worked on at once: a still, or a span of one video stream. Owns [start, end)."""

    id: str
    kind: Kind
    stream: int = 0
    start: float = -OPEN
    end: float = OPEN
    warm_from: float = -OPEN     #: decoded from the keyframe at or before this, not recorded before `start`
    untimed_rate: float = 0.0    #: > 0: the stream has no times; they are counted at this rate
    ignore_edit_list: bool = False
    expected_end: float | None = None   #: where the packets say that the stream ends: an earlier end is a loss
    seconds: float = 0.0         #: about how much video this is, for estimates and time limits
    offset: int = 0              #: where the medium begins in the file: a clip behind a picture
    length: int = 0              #: its bytes; 0: to the end of the file


@dataclass(frozen=True, slots=True)
class Plan:
    """Which looks, how dense, with what."""

    looks: tuple[str, ...]        #: of KINDS
    sampling: Sampling
    pack: str                     #: "base@1"
    templates: bool               #: the case's purpose is switched on: faces may be made into templates

    @property
    def thorough(self) -> bool:
        return self.sampling.mode == "thorough"


@dataclass(frozen=True, slots=True)
class LookResult:
    """What one look says of one unit."""

    look: str                     #: face | object | motion
    tracks: tuple[Track, ...]
    error: str | None = None      #: the look failed (why); what it had found until then is kept


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything one unit gave."""

    unit: str
    shots: tuple[ShotSpan, ...]
    results: tuple[LookResult, ...]
    coverage: Coverage
