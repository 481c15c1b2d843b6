"""A face of a picture as it is kept: the one place where what can be said of a sighting is measured."""
from dataclasses import replace
from datetime import datetime

from sporhund.faces.cover import covered
from sporhund.faces.exposure import blocks, contrast
from sporhund.faces.model import Face, Seen
from sporhund.faces.quality import chroma, quality, sharpness, yaw
from sporhund.media.frame import UInt8Array
from sporhund.tracks.boxes import pixels_within
from sporhund.tracks.fingerprint import fingerprint
from sporhund.tracks.model import BestShot


def shot_of(
    rgb: UInt8Array, face: Face, *, t: float = 0.0, pts: int | None = None, time_base: tuple[int, int] | None = None,
    page: int = 0, turned: int = 0, sharp: float | None = None,
) -> BestShot:
    """Everything that is kept of one sighting of a face, but the template.

    rgb: (height, width, 3) the upright picture.   t: presentation time, seconds.   turned: degrees, see BestShot.
    sharp: the sharpness of the face, where it is measured already.
    """
    pixels = pixels_within(rgb, face.box)
    sharp = sharpness(pixels) if sharp is None else sharp
    return BestShot(
        t, face.box, face.score, pts, time_base, page, face.landmarks, sharpness=sharp, yaw=yaw(face.landmarks),
        quality=quality(face, sharp=sharp), turned=turned, fingerprint=fingerprint(rgb, face.box),
        chroma=chroma(pixels), covered=covered(rgb, face.landmarks), contrast=contrast(pixels),
        blocks=None if turned else blocks(rgb, face.box))


def seen_of(shot: BestShot, *, taken: datetime | None = None, child: bool | None = None) -> Seen:
    """What warnings and bands need to know of a shot.

    taken: when, as far as the file states.   child: counts as a child's; None: nobody has said.
    """
    seen = Seen(shot.box[2], shot.sharpness, shot.yaw, shot.chroma, shot.covered, shot.contrast, shot.blocks)
    return replace(seen, taken=taken, child=child)
