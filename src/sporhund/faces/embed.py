"""The numbers made of one face: align, let each embedder look, fuse."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sporhund.faces.align import align
from sporhund.faces.model import Point
from sporhund.media.frame import UInt8Array
from sporhund.packs.model import EmbedderSpec
from sporhund.packs.network import Network

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the embedders say of one face."""

    vector: FloatArray   #: unit length; several embedders: their unit vectors times their weights, one after another
    norm: float          #: length of the first embedder's numbers before normalising


def embed(rgb: UInt8Array, landmarks: Sequence[Point], embedders: Sequence[tuple[EmbedderSpec, Network]]) -> Embedded:
    """The fused embedding of one face of a picture.

    rgb: (height, width, 3).   landmarks: five points, pixels of that picture.
    Raises ValueError where the landmarks coincide or a network gives nothing but zeros.
    """
    raw = [_run(rgb, landmarks, spec, network) for spec, network in embedders]
    norms = [float(np.linalg.norm(numbers)) for numbers in raw]
    if not all(norm > 0 for norm in norms):
        raise ValueError("an embedder gave nothing but zeros")
    parts = [spec.weight * numbers / norm for (spec, _), numbers, norm in zip(embedders, raw, norms, strict=True)]
    joint = np.concatenate(parts)
    return Embedded((joint / np.linalg.norm(joint)).astype(np.float32), norms[0])


def _run(rgb: UInt8Array, landmarks: Sequence[Point], spec: EmbedderSpec, network: Network) -> NDArray[np.float64]:
    """(dimensions,) one embedder's numbers, not normalised; the mean with the mirrored face's where the pack asks for it."""
    chip = align(rgb, landmarks, spec.targets, side_px=spec.input_px)
    views = [chip, chip[:, ::-1]] if spec.mirror else [chip]
    pixels = np.stack(views).astype(np.float32) * np.float32(spec.scale)
    normal = (pixels - np.array(spec.mean, np.float32)) / np.array(spec.std, np.float32)
    output = network.run(np.ascontiguousarray(normal.transpose(0, 3, 1, 2)))[0]
    return np.asarray(output.reshape(len(views), -1).mean(axis=0, dtype=np.float64))
