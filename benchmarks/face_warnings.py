"""How often is each warning given where it should be, and on good portraits, where it should not?

    python -m benchmarks.face_warnings [--shared DIR]

Data: shared/data/faces-identities. The people are halved as in benchmarks.faces: thresholds were chosen on half 0, half 1 is the
other. What should be warned of is drawn into the pictures (glasses, masks, scarves, bars, hands; greyed; blurred; shrunk); the
face is then looked for again, so that a covered face has the landmarks that the detector gives it. A real hand or scarf is
not drawn so flat: these shares are an upper bound.
"""
import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from benchmarks.faces import half_of
from tests.packs.make import base_pack

from sporhund.faces import warnings
from sporhund.faces.detect import portrait_face
from sporhund.faces.model import Face, Seen
from sporhund.faces.shot import seen_of, shot_of
from sporhund.media.frame import UInt8Array
from sporhund.packs import runtime

Change = Callable[[UInt8Array, Face], UInt8Array]


def glasses(colour: tuple[int, int, int], opacity: float) -> Change:
    """Two dark lenses with a bridge."""
    def change(rgb: UInt8Array, face: Face) -> UInt8Array:
        (left, right), span = np.array(face.landmarks[:2]), eyes_apart(face)
        drawn = rgb.copy()
        for eye in (left, right):
            lens = whole((0.42 * span, 0.32 * span))
            cv2.ellipse(drawn, whole(eye + np.array([0, 0.05 * span])), lens, 0, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.line(drawn, whole(left), whole(right), colour, max(1, round(0.08 * span)), cv2.LINE_AA)
        return cv2.addWeighted(drawn, opacity, rgb, 1 - opacity, 0).astype(np.uint8)
    return change


def bar(rgb: UInt8Array, face: Face) -> UInt8Array:
    """A black bar over the eyes."""
    (left, right), span = np.array(face.landmarks[:2]), eyes_apart(face)
    drawn, along = rgb.copy(), (right - left) * 0.6
    cv2.line(drawn, whole(left - along), whole(right + along), (0, 0, 0), max(1, round(0.6 * span)))
    return drawn


def mask(colour: tuple[int, int, int]) -> Change:
    """From the nose over the chin, with folds."""
    def change(rgb: UInt8Array, face: Face) -> UInt8Array:
        eyes, mouth = np.mean(face.landmarks[:2], axis=0), np.mean(face.landmarks[3:], axis=0)
        down, across = mouth - eyes, (np.array(face.landmarks[1]) - face.landmarks[0])
        edge = [(-1.0, 0.4), (-0.4, 0.45), (0, 0.35), (0.4, 0.45), (1.0, 0.4), (0.9, 1.3), (0.4, 1.75), (-0.4, 1.75), (-0.9, 1.3)]
        drawn = rgb.copy()
        cv2.fillPoly(drawn, [np.array([whole(eyes + x * across + y * down) for x, y in edge])], colour, cv2.LINE_AA)
        for y in (0.75, 1.0, 1.25):
            cv2.line(drawn, whole(eyes - 0.8 * across + y * down), whole(eyes + 0.8 * across + y * down),
                     tuple(int(0.85 * part) for part in colour), 1, cv2.LINE_AA)
        return drawn
    return change


def hand(rgb: UInt8Array, face: Face) -> UInt8Array:
    """Four fingers of the face's own skin over mouth and nose."""
    span, mouth = eyes_apart(face), np.mean(face.landmarks[3:], axis=0)
    cheek = np.median(rgb[max(0, int(face.landmarks[2][1]) - 2):int(face.landmarks[2][1]) + 3,
                          max(0, int(face.landmarks[0][0]) - 2):int(face.landmarks[0][0]) + 3].reshape(-1, 3), axis=0)
    drawn = rgb.copy()
    for finger in range(4):
        y = (finger - 1.6) * 0.32 * span
        ends = whole(mouth + np.array([-0.9 * span, y])), whole(mouth + np.array([0.7 * span, y]))
        for shade, width in ((0.75, 0.32), (1.0, 0.24)):
            cv2.line(drawn, *ends, tuple(int(shade * part) for part in cheek), max(1, round(width * span)), cv2.LINE_AA)
    return drawn


def greyed(rgb: UInt8Array, face: Face) -> UInt8Array:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return np.repeat(grey[:, :, None], 3, axis=2)


def blurred(rgb: UInt8Array, face: Face) -> UInt8Array:
    return cv2.GaussianBlur(rgb, (0, 0), 0.03 * face.box[2]).astype(np.uint8)


def shrunk(rgb: UInt8Array, face: Face) -> UInt8Array:
    factor = 30 / face.box[2]
    return cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)


def whole(point: object) -> tuple[int, int]:
    x, y = np.asarray(point).round().astype(int).tolist()
    return x, y


def eyes_apart(face: Face) -> float:
    return float(np.hypot(*(np.array(face.landmarks[1]) - face.landmarks[0])))


CHANGES: dict[str, tuple[str, Change]] = {
    "black glasses": ("before", glasses((15, 15, 18), 1.0)), "brown glasses, 75 %": ("before", glasses((50, 35, 25), 0.75)),
    "mirror glasses": ("before", glasses((120, 140, 175), 0.9)), "bar over the eyes": ("before", bar),
    "white mask": ("before", mask((235, 235, 235))), "blue mask": ("before", mask((140, 180, 215))),
    "black mask": ("before", mask((25, 25, 28))), "red scarf": ("before", mask((150, 30, 35))),
    "hand": ("before", hand), "greyed": ("grey", greyed), "blurred": ("blurred", blurred), "30 px": ("small", shrunk),
}


def looked_at(pack: runtime.Pack, rgb: UInt8Array) -> Seen | None:
    face = portrait_face(pack.face_detector, rgb, threshold=0.3) if pack.face_detector is not None else None
    return None if face is None else seen_of(shot_of(rgb, face))


def share(said: list[list[str]], word: str) -> float:
    return float(np.mean([any(word in line for line in lines) for lines in said])) if said else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    pack = runtime.load(base_pack())
    folder = arguments.shared / "data/faces-identities"
    rows = list(csv.DictReader((folder / "identities.csv").open()))
    pictures = [np.ascontiguousarray(cv2.imread(str(folder / row["image"]))[:, :, ::-1]) for row in rows]
    halves = np.array([half_of(row["person"]) for row in rows])
    frontal = Seen(100.0, 0.4, 0.0, 20.0, 0.0)
    columns = {
        "small": "small:", "blurred": "blurred:", "grey": "grey or infrared:", "pose": "turned", "before": "before the face"}
    print("| picture | half | found | " + " | ".join(columns) + " |\n|---|---|---|" + "---|" * len(columns))
    assert pack.face_detector is not None
    for name, change in [("as it is", None), *((name, change) for name, (_, change) in CHANGES.items())]:
        for half in (0, 1):
            chosen = [pictures[index] for index in np.flatnonzero(halves == half)]
            seen = []
            for rgb in chosen:
                face = portrait_face(pack.face_detector, rgb, threshold=0.3)
                assert face is not None
                seen.append(looked_at(pack, rgb if change is None else change(rgb, face)))
            said = [warnings.warnings(frontal, one) for one in seen if one is not None]
            print(f"| {name} | {half} | {len(said) / len(chosen):.3f} | "
                  + " | ".join(f"{share(said, word):.3f}" for word in columns.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
