"""How well do the default settings of each pack put pictures of one person together, and whom do they glue?

    python -m benchmarks.clusters [--shared DIR] [--degraded] [PACK ...]

Data: shared/data/faces-identities. Pairwise precision and recall. Settings come from the pack's manifest: centre, spread and
middle were measured on half 0 of the people (the halves of benchmarks/faces.py), which this prints again for a pack's maker.
Sets: all; either half; one picture of each person; the people with the most pictures alone; people drawn at random, 20 to 400,
worst of 20 draws; with --degraded each picture made small, blurred, compressed or dark, all of them or beside the clean ones.
A simulated crowd: strangers drawn from the pack's own distribution (each principal coordinate of the real templates drawn by
itself), added to all; it shows what size does, and stands for no real crowd.
"""
import argparse
import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from benchmarks.clusters_speed import precision
from benchmarks.faces import PACKS, half_of
from numpy.typing import NDArray
from scipy.stats import norm
from tests.packs.make import base_pack, make_pack

from sporhund.clusters import linkage
from sporhund.faces.portrait import portrait
from sporhund.packs import runtime
from sporhund.packs.model import Manifest, UInt8Array
from sporhund.packs.runtime import Pack

DRAWS = 20
CROWDS = (2_000, 10_000, 20_000)


@dataclass(frozen=True)
class Seen:
    """Templates with whose they are and how good their pictures were."""

    vectors: NDArray[np.float32]
    people: NDArray[np.str_]
    width_px: NDArray[np.float32]
    sharpness: NDArray[np.float32]
    of: int                          #: pictures looked at

    def only(self, chosen: NDArray[np.bool_]) -> "Seen":
        return Seen(self.vectors[chosen], self.people[chosen], self.width_px[chosen], self.sharpness[chosen], int(chosen.sum()))


def degradations(width_px: float) -> Iterator[tuple[str, object]]:
    """Name, and what makes such a picture of one whose face is this wide."""
    def smaller(to_px: float) -> object:
        share = min(1.0, to_px / width_px)
        return lambda rgb: np.ascontiguousarray(cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))

    def blurred(share: float) -> object:
        return lambda rgb: cv2.GaussianBlur(rgb, (0, 0), share * width_px)

    for to_px in (48, 32, 26):
        yield f"{to_px} px", smaller(to_px)
    for share in (0.015, 0.025):
        yield f"blur {share:.1%}", blurred(share)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 15]
    yield "JPEG 15", lambda rgb: np.ascontiguousarray(cv2.imdecode(cv2.imencode(".jpg", rgb, quality)[1], 1))
    yield "dark", lambda rgb: np.clip(rgb * 0.3 + np.random.default_rng(1).normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)


def seen(pictures: Sequence[UInt8Array], people: Sequence[str], pack: Pack) -> Seen:
    """Those that can be compared."""
    found = [(one, who) for rgb, who in zip(pictures, people, strict=True)
             if (one := portrait(rgb, pack)) is not None and one.embedded is not None]
    return Seen(
        np.stack([one.embedded.vector for one, _ in found if one.embedded]).astype(np.float32),
        np.array([who for _, who in found]),
        np.array([one.shot.box[2] for one, _ in found], np.float32),
        np.array([one.shot.sharpness for one, _ in found], np.float32), len(pictures))


def measure(one: Seen, manifest: Manifest) -> tuple[float, float, int]:
    """Precision, recall, false pairs."""
    assert manifest.clustering is not None
    weak = linkage.weakness(one.width_px, one.sharpness, manifest.clustering, manifest.unsuitable)
    labels = linkage.partition(one.vectors, manifest.clustering, weak=weak)
    whose = np.unique(one.people, return_inverse=True)[1].reshape(-1)
    right, found = precision(labels, whose)
    sizes = np.unique(labels, return_counts=True)[1]
    return (right if (sizes > 1).any() else 1.0), found, round((1 - right) * int((sizes * (sizes - 1) // 2).sum()))


def line(pack: str, what: str, one: Seen, manifest: Manifest) -> None:
    right, found, false = measure(one, manifest)
    both = 2 * right * found / (right + found) if right + found else 0.0
    recall, f1 = (f"{found:.4f}", f"{both:.4f}") if len(set(one.people.tolist())) < len(one.people) else ("-", "-")
    print(f"| {pack} | {what} | {len(one.people)} | {right:.4f} | {recall} | {f1} | {false} |", flush=True)


def settings(one: Seen) -> str:
    """centre, spread and middle as the scores of two people of half 0 give them: a normal distribution through three shares."""
    half = one.only(np.array([half_of(str(who)) == 0 for who in one.people]))
    first, second = np.triu_indices(len(half.people), 1)
    scores = (half.vectors @ half.vectors.T)[first, second][half.people[first] != half.people[second]]
    shares = np.array([1e-2, 1e-3, 1e-4])
    spread, centre = np.polyfit(norm.isf(shares), np.quantile(scores, 1 - shares), 1)
    return f"centre {centre:.3f}, spread {spread:.3f}, middle {scores.mean():.3f}"


def crowd(one: Seen, count: int) -> Seen:
    """With so many strangers more. Simulated."""
    chance, middle = np.random.default_rng(3), one.vectors.mean(axis=0)
    left, size, right = np.linalg.svd(one.vectors - middle, full_matrices=False)
    drawn = np.stack([chance.choice(column, count) for column in (left * size).T], axis=1) @ right + middle
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return Seen(
        np.concatenate([one.vectors, drawn.astype(np.float32)]),
        np.concatenate([one.people, [f"stranger {n}" for n in range(count)]]),
        np.concatenate([one.width_px, np.full(count, 80, np.float32)]),
        np.concatenate([one.sharpness, np.full(count, 0.4, np.float32)]), one.of + count)


def sets(pack: str, one: Seen, manifest: Manifest) -> None:
    """Print every set of clean pictures."""
    halves = np.array([half_of(str(who)) for who in one.people])
    first = np.zeros(len(one.people), bool)
    first[np.unique(one.people, return_index=True)[1]] = True
    names, counts = np.unique(one.people, return_counts=True)
    line(pack, "all", one, manifest)
    for half in (0, 1):
        line(pack, f"half {half}", one.only(halves == half), manifest)
    line(pack, "one picture each", one.only(first), manifest)
    line(pack, "people with 5 and more", one.only(np.isin(one.people, names[counts >= 5])), manifest)
    chance = np.random.default_rng(3)
    for count in (20, 50, 100, 200, 400):
        drawn = [one.only(np.isin(one.people, chance.choice(names, count, replace=False))) for _ in range(DRAWS)]
        worst = min(drawn, key=lambda some: measure(some, manifest)[0])
        line(pack, f"{count} people, worst of {DRAWS} draws", worst, manifest)
    for count in CROWDS:
        line(pack, f"and {count} simulated strangers", crowd(one, count), manifest)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--degraded", action="store_true")
    parser.add_argument("packs", nargs="*", default=PACKS)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    folder = arguments.shared / "data/faces-identities"
    rows = list(csv.DictReader((folder / "identities.csv").open()))
    people = [row["person"] for row in rows]
    pictures = [np.ascontiguousarray(cv2.imread(str(folder / row["image"]))[:, :, ::-1]) for row in rows]
    print("| pack | set | pictures | precision | recall | F1 | false pairs |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.packs:
            pack = runtime.load(base_pack() if name == "base" else make_pack(arguments.shared, Path(scratch), name))
            pack.open_all()
            clean = seen(pictures, people, pack)
            sets(name, clean, pack.manifest)
            if arguments.degraded:
                width = float(np.median(clean.width_px))
                for what, make in degradations(width):
                    bad = seen([make(rgb) for rgb in pictures], people, pack)  # type: ignore[operator]
                    line(name, f"all {what}", bad, pack.manifest)
                    both = Seen(*(np.concatenate([getattr(clean, field), getattr(bad, field)]) for field in (
                        "vectors", "people", "width_px", "sharpness")), clean.of + bad.of)
                    line(name, f"clean, and {what}", both, pack.manifest)
            print(f"<!-- {name}: {settings(clean)} -->", flush=True)


if __name__ == "__main__":
    main()
