"""What every detector promises, whatever its network: the door through which a new layout comes in."""
from typing import Protocol

from sporhund.packs.model import Boxes, DetectorSpec, UInt8Array
from sporhund.packs.network import Network


class FaceDetector(Protocol):
    """Finds faces."""

    def __init__(self, network: Network, spec: DetectorSpec) -> None:
        """Raises EnvironmentFault "wrong-model" where the network is not of this layout."""

    def detect(self, rgb: UInt8Array, *, threshold: float | None = None, input_px: int | None = None) -> Boxes:
        """Faces of the upright picture rgb (height, width, 3), best first, with five points each.

        threshold: score, 0 to 1.  input_px: longest side of what the network sees; a small picture is enlarged
        to it only if it is given here, and at most twice. Points: image-left eye, image-right eye, nose, image-left
        and image-right corner of the mouth, in pixels of the picture.
        """

    def smallest_face(self, width: int, height: int, input_px: int | None = None) -> float:
        """Width in pixels of the narrowest face that could still be found in a picture of this size."""


class ObjectDetector(Protocol):
    """Finds persons, vehicles and things."""

    def __init__(self, network: Network, spec: DetectorSpec) -> None:
        """Raises EnvironmentFault "wrong-model" where the network is not of this layout or has other classes."""

    def detect(self, rgb: UInt8Array, *, threshold: float | None = None) -> Boxes:
        """What is in the upright picture rgb (height, width, 3), best first, each with the name of its class."""
