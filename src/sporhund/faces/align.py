"""A face turned, scaled and moved so that its eyes, nose and mouth lie where an embedder expects them."""
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.faces.model import Point
from sporhund.media.frame import UInt8Array

FloatArray = NDArray[np.float64]


def similarity(points: Sequence[Point], targets: Sequence[Point]) -> FloatArray:
    """(2, 3) the turn, scale and shift that brings points nearest to targets (least squares, never mirrored).

    Raises ValueError if the points all coincide: they have no size.
    """
    source, goal = np.asarray(points, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    middle, aim = source.mean(axis=0), goal.mean(axis=0)
    x, y = (source - middle).T
    u, v = (goal - aim).T
    spread = float((x * x + y * y).sum())
    if spread <= 0:
        raise ValueError("the landmarks coincide")
    a, b = float((x * u + y * v).sum() / spread), float((x * v - y * u).sum() / spread)
    turn = np.array([[a, -b], [b, a]])
    return np.column_stack([turn, aim - turn @ middle])


def align(
    rgb: UInt8Array, landmarks: Sequence[Point], targets: Sequence[Point], *, side_px: int,
) -> UInt8Array:
    """(side_px, side_px, 3) the aligned face; black where the picture ends.

    rgb: (height, width, 3).   landmarks: five points in pixels, the first pixel's centre at 0.5.
    targets: the five points of the aligned face, the first pixel's centre at 0 (as embedders state them).
    A face much larger than the chip is shrunk by area first: sampling alone would pick single pixels out of it (aliasing).
    """
    points = np.asarray(landmarks, dtype=np.float64) - 0.5
    matrix = similarity([(x, y) for x, y in points.tolist()], targets)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.5:
        rgb, matrix = _shrunk(rgb, matrix, scale, side_px)
    return cv2.warpAffine(rgb, matrix, (side_px, side_px), flags=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _shrunk(rgb: UInt8Array, matrix: FloatArray, scale: float, side_px: int) -> tuple[UInt8Array, FloatArray]:
    """The part of the picture that the chip shows, shrunk by a whole number, and the matrix that goes with it."""
    factor = int(1 / scale)
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0, 1], [side_px, 0, 1], [0, side_px, 1], [side_px, side_px, 1]]) @ inverse.T
    height, width = rgb.shape[:2]
    left, top = (max(0, int(low) - 2 * factor) for low in corners.min(axis=0))
    right, bottom = (int(high) + 2 * factor for high in corners.max(axis=0))
    columns, rows = (min(right, width) - left) // factor, (min(bottom, height) - top) // factor
    if columns < 1 or rows < 1:
        return rgb, matrix
    part = np.ascontiguousarray(rgb[top:top + rows * factor, left:left + columns * factor])
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    # Centre of small pixel k lies at factor * k + (factor - 1) / 2 of the part.
    back = np.array([[factor, 0, left + (factor - 1) / 2], [0, factor, top + (factor - 1) / 2], [0, 0, 1.0]])
    return small, (np.vstack([matrix, [0, 0, 1]]) @ back)[:2]
