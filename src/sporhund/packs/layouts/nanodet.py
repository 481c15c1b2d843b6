"""NanoDet: classes, and each side of a box as a distribution over a few distances, at strides 8, 16, 32."""
import numpy as np

from sporhund.packs.layouts.grid import cells
from sporhund.packs.layouts.scale import planes, top_left
from sporhund.packs.layouts.suppress import best_objects
from sporhund.packs.model import Boxes, DetectorSpec, FloatArray, UInt8Array
from sporhund.packs.network import Network, wrong

_STRIDES = (8, 16, 32)
_OVERLAP = 0.6
_MEAN = np.array([103.53, 116.28, 123.675], np.float32).reshape(1, 3, 1, 1)  #: BGR
_STD = np.array([57.375, 57.12, 58.395], np.float32).reshape(1, 3, 1, 1)


class NanoDet:
    """Source: RangiLyu/nanodet. m has 8 distances a side, g has 11: read from the width of the box outputs."""

    def __init__(self, network: Network, spec: DetectorSpec) -> None:
        side = spec.input_px
        self._cells, self._strides = cells(side, _STRIDES)
        network.expect_input(1, 3, side, side)
        self._network, self._spec = network, spec
        self._classes, self._sides = _outputs(network, side, len(spec.classes))

    def detect(self, rgb: UInt8Array, *, threshold: float | None = None) -> Boxes:
        square, scale = top_left(rgb, self._spec.input_px, 0)
        outputs = self._network.run((planes(square[:, :, ::-1]) - _MEAN) / _STD)
        least = self._spec.threshold if threshold is None else threshold
        scores = np.concatenate([outputs[i].reshape(-1, len(self._spec.classes)) for i in self._classes])
        hit = np.nonzero(scores.max(axis=1) >= least)[0]
        raw = np.concatenate([outputs[i].reshape(-1, outputs[i].shape[-1]) for i in self._sides])[hit]
        sides = _distances(raw) * self._strides[hit]
        centre = (self._cells[hit] + 0.5) * self._strides[hit]  # measured: without the half cell a fifth of the AP is lost
        boxes = np.concatenate([centre - sides[:, :2], sides[:, :2] + sides[:, 2:]], axis=1) / scale
        return best_objects(boxes.astype(np.float32), scores[hit], least, self._spec.classes, overlap=_OVERLAP)


def _outputs(network: Network, side_px: int, classes: int) -> tuple[list[int], list[int]]:
    """Which outputs hold classes and which sides, finest stride first."""
    shapes = [(i, s[-2], s[-1]) for i, s in enumerate(network.outputs.values()) if len(s) >= 2]
    counts = [(side_px // stride) ** 2 for stride in _STRIDES]
    scores, sides = [], []
    for count in counts:
        found = {width: i for i, rows, width in shapes if rows == count}
        other = [width for width in found if width is not None and width != classes and width % 4 == 0]
        if classes not in found or len(other) != 1:
            expected = f"{classes} classes and four sides"
            raise wrong(network.name, f"widths of the outputs for {count} cells", sorted(map(str, found)), expected)
        scores.append(found[classes])
        sides.append(found[other[0]])
    return scores, sides


def _distances(raw: FloatArray) -> FloatArray:
    """Left, top, right, bottom in cells (n, 4): the mean of each side's distribution over the distances."""
    bins = raw.shape[-1] // 4
    logits = raw.reshape(-1, 4, bins)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    mean: FloatArray = (weights @ np.arange(bins, dtype=np.float32)) / weights.sum(axis=-1)
    return mean
