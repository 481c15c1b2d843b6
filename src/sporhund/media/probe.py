"""What a file is and what can be said of it without looking at who is in it. Bad content is an answer, never an exception."""
from typing import BinaryIO

from sporhund.errors import Unreadable
from sporhund.media import behind, picture_facts, video_facts
from sporhund.media.container import MOTION_JPEG
from sporhund.media.kind import HEAD_BYTES, TAIL_BYTES, Sniffed, sniff
from sporhund.media.model import Facts, Kind, Sampling

_PROMISES = frozenset(
    b"jpg jpeg jpe jfif png gif bmp tif tiff webp heic heif avif jp2 tga mp4 m4v mov avi mkv webm mpg mpeg mts m2ts ts 3gp 3g2 "
    b"wmv asf flv vob dav h264 h265 264 265 hevc mjpeg mjpg ogv mxf dv rm rmvb f4v divx".split())
"""Endings that promise a picture or a video."""

_STREAM_BYTES = 16 << 20   #: of a JPEG, so much is searched for the pictures that follow it

_RECORDERS = {
    b"dav": "Dahua recorders", b"g64": "Genetec exports", b"g64x": "Genetec exports", b"ave": "Avigilon exports",
    b"avd": "Avigilon exports", b"h264": "many recorders", b"264": "many recorders", b"h265": "many recorders",
    b"xba": "Milestone exports", b"pqz": "Milestone exports", b"bvr": "Blue Iris", b"sec": "Samsung recorders",
    b"dvr": "many recorders", b"nvr": "many recorders", b"ifv": "many recorders", b"arv": "many recorders",
}
"""Endings in use for recorder files. A hint for a person, no proof: their headers are not published."""


def probe(file: BinaryIO, size: int, name: bytes = b"") -> Facts:
    """What the file is. Never raises for bad content: then `code` and `reason` say why it cannot be read.

    size: bytes of the medium, which begins at 0 of `file`.   name: its path or name, for its ending alone.
    """
    try:
        file.seek(0)
        head = file.read(min(size, HEAD_BYTES) if size else HEAD_BYTES)
        file.seek(max(0, size - TAIL_BYTES))
        what = sniff(head, size, file.read(TAIL_BYTES))
    except OSError as exc:
        return Facts(
            Kind.OTHER, "application/octet-stream", "unreadable file", "damaged", f"the bytes cannot be read: {exc.strerror}")
    if what.code is not None or what.kind in (Kind.OTHER, Kind.ARCHIVE, Kind.AUDIO):
        return unexamined(what, head, _ending(name))
    try:
        if what.type == "image/jpeg" and behind.is_jpeg_stream(_read(file, _STREAM_BYTES)):
            what = Sniffed(Kind.VIDEO, MOTION_JPEG, "Motion-JPEG stream", None)
        if what.kind is Kind.STILL:
            return picture_facts.read(file, size, what, Sampling(), _ending(name))
        return video_facts.read(file, size, what)
    except Unreadable as exc:
        return Facts(what.kind, what.type, what.name, exc.code, _sentence(what.name, exc.message))


def unexamined(what: Sniffed, head: bytes, ending: bytes) -> Facts:
    """Facts of a file that holds nothing to look at, or nothing that can be."""
    code, reason = what.code, None
    if what.kind is Kind.ARCHIVE or what.kind is Kind.AUDIO:
        reason = f"{what.name}: not opened" if code else None
    elif code == "not-media" and ending in _PROMISES:
        code, reason = "unknown-format", f"named .{ending.decode()}, but the content is: {what.name}"
    elif code == "empty":
        reason = "the file is empty"
    elif code == "playlist":
        reason = what.name
    elif code is not None:
        reason = f"{what.name}: cannot be read here" if code != "not-media" else f"{what.name}: neither a picture nor a video"
    if code in ("not-media", "unknown-format") and ending in _RECORDERS and what.type == "application/octet-stream":
        code = "unknown-format"
        reason = f"unknown content; files ending in .{ending.decode()} come from {_RECORDERS[ending]}"
    if head.count(0) == len(head) and head:
        reason = "nothing but zero bytes at its beginning"
    return Facts(what.kind, what.type, what.name, code, reason)


def _read(file: BinaryIO, number: int) -> bytes:
    file.seek(0)
    return file.read(number)


def _ending(name: bytes) -> bytes:
    last = name.rsplit(b"/", 1)[-1]
    ending = last.rsplit(b".", 1)[-1].lower() if b"." in last else b""
    return ending if ending.isalnum() else b""


def _sentence(name: str, message: str) -> str:
    return f"{name}: {message}"
