"""Made-up people as templates: unit vectors around a direction of each, distributed as a pack's would be."""
import numpy as np
from numpy.typing import NDArray

from sporhund.packs.model import Clustering, Unsuitable

DIMENSIONS = 128
SPEC = Clustering(0.0, 0.09, 0.0, 0.001, 0.005, 200)
"""Random directions in 128 dimensions score 0 with a deviation of 1 / sqrt(128) = 0.088."""
UNSUITABLE = Unsuitable(24.0, 0.14)


def directions(count: int, *, seed: int = 0) -> NDArray[np.float64]:
    found = np.random.default_rng(seed).normal(size=(count, DIMENSIONS))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def templates(people: list[int], *, score: float = 0.75, seed: int = 0, take: int = 0) -> NDArray[np.float32]:
    """One template for each entry, of the person of that number.

    score: mean of two templates of one person.   seed: which people.   take: which pictures of them.
    """
    base = directions(max(100, *people, 0) + 1, seed=seed)
    noise = directions(len(people), seed=seed + 1_000_003 * (take + 1))
    mixed = np.sqrt(score) * base[people] + np.sqrt(1 - score) * noise
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
