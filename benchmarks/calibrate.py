"""Make a pack's calibration: how often other people reach a score by accident, for each pair of bands.

    python -m benchmarks.calibrate [--shared DIR] [--cache DIR] [--out DIR] [PACK ...]
    python -m benchmarks.calibrate --people FOLDER --made-of "whose pictures" --cache DIR --out DIR PACK_FOLDER

The second way is an agency's own: FOLDER holds one folder for each person, and all of them are calibrated on. Of the people at
least fifty must have usable faces in a band for it to get a curve, and one with eight pictures tells what several pictures do.

Data: the people of half 0 of shared/data/faces-identities (half 1 is kept for testing: benchmarks/chance.py), their pictures
and copies that were shrunk and blurred. A person with eight pictures counts as much as one with one: each pair of
two people counts once, spread evenly over their pictures and copies in these bands. What is written holds shares of all pairs
only; the steps end where fewer than ten different people, or five pairs, are left above them. Method and papers: docs/chance.md.
"""
import argparse
import json
import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from benchmarks.copies import Looked, half_of, looked, open_pack
from scipy.stats import beta
from tests.packs.make import MANIFESTS

from sporhund.faces.calibration import FORMAT
from sporhund.faces.chance import BANDS, band_of
from sporhund.packs import manifest as manifests
from sporhund.packs.model import Manifest, Unsuitable

PACKS = ("base", "centerface-mobilefacenet", "yunet-mobilefacenet", "fused")
COPIES = ("clean", "b1", "w48", "w40", "w36", "w32", "w28", "w24", "b2", "b2.5", "m9", "w40b2", "w28b2", "w40b2.5",
          "w28b2.5")
"""What the bands are filled with; benchmarks/copies.py says what the letters mean."""
PER_DECADE = 12
"""Steps of each curve."""
FEWEST_PEOPLE = 10
FEWEST_PAIRS = 5.0
"""Different people among the accidents at the last step, and pairs of people: where fewer are left, the data end."""
MANY = 8
"""Pictures of a person from which the gain of several pictures is measured."""
GAIN_LEVELS = (1 / 50, 1 / 100, 1 / 200)
"""Shares of accidents with one picture, among these people, at which the gain is taken."""
DATA = Path(__file__).resolve().parents[1] / "src/sporhund/packs/data"


@dataclass(frozen=True)
class Steps:
    """One curve as it is written down."""

    people: int
    comparisons: int
    effective: float
    scores: list[float]
    share: list[float]
    low: list[float]
    high: list[float]


def manifest_of(name: str) -> Manifest:
    """The manifest as it stands in the source, whatever has been built from it."""
    if Path(name).is_dir():
        return manifests.read(Path(name))
    if name == "base":
        from sporhund.packs import base

        return manifests.parse(base._toml(dict.fromkeys([*base._FILES, base._CALIBRATION], "0" * 64)).encode())
    return manifests.parse((MANIFESTS / f"{name}.toml").read_bytes())


def stacked(copies: list[Looked]) -> Looked:
    """Several copies, one after another."""
    return Looked(*(np.concatenate([getattr(copy, field.name) for copy in copies]) for field in fields(Looked)))


def together(copies: list[Looked], unsuitable: Unsuitable) -> Looked:
    """The comparable faces of several copies."""
    return stacked([copy.where(~copy.unsuitable(unsuitable)) for copy in copies])


def in_band(rows: Looked, band: int) -> Looked:
    """The faces of one band."""
    return rows.where(band_of(rows.width, rows.sharpness) == band)


def spread(names: np.ndarray, people: np.ndarray) -> np.ndarray:
    """(rows, people) 1 / (rows of that person) where a row is that person's: turns rows into people."""
    place = np.searchsorted(people, names)
    counts = np.bincount(place, minlength=len(people))
    matrix = np.zeros((len(names), len(people)), np.float32)
    matrix[np.arange(len(names)), place] = 1 / counts[place]
    return matrix


@dataclass(frozen=True)
class Block:
    """Faces to compare with each other: (rows of one side) x (rows of the other), and the people on both sides."""

    rows: np.ndarray       #: (rows, people), see `spread`
    columns: np.ndarray
    scores: np.ndarray     #: (rows, columns)
    known: np.ndarray      #: (people, people) 1 where both have faces and are different people

    def hits(self, limit: float) -> np.ndarray:
        """(people, people) share of the comparisons of two people that reach a score, both ways round together."""
        hit = self.rows.T @ (self.scores >= limit).astype(np.float32) @ self.columns * self.known
        return hit + hit.T


def blocks(copies: dict[str, Looked], pair: tuple[int, int], people: np.ndarray) -> list[Block]:
    """What is compared for two bands: each copy with itself in one band, since two bad pictures of a case mostly come from one
    camera and have one fault (and two faults are less alike); everything with everything in two different ones.
    """
    inside = {band: [in_band(copy, band) for copy in copies.values()] for band in set(pair)}
    if pair[0] == pair[1]:
        sides = [(copy, copy) for copy in inside[pair[0]] if len(copy.people)]
    else:
        sides = [(stacked(inside[pair[0]]), stacked(inside[pair[1]]))]
    return [block(one, other, people) for one, other in sides]


def block(one: Looked, other: Looked, people: np.ndarray) -> Block:
    rows, columns = spread(one.people, people), spread(other.people, people)
    known = np.outer(rows.sum(axis=0) > 0.5, columns.sum(axis=0) > 0.5) & ~np.eye(len(people), dtype=bool)
    return Block(rows, columns, one.vectors @ other.vectors.T, known.astype(np.float32))


def steps(compared: list[Block]) -> Steps | None:
    """The curve of two bands; None where too few people have faces in both.

    Interval: Clopper and Pearson (1934) on the effective number of comparisons, share * (1 - share) / variance, with the
    jackknife variance over people of a mean over pairs, so that a person who is like many counts as one person.
    """
    weight = np.sum([each.known + each.known.T for each in compared], axis=0) if compared else np.zeros((1, 1))
    known = weight > 0
    pairs, people = int(known.sum()) // 2, int(known.any(axis=0).sum())
    if people < 5 * FEWEST_PEOPLE:
        return None
    found: list[tuple[float, float, float, float, float]] = []
    for limit in _limits(compared, pairs):
        hit = np.sum([each.hits(limit) for each in compared], axis=0) / np.maximum(weight, 1)
        share, effective, hit_people = clustered(hit, known)
        if hit_people < FEWEST_PEOPLE or share * pairs < FEWEST_PAIRS:
            break
        found.append((limit, share, *interval(share, effective), effective))
    limits, share_, low, high, effective_ = (list(column) for column in zip(*found, strict=True))
    return Steps(people, pairs, round(effective_[-1], 1), [-1.0, *limits], [1.0, *_short(share_)], [1.0, *_short(low)],
                 [1.0, *_short(high)])


def _limits(compared: list[Block], pairs: int) -> list[float]:
    """Scores at evenly spaced logarithms of the share of comparisons above them."""
    weights = np.concatenate([(each.rows @ each.known @ each.columns.T).ravel() for each in compared])
    scores = np.concatenate([each.scores.ravel() for each in compared])
    order = np.argsort(-scores)
    above = np.cumsum(weights[order], dtype=np.float64) / weights.sum(dtype=np.float64)
    levels = 10.0 ** (-np.arange(1, int(PER_DECADE * math.log10(pairs)) + 1) / PER_DECADE)
    found = np.unique(np.round(scores[order][np.searchsorted(above, levels)].astype(np.float64), 5))
    return [float(limit) for limit in found]


def clustered(hit: np.ndarray, known: np.ndarray) -> tuple[float, float, int]:
    """Share of the pairs that are hit, independent comparisons they are worth, and different people among the hits."""
    counts = known.sum(axis=1)
    there = counts > 0
    share = float(hit[known].mean(dtype=np.float64))
    own = np.where(known, hit, 0).sum(axis=1, dtype=np.float64)[there] / counts[there]
    number = int(there.sum())
    variance = 4 / (number * (number - 1)) * float(((own - share) ** 2).sum())
    pairs = int(known.sum()) // 2
    effective = min(share * (1 - share) / variance, pairs) if variance > 0 else pairs
    return share, float(effective), int((own > 0).sum())


def interval(share: float, effective: float) -> tuple[float, float]:
    """95 %, Clopper and Pearson, for a share among so many independent comparisons."""
    hits = share * effective
    return float(beta.ppf(0.025, hits, effective - hits + 1)), float(beta.ppf(0.975, hits + 1, max(effective - hits, 1e-9)))


def maxima(clean: Looked, people: np.ndarray) -> tuple[np.ndarray, Callable[[float, int], np.ndarray]]:
    """The people with many pictures, and share(score, k): of the other people who reach it with the best of k of these
    pictures, (people with many,); the mean over all choices of k out of them, counted exactly.
    """
    names, counts = np.unique(clean.people, return_counts=True)
    many = names[counts >= MANY]
    every = spread(clean.people, people)
    scores = {name: clean.vectors[clean.people == name][:MANY] @ clean.vectors.T for name in many}
    def share(score: float, pictures: int) -> np.ndarray:
        whole = math.comb(MANY, pictures)
        missed = np.array([math.comb(MANY - hits, pictures) / whole for hits in range(MANY + 1)])
        return np.array([
            ((1 - missed[(scores[name] >= score).sum(axis=0)]) @ every[:, people != name]).mean() for name in many])
    return many, share


def gains(clean: Looked, people: np.ndarray, curve: Steps) -> tuple[list[dict[str, float]], list[dict[str, object]], int]:
    """How much likelier a hit is with several pictures of a person, and the maxima it was taken from.

    Measured on the same people with one picture and with several, since people with many pictures differ from others; mean of
    the logarithm at three levels; interval by drawing the people with many pictures again, 500 times.
    """
    many, share = maxima(clean, people)
    if not len(many):
        return [{"pictures": 1, "gain": 1.0, "low": 1.0, "high": 1.0}], [], 0
    alone = [max(float(share(score, 1).mean()), 1e-9) for score in curve.scores]
    at = [float(np.interp(-math.log(level), -np.log(alone), curve.scores)) for level in GAIN_LEVELS]
    one = np.array([share(score, 1) for score in at])
    chosen = np.random.default_rng(0).integers(0, len(many), (500, len(many)))
    found, kept = [], []
    for pictures in (1, 2, 4, 8):
        several = np.array([share(score, pictures) for score in at])
        drawn = [_ratio(several[:, draw], one[:, draw]) for draw in chosen]
        low, high = np.percentile(drawn, [2.5, 97.5])
        found.append({"pictures": pictures, "gain": round(_ratio(several, one), 3), "low": round(max(1.0, float(low)), 3),
                      "high": round(min(float(pictures), float(high)), 3)})
        limits = curve.scores[1:]
        kept.append({"pictures": pictures, "scores": limits, "share": _short([float(share(s, pictures).mean()) for s in limits])})
    return found, kept, len(many)


def _ratio(several: np.ndarray, one: np.ndarray) -> float:
    """Geometric mean over the levels; a level that nobody reached says nothing."""
    top, bottom = several.mean(axis=1), one.mean(axis=1)
    some = bottom > 0
    return float(np.exp(np.log(top[some] / bottom[some]).mean())) if some.any() else 1.0


def _short(values: list[float]) -> list[float]:
    """Four figures; never rising."""
    return np.minimum.accumulate([float(f"{value:.4g}") for value in values]).tolist()


OURS = ("212 of the 436 people of faces-identities and degraded copies of their pictures: 197 from official portraits of members "
        "of the US Congress, 11 volunteers of ORL (1992-94), 4 from press and television; sex, age and origin not recorded; no "
        "children")


def calibrate(name: str, copies: dict[str, Looked], made_of: str = OURS) -> dict[str, object]:
    """The whole file for one pack, from its copies of the people to calibrate on."""
    manifest = manifest_of(name)
    kept = {how: together([copy], manifest.unsuitable) for how, copy in copies.items()}
    clean = kept["clean"]
    people = np.unique(np.concatenate([copy.people for copy in kept.values()]))
    curves = {pair: curve for pair in _pairs() if (curve := steps(blocks(kept, pair, people)))}
    gained, best, many = gains(clean, people, curves[0, 0])
    return {
        "format": FORMAT, "pack": manifest.label, "people": len(people), "people_with_many": many,
        "made_of": made_of,
        "gains": gained, "maxima": best, "age_bands": [],
        "curves": [{"bands": list(pair), **vars(curve)} for pair, curve in curves.items()],
    }


def _pairs() -> Iterator[tuple[int, int]]:
    for one in range(len(BANDS)):
        for other in range(one, len(BANDS)):
            yield one, other


def copies_of(name: str, half: int | None, shared: Path, cache: Path, wanted: tuple[str, ...] = COPIES,
              folder: Path | None = None) -> dict[str, Looked]:
    """What a pack sees on each wanted copy of the people of one half, or of everybody (None)."""
    found = {}
    folder = folder or shared / "data/faces-identities"
    with tempfile.TemporaryDirectory() as scratch:
        for how in wanted:
            seen = looked(lambda: open_pack(shared, Path(scratch), name), name, how, folder, cache)
            found[how] = seen.where(np.array([half is None or half_of(person) == half for person in seen.people]))
    return found


def arguments_of(doc: str) -> argparse.ArgumentParser:
    """What the measurements of this file's kind are asked with."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sporhund-copies")
    parser.add_argument("packs", nargs="*", default=PACKS)
    return parser


def main() -> None:
    parser = arguments_of(__doc__ or "")
    parser.add_argument("--out", type=Path, help="one folder for all; default: where each pack's manifest lies")
    parser.add_argument("--people", type=Path, help="an own folder with one folder for each person")
    parser.add_argument("--made-of", default=OURS, help="whose pictures, for people; to be said with --people")
    arguments = parser.parse_args()
    if arguments.people is not None and (arguments.made_of == OURS or arguments.out is None):
        parser.error("--people needs --made-of and --out")
    cv2.setNumThreads(1)
    for name in arguments.packs:
        half = 0 if arguments.people is None else None
        copies = copies_of(name, half, arguments.shared, arguments.cache, folder=arguments.people)
        found = calibrate(name, copies, arguments.made_of)
        folder = arguments.out or (DATA if name == "base" else MANIFESTS)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{Path(name).name.partition('@')[0]}-calibration.json"
        path.write_text(json.dumps(found, separators=(",", ":")).replace('{"bands"', '\n{"bands"') + "\n")
        print(f"{path}: {path.stat().st_size:,} bytes, {found['people']} people", flush=True)


if __name__ == "__main__":
    main()
