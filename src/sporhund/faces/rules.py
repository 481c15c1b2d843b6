"""Which faces may be compared, and the one template that many pictures of a face make."""
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sporhund.packs.model import Unsuitable
from sporhund.tracks.model import BestShot, Embedding

SURE = 0.35
SURE_IN_PROFILE = 0.5
SURE_WHEN_SEEN_ONCE = 0.6
"""How far between the detector's threshold and 1 the strongest sighting of a face must lie (measured: docs/decisions/400)."""
PROFILE = 0.95
"""Turn from which a face is seen in profile only."""


def suitable(best: BestShot, spec: Unsuitable, *, norm: float | None = None) -> str | None:
    """None if the face may be compared; else why not, in plain words.

    norm: of its embedding before normalising, where there is one; asked only of packs for which it is a sign.
    Source of the measures: the pack; where they come from, docs/decisions/400.
    """
    if best.box[2] < spec.face_px:
        return f"the face is {best.box[2]:.1f} pixels wide; below {spec.face_px:.0f} it cannot be compared"
    if not best.landmarks:
        return "eyes, nose and mouth were not found"
    sharp = spec.least_sharpness(best.box[2])
    if best.sharpness < sharp:
        return f"the face is blurred (sharpness {best.sharpness:.3f}; below {sharp:.3f} a face of this size cannot be compared)"
    if abs(best.yaw) > spec.max_yaw:
        turn = f"turn {abs(best.yaw):.3f}, where 1 is the full profile; beyond {spec.max_yaw:.2f} it cannot be compared"
        return f"the face is turned away ({turn})"
    if norm is not None and spec.norm > 0 and norm < spec.norm:
        return f"the face shows too little (strength {norm:.1f}; below {spec.norm:.1f} it cannot be compared)"
    return None


def template_of(embeddings: Sequence[Embedding]) -> tuple[NDArray[np.float32], float]:
    """One unit vector for all pictures of a face, and the mean norm: weighted means over the embeddings.

    Raises ValueError without embeddings, or if they cancel each other out.
    """
    if not embeddings:
        raise ValueError("a template needs at least one embedding")
    weights = np.array([embedding.weight for embedding in embeddings])
    vectors = np.stack([np.frombuffer(embedding.vector, dtype="<f4") for embedding in embeddings]).astype(np.float64)
    total = weights @ vectors
    length = float(np.linalg.norm(total))
    if length <= 0:
        raise ValueError("the embeddings cancel each other out")
    return (total / length).astype(np.float32), float(weights @ [embedding.norm for embedding in embeddings] / weights.sum())


def is_face(scores: Sequence[float], threshold: float, *, turned: float, single: bool) -> bool:
    """Is what was followed surely enough a face to be a track?

    scores: the detector's, of all its sightings.   threshold: the detector's own, from which it calls something a face.
    turned: the least |yaw| at which it was seen.   single: it could be seen but once (a still, a page, samples seconds apart).
    In a video something seen in one sample alone, or never surely, is mostly no face: hair, hands, patterns. What looks like a
    profile and nothing else is an ear or a hair line more often than a frontal face is.
    """
    if single:
        above = 0.0
    elif len(scores) == 1:
        above = SURE_WHEN_SEEN_ONCE
    else:
        above = SURE_IN_PROFILE if turned >= PROFILE else SURE
    return max(scores) >= threshold + above * (1 - threshold)
