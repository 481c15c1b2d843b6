"""The faces of one picture that somebody chose, and the template of one of them: for probes, known persons and measuring."""
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from sporhund.faces.detect import Density, find_faces, portrait_face
from sporhund.faces.embed import Embedded, embed
from sporhund.faces.model import Face
from sporhund.faces.refine import cut_out, refined
from sporhund.faces.rules import suitable
from sporhund.faces.shot import shot_of
from sporhund.faces.upright import quarter_turns
from sporhund.media.frame import Frame, UInt8Array
from sporhund.packs.detector import FaceDetector
from sporhund.packs.runtime import Pack
from sporhund.tracks.model import BestShot, Box
from sporhund.tracks.turn import box_back, point_back

THRESHOLD = 0.3
"""Of the detector: that there is a face is known, only its place is asked for."""
MARGINS = (0.0, 0.25, 0.5)
"""Space around the picture, in shares of its longer side: a face up to the edges is found only with some around it."""
DENSITY = Density(1280)


@dataclass(frozen=True, slots=True)
class Portrait:
    """The face of a picture, and its template where it may be compared."""

    shot: BestShot
    embedded: Embedded | None
    reason: str | None          #: why it is unsuitable for comparison


@dataclass(frozen=True, slots=True)
class Group:
    """The faces of one picture, from left to right, in pixels of the upright picture."""

    shots: tuple[BestShot, ...]
    chosen: int | None          #: of `shots`; None: none was chosen, or the number is none of theirs
    embedded: Embedded | None   #: of the chosen one alone: nobody asked for the others'
    reason: str | None          #: why the chosen one is unsuitable for comparison


def portrait(rgb: UInt8Array, pack: Pack) -> Portrait | None:
    """The largest and most central face of a picture; None if it shows none, or the pack finds no faces.

    rgb: (height, width, 3). Tight crops are as good as loose ones.
    """
    if pack.face_detector is None:
        return None
    face = portrait_face(pack.face_detector, rgb, threshold=THRESHOLD)
    return None if face is None else _compared(pack.face_detector, rgb, face, shot_of(rgb, face), pack)


def group(frame: Frame, pack: Pack, *, choice: str) -> Group | None:
    """All faces of a picture, with a template of the chosen one; None if it shows none.

    choice: "only" (there must be one), "largest", "central", or a number from 1, counted from the left.
    A picture that lies on its side is turned; a tight crop gets space around it.
    """
    detector = pack.face_detector
    if detector is None or pack.manifest.faces is None:
        return None
    turned, rgb, faces = _upright(detector, frame.rgb, pack.manifest.faces.threshold)
    if not faces:
        return None
    shots = [shot_of(rgb, face, t=frame.t, pts=frame.pts, time_base=frame.time_base, page=frame.page) for face in faces]
    upright = [_turned_back(shot, turned, frame.width, frame.height) for shot in shots]
    order = sorted(range(len(faces)), key=lambda index: upright[index].box[:2])
    chosen = choose([upright[index].box for index in order], choice, frame.width, frame.height)
    listed = tuple(upright[index] for index in order)
    if chosen is None:
        return Group(listed, None, None, None)
    one = order[chosen]
    made = _compared(detector, rgb, faces[one], shots[one], pack)
    return Group(listed, chosen, made.embedded, made.reason)


def choose(boxes: Sequence[Box], choice: str, width: float, height: float) -> int | None:
    """The place of the chosen face among these; None where the choice names none of them. Pure."""
    if choice == "only":
        return 0 if len(boxes) == 1 else None
    if choice == "largest":
        return max(range(len(boxes)), key=lambda index: boxes[index][2] * boxes[index][3])
    if choice == "central":
        return min(range(len(boxes)), key=lambda index: _off_centre(boxes[index], width, height))
    number = int(choice) if choice.isascii() and choice.isdigit() else 0
    return number - 1 if 1 <= number <= len(boxes) else None


def _off_centre(box: Box, width: float, height: float) -> float:
    return float(np.hypot(box[0] + box[2] / 2 - width / 2, box[1] + box[3] / 2 - height / 2))


def _upright(detector: FaceDetector, rgb: UInt8Array, threshold: float) -> tuple[int, UInt8Array, list[Face]]:
    """(degrees by which the picture was turned, the picture so, its faces)."""
    faces = _with_margins(detector, rgb, threshold)
    if faces:
        turns = quarter_turns(detector, rgb, faces[0])
        view = np.ascontiguousarray(np.rot90(rgb, turns)) if turns else rgb
        again = _with_margins(detector, view, threshold) if turns else faces
        return (turns * 90, view, again) if again else (0, rgb, faces)
    for turns in (1, 2, 3):
        view = np.ascontiguousarray(np.rot90(rgb, turns))
        if faces := _with_margins(detector, view, threshold):
            turns = (turns + quarter_turns(detector, view, faces[0])) % 4
            view = np.ascontiguousarray(np.rot90(rgb, turns))
            return turns * 90, view, _with_margins(detector, view, threshold) or faces
    faint = portrait_face(detector, rgb, threshold=THRESHOLD)
    return 0, rgb, [faint] if faint is not None else []


def _with_margins(detector: FaceDetector, rgb: UInt8Array, threshold: float) -> list[Face]:
    """The faces of a picture, best first; space around it where there are none without."""
    for share in MARGINS:
        margin = round(share * max(rgb.shape[:2]))
        padded = cv2.copyMakeBorder(rgb, margin, margin, margin, margin, cv2.BORDER_CONSTANT) if margin else rgb
        found = find_faces(detector, padded.astype(np.uint8, copy=False), threshold=threshold, density=DENSITY)
        if found:
            return [_moved(face, -margin) for face in found] if margin else found
    return []


def _moved(face: Face, by: float) -> Face:
    x, y, width, height = face.box
    return Face((x + by, y + by, width, height), face.score, tuple((px + by, py + by) for px, py in face.landmarks))


def _turned_back(shot: BestShot, degrees: int, width: float, height: float) -> BestShot:
    """A shot of the turned picture, in the upright one's pixels. width, height: of the upright picture."""
    if not degrees:
        return shot
    points = tuple(point_back(point, degrees, width, height) for point in shot.landmarks)
    return replace(shot, box=box_back(shot.box, degrees, width, height), landmarks=points, turned=degrees)


def _compared(detector: FaceDetector, rgb: UInt8Array, face: Face, shot: BestShot, pack: Pack) -> Portrait:
    """Its template, or why it has none. shot: in the pixels of rgb."""
    reason = suitable(shot, pack.manifest.unsuitable)
    if reason is not None or not pack.embedders:
        return Portrait(shot, None, reason or f"the pack {pack.manifest.label} compares no faces")
    cut = cut_out(rgb, face)
    embedded = embed(cut.rgb, refined(detector, cut), pack.embedders)
    reason = suitable(shot, pack.manifest.unsuitable, norm=embedded.norm)
    return Portrait(shot, embedded if reason is None else None, reason)
