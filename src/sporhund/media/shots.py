"""Hard cuts: a cheap look at every frame, a careful one where it jumps, and a wait of a few frames to tell a flash."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import av
import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sporhund.media.frame import UInt8Array
from sporhund.media.grid import Grid
from sporhund.media.pixels import resized

CONFIRM_FRAMES = 4        #: frames that a new picture must last; a shorter one is a flash
NEAR_S = 0.5              #: frames further apart (quick mode) are compared by their likeness alone
LONG_PAUSE_S = 10.0       #: nothing is known of what happened in between: what follows is a new shot

# Measured on the clips of the test material (32 true cuts, 4,000 frames without): at a cut the mean change of the tiny
# copy is 15 to 64 grey levels and 3 to 900 times that of the frames before; elsewhere it is at most 17 and not 3 times.
# The correlation of the careful copies is -0.02 to 0.86 at cuts, and 0.82 to 1.0 in movement.
TINY = (32, 18)           #: columns, rows of the copy made of every frame
_CAREFUL = (64, 48)
_BORDER = 6               # the careful copies may be shifted by so many pixels: camera shake
_JUMP = 2.5               # grey levels: less is never looked at carefully
_LARGE = 12.0             # grey levels: always looked at carefully
_OFTEN = 2.2              # times the usual change: a frame that is looked at carefully
_QUIET = 0.8              # grey levels: change that counts as none
_OTHER_PICTURE = 0.5      # correlation below which two pictures have nothing in common
_SHIFTLESS = 0.92         # correlation from which no better shift is sought
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
    fine: UInt8Array | None = None   #: strided luma, about 160 x 90, once it was asked for


class CutFinder:
    """Marks the first frame of each shot. Frames come out in order, a few late while a candidate is open."""

    def __init__(self) -> None:
        self._before: Seen | None = None
        self._usual = _QUIET                      # what has been changing of late, grey levels
        self._limit = _JUMP                       # change from which a frame is looked at carefully
        self._open: list[Seen] = []               # the candidate and what follows it
        self._old: UInt8Array | None = None       # the picture before the candidate
        self._jump = 0.0                          # and how much it changed, grey levels

    def __call__(self, frames: Iterable[Seen]) -> Iterator[Seen]:
        for seen in frames:
            before, self._before = self._before, seen
            if before is not None:
                self._measure(before, seen)
            if self._open:
                self._open.append(seen)
                if len(self._open) > CONFIRM_FRAMES or seen.cut:
                    yield from self._decide()
            elif before is not None and seen.change >= self._limit and not seen.cut and self._jumps(before, seen):
                self._open = [seen]
                if seen.t - before.t > NEAR_S:
                    yield from self._decide()
            else:
                yield seen
        if self._open:
            yield from self._decide()

    def _measure(self, before: Seen, seen: Seen) -> None:
        if not 0.0 <= seen.t - before.t <= LONG_PAUSE_S:
            seen.cut = True
        if seen.tiny.shape != before.tiny.shape:
            seen.change = _LARGE
            return
        seen.change = change = cv2.norm(seen.tiny, before.tiny, cv2.NORM_L1) / seen.tiny.size
        if not self._open:
            usual = self._usual
            usual += 0.2 * (min(change, 4 * usual) - usual)
            self._usual = usual = usual if usual > _QUIET else _QUIET
            self._limit = min(_LARGE, max(_JUMP, _OFTEN * usual))

    def _jumps(self, before: Seen, seen: Seen) -> bool:
        self._old, new = careful(before.frame), careful(seen.frame)
        near, sudden = seen.t - before.t <= NEAR_S, seen.change >= _OFTEN * self._usual
        for look in (agreement, compare):   # the dear look, with shifts, only where the cheap one sees a cut
            alike, self._jump = look(self._old, new)
            if not other_picture(alike, self._jump, near=near, sudden=sudden):
                return False
        return True

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
        alike, change = agreement(self._old, careful(same_shot[-1].frame))
        if alike > _ALIKE and change < 0.5 * self._jump:
            return False
        return float(np.median([seen.change for seen in same_shot])) < 0.8 * candidate.change


_rough = Grid(2 * _CAREFUL[0], 2 * _CAREFUL[1])


def careful(frame: av.VideoFrame) -> UInt8Array:
    """A smoothed copy, 64 x 48, for comparing two frames well."""
    return resized(_rough(frame), _CAREFUL, cv2.INTER_LINEAR)


def other_picture(alike: float, change: float, *, near: bool, sudden: bool) -> bool:
    """Whether two frames one after the other show different pictures.

    alike, change: from `compare`.   near: they are close in time.   sudden: the change is far above what is usual here.
    """
    if not near:
        return alike < 0.9 * _OTHER_PICTURE and change > _LARGE   # somebody who comes close to the camera is no cut
    if alike < _OTHER_PICTURE:
        return change > (3.0 if sudden else _LARGE)
    return sudden and alike < 0.9 and change > 10.0


def agreement(old: UInt8Array, new: UInt8Array) -> tuple[float, float]:
    """(correlation, mean change in grey levels with the brightness of both made equal) as they lie."""
    return _agreement(_inside(old), _inside(new))


def compare(old: UInt8Array, new: UInt8Array) -> tuple[float, float]:
    """The same at the best shift: a shaken camera shows the same picture.

    A plain product over all shifts of a small copy: OpenCV's template matching took up to a millisecond a call, cold.
    """
    inner = _inside(new)
    best = _agreement(_inside(old), inner)
    if best[0] < _SHIFTLESS:
        x, y = _best_shift(old, new)
        for down, across in product((y, y - 1, y + 1), (x, x - 1, x + 1)):
            wide_of_it = (down, across) != (y, x) and not _OTHER_PICTURE < best[0] < _SHIFTLESS
            if not wide_of_it and 0 <= down <= 2 * _BORDER and 0 <= across <= 2 * _BORDER:
                place = old[down:down + inner.shape[0], across:across + inner.shape[1]].astype(np.float32)
                best = max(best, _agreement(place, inner))
    return best


def _inside(picture: UInt8Array) -> NDArray[np.float32]:
    return picture[_BORDER:-_BORDER, _BORDER:-_BORDER].astype(np.float32)


def _best_shift(old: UInt8Array, new: UInt8Array) -> tuple[int, int]:
    """(x, y) in `old` at which the inside of `new` agrees best, to two pixels."""
    border = _BORDER // 2
    small = old[::2, ::2].astype(np.float32)
    inner = new[::2, ::2][border:-border, border:-border].astype(np.float32).ravel()
    inner -= inner.mean()
    shape = (small.shape[0] - 2 * border, small.shape[1] - 2 * border)
    places = sliding_window_view(small, shape).reshape(-1, inner.size)
    spread = np.sqrt(np.maximum((places * places).mean(axis=1) - places.mean(axis=1) ** 2, 1e-6))
    y, x = divmod(int(np.argmax(places @ inner / spread)), 2 * border + 1)
    return 2 * x, 2 * y


def _agreement(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[float, float]:
    """(correlation, mean absolute difference) of two pictures of equal brightness."""
    a, b = a - a.mean(), b - b.mean()
    strength = float(np.vdot(a, a)) * float(np.vdot(b, b))
    return (float(np.vdot(a, b)) / strength ** 0.5 if strength > 0 else 0.0), float(np.abs(a - b).mean())
