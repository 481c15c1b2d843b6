"""The door by which a look comes in: two promises. Built-in looks come in by the same door (`sporhund.looks`)."""
from typing import Protocol

from sporhund.media.frame import Frame
from sporhund.tracks.model import Track


class Look(Protocol):
    """Sees every sampled frame of one unit once, front to back, and says at the end what it saw."""

    name: str

    def accept(self, frame: Frame) -> None:
        """Look at one frame. Frames of the warm-up have `frame.warmup`: follow, but do not report from them."""

    def finish(self) -> list[Track]:
        """The tracks of this unit. Called once."""
