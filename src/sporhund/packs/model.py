"""A pack as its manifest says: roles, files, and what belongs to each model."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]


SMALL_PX, LARGE_PX = 24.0, 48.0
"""Widths of a face between which the least sharpness that it must have changes."""


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """Below this a face is kept but not compared."""

    face_px: float            #: width of the face box in upright pixels
    sharpness: float          #: see faces.quality
    norm: float = 0.0         #: of the embedding before normalising; 0: not a sign of quality for this model
    max_yaw: float = 1.0      #: |yaw| from the landmarks, 0 frontal to 1 profile
    sharpness_small: float = 0.0   #: instead of `sharpness` for a face of SMALL_PX: few pixels are all edge, so they look sharper

    def least_sharpness(self, width_px: float) -> float:
        """What a face of this width must have: on a straight line between SMALL_PX and LARGE_PX."""
        share = min(max((LARGE_PX - width_px) / (LARGE_PX - SMALL_PX), 0.0), 1.0)
        return self.sharpness + share * max(self.sharpness_small - self.sharpness, 0.0)


@dataclass(frozen=True, slots=True)
class EmbedderSpec:
    """How one embedder wants its faces and how much it counts in the pack."""

    file: str                                   #: ONNX file within the pack
    input_px: int                               #: side of the square aligned face
    targets: tuple[tuple[float, float], ...]    #: five points of the aligned face, in its pixels
    mean: tuple[float, float, float]            #: RGB; x = (pixel * scale - mean) / std
    std: tuple[float, float, float]
    scale: float
    dimensions: int
    mirror: bool                                #: mean of the picture's and its mirror's embedding
    weight: float = 1.0                         #: in a fused pack: unit vector times weight, concatenated, renormalised


@dataclass(frozen=True, slots=True)
class DetectorSpec:
    """How one detector is fed and read."""

    file: str
    layout: str                                 #: centerface | yunet | yolox | nanodet | nanodet-nhwc ...
    threshold: float
    input_px: int                               #: longest side of the input, upright pixels (0: as the picture is)
    classes: tuple[str, ...] = ()
    smallest_px: float = 0.0                    #: narrowest object found at input scale (measured), for the coverage


@dataclass(frozen=True, slots=True)
class Clustering:
    """How the scores of two different people are distributed with this pack, and what clusters may be made of."""

    centre: float                               #: mean of the normal distribution that fits the upper tail of their scores
    spread: float                               #: and its standard deviation
    middle: float                               #: mean score of two different people, over all their pairs
    false_share: float                          #: of the tracks joined at most this share may be expected to be joined falsely
    false_least: float                          #: or as many false pairs in the whole set, where few are joined
    least_set: int                              #: a smaller set is judged as one of so many tracks
    weak_px: float = 0.0                        #: a face narrower than this is a weak picture, fully at `unsuitable.face_px`
    weak_sharpness: float = 0.0                 #: so is one less sharp than this, fully at `unsuitable.sharpness`
    weak_extra: float = 0.0                     #: how much more two weak pictures must score


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    version: str
    licence: str
    source: str
    training_data: str
    files: dict[str, str]                       #: file -> SHA-256
    faces: DetectorSpec | None
    objects: DetectorSpec | None
    embedders: tuple[EmbedderSpec, ...]
    unsuitable: Unsuitable
    notes: str = ""
    digest: str = ""                            #: SHA-256 of pack.toml, which names every file's: findings carry it
    clustering: Clustering | None = None        #: None: with this pack no clusters are made
    calibration: str | None = None              #: file within the pack: what its scores are worth (faces.calibration)

    @property
    def label(self) -> str:
        """"base@1": what findings carry."""
        return f"{self.name}@{self.version}"

    @property
    def roles(self) -> dict[str, dict[str, object]]:
        """What it can do, for people and for --json: role -> how."""
        found: dict[str, dict[str, object]] = {}
        for role, spec in (("face-detector", self.faces), ("object-detector", self.objects)):
            if spec is not None:
                found[role] = {"file": spec.file, "layout": spec.layout, "threshold": spec.threshold,
                               "input_px": spec.input_px, "classes": len(spec.classes)}
        if self.embedders:
            found["face-embedder"] = {
                "files": [e.file for e in self.embedders],
                "weights": [e.weight for e in self.embedders],
                "dimensions": sum(e.dimensions for e in self.embedders),
            }
        return found


@dataclass(frozen=True, slots=True)
class Installed:
    """A pack in the home, as `models list` shows it."""

    label: str                                  #: "base@1"
    folder: Path
    manifest: Manifest | None                   #: None where pack.toml cannot be read, or the pack is not built yet
    state: str                                  #: "ok" | "damaged: ..." | "not built"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Detections in one picture, best first. boxes: (n, 4) x, y, width, height in the picture's pixels; scores: (n,)."""

    boxes: FloatArray
    scores: FloatArray
    landmarks: FloatArray | None = None         #: (n, 5, 2) faces only
    classes: tuple[str, ...] = ()               #: (n,) objects only
