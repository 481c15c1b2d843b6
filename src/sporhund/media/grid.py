"""Every n-th pixel of the luma of a frame, copied: no averaging, no conversion, a few microseconds."""
import av
import numpy as np
from av.video.reformatter import VideoReformatter

from sporhund.media.frame import UInt8Array
from sporhund.media.pixels import luma_depth


class Grid:
    """Makes such copies, about `columns` x `rows`. Keeps what it worked out, because it is asked for every frame."""

    def __init__(self, columns: int, rows: int) -> None:
        self._wanted = (columns, rows)
        self._seen: tuple[str, int, int, int] = ("", 0, 0, 0)
        self._depth = 0
        self._shape = (0, 0)
        self._strides = (0, 0)
        self._grey = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> UInt8Array:
        plane = frame.planes[0]
        seen = (frame.format.name, frame.width, frame.height, plane.line_size)
        if seen != self._seen:
            self._learn(*seen)
        if self._depth == 8:
            return np.ndarray(self._shape, np.uint8, plane, 0, self._strides).copy()  # type: ignore[arg-type]
        if self._depth == 0:
            grey = self._grey.reformat(frame, format="gray", threads=1)
            down, across = self._steps(frame.width, frame.height)
            line = grey.planes[0].line_size
            return np.ndarray(self._shape, np.uint8, grey.planes[0], 0, (line * down, across)).copy()  # type: ignore[arg-type]
        deep = np.ndarray(self._shape, np.uint16, plane, 0, self._strides)  # type: ignore[arg-type]
        return (deep >> (self._depth - 8)).astype(np.uint8)

    def _learn(self, name: str, width: int, height: int, line: int) -> None:
        self._seen, self._depth = (name, width, height, line), luma_depth(name)
        down, across = self._steps(width, height)
        self._shape = (height // down, width // across)
        self._strides = (line * down, across * (2 if self._depth > 8 else 1))

    def _steps(self, width: int, height: int) -> tuple[int, int]:
        across, down = width // self._wanted[0] or 1, height // self._wanted[1] or 1
        # Every second line only: of an interlaced frame one field, so that a cut is not seen twice.
        return (down - (down & 1) if down > 1 else 1), across
