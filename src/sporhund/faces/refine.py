"""Landmarks once more, from the face alone.

An embedder is only as good as its alignment. The detector's points from the whole picture depend on how large the face
happened to be there; looked at again as a cut-out, at two sizes and mirrored, and averaged, they tremble less (measured:
docs/decisions/400). Costs about half a detection, so only the few shots that are embedded get it.
"""
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.faces.model import Face, Point
from sporhund.media.frame import UInt8Array
from sporhund.packs.detector import FaceDetector
from sporhund.packs.model import Boxes
from sporhund.tracks.model import Box

AROUND = 2.0
"""Side of the cut-out in lengths of the face's larger side."""
FACE_PX = (64, 112)
"""Sizes at which the face is shown to the detector."""
LARGEST_PX = 320
"""A cut-out is kept at most this large: no chip needs more, and the memory of a long list of shots stays bounded."""
THRESHOLD = 0.2
MIRRORED = (1, 0, 2, 4, 3)
"""Where each point of a mirrored face comes from."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CutOut:
    """A face with its surroundings, cut out of its picture."""

    rgb: UInt8Array      #: (side, side, 3), black where the picture ended
    face: Face           #: in the cut-out's pixels


def cut_out(rgb: UInt8Array, face: Face) -> CutOut:
    """The square around a face, with the face in the middle."""
    x, y, width, height = face.box
    side = max(8, round(AROUND * max(width, height)))
    left, top = round(x + width / 2 - side / 2), round(y + height / 2 - side / 2)
    square = np.zeros((side, side, 3), np.uint8)
    tall, wide = rgb.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, wide), min(top + side, tall)
    if x0 < x1 and y0 < y1:
        square[y0 - top:y1 - top, x0 - left:x1 - left] = rgb[y0:y1, x0:x1]
    factor = min(1.0, LARGEST_PX / side)
    if factor < 1:
        square = cv2.resize(square, (LARGEST_PX, LARGEST_PX), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        factor = LARGEST_PX / side
    points = tuple(((px - left) * factor, (py - top) * factor) for px, py in face.landmarks)
    box: Box = ((x - left) * factor, (y - top) * factor, width * factor, height * factor)
    return CutOut(square, Face(box, face.score, points))


def refined(detector: FaceDetector, cut: CutOut) -> tuple[Point, ...]:
    """Five points, pixels of the cut-out: the mean of those it came with and those found again."""
    side = cut.rgb.shape[0]
    mirror = np.ascontiguousarray(cut.rgb[:, ::-1])
    found = [np.array(cut.face.landmarks)]
    for face_px in FACE_PX:
        input_px = max(32, round(side * face_px / max(cut.face.box[2:])))
        plain = _middle_points(detector.detect(cut.rgb, threshold=THRESHOLD, input_px=input_px), side)
        turned = _middle_points(detector.detect(mirror, threshold=THRESHOLD, input_px=input_px), side)
        if plain is not None:
            found.append(plain)
        if turned is not None:
            found.append(np.column_stack([side - turned[:, 0], turned[:, 1]])[list(MIRRORED)])
    return tuple((x, y) for x, y in np.mean(found, axis=0).tolist())


def _middle_points(seen: Boxes, side: int) -> FloatArray | None:
    """The points of the face in the middle of the cut-out; None where none lies there."""
    if seen.landmarks is None or not len(seen.boxes):
        return None
    away = np.abs(seen.boxes[:, :2] + seen.boxes[:, 2:] / 2 - side / 2).max(axis=1)
    nearest = int(np.argmin(away))
    # The face fills half of the cut-out: what lies further off than an eighth of it is somebody else.
    return seen.landmarks[nearest].astype(np.float64) if away[nearest] < side / 8 else None
