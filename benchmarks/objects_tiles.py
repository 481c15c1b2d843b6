"""What do overlapping parts (`thorough`) bring over the whole picture alone?

    python -m benchmarks.objects_tiles [--shared DIR] [PACK ...]

Data and measure as in benchmarks/objects.py; times are ratios to the whole picture with the same pack in the same run.
"""
import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
from benchmarks.objects import VEHICLES, every_class, measure, run, truths
from tests.packs.make import base_pack, make_pack

from sporhund.objects.detect import find_things
from sporhund.packs import runtime
from sporhund.packs.detector import ObjectDetector
from sporhund.packs.model import Boxes, UInt8Array


def finder(detector: ObjectDetector, picture: UInt8Array, threshold: float, *, parts: bool) -> Boxes:
    """What the look for objects finds, in the form that is measured."""
    things = find_things(detector, picture, threshold=threshold, parts=parts)
    boxes = np.array([thing.box for thing in things], np.float32).reshape(-1, 4)
    scores = np.array([thing.score for thing in things], np.float32)
    return Boxes(boxes, scores, classes=tuple(thing.label for thing in things))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("packs", nargs="*", default=["base", "yolox-nano"])
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = truths(arguments.shared / "data/objects")
    print("| pack | look | mAP50 | person AP50 | P / R | vehicle AP50 | P / R | time |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.packs:
            pack = runtime.load(base_pack() if name == "base" else make_pack(arguments.shared, Path(scratch), name))
            detector, spec = pack.object_detector, pack.manifest.objects
            assert detector is not None and spec is not None
            first = 0.0
            for look, parts in (("whole", False), ("whole and parts", True)):
                def find(picture: UInt8Array, least: float, d: ObjectDetector = detector, p: bool = parts) -> Boxes:
                    return finder(d, picture, least, parts=p)
                found, seconds = run(pictures, find, 0.02)
                first = first or seconds
                person = measure(pictures, found, frozenset({"person"}), spec.threshold)
                vehicle = measure(pictures, found, VEHICLES, spec.threshold)
                print(f"| {name} | {look} | {every_class(pictures, found, spec.threshold):.3f} | {person.average_precision:.3f} "
                      f"| {person.precision:.2f} / {person.recall:.2f} | {vehicle.average_precision:.3f} "
                      f"| {vehicle.precision:.2f} / {vehicle.recall:.2f} | {seconds / first:.1f} |")


if __name__ == "__main__":
    main()
