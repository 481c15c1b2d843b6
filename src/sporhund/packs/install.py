"""Packs in the home: brought in, listed, checked, found."""
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from sporhund.errors import EnvironmentFault
from sporhund.packs import base
from sporhund.packs import manifest as manifests
from sporhund.packs.check import check, checksums
from sporhund.packs.model import Installed, Manifest

_LARGEST = 8 << 30
"""Bytes of one file that a zip may unpack to."""


def import_pack(source: Path, models: Path) -> Manifest:
    """Bring in the pack in a folder or zip: copied to models/<name>@<version> once it has been checked.

    Raises EnvironmentFault: what `check.check` raises; "bad-archive" for a zip with members outside its folder;
    "pack-exists" where another pack of this name and version is there.
    """
    with _beside(models) as place:
        if source.is_dir():
            _copy(source, place)
        elif zipfile.is_zipfile(source):
            _unpack(source, place)
        else:
            message = f"{source} is neither a folder nor a zip."
            raise EnvironmentFault("missing-pack", message, "Name the pack's folder or zip.")
        manifest = check(place)
        target = models / manifest.label
        if target.exists():
            return _same(manifest, target)
        place.rename(target)
    return manifest


def list_packs(models: Path) -> list[Installed]:
    """Every pack in the home with its state; `base` also where it is not built yet. Reads each file once."""
    found = [_installed(folder) for folder in _folders(models)]
    if not any(pack.label == base.label() for pack in found):
        found.insert(0, Installed(base.label(), models / base.label(), None, "not built"))
    return found


def check_packs(models: Path) -> list[Installed]:
    """The same, after every network was opened and run."""
    return [_installed(folder, thorough=True) for folder in _folders(models)]


def find(models: Path, label_or_name: str) -> Path:
    """The folder of a pack by "base@1", or by "base": then its newest version. Checksums are verified.

    Raises EnvironmentFault "missing-pack", or what `check.checksums` raises.
    """
    name, at, _ = label_or_name.partition("@")
    matching = [f for f in _folders(models) if (f.name == label_or_name if at else f.name.partition("@")[0] == name)]
    if not matching:
        raise EnvironmentFault(
            "missing-pack", f"The pack {label_or_name} is not installed.",
            "Run: sporhund models pull base" if name == "base" else "Run: sporhund models import PATH",
        )
    newest = max(matching, key=lambda folder: _by_number(folder.name))
    checksums(newest)
    return newest


def _folders(models: Path) -> list[Path]:
    if not models.is_dir():
        return []
    return sorted(f for f in models.iterdir() if f.is_dir() and "@" in f.name and not f.name.startswith("."))


def _by_number(label: str) -> list[tuple[int, str]]:
    """Sorts base@10 behind base@9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", label.partition("@")[2])]


def _installed(folder: Path, *, thorough: bool = False) -> Installed:
    try:
        manifest = check(folder) if thorough else checksums(folder)
    except EnvironmentFault as fault:
        return Installed(folder.name, folder, None, f"damaged: {fault.message}")
    if manifest.label != folder.name:
        return Installed(folder.name, folder, None, f"damaged: the folder holds {manifest.label}")
    return Installed(manifest.label, folder, manifest, "ok")


@contextmanager
def _beside(models: Path) -> Iterator[Path]:
    """A passing folder on the same disk, so that the last step is one rename."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".importing-", dir=models) as scratch:
            place = Path(scratch, "pack")
            place.mkdir()
            yield place
    except OSError as exc:
        message = f"{models} cannot be written: {exc}."
        raise EnvironmentFault("cannot-write", message, "Check disk space and rights.") from exc


def _copy(source: Path, place: Path) -> None:
    """pack.toml and what it names; anything else in the folder stays behind."""
    manifest = manifests.read(source)
    for file in (manifests.NAME, *manifest.files):
        if (source / file).is_file():
            shutil.copyfile(source / file, place / file)


def _unpack(source: Path, place: Path) -> None:
    """pack.toml and what it names, out of the zip's root or its only folder."""
    with zipfile.ZipFile(source) as archive:
        members = {_safe(info, source): info for info in archive.infolist() if not info.is_dir()}
        at = next((m.parent for m in members if m.name == manifests.NAME and len(m.parts) <= 2), None)
        if at is None:
            raise EnvironmentFault("missing-pack", f"{source} is not a pack: it has no {manifests.NAME}.",
                                   "docs/packs.md describes what a pack holds.")
        manifest = manifests.parse(archive.read(members[at / manifests.NAME]))
        for file in (manifests.NAME, *manifest.files):
            if at / file in members:
                with archive.open(members[at / file]) as content, (place / file).open("wb") as target:
                    shutil.copyfileobj(content, target)


def _safe(info: zipfile.ZipInfo, source: Path) -> PurePosixPath:
    path = PurePosixPath(info.filename)
    outside = path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename
    if outside or stat.S_ISLNK(info.external_attr >> 16) or info.file_size > _LARGEST:
        raise EnvironmentFault("bad-archive", f"{source}: member {info.filename!r} is not a plain file within the pack.",
                               "Do not use this zip; ask whoever made it.")
    return path


def _same(manifest: Manifest, target: Path) -> Manifest:
    """Importing twice changes nothing; another pack under the same label is refused."""
    if manifests.read(target).digest != manifest.digest:
        raise EnvironmentFault("pack-exists", f"Another {manifest.label} is installed already.",
                               "Give the new one another version in its pack.toml: findings name the pack that made them.")
    return manifest
