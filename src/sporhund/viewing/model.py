"""Nouns of looking: marks, what is reserved, how much somebody has looked at, how they want the desk, what to secure."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

ANYBODY = ""
"""Who a row of `seen` is of that stands for everybody together."""
RELEVANT, NOT_RELEVANT, LATER = "relevant", "not-relevant", "later"
VALUES = (RELEVANT, NOT_RELEVANT, LATER)
"""Marks that every case has; an agency's own are any other short line."""

Spans = tuple[tuple[float, float], ...]
"""Parts of a video, [from, to) in seconds of presentation time: in order, apart from each other."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A medium or a track, as something that people look at and speak of."""

    id: str                    #: of an alias: the track that counts
    medium: str
    kind: str                  #: still | video | audio | ... of a medium; "track"
    start: float = 0.0         #: of a video: presentation time of its first frame, seconds
    duration: float = 0.0      #: of a video, seconds; 0: nobody knows


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's word on one thing that stands: their newest that is not taken back."""

    thing: str
    medium: str
    value: str
    by: str                    #: user id, or the local account's name
    at: datetime
    act: str                   #: set together with others


@dataclass(frozen=True, slots=True)
class MarkAct:
    """What one key press marked."""

    act: str
    value: str
    at: datetime
    things: int
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody has seen of a thing."""

    thing: str
    first_at: datetime
    last_at: datetime
    spans: Spans
    seconds: float             #: length of the spans


@dataclass(frozen=True, slots=True)
class Held:
    """A medium that somebody works on."""

    medium: str
    by: str                    #: user id, or the local account's name
    until: datetime


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much somebody has looked at on one day."""

    day: date
    seen_s: float = 0.0        #: seconds before pictures, veiled or not
    clear_s: float = 0.0       #: of them with the veil off
    media: int = 0             #: seen for the first time


@dataclass(frozen=True, slots=True)
class Choices:
    """How a person wants the desk."""

    language: str | None = None          #: da | en; None: as their browser asks
    theme: str = "system"                #: dark | light | system
    veil: str = "blur"                   #: blur | grey | both | off: how pictures are shown until they are cleared
    muted: bool = True
    thumbs: str = "small"                #: small | medium | large
    page: int = 50                       #: things on a page
    keys: Mapping[str, str] = field(default_factory=dict)   #: act of viewing.keys → the person's own key
    own_marks: tuple[str, ...] = ()      #: values on the keys 1 to 9


@dataclass(frozen=True, slots=True)
class Securing:
    """Recordings that should be fetched before they are lost."""

    id: str
    camera: str                #: id
    track: str | None          #: the sighting that it follows from
    wanted_from: str           #: ISO 8601; without a zone: as on the wall
    wanted_to: str
    note: str
    by: str
    at: datetime
    done_by: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A camera, for the question which hang near each other."""

    camera: str                          #: id
    name: str
    latitude: float | None = None        #: as its own recordings say; None: nobody knows
    longitude: float | None = None
    overwritten_on: date | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A camera whose recordings may show what came before or after."""

    camera: str                          #: id
    distance_m: float | None             #: None: where one of the two hangs is not known


@dataclass(frozen=True, slots=True)
class Window:
    """A time to ask recordings for: ISO 8601, both with a zone or both as on the wall."""

    start: str
    end: str
    checked: bool = False      #: by a camera's checked clock; False: as files state it
