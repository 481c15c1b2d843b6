"""How long does clustering take, against one BLAS product of all pairs in the same run, and how much memory?

    python -m benchmarks.clusters_speed [--tracks N] [--new N]

Templates are made up: people in 128 dimensions, each on 1 to 200 tracks (most on few), two templates of one person score
0.75 in the mean, those of two people as a normal distribution of deviation 0.1 (that is MobileFaceNet's). The product runs
over the same blocks and keeps nothing. --store: through the database as `faces clusters` does, with 100 tracks added after.
"""
import argparse
import resource
import time

import numpy as np
from numpy.typing import NDArray

from sporhund.clusters import linkage
from sporhund.packs.model import Clustering

DIMENSIONS, SPREAD = 128, 0.1
SPEC = Clustering(0.03, 0.105, 0.018, 0.001, 0.005, 200)


def people(count: int, *, seed: int = 0) -> NDArray[np.int64]:
    """(count,) whose each track is: sizes from 1 to 200, the number of people of a size falling with its square."""
    chance = np.random.default_rng(seed)
    sizes = np.arange(1, 201)
    drawn = chance.choice(sizes, size=count, p=(1 / sizes**2) / (1 / sizes**2).sum())
    whose = np.repeat(np.arange(count), drawn)[:count]
    return np.asarray(chance.permutation(whose), np.int64)


def templates(whose: NDArray[np.int64], *, score: float = 0.75, seed: int = 0) -> NDArray[np.float32]:
    """(n, 128) unit length; made in blocks, so that half a million fit."""
    chance = np.random.default_rng(seed)
    # An uneven spectrum gives two people a deviation of 0.1 instead of 1 / sqrt(128).
    spectrum = np.linspace(1.6, 0.4, DIMENSIONS, dtype=np.float32)
    base = chance.standard_normal((int(whose.max()) + 1, DIMENSIONS), np.float32) * spectrum
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    made = np.empty((len(whose), DIMENSIONS), np.float32)
    for at in range(0, len(whose), 50_000):
        noise = chance.standard_normal((len(whose[at : at + 50_000]), DIMENSIONS), np.float32) * spectrum
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        made[at : at + 50_000] = score**0.5 * base[whose[at : at + 50_000]] + (1 - score) ** 0.5 * noise
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def product(vectors: NDArray[np.float32]) -> float:
    """Seconds of one product of all pairs (each pair twice, as BLAS does it), block by block."""
    start = time.perf_counter()
    for top in range(0, len(vectors), linkage.BLOCK):
        for left in range(0, len(vectors), linkage.BLOCK):
            _ = vectors[top : top + linkage.BLOCK] @ vectors[left : left + linkage.BLOCK].T
    return time.perf_counter() - start


def cluster(vectors: NDArray[np.float32], labels: NDArray[np.int64] | None, new: int) -> tuple[NDArray[np.int64], float, int]:
    """Labels, seconds and edges. labels: of all but the last `new` tracks, from before; None: everybody is new."""
    start = time.perf_counter()
    count = len(vectors)
    fresh = None if labels is None else np.arange(count - new, count)
    edges = linkage.near_pairs(vectors, linkage.lowest_bar(count, SPEC).floor, new=fresh)
    limit = linkage.bar(count, linkage.nearest_scores(count, edges) if labels is None else np.ones(count), SPEC)
    begun = None if labels is None else np.concatenate([labels, np.arange(count, count + new)])
    found = linkage.link(vectors, edges, limit, start=begun)
    return found, time.perf_counter() - start, len(edges.scores)


def precision(labels: NDArray[np.int64], whose: NDArray[np.int64]) -> tuple[float, float]:
    def pairs(one: NDArray[np.int64]) -> int:
        sizes = np.unique(one, return_counts=True)[1]
        return int((sizes * (sizes - 1) // 2).sum())

    right = pairs(labels * (int(whose.max()) + 1) + whose)
    return right / max(1, pairs(labels)), right / max(1, pairs(whose))


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--no-product", action="store_true")
    arguments = parser.parse_args()
    whose = people(arguments.tracks + arguments.new)
    vectors = templates(whose)
    all_but, new = arguments.tracks, arguments.new
    once = 0.0 if arguments.no_product else product(vectors[:all_but])
    labels, seconds, edges = cluster(vectors[:all_but], None, 0)
    print(f"{all_but} tracks of {len(set(whose.tolist()))} people, {edges} edges: {seconds:.1f} s, one product {once:.1f} s"
          + (f", ratio {seconds / once:.2f}" if once else ""), flush=True)
    print("precision {:.5f} recall {:.5f}".format(*precision(labels, whose[:all_but])))
    _, added, _ = cluster(vectors, labels, new)
    print(f"{new} more: {added:.2f} s, a {seconds / added:.0f}th of that; at most {memory():.2f} GB")


if __name__ == "__main__":
    main()
