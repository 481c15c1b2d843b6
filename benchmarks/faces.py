"""How well does each pack tell people apart, and how many pictures can it not use?

    python -m benchmarks.faces [--shared DIR] [PACK ...]

Data: shared/data/faces-identities, 671 pictures of 436 people (815 pairs of one person). All pairs, cosine, no
interpolation (sporhund.faces.evaluate). The people are halved by a digest of their names: settings were chosen on half 0, half
1 is the other half. Differences under 2 points are noise. Times are of the whole way from pixels to template, as ratios to the
first pack in the same run.
"""
import argparse
import csv
import hashlib
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from tests.packs.make import base_pack, make_pack

from sporhund.faces.evaluate import evaluate
from sporhund.faces.portrait import portrait
from sporhund.packs import runtime

PACKS = ("base", "centerface-mobilefacenet", "yunet-mobilefacenet", "fused")


def half_of(person: str) -> int:
    """0 or 1, always the same for a name."""
    return hashlib.sha256(person.encode()).digest()[-1] % 2


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("packs", nargs="*", default=PACKS)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    folder = arguments.shared / "data/faces-identities"
    rows = list(csv.DictReader((folder / "identities.csv").open()))
    pictures = [np.ascontiguousarray(cv2.imread(str(folder / row["image"]))[:, :, ::-1]) for row in rows]
    print("| pack | people | left out | TAR at 1e-3 | at 1e-4 | EER | rank-1 | time |\n|---|---|---|---|---|---|---|---|")
    first = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.packs:
            pack = runtime.load(base_pack() if name == "base" else make_pack(arguments.shared, Path(scratch), name))
            pack.open_all()
            start = time.perf_counter()
            seen = [portrait(picture, pack) for picture in pictures]
            seconds = time.perf_counter() - start
            first = first or seconds
            for label, wanted in (("all", {0, 1}), ("half 0", {0}), ("half 1", {1})):
                among = [i for i, row in enumerate(rows) if half_of(row["person"]) in wanted]
                used = [(one.embedded.vector, rows[i]["person"]) for i in among
                        if (one := seen[i]) is not None and one.embedded is not None]
                figures = evaluate(np.stack([vector for vector, _ in used]), [person for _, person in used])
                tar = {far: "-" if share is None else f"{share:.4f}" for far, share in figures.tar_at_far.items()}
                print(f"| {name} | {label} | {1 - len(used) / len(among):.3f} | {tar['1e-3']} | {tar['1e-4']} "
                      f"| {figures.eer:.4f} | {figures.rank1 or 0:.4f} | {seconds / first:.2f} |", flush=True)


if __name__ == "__main__":
    main()
