"""How well do the object detectors find persons and vehicles?

    python -m benchmarks.objects [--shared DIR] [--models DIR] [PACK ...]

Data: shared/data/objects, 31 pictures of COCO val with free licences (79 persons, 13 vehicles). AP at an overlap of 0.5,
all points, crowd boxes left out; vehicle = bicycle, car, motorcycle, bus, truck as one class. Precision and recall at the
pack's own threshold. Times are ratios to the first pack in the same run. The set is small: differences under 0.05 are
noise.
"""
import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tests.packs.make import base_pack, make_pack

from sporhund.packs import runtime
from sporhund.packs.model import Boxes, UInt8Array

VEHICLES = frozenset({"bicycle", "car", "motorcycle", "bus", "truck"})
PACKS = ("base", "nanodet-m", "yolox-nano")
OVERLAP = 0.5
Box = tuple[float, float, float, float]
Finder = Callable[[UInt8Array, float], Boxes]
"""Picture and threshold in, what is there out."""


@dataclass(frozen=True)
class Truth:
    """One picture: its marked boxes by class, and the crowds in it, which count neither way."""

    path: Path
    boxes: dict[str, list[Box]]
    crowds: dict[str, list[Box]]


@dataclass(frozen=True)
class Quality:
    average_precision: float
    precision: float       #: at the threshold
    recall: float
    marked: int


def truths(folder: Path) -> list[Truth]:
    """The marked pictures of data/objects."""
    data = json.loads((folder / "truth.json").read_text())
    names = {c["id"]: c["name"] for c in data["categories"]}
    found = {p["id"]: Truth(next(folder.rglob(Path(p["file_name"]).name)), {}, {}) for p in data["images"]}
    for mark in data["annotations"]:
        picture = found[mark["image_id"]]
        where = picture.crowds if mark.get("iscrowd") else picture.boxes
        where.setdefault(names[mark["category_id"]], []).append(tuple(mark["bbox"]))
    return list(found.values())


def measure(pictures: Sequence[Truth], found: Sequence[Boxes], kinds: frozenset[str], threshold: float) -> Quality:
    """How well boxes of these classes, taken as one, were found."""
    hits: list[tuple[float, bool]] = []
    marked = 0
    for picture, boxes in zip(pictures, found, strict=True):
        wanted = [b for k in kinds for b in picture.boxes.get(k, [])]
        marked += len(wanted)
        hits += _match(boxes, kinds, wanted, [b for k in kinds for b in picture.crowds.get(k, [])])
    hits.sort(key=lambda hit: -hit[0])
    right = np.array([hit for _, hit in hits], bool)
    true = np.cumsum(right)
    precision = true / np.arange(1, len(true) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    over = sum(score >= threshold for score, _ in hits)
    at = int(true[over - 1]) if over else 0
    return Quality(float(envelope[right].sum() / max(marked, 1)), at / max(over, 1), at / max(marked, 1), marked)


def _match(boxes: Boxes, kinds: frozenset[str], wanted: list[Box], crowds: list[Box]) -> list[tuple[float, bool]]:
    """Score and rightness of each box, best first; each mark is found once; boxes within a crowd are left out."""
    free, hits = list(wanted), []
    for box, score, kind in zip(boxes.boxes, boxes.scores, boxes.classes, strict=True):
        if kind not in kinds:
            continue
        best = max(free, key=lambda mark: overlap(box, mark), default=None)
        if best is not None and overlap(box, best) >= OVERLAP:
            free.remove(best)
            hits.append((float(score), True))
        elif not any(_shared(box, crowd) / (box[2] * box[3]) >= OVERLAP for crowd in crowds):
            hits.append((float(score), False))
    return hits


def _shared(a: Sequence[float], b: Sequence[float]) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union."""
    common = _shared(a, b)
    return common / (a[2] * a[3] + b[2] * b[3] - common)


def every_class(pictures: Sequence[Truth], found: Sequence[Boxes], threshold: float) -> float:
    """Mean AP over the classes that are marked."""
    kinds = sorted({k for p in pictures for k in p.boxes})
    return float(np.mean([measure(pictures, found, frozenset({k}), threshold).average_precision for k in kinds]))


def merged(found: Sequence[Boxes]) -> list[Boxes]:
    """Vehicles as one class: a box that overlaps a better vehicle box of another class says nothing new."""
    result = []
    for boxes in found:
        kept: list[int] = []
        for index, kind in enumerate(boxes.classes):
            rivals = [j for j in kept if boxes.classes[j] in VEHICLES]
            if kind not in VEHICLES or all(overlap(boxes.boxes[index], boxes.boxes[j]) < 0.6 for j in rivals):
                kept.append(index)
        result.append(Boxes(boxes.boxes[kept], boxes.scores[kept], classes=tuple(boxes.classes[i] for i in kept)))
    return result


def run(pictures: Sequence[Truth], find: Finder, least: float) -> tuple[list[Boxes], float]:
    """What was found in every picture down to a very low score, and the seconds it took."""
    read = [np.asarray(cv2.imread(str(p.path))[:, :, ::-1]) for p in pictures]
    start = time.perf_counter()
    return [find(picture, least) for picture in read], time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("packs", nargs="*", default=PACKS)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = truths(arguments.shared / "data/objects")
    print("| pack | mAP50 | person AP50 | P / R | vehicle AP50 | P / R | time |\n|---|---|---|---|---|---|---|")
    first = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.packs:
            folder = base_pack() if name == "base" else make_pack(arguments.shared, Path(scratch), name)
            pack = runtime.load(folder)
            detector, spec = pack.object_detector, pack.manifest.objects
            assert detector is not None and spec is not None
            found, seconds = run(pictures, lambda p, t, d=detector: d.detect(p, threshold=t), 0.02)  # type: ignore[misc]
            first = first or seconds
            person = measure(pictures, found, frozenset({"person"}), spec.threshold)
            vehicle = measure(pictures, merged(found), VEHICLES, spec.threshold)
            mean = every_class(pictures, found, spec.threshold)
            print(f"| {name} | {mean:.3f} | {person.average_precision:.3f} | {person.precision:.2f} / {person.recall:.2f} "
                  f"| {vehicle.average_precision:.3f} | {vehicle.precision:.2f} / {vehicle.recall:.2f} "
                  f"| {seconds / first:.2f} |")


if __name__ == "__main__":
    main()
