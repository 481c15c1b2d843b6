"""What became of a file, whether counts add up, and when unknown is not nothing. Pure."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from sporhund.errors import WrongUsage
from sporhund.evidence.model import Account, Camera, State, VideoSeconds

LARGE = 1 << 20
"""Bytes from which an unknown file is held for a recording until somebody says otherwise: unknown is not nothing."""
VIDEO_NAMES = frozenset(
    b".264 .265 .3g2 .3gp .asf .avi .dav .dvr .flv .h264 .h265 .hevc .ifv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf "
    b".ogv .psf .sef .ts .vob .webm .wmv".split()
)
"""Endings of recorders' and cameras' files."""
LOOK_ORDER = ("found", "failed", "not-yet", "nothing", "skipped")
"""Which state stands for a look that several packs made: what was found first, then what needs somebody."""
LABEL_CHARACTERS = 1100
"""Enough for the longest name of a folder, every byte of it escaped."""


def state_of(
    own: tuple[str | None, str | None, str | None], medium: tuple[str, str | None, str | None] | None, original: bool,
) -> tuple[State, str | None, str | None]:
    """State, code and reason of one file, from its own row and its medium's.

    An own state stands only where there is no medium, or where the bytes changed. The first file of a content carries its
    medium's state; every other one is a duplicate, whatever became of the content.
    """
    if own[0] is not None:
        return State(own[0]), own[1], own[2]
    if medium is None:
        return State.WAITING, None, None
    if not original:
        return State.DUPLICATE, None, None
    return State(medium[0]), medium[1], medium[2]


def account(states: Mapping[State, int], video: VideoSeconds) -> Account:
    """The account of so many files in each state. It adds up by being a sum."""
    count = {state.value: states.get(state, 0) for state in State}
    return Account(seen=sum(count.values()), video=video, **count)


def looks_like_video(name: bytes) -> bool:
    """By the ending of its name."""
    stem, dot, ending = name.rpartition(b".")
    return bool(stem) and dot + ending.lower() in VIDEO_NAMES


def among_video(videos: int, others: int) -> bool:
    """Whether a folder holds a camera's files: two videos at least, and no fewer than other files (itself not counted)."""
    return videos >= 2 and videos >= others


def look_state(states: Iterable[str]) -> str:
    """One state for a look, from those of its packs."""
    return min(states, key=LOOK_ORDER.index, default="not-yet")


@dataclass(frozen=True, slots=True)
class Span:
    """One unit's part of a stream, for the account."""

    start: float
    end: float                 #: infinity: to the end of the stream
    state: str                 #: waiting | running | done | failed | split
    unread: tuple[tuple[float, float], ...] = ()


def video_seconds(start: float, end: float, spans: Sequence[Span]) -> VideoSeconds:
    """How much of a stream [start, end) was decoded, cannot be read, or still waits.

    A second counts as decoded if any unit decoded it. What no unit speaks of waits as long as there are no units at all,
    and is unread afterwards: nobody will look at it.
    """
    end = max(start, end)
    total = end - start
    if not spans:
        return VideoSeconds(total=total, waiting=total)
    done = [span for span in spans if span.state == "done"]
    decoded = _union(part for span in done for part in _minus(_clip(span, start, end), span.unread))
    waits = _union(_clip(span, start, end) for span in spans if span.state in {"waiting", "running"})
    read = _length(decoded)
    waiting = _length(_union([*decoded, *waits])) - read
    return VideoSeconds(total=total, decoded=read, waiting=waiting, unread=max(0.0, total - read - waiting))


def video_parts(
    start: float, end: float, spans: Sequence[Span],
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Which parts of a stream [start, end) cannot be read, and which wait: what `video_seconds` counts, ascending in time."""
    end = max(start, end)
    if not spans:
        return [], [(start, end)] if end > start else []
    decoded = _union(
        part for span in spans if span.state == "done" for part in _minus(_clip(span, start, end), span.unread))
    waits = _union(_clip(span, start, end) for span in spans if span.state in {"waiting", "running"})
    waiting = [part for one in waits for part in _minus(one, decoded)]
    return _minus((start, end), [*decoded, *waiting]), waiting


def add(parts: Iterable[VideoSeconds]) -> VideoSeconds:
    """The sum."""
    parts = list(parts)
    return VideoSeconds(*(
        sum(getattr(part, name) for part in parts)
        for name in ("total", "decoded", "unread", "waiting", "decoded_frames", "sampled_frames")
    ))


def _clip(span: Span, start: float, end: float) -> tuple[float, float]:
    return min(max(span.start, start), end), max(start, min(span.end if span.end < inf else end, end))


def _minus(part: tuple[float, float], holes: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    parts, at = [], part[0]
    for start, end in sorted(holes):
        if start > at:
            parts.append((at, min(start, part[1])))
        at = max(at, end)
    if at < part[1]:
        parts.append((at, part[1]))
    return [one for one in parts if one[1] > one[0]]


def _union(parts: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted(part for part in parts if part[1] > part[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _length(parts: Iterable[tuple[float, float]]) -> float:
    return sum(end - start for start, end in parts)


def check_label(label: str, what: str = "exhibit") -> str:
    """The label, trimmed. Raises WrongUsage `bad-name` where it is empty, too long or not printable."""
    trimmed = label.strip()
    if not 1 <= len(trimmed) <= LABEL_CHARACTERS or not trimmed.isprintable():
        raise WrongUsage("bad-name", f"This cannot be the name of a {what}.", "Give it a short name in printable characters.")
    return trimmed


def named(cameras: Sequence[Camera], name: str) -> Camera:
    """The camera of that name. Raises WrongUsage `unknown-camera`."""
    for camera in cameras:
        if camera.name == name:
            return camera
    known = ", ".join(camera.name for camera in cameras) or "none yet"
    hint = f"Cameras: {known}. See: sporhund camera add."
    raise WrongUsage("unknown-camera", f"There is no camera '{name}' in this case.", hint)
