"""Which of the patches that differ are worth following, and which of what was followed is movement."""
from collections.abc import Sequence

from sporhund.tracks.boxes import around, joined
from sporhund.tracks.model import Box, Observation

SMALLEST = 0.0004
"""Share of the picture that a patch must have: a person 20 pixels high in a picture 360 high has about that."""
SMALLEST_PX = 12
NEAR = 0.04
"""Share of the picture's longer side within which patches are one thing: head and legs of a person before a grey wall."""
MOST = 20
"""More things at once than this are not things, but a picture that shakes, flickers or snows."""
SIGHTINGS = 3
LASTS_S = 0.35


def moving(patches: Sequence[tuple[Box, int]], width: int, height: int) -> list[tuple[Box, float]]:
    """Boxes of what moves in a picture of this size, each with the share of it that moves; none if the picture is unsteady.

    patches: box and number of pixels that differ.
    """
    least = max(SMALLEST_PX, SMALLEST * width * height)
    groups = joined([box for box, _ in patches], gap=NEAR * max(width, height)) if len(patches) <= 10 * MOST else []
    things: list[tuple[Box, float]] = []
    for group in groups:
        pixels = sum(patches[index][1] for index in group)
        if pixels >= least:
            x, y, w, h = around([patches[index][0] for index in group]).tolist()
            things.append(((x, y, w, h), min(1.0, pixels / (w * h))))
    return things if len(things) <= MOST else []


def is_movement(sightings: Sequence[Observation], interval_s: float) -> bool:
    """Was it seen often and long enough to be more than a flicker? interval_s: the usual time between two samples."""
    if interval_s > LASTS_S:
        return len(sightings) >= 2
    return len(sightings) >= SIGHTINGS and sightings[-1].t - sightings[0].t >= LASTS_S
