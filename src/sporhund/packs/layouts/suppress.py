"""One box for one thing: the best of those that overlap is kept."""
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.packs.model import Boxes, FloatArray

_nms: Any = cv2.dnn.NMSBoxesBatched  # its stubs know sequences only; arrays work and are not copied

_MOST = 3000
"""Candidates looked at: the cost grows with their square. A crowd of 300 faces gives fewer."""


def best_faces(boxes: FloatArray, scores: FloatArray, points: FloatArray, *, overlap: float) -> Boxes:
    """Faces, best first, none overlapping another by more than `overlap` (intersection over union).

    boxes: (n, 4) x, y, width, height.  points: (n, 5, 2).
    """
    keep = _keep(boxes, scores, np.zeros(len(boxes), np.int32), overlap)
    return Boxes(boxes[keep], scores[keep], points[keep])


def best_objects(
    boxes: FloatArray, scores: FloatArray, threshold: float, names: tuple[str, ...], *, overlap: float
) -> Boxes:
    """Objects, best first; overlap counts within a class only. boxes: (n, 4); scores: (n, classes)."""
    cell, kind = np.nonzero(scores >= threshold)
    found, worth = boxes[cell], scores[cell, kind]
    keep = _keep(found, worth, kind.astype(np.int32), overlap)
    return Boxes(found[keep], worth[keep], classes=tuple(names[k] for k in kind[keep]))


def _keep(boxes: FloatArray, scores: FloatArray, kinds: NDArray[np.int32], overlap: float) -> NDArray[np.intp]:
    """Indices of what stays, best score first."""
    best = np.argsort(-scores, kind="stable")[:_MOST]
    if not len(best):
        return best
    kept = np.asarray(_nms(boxes[best], scores[best], kinds[best], 0.0, overlap), np.intp).reshape(-1)
    return best[np.sort(kept)]
