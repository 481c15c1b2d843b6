"""What the camera did, apart from what moved before it: a shake, and light that goes up and down."""
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

STEP = 2
"""The shift is measured on every second pixel: a quarter of the cost, still to a few tenths of a pixel."""
FURTHEST = 0.3
"""Shift, as a share of the shorter side, beyond which the pictures do not show the same thing."""
SHAKEN = 0.1
"""The same for a camera that shakes; one that has moved further has been turned."""
LEAST_PX = 0.3
"""A smaller shift is within the error of measuring it."""
ROW_LIMIT = 12.0
"""Grey levels by which mains light may brighten a single row (rolling shutter)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much a picture lies to the right of and below another, in pixels."""

    x: float = 0.0
    y: float = 0.0


def shift_between(still: Picture, shaken: Picture) -> Shift:
    """How far `shaken` lies to the right of and below `still`. (h, w) float32 each.

    Phase correlation (Foroosh et al., 2002): it finds what the whole picture did, whatever moves in it.
    """
    small = [np.ascontiguousarray(each[::STEP, ::STEP]) for each in (still, shaken)]
    if min(small[0].shape) < 16:
        return Shift()
    window = cv2.createHanningWindow((small[0].shape[1], small[0].shape[0]), cv2.CV_32F)
    (x, y), _ = cv2.phaseCorrelate(small[0], small[1], window)
    return Shift(x * STEP, y * STEP)


def moved_back(picture: Picture, shift: Shift) -> Picture:
    """The picture laid back by the shift; what it does not show repeats its edge."""
    matrix = np.array([[1, 0, -shift.x], [0, 1, -shift.y]], np.float64)
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def camera_shift(background: Picture, picture: Picture) -> Shift:
    """By how much the camera moved since the background was learned; nothing where no common shift is clear."""
    if float(np.abs(picture - background)[::4, ::4].mean()) < 0.5:
        return Shift()
    shift = shift_between(background, picture)
    length = float(np.hypot(shift.x, shift.y))
    if not LEAST_PX <= length <= FURTHEST * min(picture.shape):
        return Shift()
    # What moves before a plain wall can pull the correlation: the shift counts only if the picture fits better with it.
    back, inside = moved_back(picture, shift), shown_by_both(picture.shape, shift)
    before, after = (float(np.mean(np.minimum(np.abs(each - background)[inside], 25))) for each in (picture, back))
    return shift if after < 0.9 * before else Shift()


def shown_by_both(shape: tuple[int, ...], shift: Shift) -> tuple[slice, slice]:
    """Rows and columns that a picture laid back by the shift still shows."""
    height, width = shape[:2]
    margin_y, margin_x = int(abs(shift.y)) + 2, int(abs(shift.x)) + 2
    rows = slice(0, height - margin_y) if shift.y > 0 else slice(margin_y, height)
    columns = slice(0, width - margin_x) if shift.x > 0 else slice(margin_x, width)
    return (rows if shift.y else slice(0, height)), (columns if shift.x else slice(0, width))


def relit(background: Picture, picture: Picture) -> Picture:
    """The background under the picture's light: gain, offset and the bands that mains light draws over the rows.

    Fitted on the pixels that agree best, so that what moves does not count.
    """
    x, y = background[::4, ::4].ravel(), picture[::4, ::4].ravel()
    gain, offset = 1.0, float(np.median(y - x))
    for _ in range(2):
        residual = np.abs(y - gain * x - offset)
        agree = residual <= max(2.0, 2.0 * float(np.median(residual)))
        gain, offset = _line(x[agree], y[agree])
    lit = gain * background + np.float32(offset)
    rows = np.clip(np.median((picture - lit)[:, ::6], axis=1), -ROW_LIMIT, ROW_LIMIT)
    return np.asarray(np.clip(lit + rows[:, None], 0, 255), dtype=np.float32)  # a sensor saturates


def _line(x: Picture, y: Picture) -> tuple[float, float]:
    """Gain and offset of y over x; a picture without contrast says nothing of a gain."""
    mean_x, mean_y = float(x.mean()), float(y.mean())
    spread = float(((x - mean_x) ** 2).mean())
    if spread < 25.0:
        return 1.0, mean_y - mean_x
    gain = float(((x - mean_x) * (y - mean_y)).mean()) / spread
    gain = min(max(gain, 0.2), 5.0)
    return gain, mean_y - gain * mean_x
