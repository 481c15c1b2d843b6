"""YuNet: faces at strides 8, 16 and 32, with five points."""
import numpy as np

from sporhund.packs.layouts.scale import planes, resize, scale_to, whole_steps
from sporhund.packs.layouts.suppress import best_faces
from sporhund.packs.model import Boxes, DetectorSpec, FloatArray, UInt8Array
from sporhund.packs.network import Network, wrong

_STRIDES = (8, 16, 32)
_OVERLAP = 0.3
_PARTS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


class YuNet:
    """Source: ShiqiYu/libfacedetection.train."""

    def __init__(self, network: Network, spec: DetectorSpec) -> None:
        network.expect_input(None, 3, None, None)
        expected = [f"{part}_{stride}" for part in _PARTS for stride in _STRIDES]
        if set(expected) - set(network.outputs):
            raise wrong(network.name, "outputs", sorted(network.outputs), sorted(expected))
        for index, name in enumerate(network.outputs):
            network.expect_output(index, None, None, _PARTS[name.partition("_")[0]])
        self._network, self._spec = network, spec

    def detect(self, rgb: UInt8Array, *, threshold: float | None = None, input_px: int | None = None) -> Boxes:
        height, width = rgb.shape[:2]
        scale = scale_to(width, height, self._spec.input_px, input_px)
        seen = resize(rgb, max(1, round(width * scale)), max(1, round(height * scale)))
        padded = np.zeros((whole_steps(seen.shape[0]), whole_steps(seen.shape[1]), 3), np.uint8)
        padded[: seen.shape[0], : seen.shape[1]] = seen[:, :, ::-1]
        outputs = dict(zip(self._network.outputs, self._network.run(planes(padded)), strict=True))
        least = self._spec.threshold if threshold is None else threshold
        found = [_decode(outputs, stride, padded.shape[1] // stride, least) for stride in _STRIDES]
        boxes, scores, points = (np.concatenate(part) for part in zip(*found, strict=True))
        back = np.array([width / seen.shape[1], height / seen.shape[0]], np.float32)
        return best_faces(boxes * np.tile(back, 2), scores, points * back, overlap=_OVERLAP)

    def smallest_face(self, width: int, height: int, input_px: int | None = None) -> float:
        return self._spec.smallest_px / scale_to(width, height, self._spec.input_px, input_px)


def _decode(
    outputs: dict[str, FloatArray], stride: int, columns: int, threshold: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Boxes (n, 4), scores (n,) and points (n, 5, 2) of one stride, in pixels of the input."""
    cls, obj, bbox, kps = (outputs[f"{part}_{stride}"].reshape(-1, width) for part, width in _PARTS.items())
    scores = np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1))
    hit = np.nonzero(scores >= threshold)[0]
    cell = np.stack([hit % columns, hit // columns], axis=1).astype(np.float32)
    size = np.exp(bbox[hit, 2:]) * stride
    corner = (cell + bbox[hit, :2]) * stride - size / 2
    points = (cell[:, None] + kps[hit].reshape(-1, 5, 2)) * stride
    return np.concatenate([corner, size], axis=1), scores[hit], points
