"""The clusters that a case would make of so many faces at once, by the pack's default settings and nobody's corrections."""
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sporhund.clusters import linkage
from sporhund.measure.model import Usable
from sporhund.packs.model import Manifest

IntArray = NDArray[np.int64]


def clusters(vectors: NDArray[np.float32], usable: Sequence[Usable], manifest: Manifest) -> IntArray | None:
    """(n,) the cluster of each picture: equal numbers are one. None where the pack makes no clusters."""
    spec = manifest.clustering
    if spec is None:
        return None
    widths, sharp = (np.array([getattr(one, name) for one in usable], np.float32) for name in ("width_px", "sharpness"))
    return linkage.partition(vectors, spec, weak=linkage.weakness(widths, sharp, spec, manifest.unsuitable))
