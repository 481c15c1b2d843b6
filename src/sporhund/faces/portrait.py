"""One template of a picture that shows one person: for probes, known persons and measuring, not for evidence."""
from dataclasses import dataclass

from sporhund.faces.detect import portrait_face
from sporhund.faces.embed import Embedded, embed
from sporhund.faces.quality import quality, sharpness, yaw
from sporhund.faces.refine import cut_out, refined
from sporhund.faces.rules import suitable
from sporhund.media.frame import UInt8Array
from sporhund.packs.runtime import Pack
from sporhund.tracks.boxes import pixels_within
from sporhund.tracks.fingerprint import fingerprint
from sporhund.tracks.model import BestShot

THRESHOLD = 0.3
"""Of the detector: that there is a face is known, only its place is asked for."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The face of a picture, and its template where it may be compared."""

    shot: BestShot
    embedded: Embedded | None
    reason: str | None          #: why it is unsuitable for comparison


def portrait(rgb: UInt8Array, pack: Pack) -> Portrait | None:
    """The largest and most central face of a picture; None if it shows none, or the pack finds no faces.

    rgb: (height, width, 3). Tight crops are as good as loose ones.
    """
    face = portrait_face(pack.face_detector, rgb, threshold=THRESHOLD) if pack.face_detector is not None else None
    if face is None or pack.face_detector is None:
        return None
    sharp = sharpness(pixels_within(rgb, face.box))
    shot = BestShot(
        0.0, face.box, face.score, landmarks=face.landmarks, sharpness=sharp, yaw=yaw(face.landmarks),
        quality=quality(face, sharp=sharp), fingerprint=fingerprint(rgb, face.box))
    reason = suitable(shot, pack.manifest.unsuitable)
    if reason is not None or not pack.embedders:
        return Portrait(shot, None, reason)
    cut = cut_out(rgb, face)
    embedded = embed(cut.rgb, refined(pack.face_detector, cut), pack.embedders)
    reason = suitable(shot, pack.manifest.unsuitable, norm=embedded.norm)
    return Portrait(shot, embedded if reason is None else None, reason)
