"""YOLOX: one row for each cell of strides 8, 16, 32: box, objectness and classes."""
import numpy as np

from sporhund.packs.layouts.grid import cells
from sporhund.packs.layouts.scale import planes, top_left
from sporhund.packs.layouts.suppress import best_objects
from sporhund.packs.model import Boxes, DetectorSpec, UInt8Array
from sporhund.packs.network import Network

_STRIDES = (8, 16, 32)
_OVERLAP = 0.45
_GREY = 114


class Yolox:
    """Source: Megvii-BaseDetection/YOLOX; outputs not decoded in the network."""

    def __init__(self, network: Network, spec: DetectorSpec) -> None:
        side = spec.input_px
        self._cells, self._strides = cells(side, _STRIDES)
        network.expect_input(1, 3, side, side)
        network.expect_output(0, 1, len(self._cells), 5 + len(spec.classes))
        self._network, self._spec = network, spec

    def detect(self, rgb: UInt8Array, *, threshold: float | None = None) -> Boxes:
        square, scale = top_left(rgb, self._spec.input_px, _GREY)
        rows = self._network.run(planes(square[:, :, ::-1]))[0][0]
        size = np.exp(rows[:, 2:4]) * self._strides
        corner = (rows[:, :2] + self._cells) * self._strides - size / 2
        boxes = (np.concatenate([corner, size], axis=1) / scale).astype(np.float32)
        least = self._spec.threshold if threshold is None else threshold
        return best_objects(boxes, rows[:, 4:5] * rows[:, 5:], least, self._spec.classes, overlap=_OVERLAP)
