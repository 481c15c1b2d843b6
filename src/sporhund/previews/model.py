"""What is shown to people at the desk: pictures, and videos as a browser can play them. Nouns only."""
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """Who is served first."""

    PAGE = 0       #: somebody looks at the page that wants it
    PLAYING = 1    #: a part of a video; somebody waits for it
    AHEAD = 2      #: nobody asked yet


class How(StrEnum):
    ORIGINAL = "original"      #: its own bytes play in every browser
    DERIVED = "derived"        #: a copy is made, part by part; the original is untouched
    IMPOSSIBLE = "impossible"  #: nothing of it can be decoded; `reason` says why


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture ready for a browser. Always a copy made here; the original's own bytes are never passed on as a picture."""

    content: bytes
    content_type: str
    etag: str                  #: equal for equal pictures
    width: int
    height: int
    whole_width: int           #: of the upright original
    whole_height: int
    t: float = 0.0             #: presentation time of the frame, seconds
    before: float | None = None  #: of its neighbours, where they were met
    after: float | None = None
    box: tuple[float, float, float, float] | None = None  #: of the track, in this picture: x, y, width, height
    damaged: bool = False      #: only a part of it could be decoded
    veiled: bool = False
    of_type: str = ""          #: media type of the original


@dataclass(frozen=True, slots=True)
class Part:
    """A span of a derived copy: [start, end) seconds of the original. start, end are -OPEN, OPEN at the two ends."""

    number: int
    start: float
    end: float
    shown_from: float          #: as start and end, with what is known of the stream at the two ends
    shown_to: float
    warm_from: float           #: where decoding begins


@dataclass(frozen=True, slots=True)
class Playable:
    """How a video is played."""

    how: How
    code: str = ""             #: why the original does not play, or why nothing does: for machines
    reason: str = ""           #: and for people
    content_type: str = ""
    stream: int = 0            #: in the container
    start: float = 0.0         #: presentation times of the first frame and of the end, seconds
    end: float = 0.0
    width: int = 0             #: of what is played
    height: int = 0
    whole_width: int = 0       #: of the upright original: boxes are in these pixels
    whole_height: int = 0
    codec: str = ""            #: of what is played
    of_codec: str = ""         #: of the original
    parts: tuple[Part, ...] = ()   #: of a derived copy


@dataclass(frozen=True, slots=True)
class Copy:
    """What is known of a part that was made."""

    offset: float              #: a frame at t of the part is at t + offset of the original, exactly
    end: float                 #: time of its last frame in the original
    width: int
    height: int
    frames: int
    left_out: int
    corrupt: int
    sound: bool
    whole: bool                #: decoded to its end without a loss


@dataclass(frozen=True, slots=True)
class Ranged:
    """Bytes of which any range can be had. Close it."""

    size: int
    content_type: str
    etag: str
    read: Callable[[int, int], bytes]     #: (start, length): at most so many bytes, fewer at the end
    close: Callable[[], None]
    copy: Copy | None = None   #: None: the original's own bytes

    def __enter__(self) -> "Ranged":
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()
