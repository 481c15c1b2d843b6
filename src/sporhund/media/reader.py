"""Opening a medium for the looks: `open_media` for a whole span, `frame_at` for one moment again."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from sporhund.errors import Unreadable
from sporhund.media.container import MOTION_JPEG, open_container, readable
from sporhund.media.frame import Frame
from sporhund.media.kind import HEAD_BYTES, TAIL_BYTES, Sniffed, sniff
from sporhund.media.model import Coverage, Kind, Sampling, ShotSpan, Span
from sporhund.media.pages import PageMedia
from sporhund.media.still import FORMATS
from sporhund.media.video import VideoMedia


class Media(Protocol):
    """Iterate once, front to back; then `coverage` and `shots` are complete.

    Nothing is raised while iterating for bad bytes: what could not be read is in `coverage.unread`, with its code.
    """

    def __iter__(self) -> Iterator[Frame]: ...
    @property
    def coverage(self) -> Coverage: ...
    @property
    def shots(self) -> tuple[ShotSpan, ...]: ...


@contextmanager
def open_media(file: BinaryIO, unit: Span, sampling: Sampling) -> Iterator[Media]:
    """The sampled frames of a still or of [start, end) of one video stream.

    file: opened, seekable, its medium beginning at 0.   Raises Unreadable where the header cannot be read.
    """
    if unit.kind is Kind.STILL:
        yield PageMedia(file, picture_type(file), sampling)
        return
    with open_container(file, video_type(file), ignore_edit_list=unit.ignore_edit_list) as container:
        yield VideoMedia(container, unit, sampling)


def picture_type(file: BinaryIO) -> str:
    """The type as which the file is opened as a picture. Raises Unreadable `unknown-format`."""
    what = sniffed(file)
    if what.type not in FORMATS:
        raise Unreadable("unknown-format", f"{what.name} is not a picture that can be read")
    return what.type


def video_type(file: BinaryIO) -> str:
    """The type as which the file is opened as a video. Raises Unreadable `unknown-format`."""
    what = sniffed(file)
    media_type = MOTION_JPEG if what.type == "image/jpeg" else what.type
    if not readable(media_type):
        raise Unreadable("unknown-format", f"{what.name} is not a video that can be read")
    return media_type


def sniffed(file: BinaryIO) -> Sniffed:
    """What the file is, from its head and tail."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(max(0, size - TAIL_BYTES))
    return sniff(head, size, file.read(TAIL_BYTES))


@dataclass(frozen=True, slots=True)
class _Moment:
    """A span around one frame."""

    kind: Kind
    stream: int
    start: float
    end: float
    warm_from: float
    untimed_rate: float
    ignore_edit_list: bool
    expected_end: float | None = None


def frame_at(
    file: BinaryIO, unit: Span, *, t: float, pts: int | None = None, page: int = 0, sampling: Sampling | None = None,
) -> Frame:
    """The same picture again: the frame with this `pts` (or the first one from `t` on), or this page, by the same conversion.

    Raises Unreadable if it cannot be found.
    """
    sampling = sampling or Sampling()
    if unit.kind is Kind.STILL:
        with open_media(file, unit, Sampling(mode="thorough", max_pages=page + 1, max_pixels=sampling.max_pixels)) as media:
            found = next((frame for frame in media if frame.page == page), None)
    else:
        moment = _Moment(Kind.VIDEO, unit.stream, t - 1e-6, t + 1.0, t - 1e-6, unit.untimed_rate, unit.ignore_edit_list)
        with open_media(file, moment, Sampling(mode="thorough")) as media:
            found = next((frame for frame in media if pts is None or frame.pts == pts), None)
    if found is None:
        where = f"page {page}" if unit.kind is Kind.STILL else f"picture at {t:.3f} s"
        raise Unreadable("no-picture", f"there is no {where}")
    return found
