"""A pack opened for work: its detectors and embedders, each loaded when first asked for."""
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sporhund.errors import EnvironmentFault
from sporhund.packs import manifest as manifests
from sporhund.packs.detector import FaceDetector, ObjectDetector
from sporhund.packs.layouts.registry import FACES, OBJECTS
from sporhund.packs.model import DetectorSpec, EmbedderSpec, Manifest
from sporhund.packs.network import Network, providers, runtime_label

__all__ = ["FaceDetector", "Network", "ObjectDetector", "Pack", "load", "providers", "runtime_label"]


Layout = TypeVar("Layout")


class Pack:
    """Models of one pack. Files are opened on first use: a confined worker calls `open_all` before it is closed in."""

    def __init__(self, folder: Path, manifest: Manifest, *, threads: int = 1, provider: str = "cpu") -> None:
        self.manifest = manifest
        self._folder, self._threads, self._provider = folder, threads, provider

    @cached_property
    def face_detector(self) -> FaceDetector | None:
        """None where the pack finds no faces."""
        spec = self.manifest.faces
        return None if spec is None else _of_layout(FACES, spec)(self._network(spec.file), spec)

    @cached_property
    def object_detector(self) -> ObjectDetector | None:
        """None where the pack finds no objects."""
        spec = self.manifest.objects
        return None if spec is None else _of_layout(OBJECTS, spec)(self._network(spec.file), spec)

    @cached_property
    def embedders(self) -> list[tuple[EmbedderSpec, Network]]:
        """Each embedder with its network: (n, 3, input_px, input_px) float in, (n, dimensions) out, not normalised."""
        return [(spec, self._embedder(spec)) for spec in self.manifest.embedders]

    @property
    def runtime(self) -> str:
        """What ran it: "onnxruntime 1.32.0 cpu f32"."""
        return runtime_label(self._provider)

    def open_all(self) -> None:
        """Open every model now. Raises EnvironmentFault as soon as one is not as the manifest says."""
        _ = self.face_detector, self.object_detector, self.embedders

    def _embedder(self, spec: EmbedderSpec) -> Network:
        network = self._network(spec.file)
        network.expect_input(None, 3, spec.input_px, spec.input_px)
        network.expect_output(0, None, spec.dimensions)
        return network

    def _network(self, file: str) -> Network:
        return Network(self._folder / file, self._threads, provider=self._provider)


def load(folder: Path, *, threads: int = 1, provider: str = "cpu") -> Pack:
    """The pack in this folder. Raises EnvironmentFault ("missing-pack", "bad-manifest")."""
    return Pack(folder, manifests.read(folder), threads=threads, provider=provider)


def _of_layout(known: Mapping[str, type[Layout]], spec: DetectorSpec) -> type[Layout]:
    if spec.layout not in known:
        raise EnvironmentFault(
            "unknown-layout",
            f"{spec.file}: layout {spec.layout!r} is not known here; known: {', '.join(sorted(known))}.",
            "A newer Sporhund may know it; a new layout is one file in sporhund/packs/layouts.",
        )
    return known[spec.layout]
