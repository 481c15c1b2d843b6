"""What speaks for care when two pictures are compared. Pure; it warns and never hides. Thresholds: docs/decisions/860."""
from collections.abc import Iterator

from sporhund.faces.chance import LEAST_CONTRAST, MOST_BLOCKS
from sporhund.faces.model import Seen

SMALL_PX = 40.0
"""Width below which mistakes grow (between 48 and 24 pixels the networks lose 7 more of 100 pairs of one person)."""
BLURRED = 0.24
"""Sharpness below which fine detail is missing."""
GREY = 5.0
"""Chroma below which a picture is grey or infrared (grey portraits: at most 0.1; the palest in colour, a webcam's: 7)."""
TURNED = 0.55
"""Yaw beyond which a face is turned far away from the front."""
TURNED_APART = 0.7
"""Difference of yaw beyond which two pictures show different sides of a face."""
COVERED = 0.4
"""Sign of something before the face that is rare on free ones."""
YEARS_APART = 5.0
YEAR_S = 365.25 * 86400


def warnings(probe: Seen, seen: Seen) -> list[str]:
    """What to mind when these two are compared: plain sentences with the number and its meaning, first the probe's.

    probe: the picture that was searched with.   seen: the one that was found.
    What is not known (an older picture without a measure, a time that no file states) is not warned of.
    """
    return [
        *(f"The probe: {said}" for said in of_one(probe)), *(f"The candidate: {said}" for said in of_one(seen)),
        *of_both(probe, seen)]


def of_one(seen: Seen) -> Iterator[str]:
    """What one picture alone gives reason for."""
    if seen.width_px < SMALL_PX:
        yield f"small: the face is {seen.width_px:.0f} pixels wide; below {SMALL_PX:.0f} faces of different people grow alike."
    if seen.sharpness < BLURRED:
        yield f"blurred: sharpness {seen.sharpness:.2f}; good pictures have 0.25 to 0.5."
    if abs(seen.yaw) > TURNED:
        yield (f"turned far to the side: {abs(seen.yaw):.2f}, where 0 is frontal and 1 the full profile; "
               f"beyond {TURNED:.2f} half of the face is hidden.")
    if seen.covered is not None and seen.covered > COVERED:
        yield (f"something is perhaps before the face (dark glasses, a mask, a scarf; or a dense beard): sign {seen.covered:.2f} "
               f"of 1; of faces without, 99 of 100 stay below {COVERED:.2f}.")
    if seen.contrast is not None and seen.contrast < LEAST_CONTRAST:
        yield f"dark or flat: contrast {seen.contrast:.0f} grey levels; good pictures have 20 to 50."
    if seen.blocks is not None and seen.blocks > MOST_BLOCKS:
        yield f"strongly compressed: block steps {seen.blocks:.1f}; good pictures have about 1."
    if seen.child:
        yield "counts as a child's: children's faces change fast, and networks confuse them more often than adults'."


def of_both(probe: Seen, seen: Seen) -> Iterator[str]:
    """What only the two together give reason for."""
    if probe.chroma is not None and seen.chroma is not None and (probe.chroma < GREY) != (seen.chroma < GREY):
        grey = "the probe" if probe.chroma < GREY else "the candidate"
        yield (f"Colour against grey or infrared: {grey} has no colour (chroma {min(probe.chroma, seen.chroma):.1f} "
               f"against {max(probe.chroma, seen.chroma):.1f}); infrared changes how skin, eyes and hair look.")
    if abs(probe.yaw - seen.yaw) > TURNED_APART:
        yield (f"Turned differently: {probe.yaw:+.2f} and {seen.yaw:+.2f}, where -1 and +1 are the two profiles; "
               "they show different sides of a face.")
    if probe.taken is not None and seen.taken is not None:
        years = abs((probe.taken - seen.taken).total_seconds()) / YEAR_S
        if years > YEARS_APART:
            yield (f"Years apart: {years:.0f} years lie between the stated times of the pictures; "
                   f"beyond {YEARS_APART:.0f} a face has changed. Stated times can be wrong.")
