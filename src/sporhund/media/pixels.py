"""From a decoder's frame to upright, square pixels: one path, so that the same frame gives the same picture again."""
from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from sporhund.media.frame import UInt8Array

_LARGEST_ASPECT = 4     #: a pixel four times as wide as high is a fault in the header, not a format
_COMB_STEP = 12         #: grey levels by which a line must stand out from both neighbours to count as combed

_QUARTER_TURNS = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}


@lru_cache(maxsize=64)
def upright_size(width: int, height: int, rotation: int, aspect: Fraction | None) -> tuple[int, int]:
    """(width, height) as shown: pixels made square by enlarging, never by dropping; then turned."""
    ratio = aspect if aspect and Fraction(1, _LARGEST_ASPECT) <= aspect <= _LARGEST_ASPECT else Fraction(1)
    if ratio > 1:
        width = round(width * ratio)
    elif ratio < 1:
        height = round(height / ratio)
    return (height, width) if quarter_turns(rotation) % 2 else (width, height)


def quarter_turns(rotation: int) -> int:
    """Quarter turns counter-clockwise. An odd angle (a hostile display matrix) goes to the nearest quarter."""
    return round(rotation / 90) % 4


class Converter:
    """Turns the frames of one stream upright. Keeps one scaler, because making one costs as much as using it.

    RGB comes from FFmpeg's scaler: it knows range (limited, full) and matrix (BT.601, 709, 2020) of each frame.
    OpenCV's I420 conversion knows limited BT.601 only and was not faster (113 against 85-123 us at 640x360).
    """

    def __init__(self, aspect: Fraction | None) -> None:
        self.aspect = aspect
        self._to_rgb, self._to_grey = VideoReformatter(), VideoReformatter()

    def size(self, frame: av.VideoFrame) -> tuple[int, int]:
        """(width, height) upright."""
        return upright_size(frame.width, frame.height, frame.rotation, self.aspect)

    def rgb(self, frame: av.VideoFrame) -> UInt8Array:
        """(height, width, 3) uint8, upright, square pixels, without the comb of interlacing."""
        picture = as_bytes(self._to_rgb.reformat(frame, format="rgb24", threads=1))
        if frame.interlaced_frame:
            picture = without_comb(picture)
        return self._upright(picture, frame, None)

    def luma(self, frame: av.VideoFrame, width: int) -> UInt8Array:
        """Grey, at most `width` wide, upright. From the Y plane where there is one: no conversion."""
        plane = luma_plane(frame)
        if plane is None:
            plane = as_bytes(self._to_grey.reformat(frame, format="gray", threads=1))
        if frame.interlaced_frame:
            plane = plane[::2]
        return self._upright(plane, frame, width)

    def _upright(self, picture: UInt8Array, frame: av.VideoFrame, width: int | None) -> UInt8Array:
        full = self.size(frame)
        turns = quarter_turns(frame.rotation)
        scale = 1.0 if width is None else min(1.0, width / full[0])
        shown = (max(1, round(full[0] * scale)), max(1, round(full[1] * scale)))
        before = shown[::-1] if turns % 2 else shown
        if (picture.shape[1], picture.shape[0]) != before:
            # Halving by averaging, then linear: five times as cheap as averaging at once (1080p to 320), and as smooth.
            while picture.shape[1] >= 3 * before[0] and picture.shape[0] >= 3 * before[1]:
                picture = resized(picture, (picture.shape[1] // 2, picture.shape[0] // 2), cv2.INTER_AREA)
            picture = resized(picture, before, cv2.INTER_LINEAR)
        if turns:
            picture = cast(UInt8Array, cv2.rotate(picture, _QUARTER_TURNS[turns]))
        return np.ascontiguousarray(picture)


def as_bytes(frame: av.VideoFrame) -> UInt8Array:
    """A frame of an 8-bit packed format as (height, width[, channels]) uint8."""
    return cast(UInt8Array, frame.to_ndarray())


def resized(picture: UInt8Array, size: tuple[int, int], how: int) -> UInt8Array:
    """`picture` at `size` (columns, rows)."""
    return cast(UInt8Array, cv2.resize(picture, size, interpolation=how))


def luma_plane(frame: av.VideoFrame) -> UInt8Array | None:
    """The Y plane as stored, (height, width) uint8, a view where it has 8 bits; None for RGB and packed formats."""
    depth = luma_depth(frame.format.name)
    if depth == 0:
        return None
    plane = frame.planes[0]
    if depth == 8:
        return np.ndarray((frame.height, frame.width), np.uint8, plane, 0, (plane.line_size, 1))  # type: ignore[arg-type]
    wide = np.ndarray((frame.height, frame.width), np.uint16, plane, 0, (plane.line_size, 2))  # type: ignore[arg-type]
    return (wide >> (depth - 8)).astype(np.uint8)


_depths: dict[str, int] = {}


def luma_depth(name: str) -> int:
    """Bits of the first plane if that plane is luma alone, else 0."""
    if name not in _depths:
        kind = av.VideoFormat(name)
        bits = kind.components[0].bits if kind.components else 0
        planar = name.startswith(("yuv4", "yuvj4", "yuva4", "gray", "nv12", "nv16", "nv21")) and not name.endswith("be")
        whole = name != "grayf32le" and 8 <= bits <= 16
        _depths[name] = bits if planar and whole and not kind.is_rgb else 0
    return _depths[name]


def without_comb(picture: UInt8Array) -> UInt8Array:
    """An interlaced picture with the second field's lines replaced where they stand out from the first field's.

    Only combed pixels are interpolated: what stands still keeps all its lines.
    """
    if picture.shape[0] < 3:
        return picture
    above, line, below = picture[:-2:2].astype(np.int16), picture[1:-1:2].astype(np.int16), picture[2::2].astype(np.int16)
    up, down = line - above, line - below
    combed = ((np.minimum(abs(up), abs(down)) > _COMB_STEP) & ((up > 0) == (down > 0))).any(axis=2).astype(np.uint8)
    combed = cv2.dilate(combed, np.ones((3, 5), np.uint8))
    result = picture.copy()
    result[1:-1:2] = np.where(combed[..., None] > 0, ((above + below) >> 1).astype(np.uint8), picture[1:-1:2])
    return result
