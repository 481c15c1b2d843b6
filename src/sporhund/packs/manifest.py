"""pack.toml: what a pack says of itself. Read strictly: an unknown or missing field is refused, not guessed."""
import hashlib
import tomllib
from pathlib import Path

import msgspec

from sporhund.errors import EnvironmentFault
from sporhund.packs.coco import COCO_80
from sporhund.packs.model import Clustering, DetectorSpec, EmbedderSpec, Manifest, Unsuitable

NAME = "pack.toml"

_CLASS_LISTS = {"coco-80": COCO_80}
_ADVICE = "Ask whoever made the pack for a corrected one; docs/packs.md describes pack.toml."


class _Detector(msgspec.Struct, forbid_unknown_fields=True):
    file: str
    layout: str
    threshold: float
    input_px: int = 0
    smallest_px: float = 0.0
    classes: str | tuple[str, ...] = ()


class _Embedder(msgspec.Struct, forbid_unknown_fields=True):
    file: str
    input_px: int
    targets: tuple[tuple[float, float], ...]
    dimensions: int
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    scale: float = 1.0
    mirror: bool = True
    weight: float = 1.0


class _Unsuitable(msgspec.Struct, forbid_unknown_fields=True):
    face_px: float = 0.0
    sharpness: float = 0.0
    norm: float = 0.0
    max_yaw: float = 1.0
    sharpness_small: float = 0.0


class _Clustering(msgspec.Struct, forbid_unknown_fields=True):
    centre: float
    spread: float
    middle: float
    false_share: float
    false_least: float
    least_set: int
    weak_px: float = 0.0
    weak_sharpness: float = 0.0
    weak_extra: float = 0.0


class _Pack(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    version: str
    licence: str
    source: str
    training_data: str
    files: dict[str, str]
    notes: str = ""
    faces: _Detector | None = msgspec.field(default=None, name="face-detector")
    objects: _Detector | None = msgspec.field(default=None, name="object-detector")
    embedders: tuple[_Embedder, ...] = msgspec.field(default=(), name="face-embedder")
    unsuitable: _Unsuitable = msgspec.field(default_factory=_Unsuitable)
    clustering: _Clustering | None = None
    calibration: str | None = None


def read(folder: Path) -> Manifest:
    """The manifest of the pack in `folder`. Files are not opened: `check.check` does that.

    Raises EnvironmentFault: "missing-pack" without pack.toml, "bad-manifest" where a field is missing, unknown or wrong.
    """
    path = folder / NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError as exc:
        raise EnvironmentFault("missing-pack", f"{folder} is not a pack: it has no {NAME}.", _ADVICE) from exc
    try:
        return parse(raw)
    except EnvironmentFault as fault:
        raise EnvironmentFault(fault.code, f"{path}: {fault.message}", fault.hint) from fault


def parse(raw: bytes) -> Manifest:
    """The manifest in these bytes of TOML. Raises EnvironmentFault "bad-manifest"."""
    try:
        pack = msgspec.convert(tomllib.loads(raw.decode()), _Pack)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise EnvironmentFault("bad-manifest", f"{NAME} cannot be read: {exc}.", _ADVICE) from exc
    _check(pack)
    return _manifest(pack, hashlib.sha256(raw).hexdigest())


def _check(pack: _Pack) -> None:
    """What types cannot say."""
    for word, value in (("name", pack.name), ("version", pack.version)):
        if not value or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in value) or value.startswith("."):
            raise _fault(f"{word} is {value!r}; expected letters, digits, '-', '_' and '.'")
    for file, digest in pack.files.items():
        if not file or "/" in file or "\\" in file or file.startswith("."):
            raise _fault(f"file name {file!r}: expected a plain name within the pack")
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise _fault(f"{file}: found {digest!r}, expected a SHA-256 in lower-case hexadecimal")
    for part in (pack.faces, pack.objects, *pack.embedders):
        if part is not None and part.file not in pack.files:
            raise _fault(f"{part.file} is used but has no checksum under [files]")
    if pack.calibration is not None and pack.calibration not in pack.files:
        raise _fault(f"{pack.calibration} is the calibration but has no checksum under [files]")
    if pack.objects is not None and not pack.objects.classes:
        raise _fault("object-detector: no classes; expected a list of names or \"coco-80\"")
    for embedder in pack.embedders:
        _check_embedder(embedder)
    if pack.embedders and pack.faces is None:
        raise _fault("face-embedder without face-detector: its targets belong to one detector's points")


def _check_embedder(embedder: _Embedder) -> None:
    if len(embedder.targets) != 5:
        raise _fault(f"{embedder.file}: found {len(embedder.targets)} targets, expected 5 points")
    if embedder.input_px <= 0 or embedder.dimensions <= 0 or embedder.weight <= 0 or 0.0 in embedder.std:
        raise _fault(f"{embedder.file}: input_px, dimensions, weight and std must be over 0")


def _fault(message: str) -> EnvironmentFault:
    return EnvironmentFault("bad-manifest", f"{message}.", _ADVICE)


def _manifest(pack: _Pack, digest: str) -> Manifest:
    embedders = tuple(
        EmbedderSpec(e.file, e.input_px, e.targets, e.mean, e.std, e.scale, e.dimensions, e.mirror, e.weight)
        for e in pack.embedders
    )
    u = pack.unsuitable
    return Manifest(
        pack.name, pack.version, pack.licence, pack.source, pack.training_data, dict(pack.files),
        _detector(pack.faces), _detector(pack.objects), embedders,
        Unsuitable(u.face_px, u.sharpness, u.norm, u.max_yaw, u.sharpness_small), pack.notes, digest,
        clustering=_clustering(pack.clustering),
        calibration=pack.calibration,
    )


def _clustering(part: _Clustering | None) -> Clustering | None:
    if part is None:
        return None
    if part.spread <= 0 or part.false_least <= 0 or not 0 < part.false_share <= 1:
        raise _fault("clustering: spread, false_least and false_share must be over 0, the last no more than 1")
    if part.least_set < 2 or part.middle >= 1:
        raise _fault("clustering: least_set must be at least 2, middle under 1")
    return Clustering(**msgspec.structs.asdict(part))


def _detector(part: _Detector | None) -> DetectorSpec | None:
    if part is None:
        return None
    classes = part.classes
    if isinstance(classes, str):
        if classes not in _CLASS_LISTS:
            raise _fault(f"classes {classes!r} is not known; expected a list or one of {', '.join(_CLASS_LISTS)}")
        classes = _CLASS_LISTS[classes]
    return DetectorSpec(part.file, part.layout, part.threshold, part.input_px, classes, part.smallest_px)
