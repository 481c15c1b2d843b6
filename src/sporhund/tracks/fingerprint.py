"""A small grey copy of a box: enough to say that a stored place and time still show the same picture."""
import cv2
import numpy as np

from sporhund.media.frame import UInt8Array
from sporhund.tracks.model import Box

SIDE = 16


def fingerprint(rgb: UInt8Array, box: Box) -> bytes:
    """SIDE * SIDE grey values, row by row; empty where the box holds no pixel of the picture.

    rgb: (height, width, 3) uint8.
    """
    height, width = rgb.shape[:2]
    left, right = _whole_pixels(box[0], box[2], width)
    top, bottom = _whole_pixels(box[1], box[3], height)
    if left >= right or top >= bottom:
        return b""
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).tobytes()


def distance(a: bytes, b: bytes) -> float:
    """Mean difference of two fingerprints, 0 (the same) to 1 (black against white); 1 where one is missing."""
    if len(a) != SIDE * SIDE or len(b) != SIDE * SIDE:
        return 1.0
    first, second = (np.frombuffer(each, dtype=np.uint8).astype(np.int16) for each in (a, b))
    return float(np.abs(first - second).mean() / 255)


def _whole_pixels(start: float, length: float, limit: int) -> tuple[int, int]:
    """[first, last) of the pixels that a side covers, at least one where it touches the picture."""
    first = min(max(round(start), 0), limit)
    last = min(max(round(start + length), 0), limit)
    if first == last and 0 <= start < limit and length > 0:
        return (first, first + 1) if first < limit else (limit - 1, limit)
    return first, last
