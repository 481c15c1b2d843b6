"""Below which size and blur can a pack no longer be used, and do bad pictures bring more wrong candidates?

    python -m benchmarks.degraded [--shared DIR] [--cache DIR] [--splits N] [PACK ...]

Data: half 1 of shared/data/faces-identities, degraded copies (benchmarks/copies.py says what the letters mean). The limits in
each pack's [unsuitable] were chosen on half 0. Kept: pairs of one person found with one side degraded, as a share of those
found clean, at the score of FAR 1e-3 on clean pictures of half 0; before and after what is unsuitable is left out. People
with E <= 1: as benchmarks/chance.py counts them, galleries of 100 people, one picture each, among the pictures that get a
number (faces.chance.covered_by).
"""
from pathlib import Path

import numpy as np
from benchmarks.calibrate import arguments_of, copies_of, manifest_of, together
from benchmarks.chance import calibration, splits
from benchmarks.copies import Looked, half_of, numbered, pictures

from sporhund.faces.evaluate import all_pairs, threshold_at

COPIES = (
    "clean", "w48", "w40", "w32", "w28", "w24", "w20", "w16", "b1", "b2", "b2.5", "b3", "b4", "w40b2", "w28b2", "w40b3", "w28b3",
    "m9", "m15", "j20", "j10", "j5", "d30", "d15",
)


def clean_threshold(clean: Looked) -> float:
    """The score of FAR 1e-3 on clean pictures."""
    found = clean.where(clean.width > 0)
    pairs = all_pairs(found.vectors, found.people.tolist())
    limit = threshold_at(np.sort(pairs.scores[~pairs.mated]), 1e-3)
    assert limit is not None
    return limit


def found_again(copy: Looked, clean: Looked, limit: float, kept: np.ndarray) -> float:
    """Share of the pairs of one person that score over the limit, copy against clean; a face not found is a pair not found."""
    scores = copy.vectors @ clean.vectors.T
    pairs = (copy.people[:, None] == clean.people[None, :]) & ~np.eye(len(copy.people), dtype=bool) & kept[:, None]
    return float((scores[pairs] > limit).mean()) if pairs.any() else float("nan")


def false_matches(copy: Looked, other: Looked, limit: float) -> float:
    """Share of the pairs of two people that score over the limit."""
    pairs = copy.people[:, None] != other.people[None, :]
    return float(((copy.vectors @ other.vectors.T)[pairs] > limit).mean())


def report(name: str, times: int, shared: Path, cache: Path) -> None:
    known, unsuitable = calibration(name), manifest_of(name).unsuitable
    limit = clean_threshold(copies_of(name, 0, shared, cache, ("clean",))["clean"])
    copies = copies_of(name, 1, shared, cache, COPIES)
    clean = copies["clean"]
    halves = np.array([half_of(person) for person, _, _ in pictures(shared / "data/faces-identities")])
    whole = found_again(clean, clean, limit, np.ones(len(clean.people), bool))
    for how, copy in copies.items():
        usable = ~copy.unsuitable(unsuitable)
        shares = [found_again(copy, clean, limit, kept) / whole for kept in (copy.width >= 0, usable)]
        line = f"| {name} | {how} | {1 - usable.mean():.3f} | {shares[0]:.3f} | {shares[1]:.3f} |"
        number = numbered(how, shared / "data/faces-identities", cache)[halves == 1]
        line += f" {1 - (number & usable).sum() / max(1, usable.sum()):.3f} |"
        kept = together([copy.where(number)], unsuitable)
        if len(np.unique(kept.people)) < 110:
            print(f"{line} - | - | - | - |", flush=True)
            continue
        one, both = (splits(gallery, kept, known, size=100, single=True, times=times)[0]
                     for gallery in (together([clean], unsuitable), kept))
        print(f"{line} {1000 * false_matches(kept, clean, limit):.2f} | {1000 * false_matches(kept, kept, limit):.2f} "
              f"| {one:.2f} | {both:.2f} |", flush=True)


def main() -> None:
    parser = arguments_of(__doc__ or "")
    parser.add_argument("--splits", type=int, default=10)
    arguments = parser.parse_args()
    print("| pack | copy | left out | pairs kept | of those not left out | of them without a number "
          "| FMR x 1000, probe degraded | both "
          "| people with E ≤ 1, probe degraded | both |\n|---|---|---|---|---|---|---|---|---|---|")
    for name in arguments.packs:
        report(name, arguments.splits, arguments.shared, arguments.cache)


if __name__ == "__main__":
    main()
