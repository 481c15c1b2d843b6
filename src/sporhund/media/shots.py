"""Hard cuts: a cheap look at every frame, a careful one where it jumps, and a wait of a few frames to tell a flash."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from sporhund.media.frame import UInt8Array
from sporhund.media.pixels import luma_depth, resized

CONFIRM_FRAMES = 4        #: frames that a new picture must last; a shorter one is a flash
NEAR_S = 0.5              #: frames further apart (quick mode) are compared by their likeness alone
LONG_PAUSE_S = 10.0       #: nothing is known of what happened in between: what follows is a new shot

# Measured on the clips of the test material (32 true cuts, 4,000 frames without): at a cut the mean change of the tiny
# copy is 15 to 64 grey levels and 3 to 900 times that of the frames before; elsewhere it is at most 17 and not 3 times.
# The correlation of the careful copies is -0.02 to 0.86 at cuts, and 0.82 to 1.0 in movement.
_TINY = (32, 18)          # columns, rows
_CAREFUL = (64, 48)
_BORDER = 6               # the careful copies may be shifted by so many pixels: camera shake
_JUMP = 2.5               # grey levels: less is never looked at carefully
_LARGE = 12.0             # grey levels: always looked at carefully
_QUIET = 0.8              # grey levels: change that counts as none
_OTHER_PICTURE = 0.5      # correlation below which two pictures have nothing in common
_ALIKE = 0.85             # and above which they show the same place


@dataclass(slots=True)
class Seen:
    """One decoded frame on its way to the sampler."""

    frame: av.VideoFrame
    t: float
    pts: int | None
    key: bool                     #: decoded from a keyframe packet (quick mode)
    tiny: UInt8Array              #: strided luma, about 32 x 18
    cut: bool = False             #: the first frame of a new shot
    change: float = 0.0           #: mean grey levels against the frame before


class TinyReader:
    """Makes the tiny copy. Keeps what it knows of the format, because it is asked for every frame."""

    def __init__(self) -> None:
        self._key: tuple[str, int, int] = ("", 0, 0)
        self._depth = 0
        self._grey = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> UInt8Array:
        key = (frame.format.name, frame.width, frame.height)
        if key != self._key:
            self._key, self._depth = key, luma_depth(key[0])
        return strided(frame, self._depth, _TINY, self._grey)


def strided(frame: av.VideoFrame, depth: int, size: tuple[int, int], grey: VideoReformatter) -> UInt8Array:
    """Every n-th pixel of the luma, copied: no averaging, no conversion. depth: `pixels.luma_depth` of its format."""
    if depth == 0:
        frame = grey.reformat(frame, format="gray", threads=1)
        depth = 8
    width, height, plane = frame.width, frame.height, frame.planes[0]
    across, down, line = width // size[0] or 1, height // size[1] or 1, plane.line_size
    if down > 1:
        down -= down & 1     # every second line only: of an interlaced frame one field, so that a cut is not seen twice
    shape = (height // down, width // across)
    if depth == 8:
        return np.ndarray(shape, np.uint8, plane, 0, (line * down, across)).copy()  # type: ignore[arg-type]
    deep = np.ndarray(shape, np.uint16, plane, 0, (line * down, 2 * across))  # type: ignore[arg-type]
    return (deep >> (depth - 8)).astype(np.uint8)


class CutFinder:
    """Marks the first frame of each shot. Frames come out in order, a few late while a candidate is open."""

    def __init__(self) -> None:
        self._before: Seen | None = None
        self._usual = _QUIET                      # what has been changing of late, grey levels
        self._open: list[Seen] = []               # the candidate and what follows it
        self._old: UInt8Array | None = None       # the picture before the candidate

    def __call__(self, frames: Iterable[Seen]) -> Iterator[Seen]:
        for seen in frames:
            before, self._before = self._before, seen
            if before is not None:
                self._measure(before, seen)
            if self._open:
                self._open.append(seen)
                if len(self._open) > CONFIRM_FRAMES or seen.cut:
                    yield from self._decide()
            elif before is not None and not seen.cut and self._jumps(before, seen):
                self._open = [seen]
                if seen.t - before.t > NEAR_S:
                    yield from self._decide()
            else:
                yield seen
        if self._open:
            yield from self._decide()

    def _measure(self, before: Seen, seen: Seen) -> None:
        if seen.t < before.t or seen.t - before.t > LONG_PAUSE_S:
            seen.cut = True
        if seen.tiny.shape == before.tiny.shape:
            seen.change = cv2.norm(seen.tiny, before.tiny, cv2.NORM_L1) / seen.tiny.size
        if not self._open:
            self._usual += 0.2 * (min(seen.change, 4 * self._usual) - self._usual)
            self._usual = max(self._usual, _QUIET)

    def _jumps(self, before: Seen, seen: Seen) -> bool:
        if seen.tiny.shape == before.tiny.shape and seen.change < max(_JUMP, min(_LARGE, 1.8 * self._usual)):
            return False
        self._old = careful(before.frame)
        alike, change = compare(self._old, careful(seen.frame))
        if seen.t - before.t > NEAR_S:
            return alike < 0.9 * _OTHER_PICTURE and change > _LARGE   # somebody who comes close is no cut
        if alike < _OTHER_PICTURE and change > (_LARGE if seen.change < 1.8 * self._usual else 3.0):
            return True
        return alike < 0.9 and change > 10.0 and seen.change > 2.2 * self._usual

    def _decide(self) -> Iterator[Seen]:
        candidate, *rest = self._open
        if not rest or self._lasts(candidate, rest):
            candidate.cut = True
        self._open, self._old = [], None
        yield candidate
        yield from rest

    def _lasts(self, candidate: Seen, rest: list[Seen]) -> bool:
        """Whether the new picture stays: not a flash, and not one jerk among others."""
        same_shot = [seen for seen in rest if not seen.cut]
        if not same_shot:
            return True
        assert self._old is not None
        alike, change = compare(self._old, careful(same_shot[-1].frame))
        _, first_change = compare(self._old, careful(candidate.frame))
        if alike > _ALIKE and change < 0.5 * first_change:
            return False
        return float(np.median([seen.change for seen in same_shot])) < 0.8 * candidate.change


def careful(frame: av.VideoFrame) -> UInt8Array:
    """An averaged copy, 64 x 48, for comparing two frames well."""
    depth = luma_depth(frame.format.name)
    size = (min(640, frame.width), min(240, max(1, frame.height // 2)))
    return resized(strided(frame, depth, size, VideoReformatter()), _CAREFUL, cv2.INTER_AREA)


def compare(old: UInt8Array, new: UInt8Array) -> tuple[float, float]:
    """(correlation at the best shift, mean change in grey levels there with the brightness of both made equal)."""
    inner = new[_BORDER:-_BORDER, _BORDER:-_BORDER]
    scores = cv2.matchTemplate(old, inner, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    place = old[y:y + inner.shape[0], x:x + inner.shape[1]].astype(np.float32)
    change = np.abs((place - place.mean()) - (inner - inner.mean(dtype=np.float32))).mean()
    return float(np.nan_to_num(best)), float(change)
