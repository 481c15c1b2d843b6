"""Where the faces of one picture are."""
from dataclasses import dataclass

import cv2
import numpy as np

from sporhund.faces.model import Face
from sporhund.media.frame import UInt8Array
from sporhund.packs.detector import FaceDetector
from sporhund.tracks.boxes import distinct
from sporhund.tracks.tiles import tiles


@dataclass(frozen=True, slots=True)
class Density:
    """How finely pictures are looked at: longest side of the detector's input; overlapping parts besides."""

    input_px: int
    parts: bool = False
    enlarge: bool = False    #: a smaller picture is shown at up to twice its size: finds faces that are too small to compare

    def input_for(self, width: int, height: int) -> int:
        """Longest side of the detector's input for a picture of this size."""
        return min(self.input_px, max(width, height) * (2 if self.enlarge else 1))


def find_faces(detector: FaceDetector, rgb: UInt8Array, *, threshold: float, density: Density) -> list[Face]:
    """The faces of one picture, best first, each once.

    With density.parts overlapping parts are looked at besides, each at the full input size.
    """
    found = _at(detector, rgb, 0, 0, threshold, density.input_for(rgb.shape[1], rgb.shape[0]))
    if density.parts and max(rgb.shape[:2]) > density.input_px:
        for x, y, width, height in tiles(rgb.shape[1], rgb.shape[0]):
            part = np.ascontiguousarray(rgb[y:y + height, x:x + width])
            found += _at(detector, part, x, y, threshold, density.input_for(width, height))
    kept = distinct([face.box for face in found], [face.score for face in found], max_iou=0.3, max_containment=0.7)
    return [found[index] for index in kept]


def smallest_face_px(detector: FaceDetector, width: int, height: int, density: Density) -> float:
    """Width in upright pixels of the narrowest face that could have been found in a picture of this size."""
    if density.parts and max(width, height) > density.input_px:
        _, _, width, height = tiles(width, height)[0]
    return detector.smallest_face(width, height, density.input_for(width, height))


def portrait_face(detector: FaceDetector, rgb: UInt8Array, *, threshold: float) -> Face | None:
    """The one face that a cropped portrait shows: the largest, the middle one of equals; None if none is found.

    The picture is looked at as it is, and if that finds nothing within wide margins: a face that fills the picture up to its
    edges is found only with space around it.
    """
    for share in (0.0, 0.25, 0.5):
        margin = round(share * max(rgb.shape[:2]))
        padded = cv2.copyMakeBorder(rgb, margin, margin, margin, margin, cv2.BORDER_CONSTANT) if margin else rgb
        input_px = min(max(max(padded.shape[:2]), 96), 640)
        faces = _at(detector, padded.astype(np.uint8, copy=False), -margin, -margin, threshold, input_px)
        if faces:
            return _most_prominent(faces, rgb.shape[1], rgb.shape[0])
    return None


def _at(detector: FaceDetector, rgb: UInt8Array, x: float, y: float, threshold: float, input_px: int) -> list[Face]:
    """The faces of one part, in the pixels of the whole."""
    seen = detector.detect(rgb, threshold=threshold, input_px=input_px)
    if seen.landmarks is None:
        return []
    points = seen.landmarks.astype(float) + np.array([x, y])
    boxes = seen.boxes.astype(float) + np.array([x, y, 0, 0])
    return [
        Face((b[0], b[1], b[2], b[3]), float(score), tuple((p[0], p[1]) for p in five))
        for b, score, five in zip(boxes.tolist(), seen.scores, points.tolist(), strict=True)
    ]


def _most_prominent(faces: list[Face], width: int, height: int) -> Face:
    """Area counts, a place away from the middle takes up to half of it away."""
    def prominence(face: Face) -> float:
        x, y, w, h = face.box
        away = np.hypot((x + w / 2) / width - 0.5, (y + h / 2) / height - 0.5)
        return float(w * h * (1 - min(float(away), 0.5)))
    return max(faces, key=prominence)
