"""What differs from the background."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patch:
    """Something that differs from the background. Pixels of the grey picture."""

    box: tuple[int, int, int, int]
    pixels: int
    rested_s: float = 0.0    #: how long nothing in it has changed from one picture to the next
