"""Which of the patches that differ are worth following, and which of what was followed is movement."""
from collections.abc import Sequence
from dataclasses import dataclass

from sporhund.motion.patch import Patch
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


@dataclass(frozen=True, slots=True)
class Mover:
    """One thing that differs from the background. Pixels of the grey picture."""

    box: Box
    share: float       #: of the box that differs, 0 to 1
    rested_s: float    #: how long nothing in it has changed


def movers(patches: Sequence[Patch], width: int, height: int) -> list[Mover]:
    """What the patches of a picture of this size show, pieces that lie near each other as one; none if it is unsteady."""
    least = max(SMALLEST_PX, SMALLEST * width * height)
    groups = joined([patch.box for patch in patches], gap=NEAR * max(width, height)) if len(patches) <= 10 * MOST else []
    things: list[Mover] = []
    for group in groups:
        members = [patches[index] for index in group]
        pixels = sum(patch.pixels for patch in members)
        if pixels >= least:
            x, y, w, h = around([patch.box for patch in members]).tolist()
            things.append(Mover((x, y, w, h), min(1.0, pixels / (w * h)), min(patch.rested_s for patch in members)))
    return things if len(things) <= MOST else []


def while_it_moved(sightings: Sequence[Observation], moved_until: float) -> tuple[Observation, ...]:
    """The sightings up to the last movement: a door left open is seen long after it has moved."""
    return tuple(seen for seen in sightings if seen.t <= moved_until)


def is_movement(sightings: Sequence[Observation], interval_s: float) -> bool:
    """Was it seen often and long enough to be more than a flicker? interval_s: the usual time between two samples."""
    if interval_s > LASTS_S:
        return len(sightings) >= 2
    return len(sightings) >= SIGHTINGS and sightings[-1].t - sightings[0].t >= LASTS_S
