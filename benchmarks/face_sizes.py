"""How small may a face be in a detector's input, and how often is something else taken for a face?

    python -m benchmarks.face_sizes [--shared DIR] [--faces N] [PACK ...]

Recall: faces of shared/data/faces-identities, scaled to a width and put on 640 x 480 sheets, twelve at a time; found if the
overlap is at least 0.35 with where the detectors see the face at full size. Easy frontal faces: this is the limit of size,
not recall in the field. False finds: pictures of shared/data/objects on which no person is marked.
"""
import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from benchmarks.objects import overlap, truths
from tests.packs.make import base_pack, make_pack

from sporhund.packs.model import FloatArray, UInt8Array
from sporhund.packs.runtime import FaceDetector, load

PACKS = {"base": (0.2, 0.35, 0.5), "yunet-mobilefacenet": (0.5, 0.7)}
WIDTHS = (8, 10, 12, 16, 20, 32, 64)
CELL, COLUMNS, ROWS = 160, 4, 3


@dataclass(frozen=True)
class Face:
    """A picture and the one face in it."""

    picture: UInt8Array
    box: FloatArray        #: x, y, width, height


def faces(folder: Path, detector: FaceDetector, count: int) -> list[Face]:
    """Pictures with exactly one face, and where it is."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".jpg", ".png")):
        picture = np.asarray(cv2.imread(str(path))[:, :, ::-1])
        boxes = detector.detect(picture).boxes
        if len(boxes) == 1 and boxes[0, 2] >= 48:
            found.append(Face(picture, boxes[0]))
    step = max(1, len(found) // count)
    return found[::step][:count]


def sheet(some: Sequence[Face], width: int) -> tuple[UInt8Array, list[FloatArray]]:
    """Up to twelve faces of this width on grey, and their boxes."""
    paper = np.full((ROWS * CELL, COLUMNS * CELL, 3), 127, np.uint8)
    boxes = []
    for index, face in enumerate(some):
        scale = width / face.box[2]
        small = cv2.resize(face.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:CELL, :CELL]
        x, y = index % COLUMNS * CELL, index // COLUMNS * CELL
        paper[y : y + small.shape[0], x : x + small.shape[1]] = small
        boxes.append(face.box * scale + np.array([x, y, 0, 0], np.float32))
    return paper, boxes


def recall(detector: FaceDetector, some: Sequence[Face], width: int, threshold: float) -> float:
    """Share of the faces that are found at this width."""
    hits = 0
    for at in range(0, len(some), ROWS * COLUMNS):
        paper, boxes = sheet(some[at : at + ROWS * COLUMNS], width)
        found = detector.detect(paper, threshold=threshold).boxes
        hits += sum(any(overlap(box, f) >= 0.35 for f in found) for box in boxes)
    return hits / len(some)


def false_finds(detector: FaceDetector, folder: Path, threshold: float) -> tuple[int, int]:
    """Faces found where nobody is, and in how many pictures."""
    empty = [t.path for t in truths(folder) if "person" not in t.boxes and "person" not in t.crowds]
    pictures = [np.asarray(cv2.imread(str(path))[:, :, ::-1]) for path in empty]
    return sum(len(detector.detect(picture, threshold=threshold).boxes) for picture in pictures), len(empty)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--faces", type=int, default=120)
    parser.add_argument("packs", nargs="*", default=list(PACKS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print("| detector | t |", " | ".join(f"{w} px" for w in WIDTHS), "| false finds |")
    print("|---|---|" + "---|" * (len(WIDTHS) + 1))
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.packs:
            folder = base_pack() if name == "base" else make_pack(arguments.shared, Path(scratch), name)
            detector = load(folder).face_detector
            assert detector is not None
            some = faces(arguments.shared / "data/faces-identities", detector, arguments.faces)
            for threshold in PACKS.get(name, (0.5,)):
                found = " | ".join(f"{recall(detector, some, width, threshold):.2f}" for width in WIDTHS)
                wrong, empty = false_finds(detector, arguments.shared / "data/objects", threshold)
                print(f"| {name} ({len(some)} faces) | {threshold} | {found} | {wrong} in {empty} pictures |")


if __name__ == "__main__":
    main()
