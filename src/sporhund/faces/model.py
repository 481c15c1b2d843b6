"""A face in one picture."""
from dataclasses import dataclass
from datetime import datetime

from sporhund.tracks.model import Box

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Face:
    """One face as the detector sees it. Pixels of the upright picture."""

    box: Box
    score: float                    #: the detector's, 0 to 1
    landmarks: tuple[Point, ...]    #: image-left eye, image-right eye, nose, image-left and image-right mouth corner


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the picture behind a template: warnings and the band of a comparison come from it."""

    width_px: float                     #: of the face box, upright pixels
    sharpness: float                    #: see faces.quality
    yaw: float = 0.0                    #: -1 to 1
    chroma: float | None = None         #: mean colourfulness of the face (CIELAB); near 0: grey or infrared; None: not measured
    covered: float | None = None        #: how much speaks for something before the face, 0 to 1; None: not measured
    contrast: float | None = None       #: between light and shadow, grey levels (faces.exposure); None: not measured
    blocks: float | None = None         #: steps at the borders of coding blocks, 1 is none (faces.exposure); None: not measured
    taken: datetime | None = None       #: when, as far as the file states; never sure
    child: bool | None = None           #: counts as a child's; None: nobody has said
