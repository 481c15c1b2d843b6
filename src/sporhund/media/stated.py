"""What a file says of itself: times, places, devices. Never taken for true; impossible values are kept and marked."""
import io
import re
import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
from PIL import Image

from sporhund.media import still
from sporhund.media.model import Stated

_LONGEST = 400           #: characters kept of a text in a file
_EXIF_TIMES = (   # (tag, origin, tag of its zone)
    (0x9003, "exif:DateTimeOriginal", 0x9011), (0x9004, "exif:DateTimeDigitized", 0x9012), (306, "exif:DateTime", 0x9010))
_EARLIEST, _LATEST = 1970, 2100   #: years that a camera can have meant


def from_picture(picture: Image.Image) -> tuple[Stated, ...]:
    """Times, place and device from Exif. Broken Exif says nothing; it does not stop anything."""
    try:
        exif = picture.getexif()
        detail: Mapping[int, Any] = exif.get_ifd(0x8769) if exif else {}
        gps: Mapping[int, Any] = exif.get_ifd(0x8825) if exif else {}
        merged = {**exif, **detail}
    except still.PILLOW_FAULTS:
        return ()
    found: list[Stated] = []
    for tag, origin, zone_tag in _EXIF_TIMES:
        text = _text(merged.get(tag))
        if text:
            found.append(exif_time(text, origin, _text(merged.get(zone_tag))))
    found += _place(gps)
    device = " ".join(part for part in (_text(merged.get(271)), _text(merged.get(272))) if part)
    if device:
        found.append(Stated("device", device, "exif:Make,Model"))
    return tuple(found)


def exif_time(text: str, origin: str, offset: str = "") -> Stated:
    """An Exif time, `2024:01:31 22:14:05`, with the zone if one is stated."""
    match = re.fullmatch(r"\s*(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*", text)
    zone = offset if re.fullmatch(r"[+-]\d\d:\d\d", offset) else "UTC" if offset == "Z" else "unknown"
    stated = _time([int(part) for part in match.groups()], origin, zone) if match else None
    return stated or Stated("time", text, origin, note="impossible")


def _time(parts: Iterable[int], origin: str, zone: str = "unknown") -> Stated | None:
    try:
        moment = datetime(*parts)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None
    if not _EARLIEST <= moment.year <= _LATEST:
        return None
    return Stated("time", moment.isoformat(), origin, zone)


def _text(value: object) -> str:
    """A text of a file without its closing zeros. Its other characters stay as they are: outputs escape them."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    with suppress(UnicodeError):   # Pillow reads Exif text as Latin-1; most devices write UTF-8
        value = value.encode("latin-1").decode("utf-8")
    return value.split("\0", 1)[0].strip()[:_LONGEST].encode("utf-8", "replace").decode("utf-8")


def _place(gps: Mapping[int, Any]) -> list[Stated]:
    if 2 not in gps or 4 not in gps:
        return []
    try:
        latitude = _degrees(gps[2], _text(gps.get(1)) == "S")
        longitude = _degrees(gps[4], _text(gps.get(3)) == "W")
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError):
        return [Stated("place", "", "exif:GPS", note="impossible")]
    return [place(latitude, longitude, "exif:GPS")]


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in tuple(parts)[:3])
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


def place(latitude: float, longitude: float, origin: str) -> Stated:
    """A position; marked where it is none: out of range, not a number, or 0,0, which devices write for "unknown"."""
    text = f"{latitude:.6f},{longitude:.6f}"
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return Stated("place", text, origin, note="impossible")
    if abs(latitude) < 1e-4 and abs(longitude) < 1e-4:
        return Stated("place", text, origin, note="impossible: 0,0 stands for an unknown position")
    return Stated("place", text, origin)


def from_container(metadata: Mapping[str, str]) -> tuple[Stated, ...]:
    """Times, place and device from a video container's tags."""
    tags = {key.lower(): _text(value) for key, value in metadata.items()}
    found: list[Stated] = []
    for key in ("com.apple.quicktime.creationdate", "creation_time", "date", "icrd", "wm/encodingtime"):
        if tags.get(key):
            found.append(container_time(tags[key], f"container:{key}"))
    for key in ("com.apple.quicktime.location.iso6709", "location", "location-eng"):
        if tags.get(key):
            found.append(iso6709(tags[key], f"container:{key}"))
    for make, model in (("com.apple.quicktime.make", "com.apple.quicktime.model"), ("make", "model"),
                        ("com.android.manufacturer", "com.android.model")):
        device = " ".join(part for part in (tags.get(make, ""), tags.get(model, "")) if part)
        if device:
            found.append(Stated("device", device, f"container:{make},{model}"))
    return tuple(dict.fromkeys(found))


def container_time(text: str, origin: str) -> Stated:
    """ISO 8601 as containers write it. MP4's creation_time is UTC by its standard, which cameras often ignore."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?", text)
    if match is None:
        return Stated("time", text, origin, note="impossible")
    zone = match[7] or "unknown"
    zone = "UTC" if zone == "Z" else zone if zone == "unknown" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    note = "UTC by the format's standard; many cameras write local time" if match[7] == "Z" else ""
    stated = _time([int(match[group]) for group in range(1, 7)], origin, zone)
    if stated is None:
        return Stated("time", text, origin, note="impossible")
    return Stated(stated.what, stated.value, origin, zone, note)


def iso6709(text: str, origin: str) -> Stated:
    """`+55.6761+012.5683+010.0/`: latitude, longitude in degrees."""
    match = re.match(r"([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)", text)
    if match is None:
        return Stated("place", text, origin, note="impossible")
    return place(float(match[1]), float(match[2]), origin)


_DAY = r"(?P<Y>20\d\d|19\d\d)(?P<a>[-_.]?)(?P<M>[01]\d)(?P=a)(?P<D>[0-3]\d)"
_CLOCK = r"(?P<h>[0-2]\d)(?P<b>[-_.:h]?)(?P<m>[0-5]\d)(?:(?P=b)(?P<s>[0-5]\d))?"
_NAME_TIME = re.compile(
    rf"(?<!\d){_DAY}(?:(?:[T_\-. @]|[ _-]*(?:at|kl\.?)[ _-]*){{0,2}}{_CLOCK}(?:\d{{1,3}})?(?P<z>Z)?(?!\d))?(?!\d)")
_EPOCH = re.compile(r"(?<!\d)(1\d{9})(\d{3})?(?!\d)")


def from_name(name: bytes) -> tuple[Stated, ...]:
    """The time in a file's name, as phones, messengers and recorders write it; a day alone where no time is there.

    Known: VID_20240131_221405, PXL_20240131_211405123, IMG-20240131-WA0001, ch03_20240131221405, 2024-01-31 22.14.05,
    1706735645123 (milliseconds since 1970, UTC).
    """
    text = name.rsplit(b"/", 1)[-1].decode("utf-8", "replace")
    for match in _NAME_TIME.finditer(text):
        parts = [int(match[group]) for group in ("Y", "M", "D")]
        clock = [int(match[group] or 0) for group in ("h", "m", "s")] if match["h"] else []
        stated = _time([*parts, *clock], "file-name")
        if stated is not None:
            zone = "UTC" if text.startswith("PXL_") or match["z"] else "unknown"
            value = stated.value if clock else stated.value[:10]
            note = "" if clock else "a day without a time"
            return (Stated("time", value, "file-name", zone if clock else "unknown", note),)
    epoch = _EPOCH.search(text)
    if epoch:
        moment = datetime.fromtimestamp(int(epoch[1]), UTC).replace(tzinfo=None)
        return (Stated("time", moment.isoformat(), "file-name", "UTC", "read as seconds since 1970"),)
    return ()


def thumbnail_notes(picture: Image.Image) -> tuple[str, ...]:
    """A note where the small picture in the Exif shows another picture: the file was edited after it was taken."""
    small = _thumbnail(picture)
    if small is None or picture.format not in ("JPEG", "MPO"):
        return ()
    try:
        with Image.open(still.rewound(picture), formats=("JPEG",)) as whole:
            whole.draft("L", (small.width, small.height))
            large = np.asarray(whole.convert("L").resize((48, 48)), np.float32)
    except still.PILLOW_FAULTS:
        return ()
    other = np.asarray(small.convert("L").resize((48, 48)), np.float32)
    inner = other[8:-8, 8:-8]   # thumbnails carry black bars where the aspect differs
    alike = float(cv2.matchTemplate(large, inner, cv2.TM_CCOEFF_NORMED).max())
    return () if alike > 0.6 else ("the small picture in the Exif shows another picture: edited after it was taken?",)


def _thumbnail(picture: Image.Image) -> Image.Image | None:
    raw = picture.info.get("exif", b"")
    if not isinstance(raw, bytes) or not raw.startswith(b"Exif\0\0"):
        return None
    found = thumbnail_bytes(raw[6:])
    if not found:
        return None
    try:
        small = Image.open(io.BytesIO(found), formats=("JPEG",))
        if small.width * small.height > 1 << 20:
            return None
        small.load()
    except still.PILLOW_FAULTS:
        return None
    return small


def thumbnail_bytes(tiff: bytes) -> bytes:
    """The JPEG that the second directory of an Exif block points to; empty if there is none.

    Read here because Pillow finds no second directory behind an empty first one.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return b""
    try:
        first = struct.unpack_from(order + "I", tiff, 4)[0]
        number = struct.unpack_from(order + "H", tiff, first)[0]
        second = struct.unpack_from(order + "I", tiff, first + 2 + 12 * number)[0]
        count = struct.unpack_from(order + "H", tiff, second)[0] if second else 0
        entries = [struct.unpack_from(order + "HHII", tiff, second + 2 + 12 * index) for index in range(min(count, 64))]
    except struct.error:
        return b""
    values = {tag: value for tag, _, _, value in entries}
    offset, length = values.get(513, 0), values.get(514, 0)
    return tiff[offset:offset + length] if offset and 0 < length <= 1 << 18 else b""
