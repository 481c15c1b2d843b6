"""How large a network sees a picture."""
import cv2
import numpy as np

from sporhund.packs.model import FloatArray, UInt8Array

STEP = 32
"""Detectors without fixed input want sides that are multiples of this."""


def scale_to(width: int, height: int, default_px: int, input_px: int | None) -> float:
    """By how much a picture is enlarged (over 1) or shrunk so that its longest side is `input_px` (or `default_px`).

    Nothing is enlarged by default, and never more than twice: more costs and shows nothing that is not in the
    picture. 0 leaves the picture as it is.
    """
    longest = max(width, height)
    wanted = default_px if input_px is None else input_px
    if wanted <= 0:
        return 1.0
    return min(wanted / longest, 1.0 if input_px is None else 2.0)


def whole_steps(length: float) -> int:
    """The next multiple of 32, at least 32."""
    return max(STEP, -(-round(length) // STEP) * STEP)


def resize(rgb: UInt8Array, width: int, height: int) -> UInt8Array:
    """The picture at this size; area averaging when it shrinks, so that small faces are not lost between samples."""
    if rgb.shape[:2] == (height, width):
        return rgb
    shrinks = width * height < rgb.shape[0] * rgb.shape[1]
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


def top_left(rgb: UInt8Array, side_px: int, fill: int) -> tuple[UInt8Array, float]:
    """The picture scaled to fit a square and put at its top left, and the scale used."""
    height, width = rgb.shape[:2]
    scale = side_px / max(height, width)
    small = resize(rgb, max(1, round(width * scale)), max(1, round(height * scale)))
    square = np.full((side_px, side_px, 3), fill, np.uint8)
    square[: small.shape[0], : small.shape[1]] = small
    return square, scale


def planes(picture: UInt8Array) -> FloatArray:
    """(height, width, 3) bytes as one float input (1, 3, height, width), 0 to 255, in the order of channels given."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
