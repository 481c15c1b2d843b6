"""What can be said of a medium without looking at who is in it."""
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    STILL = "still"        #: a picture, of one page or many, moving or not
    VIDEO = "video"        #: at least one video stream
    AUDIO = "audio"        #: sound only: nothing for the eye
    ARCHIVE = "archive"    #: a ZIP: its members are looked at
    OTHER = "other"        #: text, document, program: not a medium


@dataclass(frozen=True, slots=True)
class Stated:
    """Something that a file says of itself; never taken for true."""

    what: str              #: "time" | "place" | "device"
    value: str             #: ISO 8601 without zone if none was stated; "lat,lon" in degrees; make and model
    origin: str            #: where it stands: "exif:DateTimeOriginal", "container:creation_time", "file-name", ...
    zone: str = "unknown"  #: "unknown" unless stated: "+02:00", "UTC"
    note: str = ""         #: "impossible" and the like; an impossible value is kept as text and never used


@dataclass(frozen=True, slots=True)
class VideoStream:
    index: int             #: index within the container
    codec: str
    width: int             #: as stored, before turning and pixel aspect
    height: int
    upright_width: int     #: as shown: boxes are in these pixels
    upright_height: int
    rotation: int          #: degrees counter-clockwise to make it upright
    start: float | None    #: first presentation time, seconds; None: the stream has no times, they are counted
    end: float | None      #: end of the last frame as the packets say, seconds
    frames: int            #: video packets found by the demuxer
    keyframes: tuple[float, ...]  #: presentation times of packets marked as keyframes, ascending
    rate: float            #: frames per second (average), 0 if unknown
    interlaced: bool = False
    default: bool = False  #: the stream a player would choose
    announced_end: float | None = None  #: where the header says it ends, if that can be relied on: a unit's `expected_end`
    pixels: str = ""       #: how its pixels are stored ("yuv420p"); "" where an older version read the file


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is, by content. Made in a confined worker by `media.probe`."""

    kind: Kind
    type: str                              #: media type, "video/mp4"; "application/octet-stream" if unknown
    name: str                              #: for people: "MP4 video", "Dahua recorder file (DHAV)"
    code: str | None = None                #: None if readable; else "truncated", "unknown-format", "encrypted", ...
    reason: str | None = None              #: one sentence for a person
    width: int = 0                         #: upright
    height: int = 0
    duration: float = 0.0                  #: seconds, from the first to the end of the last frame; 0 for a still
    pages: int = 1                         #: pages of a TIFF, frames of an animation
    animated: bool = False
    streams: tuple[VideoStream, ...] = ()
    other_streams: tuple[str, ...] = ()    #: "audio aac", "subtitle mov_text"
    stated: tuple[Stated, ...] = ()
    untimed: bool = False                  #: no presentation times: they are counted from the frame rate
    ignore_edit_list: bool = False         #: the edit list hides every frame; read without it, and said so
    embedded: tuple[tuple[int, int, str], ...] = ()  #: (offset, bytes, type) of media behind the picture
    clips: tuple["Facts", ...] = ()        #: what those media are, in the same order (filled in by review.line)
    notes: tuple[str, ...] = ()            #: worth reporting: trailing data, a thumbnail of another picture


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that no machine has looked at, and why. [from, to) in seconds."""

    start: float
    end: float
    why: str               #: a sentence
    code: str = "unread"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was decoded and what was looked at, for one unit."""

    start: float = 0.0            #: the span this speaks of: [start, end)
    end: float = 0.0
    decoded_frames: int = 0
    sampled_frames: int = 0
    corrupt_frames: int = 0       #: decoded, but flagged as damaged by the decoder
    first: float | None = None    #: time of the first and the last frame decoded in the span
    last: float | None = None
    unread: tuple[Unread, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()  #: upright sizes seen
    smallest_face_px: float = 0.0  #: narrowest face the detector input could have found, in upright pixels; 0: no such look
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShotSpan:
    """One shot as seen from one unit."""

    start: float
    end: float
    continues: bool = False        #: it began before this unit; joined to the shot before when that unit is recorded


class Span(Protocol):
    """What is read at once: a still, or [start, end) of one video stream. `review.model.Unit` is one.

    start: the first span of a stream starts at -infinity or at `VideoStream.start`; end: infinity for the last one.
    """

    @property
    def kind(self) -> Kind: ...
    @property
    def stream(self) -> int: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def warm_from(self) -> float: ...
    @property
    def untimed_rate(self) -> float: ...
    @property
    def ignore_edit_list(self) -> bool: ...
    @property
    def expected_end(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """How densely a unit is looked at."""

    mode: str = "normal"           #: quick | normal | thorough
    rate: float = 5.0              #: samples a second where the picture moves
    still_rate: float = 1.0        #: samples a second where it stands still
    max_gap: float = 2.0           #: seconds without a sample, never more
    max_pages: int = 3000          #: frames of an animation, pages of a TIFF
    max_pixels: int = 120_000_000  #: a larger picture is refused (8 bytes a pixel at the peak)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive."""

    index: int
    name: bytes
    size: int
    code: str | None = None        #: "encrypted", "archive-bomb", "unsupported", ...
    reason: str | None = None
    stated: tuple[Stated, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture made for people to look at, and where it is from."""

    content: bytes         #: JPEG
    width: int             #: of this picture
    height: int
    whole_width: int       #: of the upright original
    whole_height: int
    t: float = 0.0         #: presentation time of the frame that is shown, seconds; 0 for a still
    before: float | None = None  #: of the frame before and the one after; None: not met on the way
    after: float | None = None
    box: tuple[float, float, float, float] | None = None  #: where the box that was asked for lies in this picture
    damaged: bool = False  #: only a part of it could be decoded


@dataclass(frozen=True, slots=True)
class Copied:
    """A span of a video made anew so that a browser can play it."""

    content: bytes         #: MP4, H.264, sound as AAC; its first frame at 0
    offset: float          #: seconds: a frame at t in the copy is at t + offset in the original, exactly
    end: float             #: time in the original at which its last frame begins
    width: int
    height: int
    frames: int
    left_out: int = 0      #: frames of the original that are not in it: their time did not go on, or there are too many
    corrupt: int = 0       #: frames that the decoder called damaged
    sound: bool = False
    whole: bool = True     #: the span was decoded to its end
