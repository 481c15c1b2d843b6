"""Degraded copies of the pictures of faces-identities, and what a pack makes of each.

Degradations are in shares of the face's width, so that they mean the same for a face of any size: `w28` shrinks the picture
until the face is 28 pixels wide, `b2` blurs it by 2 % of its width, `m9` moves it by 9 % during the exposure, `j10` stores it
with JPEG quality 10, `d30` darkens it to 0.3 and adds noise of 6 grey levels. `w28b2` blurs first and shrinks then.
Looking takes minutes; what was seen is kept in a cache folder (templates of real people: outside the repository).
"""
import csv
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from tests.packs.make import base_pack, make_pack

from sporhund.faces.chance import covered_by
from sporhund.faces.detect import portrait_face
from sporhund.faces.exposure import blocks, contrast
from sporhund.faces.model import Face, Seen
from sporhund.faces.portrait import Portrait, portrait
from sporhund.media.frame import UInt8Array
from sporhund.packs.model import Unsuitable
from sporhund.packs.runtime import Pack, load
from sporhund.tracks.boxes import pixels_within

EVERYTHING = Unsuitable(face_px=0.0, sharpness=0.0, norm=0.0, max_yaw=1.0)
"""Compare whatever has a face: what is left out is decided afterwards, from what is kept here."""


@dataclass(frozen=True)
class Looked:
    """What one pack saw on one degraded copy of every picture: n rows; a row without a face has width 0."""

    people: np.ndarray      #: (n,) names
    vectors: np.ndarray     #: (n, dimensions) unit length, float32
    width: np.ndarray       #: (n,) px
    sharpness: np.ndarray
    yaw: np.ndarray
    norm: np.ndarray

    def where(self, chosen: np.ndarray) -> "Looked":
        """Only these rows."""
        return Looked(*(getattr(self, name)[chosen] for name in Looked.__dataclass_fields__))

    def unsuitable(self, spec: Unsuitable) -> np.ndarray:
        """(n,) would this pack leave it out?"""
        sharp = np.array([spec.least_sharpness(width) for width in self.width.tolist()])
        return ((self.width < max(spec.face_px, 1e-9)) | (self.sharpness < sharp) | (np.abs(self.yaw) > spec.max_yaw)
                | (self.norm < spec.norm))


def half_of(person: str) -> int:
    """0 (calibrated and chosen on) or 1 (tested on), always the same for a name."""
    return hashlib.sha256(person.encode()).digest()[-1] % 2


def open_pack(shared: Path, scratch: Path, name: str) -> Pack:
    """A pack of the tests by its name, or any by its folder, that compares everything with a face."""
    own = Path(name).is_dir()
    pack = load(Path(name) if own else base_pack() if name == "base" else make_pack(shared, scratch, name))
    return Pack(pack._folder, replace(pack.manifest, unsuitable=EVERYTHING))


def pictures(folder: Path) -> Iterator[tuple[str, str, UInt8Array]]:
    """Person, picture and pixels: in the order of identities.csv, or of a folder that holds one folder for each person."""
    if (folder / "identities.csv").is_file():
        listed = [(row["person"], row["image"]) for row in csv.DictReader((folder / "identities.csv").open())]
    else:
        listed = [(path.parent.name, str(path.relative_to(folder))) for path in sorted(folder.glob("*/*")) if path.is_file()]
    for person, image in listed:
        pixels = cv2.imread(str(folder / image))
        if pixels is None:
            raise SystemExit(f"{folder / image} is no picture that can be read.")
        yield person, image, np.ascontiguousarray(pixels[:, :, ::-1])


def degraded(rgb: UInt8Array, how: str, face_px: float) -> UInt8Array:
    """One copy. how: "clean", or letters with numbers in the order in which they are applied as a camera would."""
    steps = dict(_steps(how))
    if "b" in steps:
        rgb = cv2.GaussianBlur(rgb, (0, 0), steps["b"] / 100 * face_px).astype(np.uint8)
    if "m" in steps:
        length = max(1, round(steps["m"] / 100 * face_px))
        rgb = cv2.filter2D(rgb, -1, np.full((1, length), 1 / length, np.float32)).astype(np.uint8)
    if "w" in steps and steps["w"] < face_px:
        factor = steps["w"] / face_px
        rgb = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)
    if "d" in steps:
        noise = np.random.default_rng(zlib.crc32(rgb.tobytes())).normal(0, 6, rgb.shape)
        rgb = np.clip(rgb * (steps["d"] / 100) + noise, 0, 255).astype(np.uint8)
    if "j" in steps:
        _, coded = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, int(steps["j"])])
        rgb = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)).astype(np.uint8)
    return np.ascontiguousarray(rgb)


def _steps(how: str) -> Iterator[tuple[str, float]]:
    """"w28b2.5" -> ("w", 28), ("b", 2.5)."""
    if how == "clean":
        return
    at = [index for index, letter in enumerate(how) if letter.isalpha()]
    for start, end in zip(at, [*at[1:], len(how)], strict=True):
        yield how[start], float(how[start + 1:end])


def looked(pack: Callable[[], Pack], name: str, how: str, folder: Path, cache: Path) -> Looked:
    """What the pack sees on this copy of all pictures; from the cache if it was looked at before."""
    kept = cache / f"{Path(name).name}-{how}.npz"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        opened = pack()
        widths = None if how == "clean" else looked(pack, name, "clean", folder, cache).width
        rows = []
        for index, (person, _, rgb) in enumerate(pictures(folder)):
            face_px = 0.0 if widths is None else float(widths[index])
            rows.append(_row(person, portrait(degraded(rgb, how, face_px), opened), opened))
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        np.savez(kept, **dict(zip(Looked.__dataclass_fields__, columns, strict=True)))
    with np.load(kept) as stored:
        return Looked(*(stored[field] for field in Looked.__dataclass_fields__))


def numbered(how: str, folder: Path, cache: Path) -> np.ndarray:
    """(n,) would a comparison with this copy get a number (faces.chance.covered_by)? The same for every pack."""
    kept = cache / f"exposure-{how}.npy"
    if not kept.is_file():
        detector = load(base_pack()).face_detector
        assert detector is not None
        np.save(kept, np.array([_covered(rgb, how, portrait_face(detector, rgb, threshold=0.3))
                                for _, _, rgb in pictures(folder)]))
    return np.asarray(np.load(kept))


def _covered(rgb: UInt8Array, how: str, face: Face | None) -> bool:
    if face is None:
        return False
    copy = degraded(rgb, how, face.box[2])
    x, y, w, h = (side * copy.shape[1] / rgb.shape[1] for side in face.box)
    pixels = pixels_within(copy, (x, y, w, h))
    return covered_by(Seen(w, 1.0, contrast=contrast(pixels), blocks=blocks(copy, (x, y, w, h)))) is None


def _row(person: str, seen: Portrait | None, pack: Pack) -> tuple[str, np.ndarray, float, float, float, float]:
    if seen is None or seen.embedded is None:
        size = sum(spec.dimensions for spec in pack.manifest.embedders)
        return person, np.zeros(size, np.float32), 0.0, 0.0, 1.0, 0.0
    shot = seen.shot
    return person, seen.embedded.vector, shot.box[2], shot.sharpness, shot.yaw, seen.embedded.norm
