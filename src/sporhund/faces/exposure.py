"""How much light and how much compression a face has been through: what size and sharpness do not tell. Pure."""
import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.media.frame import UInt8Array
from sporhund.tracks.boxes import pixels_within
from sporhund.tracks.model import Box

BLOCK = 8
"""Side of the blocks that JPEG codes by themselves (ITU-T T.81, A.3.3)."""
FLAT = 0.5
"""Grey levels of variation added where nothing varies, so that a smooth face is no division by nothing."""


def contrast(face: UInt8Array) -> float | None:
    """How far light and shadow of a face lie apart: standard deviation in grey levels, 0 to about 100; None without pixels.

    face: (h, w, 3) the face box cut out of the picture. Shrunk to 16 x 16 first: noise is no contrast. A portrait has 20 to 50
    (median 37), darkened to 0.3 it has 6 to 15 (benchmarks/degraded.py). Brightness itself is not asked: dark skin in good
    light has its contrast.
    """
    if not face.size:
        return None
    grey = cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(cv2.resize(grey, (16, 16), interpolation=cv2.INTER_AREA).std())


def blocks(rgb: UInt8Array, box: Box) -> float | None:
    """How much more the picture changes at the borders of its 8 x 8 blocks than within them; None for a face that has no border.

    rgb: (height, width, 3) the whole picture as it was coded; one that was scaled or turned since shows nothing.
    1 is uncompressed; portraits at most 1.2, JPEG quality 20 1.4 to 2.0, quality 10 1.8 to 2.8, quality 5 2.6 to 5.
    """
    face = pixels_within(rgb, box)
    if min(face.shape[:2]) < 2 * BLOCK:
        return None
    values = cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY).astype(np.float32)
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    return float(np.mean([_steps(values, 1, left), _steps(values, 0, top)]))


def _steps(values: NDArray[np.float32], axis: int, offset: int) -> float:
    """Mean step over a block's border against the mean step elsewhere, along one axis."""
    steps = np.abs(np.diff(values, axis=axis)).mean(axis=1 - axis)
    border = (np.arange(len(steps)) + offset + 1) % BLOCK == 0
    return float(steps[border].mean() / (steps[~border].mean() + FLAT))
