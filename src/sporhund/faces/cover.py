"""Something before a face: dark glasses, a bar, a mask, a scarf. A sign, not a finding: it only makes a warning.

A hand is of the colour of the face and is not seen; lenses as light as the cheeks seldom are (measured: docs/decisions/860).
"""
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.faces.align import align
from sporhund.faces.model import Point
from sporhund.media.frame import UInt8Array

FloatArray = NDArray[np.float32]

SIDE_PX = 56
TARGETS: tuple[Point, ...] = ((19.1, 25.8), (36.8, 25.8), (28.0, 35.9), (20.8, 46.2), (35.4, 46.1))
"""Where eyes, nose and mouth lie in the small upright face that is measured."""


def covered(rgb: UInt8Array, landmarks: Sequence[Point]) -> float | None:
    """How much speaks for something before eyes or mouth: 0 (nothing) to 1; None where the face has no place for them.

    rgb: (height, width, 3) the picture.   landmarks: five points in its pixels.
    """
    if len(landmarks) != len(TARGETS):
        return None
    try:
        chip = align(rgb, landmarks, TARGETS, side_px=SIDE_PX)
    except ValueError:
        return None
    lab = cv2.cvtColor(chip.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).astype(np.float32, copy=False)
    return max(_dark_eyes(lab), _other_mouth(lab))


def _dark_eyes(lab: FloatArray) -> float:
    """Both eyes and what lies around them far darker than the cheeks: dark glasses, a bar, a cap's shadow."""
    eyes = min(float(np.percentile(lab[20:31, side, 0], 75)) for side in (slice(12, 26), slice(30, 44)))
    cheeks = float(np.median(np.concatenate([lab[33:41, 10:20, 0], lab[33:41, 36:46, 0]])))
    return _share(cheeks - eyes, 10.0, 45.0)


def _other_mouth(lab: FloatArray) -> float:
    """The lower face of another colour or brightness than the upper: a mask, a scarf."""
    lower = np.median(lab[40:54, 16:40].reshape(-1, 3), axis=0)
    upper = np.median(np.concatenate([lab[31:37, 12:22], lab[31:37, 34:44]]).reshape(-1, 3), axis=0)
    lightness, *colour = np.abs(lower - upper).tolist()
    return max(_share(lightness, 15.0, 60.0), _share(float(np.hypot(*colour)), 8.0, 30.0))


def _share(value: float, nothing: float, surely: float) -> float:
    return float(np.clip((value - nothing) / (surely - nothing), 0, 1))
