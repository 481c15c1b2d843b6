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
from sporhund.media.video import moved

_DEFAULT_STEP_S = 0.1   #: frames that name no duration, or 0, are shown for so long (as browsers do)
_CAREFUL = (64, 48)
_FINE = (160, 90)       #: the copy that tells a standing picture from a moving one
_STIRS = 2.0            #: mean grey levels between two frames at which a standing picture is looked at again
_MOVING = 3.0           #: mean grey levels since the last sample that are movement without a finer look


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
        self._read_to = self._end = 0.0   # the end of what was read; and of all that there should be

    def __iter__(self) -> Iterator[Frame]:
        reads = min(self._pages, self._sampling.max_pages)
        yield from self._animation(reads) if self._animated else self._leaves(reads)

    def _leaves(self, pages: int) -> Iterator[Frame]:
        for index in range(pages):
            t = float(index)
            self._shots.append(t)
            self._read_to = self._end = t + 1
            try:
                rgb, whole = still.page(self._picture, index, self._sampling.max_pixels)
            except Unreadable as exc:
                self._lose(t, self._end, exc.message, exc.code)
                continue
            self._account(rgb, whole, t, self._end)
            self._sampled += 1
            yield still.as_frame(rgb, t=t, shot=index, page=index, single=True)
        if self._pages > pages:
            self._end = float(self._pages)
            self._lose(float(pages), self._end, self._beyond(pages), "too-many")

    def _animation(self, frames: int) -> Iterator[Frame]:
        choice, t, shot = _Choice(self._sampling), 0.0, -1
        for index in range(frames):
            try:
                rgb, whole = still.page(self._picture, index, self._sampling.max_pixels)
            except Unreadable as exc:   # each frame is drawn over the one before: none behind it can be trusted
                self._end = self._announced(index, t)
                self._lose(t, self._end, f"{self._pages - index} of {self._pages} frames are lost: {exc.message}", exc.code)
                return
            end = self._read_to = t + duration_s(self._picture)
            self._account(rgb, whole, t, end)
            fresh, wanted = choice(t, still.grey_of(rgb))
            if fresh:
                shot += 1
                self._shots.append(t)
            if wanted:
                self._sampled += 1
                yield still.as_frame(rgb, t=t, shot=shot, page=index, single=False)
            t = end
        self._end = self._announced(frames, t)
        if self._pages > frames:
            self._lose(t, self._end, self._beyond(frames), "too-many")

    def _announced(self, index: int, t: float) -> float:
        """When an animation ends of which `index` frames were shown until `t`: the others last as long as they did."""
        return t + (self._pages - index) * (t / index if index else _DEFAULT_STEP_S)

    def _beyond(self, reads: int) -> str:
        return f"{self._pages - reads} of {self._pages} pages or frames are beyond the limit of {reads}"

    def _account(self, rgb: UInt8Array, whole: bool, start: float, end: float) -> None:
        """Of one decoded picture, shown in [start, end)."""
        if not whole:
            self._corrupt += 1
            self._lose(start, end, "the picture's data end early or are damaged: only a part of it could be decoded", "truncated")
        self._decoded += 1
        self._first = start if self._first is None else self._first
        self._last = start
        size = (rgb.shape[1], rgb.shape[0])
        if size not in self._sizes:
            self._sizes.append(size)

    def _lose(self, start: float, end: float, why: str, code: str) -> None:
        """One entry for a loss that goes on."""
        before = self._unread[-1] if self._unread else None
        if before is not None and (before.end, before.why, before.code) == (start, why, code):
            start = self._unread.pop().start
        self._unread.append(Unread(start, end, why, code))

    @property
    def coverage(self) -> Coverage:
        """What was decoded, sampled and lost. Pages count as seconds, [page, page + 1)."""
        return Coverage(
            start=0.0, end=self._end, decoded_frames=self._decoded, sampled_frames=self._sampled,
            corrupt_frames=self._corrupt, first=self._first, last=self._last, unread=tuple(self._unread),
            sizes=tuple(self._sizes))

    @property
    def shots(self) -> tuple[ShotSpan, ...]:
        """One per page, or one per shot of an animation."""
        ends = [*self._shots[1:], self._read_to]
        return tuple(ShotSpan(start, max(start, end)) for start, end in zip(self._shots, ends, strict=True))


class _Choice:
    """Of the frames of an animation, those that begin a shot and those that are sampled: as in a video, fewer where it stands.

    What an animation says of its times is often pretended: thousands of equal frames are one picture.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._sampler = Sampler(sampling)
        self._normal = sampling.mode == "normal"
        self._before: UInt8Array | None = None   # the frame before, 64 x 48
        self._last: tuple[UInt8Array, UInt8Array] | None = None   # the last sample, so and 160 x 90

    def __call__(self, t: float, grey: UInt8Array) -> tuple[bool, bool]:
        """(whether a shot begins with this frame, whether it is sampled)."""
        small = resized(grey, _CAREFUL, cv2.INTER_AREA)
        before, self._before = self._before, small
        fresh = before is None or differs(before, small)
        change = 0.0 if before is None else cv2.norm(before, small, cv2.NORM_L1) / small.size
        wanted = self._wanted(t, fresh, change, (small, grey))
        if wanted:
            self._sampler.taken(t)
        return fresh, wanted

    def _wanted(self, t: float, fresh: bool, change: float, picture: tuple[UInt8Array, UInt8Array]) -> bool:
        sampler = self._sampler
        due = sampler.due(t, first_of_shot=fresh)
        if not self._normal:
            return due
        if not due and not (sampler.still and change > _STIRS):
            return False
        small, fine = picture[0], resized(picture[1], _FINE, cv2.INTER_AREA)
        sampler.still = not fresh and self._last is not None and not (
            cv2.norm(self._last[0], small, cv2.NORM_L1) > _MOVING * small.size or moved(self._last[1], fine))
        if sampler.still and not sampler.must(t, first_of_shot=fresh):
            sampler.passed(t)
            return False
        self._last = small, fine
        return True


def page_count(picture: Image.Image) -> int:
    """Pages or frames as the header says; 1 where it cannot be told."""
    try:
        return max(1, int(getattr(picture, "n_frames", 1)))
    except still.PILLOW_FAULTS:
        return _frames_met(picture) if picture.format == "GIF" else 1


def _frames_met(picture: Image.Image) -> int:
    """Frames of a GIF up to and with the one whose beginning is damaged: that one, and all behind it, will be missed."""
    met = picture.tell() + 2
    try:
        picture.seek(0)
    except still.PILLOW_FAULTS:
        return 1
    return met


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
