"""A face in one picture."""
from dataclasses import dataclass

from sporhund.tracks.model import Box

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Face:
    """One face as the detector sees it. Pixels of the upright picture."""

    box: Box
    score: float                    #: the detector's, 0 to 1
    landmarks: tuple[Point, ...]    #: image-left eye, image-right eye, nose, image-left and image-right mouth corner
