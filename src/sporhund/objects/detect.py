"""Which persons, vehicles and things are in one picture."""
from dataclasses import dataclass

import numpy as np

from sporhund.media.frame import UInt8Array
from sporhund.packs.detector import ObjectDetector
from sporhund.tracks.boxes import iou
from sporhund.tracks.model import Box
from sporhund.tracks.tiles import tiles

VEHICLES = frozenset({"bicycle", "car", "motorcycle", "bus", "truck"})
SAME_IOU = 0.45


@dataclass(frozen=True, slots=True)
class Thing:
    """One detection. Pixels of the upright picture."""

    box: Box
    score: float
    label: str        #: class as the detector names it

    @property
    def kind(self) -> str:
        """person | vehicle | object."""
        if self.label == "person":
            return "person"
        return "vehicle" if self.label in VEHICLES else "object"

    @property
    def group(self) -> str:
        """What may be one and the same: a vehicle's class flickers between car and truck, a thing's does not."""
        return f"object:{self.label}" if self.kind == "object" else self.kind


def find_things(detector: ObjectDetector, rgb: UInt8Array, *, threshold: float, parts: bool) -> list[Thing]:
    """What is in the picture, best first, each once.

    parts: look at four overlapping parts besides, which shows small things to the detector at up to 1.7 times the size.
    """
    found = _at(detector, rgb, 0, 0, threshold)
    if parts:
        for x, y, width, height in tiles(rgb.shape[1], rgb.shape[0]):
            part = np.ascontiguousarray(rgb[y:y + height, x:x + width])
            cut = _at(detector, part, x, y, threshold)
            found += [thing for thing in cut if not _ends_at_seam(thing, (x, y, width, height), rgb)]
    return merged(found)


def merged(things: list[Thing]) -> list[Thing]:
    """Each thing once, best first: of two detections of one thing the surer remains.

    Two of one group (persons; vehicles, whose class may be doubted; things of one class) are one thing if they overlap by
    more than SAME_IOU of their joint area. That one lies within the other says nothing: who stands before a group is a person
    of his own (asking for it cost 6 points of person AP50: docs/decisions/401).
    """
    kept: list[Thing] = []
    for thing in sorted(things, key=lambda each: -each.score):
        same = [other.box for other in kept if other.group == thing.group]
        if not same or not (iou([thing.box], same) > SAME_IOU).any():
            kept.append(thing)
    return kept


def _ends_at_seam(thing: Thing, part: tuple[int, int, int, int], rgb: UInt8Array) -> bool:
    """Does the box end where the part does, within the picture? Then it is probably but a piece of a thing."""
    x, y, width, height = thing.box
    left, top, wide, tall = part
    margin = 3
    return bool(
        (left > 0 and x - left < margin) or (top > 0 and y - top < margin)
        or (left + wide < rgb.shape[1] and left + wide - (x + width) < margin)
        or (top + tall < rgb.shape[0] and top + tall - (y + height) < margin))


def _at(detector: ObjectDetector, rgb: UInt8Array, x: float, y: float, threshold: float) -> list[Thing]:
    """The things of one part, in the pixels of the whole."""
    seen = detector.detect(rgb, threshold=threshold)
    boxes = seen.boxes.astype(float) + np.array([x, y, 0, 0])
    return [
        Thing((b[0], b[1], b[2], b[3]), float(score), label)
        for b, score, label in zip(boxes.tolist(), seen.scores, seen.classes, strict=True)
    ]
