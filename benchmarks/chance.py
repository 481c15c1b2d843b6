"""Is E what it says? On people who were not calibrated on: how many of them have E <= 1 for a probe of somebody else?

    python -m benchmarks.chance [--shared DIR] [--cache DIR] [--splits N] [PACK ...]

Data: half 1 of shared/data/faces-identities (224 people; the calibration comes from half 0). In each split the people are
drawn apart: some are the gallery, the others the probes, so nobody is in both. Were E right, one person in each gallery would
have E <= 1 on average, whatever the size of the gallery. Splits reuse the same people: their spread is not that of new people.
"""
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.calibrate import arguments_of, copies_of, in_band, manifest_of, together
from benchmarks.copies import Looked
from tests.packs.make import MANIFESTS

from sporhund.faces.calibration import Calibration, parse
from sporhund.faces.chance import BANDS, Chance, Crowd, Local, band_of, chances, crowd_of

DATA = Path(__file__).resolve().parents[1] / "src/sporhund/packs/data"


@dataclass(frozen=True)
class Trial:
    """One gallery and its probes."""

    hits: list[int]          #: for each probe the people with E <= 1
    floors: int              #: probes for which the floor hides E = 1


def calibration(name: str) -> Calibration:
    """The one in the source."""
    folder = DATA if name == "base" else MANIFESTS
    return parse((folder / f"{name}-calibration.json").read_bytes(), manifest_of(name).label)


def trial(gallery: Looked, probes: Looked, known: Calibration) -> Trial:
    """Every probe picture by itself against the gallery's people."""
    people, who = np.unique(gallery.people, return_inverse=True)
    crowd = crowd_of(who, band_of(gallery.width, gallery.sharpness))
    scores = probes.vectors @ gallery.vectors.T
    best = np.full((len(probes.people), len(people)), -1.0)
    for column, person in enumerate(who):
        best[:, person] = np.maximum(best[:, person], scores[:, column])
    bands = band_of(probes.width, probes.sharpness)
    limits = {int(band): limit(int(band), crowd, known) for band in np.unique(bands)}
    hits = [int((row >= limits[int(band)][0]).sum()) for row, band in zip(best, bands, strict=True)]
    return Trial(hits, sum(limits[int(band)][1] for band in bands))


def limit(band: int, crowd: Crowd, known: Calibration, at_most: float = 1.0) -> tuple[float, bool]:
    """The score from which E is at most this, and whether the floor hides it."""
    grid = np.linspace(-0.2, 1.0, 12001)
    found = chances(grid, probes=[band], crowd=crowd, calibration=known)
    low = [each.expected <= at_most for each in found if isinstance(each, Chance)]
    if len(low) < len(grid) or not any(low):
        return 2.0, True
    return float(grid[low.index(True)]), False


def one_each(rows: Looked, chance: np.random.Generator) -> Looked:
    """One picture of each person, drawn."""
    order = chance.permutation(len(rows.people))
    _, first = np.unique(rows.people[order], return_index=True)
    return rows.where(order[first])


def of_people(rows: Looked, people: np.ndarray) -> Looked:
    return rows.where(np.isin(rows.people, people))


def splits(gallery: Looked, probes: Looked, known: Calibration, *, size: int, single: bool, times: int,
           least: int = 1) -> tuple[float, float, int, float]:
    """Mean people with E <= 1, its spread over the splits, probes of all splits, share of probes that the floor hides.

    least: pictures that each person of the gallery has.
    """
    chance = np.random.default_rng(1)
    names, counts = np.unique(gallery.people, return_counts=True)
    able = names[counts >= least]
    means, number, hidden = [], 0, 0
    for _ in range(times):
        inside = chance.permutation(able)[:min(size, len(able))]
        seen = of_people(gallery, inside)
        outside = one_each(of_people(probes, np.setdiff1d(np.unique(probes.people), inside)), chance)
        found = trial(one_each(seen, chance) if single else seen, outside, known)
        means.append(np.mean(found.hits))
        number += len(found.hits)
        hidden += found.floors
    return float(np.mean(means)), float(np.std(means)), number, hidden / number


def several_probes(clean: Looked, known: Calibration, *, single: bool, times: int) -> tuple[float, float, int, float]:
    """As `splits`, with all pictures of a person (5 to 8) as one probe, against 100 other people."""
    chance = np.random.default_rng(2)
    names, counts = np.unique(clean.people, return_counts=True)
    means = []
    for person in names[counts >= 5]:
        probe = of_people(clean, np.array([person]))
        bands = [int(band) for band in band_of(probe.width, probe.sharpness)]
        for _ in range(times):
            seen = of_people(clean, chance.permutation(names[names != person])[:100])
            gallery = one_each(seen, chance) if single else seen
            who = np.unique(gallery.people, return_inverse=True)[1]
            crowd = crowd_of(who, band_of(gallery.width, gallery.sharpness))
            best = np.full(who.max() + 1, -1.0)
            np.maximum.at(best, who, (probe.vectors @ gallery.vectors.T).max(axis=0))
            found = chances(best, probes=bands, crowd=crowd, calibration=known)
            means.append(sum(each.expected <= 1 for each in found if isinstance(each, Chance)))
    return float(np.mean(means)), float(np.std(means) / np.sqrt(len(means) / times)), len(means), 0.0


def known_pairs(rows: Looked, known: Calibration, pairs: int, times: int) -> tuple[float, float]:
    """People with E <= 1 among 100 whose pictures have one fault, without and with so many known pairs of the case."""
    chance = np.random.default_rng(3)
    names = np.unique(rows.people)
    hits: list[tuple[int, int]] = []
    for _ in range(times):
        people = chance.permutation(names)
        gallery, probes, own = (one_each(of_people(rows, part), chance) for part in (people[:100], people[100:130], people[130:]))
        first, second = (chance.integers(0, len(own.people), 3 * pairs) for _ in range(2))
        keep = np.flatnonzero(first < second)[:pairs]
        bands = band_of(own.width, own.sharpness)
        local = Local(np.sum(own.vectors[first[keep]] * own.vectors[second[keep]], axis=1).astype(np.float64),
                      bands[first[keep]], bands[second[keep]])
        crowd = crowd_of(np.arange(100), band_of(gallery.width, gallery.sharpness))
        for vector, band in zip(probes.vectors, band_of(probes.width, probes.sharpness), strict=True):
            hits.append(tuple(  # type: ignore[arg-type]
                sum(each.expected <= 1 for each in chances(
                    gallery.vectors @ vector, probes=[int(band)], crowd=crowd, calibration=known, local=pairs_of_case)
                    if isinstance(each, Chance)) for pairs_of_case in (None, local)))
    return tuple(float(mean) for mean in np.mean(hits, axis=0))  # type: ignore[return-value]


def same_fault(copies: dict[str, Looked], clean: Looked, band: int, known: Calibration, times: int,
               ) -> Iterator[tuple[str, tuple[float, float, int, float]]]:
    """For one band: probes clean, and probes with the same fault as the gallery; weighted means over the copies in it."""
    inside = [rows for copy in copies.values() if len(np.unique((rows := in_band(copy, band)).people)) >= 80]
    for what, with_clean in (("probe clean", True), ("both", False)):
        found = [splits(rows, clean if with_clean else rows, known, size=60, single=True, times=times) for rows in inside]
        if found:
            weights = np.array([each[2] for each in found], float)
            means = np.average([each[0] for each in found], weights=weights)
            yield what, (float(means), float(np.mean([each[1] for each in found])), int(weights.sum()),
                         float(np.average([each[3] for each in found], weights=weights)))


def significant(rows: Looked, names: np.ndarray, known: Calibration) -> tuple[int, int]:
    """Of the pairs that these names call one person: how many have E <= 0.1 in a gallery of 100, and how many there are.

    Where the names are shuffled, pairs that happen to show one person all the same are left out.
    """
    wrong = bool((names != rows.people).any())
    scores = rows.vectors @ rows.vectors.T
    bands = band_of(rows.width, rows.sharpness)
    limits = {(int(a), int(b)): limit(int(a), Crowd({(int(b), 1): 100}), known, 0.1)[0] for a in set(bands) for b in set(bands)}
    together_by_chance = wrong & (rows.people[:, None] == rows.people[None, :])
    first, second = np.nonzero(np.triu((names[:, None] == names[None, :]) & ~together_by_chance, 1))
    reached = [scores[a, b] >= limits[int(bands[a]), int(bands[b])] for a, b in zip(first, second, strict=True)]
    return int(sum(reached)), len(reached)


def report(name: str, times: int, shared: Path, cache: Path) -> None:
    known, unsuitable = calibration(name), manifest_of(name).unsuitable
    copies = {how: together([copy], unsuitable) for how, copy in copies_of(name, 1, shared, cache).items()}
    clean = copies["clean"]
    def line(what: str, found: tuple[float, float, int, float]) -> None:
        print(f"| {name} | {what} | {found[0]:.2f} ± {found[1]:.2f} | {found[2]} | {found[3]:.2f} |", flush=True)
    for size in (24, 50, 100, 150, 200):
        line(f"{size} people, 1 picture each", splits(clean, clean, known, size=size, single=True, times=times))
    for size in (24, 100, 150, 200):
        line(f"{size} people, all their pictures (1 to 8)", splits(clean, clean, known, size=size, single=False, times=times))
    line("people with 5 to 8 pictures only, all", splits(clean, clean, known, size=99, single=False, times=times, least=5))
    line("the same people, 1 picture each", splits(clean, clean, known, size=14, single=True, times=times, least=5))
    line("100 people, 1 picture each; 5 to 8 probe pictures", several_probes(clean, known, single=True, times=times))
    line("100 people, all their pictures; 5 to 8 probe pictures", several_probes(clean, known, single=False, times=times))
    faults = copies_of(name, 1, shared, cache, ("j10", "d30"))
    for how, words in (("j10", "JPEG quality 10"), ("d30", "darkened to 0.3")):
        without, with_pairs = known_pairs(together([faults[how]], unsuitable), known, 300, times)
        print(f"{name}, both {words}: {without:.2f} people with E <= 1; with 300 known pairs of the case {with_pairs:.2f}",
              flush=True)
    for band, words in enumerate(BANDS):
        for what, found in same_fault(copies, clean, band, known, times):
            line(f"60 people {words}, {what}", found)
    shuffled = np.random.default_rng(5).permutation(clean.people)
    for what, names in (("true names", clean.people), ("shuffled names", shuffled)):
        reached, pairs = significant(clean, names, known)
        print(f"{name}, {what}: {reached} of {pairs} pairs of one person have E <= 0.1 among 100", flush=True)


def main() -> None:
    parser = arguments_of(__doc__ or "")
    parser.add_argument("--splits", type=int, default=20)
    arguments = parser.parse_args()
    print("| pack | gallery | people with E ≤ 1 a probe | probes | hidden by the floor |\n|---|---|---|---|---|")
    for name in arguments.packs:
        report(name, arguments.splits, arguments.shared, arguments.cache)


if __name__ == "__main__":
    main()
