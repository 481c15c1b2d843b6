"""One sampled frame, handed to every look. Pixels are converted once, when first asked for."""
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UInt8Array = NDArray[np.uint8]


class Frame:
    """A frame in upright, square pixels.

    t: presentation time in seconds.   pts, time_base: exact, where the stream has them.
    shot: index of the unit's shots.   page: page of a picture, 0 for video.
    warmup: before the unit's own span: follow it, do not report it.
    width, height: upright pixels, the ones boxes are given in.
    """

    def __init__(
        self, *, t: float, shot: int, width: int, height: int, make_rgb: Callable[[], UInt8Array],
        make_luma: Callable[[int], UInt8Array], pts: int | None = None, time_base: tuple[int, int] | None = None,
        page: int = 0, warmup: bool = False, single: bool = False,
    ) -> None:
        self.t, self.shot, self.page, self.warmup = t, shot, page, warmup
        self.pts, self.time_base = pts, time_base
        self.width, self.height = width, height
        self.single = single  #: a still or a page: nothing before or after it belongs to it
        self._make_rgb, self._make_luma = make_rgb, make_luma
        self._luma: dict[int, UInt8Array] = {}

    @cached_property
    def rgb(self) -> UInt8Array:
        """(height, width, 3) uint8 RGB."""
        return self._make_rgb()

    def luma(self, width: int = 320) -> UInt8Array:
        """(about width * height / self.width, at most width) uint8 grey, for movement and cuts."""
        if width not in self._luma:
            self._luma[width] = self._make_luma(width)
        return self._luma[width]
