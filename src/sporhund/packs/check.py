"""Is a pack what its manifest says? Asked before it is used, and by name with `sporhund models check`."""
from pathlib import Path

import numpy as np

from sporhund.errors import EnvironmentFault
from sporhund.packs import manifest as manifests
from sporhund.packs.fetch import digest
from sporhund.packs.model import Manifest
from sporhund.packs.network import wrong
from sporhund.packs.runtime import Pack

_ADVICE = "Import it again: sporhund models import PATH (sporhund models pull base for the pack base)."


def checksums(folder: Path) -> Manifest:
    """The manifest, after every file was found and had the right SHA-256.

    Raises EnvironmentFault: "missing-pack", "bad-manifest", "missing-file", "wrong-checksum", each naming file, found
    and expected.
    """
    manifest = manifests.read(folder)
    for file, expected in manifest.files.items():
        path = folder / file
        if not path.is_file():
            raise EnvironmentFault("missing-file", f"{manifest.label}: {file} is not there.", _ADVICE)
        if (found := digest(path)) != expected:
            message = f"{manifest.label}: {file}: found SHA-256 {found}, expected {expected}."
            raise EnvironmentFault("wrong-checksum", message, _ADVICE)
    return manifest


def check(folder: Path) -> Manifest:
    """The manifest, after the checksums and a run of every network on an empty picture were right.

    Raises EnvironmentFault as `checksums` does, and "unknown-layout" or "wrong-model" (input shape, number of classes,
    dimensions of the output).
    """
    manifest = checksums(folder)
    pack = Pack(folder, manifest)
    empty = np.zeros((64, 64, 3), np.uint8)
    for detector in (pack.face_detector, pack.object_detector):
        if detector is not None:
            detector.detect(empty)
    for spec, network in pack.embedders:
        output = network.run(np.zeros((1, 3, spec.input_px, spec.input_px), np.float32))[0]
        if output.shape != (1, spec.dimensions):
            raise wrong(spec.file, "output", list(output.shape), [1, spec.dimensions])
    return manifest
