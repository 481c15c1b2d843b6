"""A picture as a medium: one page, several, or an animation."""
from collections.abc import Iterator
from typing import BinaryIO

import cv2
from PIL import Image

from sporhund.errors import Unreadable
from sporhund.media import still
from sporhund.media.frame import Frame, UInt8Array
from sporhund.media.model import Coverage, Sampling, ShotSpan, Unread
from sporhund.media.pixels import resized
from sporhund.media.sample import Sampler
from sporhund.media.shots import compare, other_picture

_DEFAULT_STEP_S = 0.1   #: frames that name no duration, or 0, are shown for so long (as browsers do)
_CAREFUL = (64, 48)


class PageMedia:
    """Iterate once for the pages. A page is its own shot; the frames of an animation have times and are sampled as video."""

    def __init__(self, file: BinaryIO, media_type: str, sampling: Sampling) -> None:
        self._picture = still.open_picture(file, media_type, sampling.max_pixels)
        self._sampling = sampling
        self._animated = animated(self._picture)
        self._pages = page_count(self._picture)
        self._unread: list[Unread] = []
        self._shots: list[float] = []
        self._sizes: list[tuple[int, int]] = []
        self._decoded = self._sampled = self._corrupt = 0
        self._first: float | None = None
        self._last: float | None = None
        self._end = 0.0

    def __iter__(self) -> Iterator[Frame]:
        reads = min(self._pages, self._sampling.max_pages)
        yield from self._animation(reads) if self._animated else self._leaves(reads)
        if self._pages > reads:
            self._end = max(self._end, float(self._pages))
            self._unread.append(Unread(
                float(reads) if not self._animated else self._end, self._end,
                f"{self._pages - reads} of {self._pages} pages or frames are beyond the limit of {reads}", "too-many"))

    def _leaves(self, pages: int) -> Iterator[Frame]:
        for index in range(pages):
            self._shots.append(float(index))
            self._end = index + 1.0
            rgb = self._read(index, float(index), index + 1.0)
            if rgb is not None:
                self._sampled += 1
                yield still.as_frame(rgb, t=float(index), shot=index, page=index, single=True)

    def _animation(self, frames: int) -> Iterator[Frame]:
        sampler, t, shot = Sampler(self._sampling), 0.0, -1
        before: UInt8Array | None = None
        for index in range(frames):
            rgb = self._read(index, t, t + _DEFAULT_STEP_S)
            step = duration_s(self._picture)
            self._end = t + step
            if rgb is None:
                return
            small = resized(still.grey_of(rgb), _CAREFUL, cv2.INTER_AREA)
            fresh = before is None or differs(before, small)
            before = small
            if fresh:
                shot += 1
                self._shots.append(t)
            if sampler.due(t, first_of_shot=fresh):
                sampler.taken(t)
                self._sampled += 1
                yield still.as_frame(rgb, t=t, shot=shot, page=index, single=False)
            t += step

    def _read(self, index: int, start: float, end: float) -> UInt8Array | None:
        try:
            rgb, whole = still.page(self._picture, index, self._sampling.max_pixels)
        except Unreadable as exc:
            self._unread.append(Unread(start, end, exc.message, exc.code))
            return None
        if not whole:
            self._unread.append(Unread(
                start, end, "the picture's data end early or are damaged: only a part of it could be decoded", "truncated"))
        self._decoded += 1
        self._corrupt += not whole
        self._first = start if self._first is None else self._first
        self._last = start
        size = (rgb.shape[1], rgb.shape[0])
        if size not in self._sizes:
            self._sizes.append(size)
        return rgb

    @property
    def coverage(self) -> Coverage:
        """What was decoded, sampled and lost. Pages count as seconds, [page, page + 1)."""
        return Coverage(
            start=0.0, end=self._end, decoded_frames=self._decoded, sampled_frames=self._sampled,
            corrupt_frames=0, first=self._first, last=self._last, unread=tuple(self._unread), sizes=tuple(self._sizes))

    @property
    def shots(self) -> tuple[ShotSpan, ...]:
        """One per page, or one per shot of an animation."""
        ends = [*self._shots[1:], self._end]
        return tuple(ShotSpan(start, max(start, end)) for start, end in zip(self._shots, ends, strict=True))


def page_count(picture: Image.Image) -> int:
    """Pages or frames as the header says; 1 where it cannot be told."""
    try:
        return max(1, int(getattr(picture, "n_frames", 1)))
    except still.PILLOW_FAULTS:
        return 1


def animated(picture: Image.Image) -> bool:
    """Whether the pages are moments of one moving picture (and not pages of a document or views of a camera)."""
    return picture.format in ("GIF", "PNG", "WEBP", "AVIF") and page_count(picture) > 1


def duration_s(picture: Image.Image) -> float:
    """How long the current frame of an animation is shown, seconds."""
    value = picture.info.get("duration", 0)
    return float(value) / 1000 if isinstance(value, int | float) and value > 0 else _DEFAULT_STEP_S


def differs(before: UInt8Array, now: UInt8Array) -> bool:
    """Whether two frames of an animation (64 x 48 grey) belong to different shots."""
    alike, change = compare(before, now)
    return other_picture(alike, change, near=False, sudden=True)
