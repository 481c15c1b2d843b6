"""How usable a face is for comparison, before any embedder has seen it."""
from collections.abc import Sequence

import cv2
import numpy as np

from sporhund.faces.model import Face, Point
from sporhund.media.frame import UInt8Array

MEASURED_AT_PX = 64
"""A larger face is shrunk to this width before its sharpness is measured; a smaller one is measured as it is."""
FLOOR = 2.0
"""Grey levels of variation, from one pixel to the next, that show nothing."""
SHARP = 0.4
"""Sharpness of an ordinary good picture (median of 671 portraits: 0.38)."""
EASY_PX = 90.0
"""Width from which a face gains nothing by being larger (face-models: size hardly matters above)."""
HOPELESS_PX = 12.0
"""Width at which nothing is left to compare."""


def sharpness(rgb: UInt8Array) -> float:
    """How much of the finest detail that this many pixels could hold is there: 0 (smooth or too dark) to 1 (crisp).

    rgb: (h, w, 3) the face box cut out of the picture. Measured at 64 pixels' width, or at its own size if it is smaller, so
    that neither the size of the face nor that of an aligned chip enters: size is a question of its own. Noise well above two
    grey levels counts as detail.
    Source: F. Crete et al., The blur effect (SPIE 2007): blur the picture again and see how much variation that takes away;
    a picture that was blurred already loses little. Added here: two grey levels of variation without detail, so that a face
    in the dark, of which three grey levels are left, is not called sharp (measured: docs/decisions/400).
    """
    if min(rgb.shape[:2]) < 5:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    factor = MEASURED_AT_PX / grey.shape[1]
    if factor < 1:
        size = (MEASURED_AT_PX, max(5, round(grey.shape[0] * factor)))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    values = grey.astype(np.float32)
    return float(min(_share_lost(values, axis) for axis in (0, 1)))


def _share_lost(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]], axis: int) -> float:
    """Share of the variation along one axis that a smoothing over 5 pixels takes away."""
    kernel = (1, 5) if axis == 0 else (5, 1)
    smooth = cv2.blur(values, kernel)
    before, after = np.abs(np.diff(values, axis=axis)), np.abs(np.diff(smooth, axis=axis))
    return float(np.maximum(before - after, 0).sum() / (before.sum() + FLOOR * before.size))


def yaw(landmarks: Sequence[Point]) -> float:
    """How far the face is turned: -1 (its left profile, looking to the left edge of the picture) over 0 (frontal) to 1.

    The nose tip's place between the eyes, along the line of the eyes; beyond an eye it is a profile.
    """
    left, right, nose = (np.array(point, dtype=np.float64) for point in landmarks[:3])
    across = right - left
    length = float(across @ across)
    if length <= 0:
        return 1.0
    return float(np.clip(2 * ((nose - left) @ across) / length - 1, -1.0, 1.0))


def quality(face: Face, *, sharp: float) -> float:
    """How usable a face is for comparison, 0 (not at all) to 1 (large, sharp, frontal, surely a face).

    The product of four shares, each 1 where more brings nothing: width, sharpness, pose, the detector's score. It orders the
    shots of one track; whether a face may be compared at all is another question (`faces.rules.suitable`).
    """
    size = np.clip((face.box[2] - HOPELESS_PX) / (EASY_PX - HOPELESS_PX), 0, 1) ** 0.5
    pose = 1 - abs(yaw(face.landmarks)) ** 2
    return float(np.clip(size * np.clip(sharp / SHARP, 0, 1) * (0.1 + 0.9 * pose) * face.score, 0, 1))


def chroma(rgb: UInt8Array) -> float | None:
    """Mean colourfulness of a face: CIELAB chroma, 0 (grey) to about 60 (a very red skin); None without pixels.

    rgb: (h, w, 3) the face box cut out of the picture. Shrunk before it is measured, so that the coloured noise of a dark or
    strongly compressed grey picture, which is grey on the average, does not count as colour.
    """
    if not rgb.size:
        return None
    small = cv2.resize(np.ascontiguousarray(rgb), (8, 8), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return float(np.hypot(lab[..., 1], lab[..., 2]).mean())
