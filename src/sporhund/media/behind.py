"""What lies behind the end of a picture: the clip of a motion photo, an archive, another picture, noise."""
from typing import BinaryIO

_SEARCH_BYTES = 1 << 28   #: so much is searched for what lies behind a picture
_MIN_CLIP_BYTES = 1024

Embedded = tuple[tuple[int, int, str], ...]


def find(file: BinaryIO, size: int, media_type: str) -> tuple[Embedded, list[str]]:
    """((offset, bytes, type) of media behind the picture; notes about what else lies there)."""
    file.seek(0)
    data = file.read(min(size, _SEARCH_BYTES))
    end = picture_end(data, media_type)
    if end is None or end >= size:
        return (), []
    rest = data[end:]
    if not rest.strip(b"\0\xff\r\n "):
        return (), []
    clip = clip_at(data, end)
    if clip is not None:
        return ((clip, size - clip, "video/mp4"),), [f"a clip of {size - clip} bytes lies behind the picture (motion photo)"]
    return (), [note(rest, size - end)]


def picture_end(data: bytes, media_type: str) -> int | None:
    """Where the picture ends, by its own structure; None where that cannot be told."""
    if media_type == "image/jpeg":
        return jpeg_end(data)
    if media_type == "image/png":
        at = data.find(b"IEND\xaeB`\x82")
        return at + 8 if at > 0 else None
    if media_type == "image/webp":
        return 8 + int.from_bytes(data[4:8], "little") if len(data) > 12 else None
    if media_type in ("image/heic", "image/heif"):
        return clip_at(data, 16)
    return None


def jpeg_end(data: bytes) -> int | None:
    """The byte after the picture's end mark, all of its scans and (in MPO) views included; None if it has none."""
    end = _one_jpeg_end(data, 0)
    while end is not None and b"MPF\0" in data[:65536] and data.startswith(b"\xff\xd8\xff", end):
        following = _one_jpeg_end(data, end)
        if following is None:
            return end
        end = following
    return end


def is_jpeg_stream(data: bytes) -> bool:
    """Whether three or more JPEG pictures follow each other without a table of views: a camera's motion JPEG."""
    at: int | None = 0
    for _ in range(3):
        if at is None or not data.startswith(b"\xff\xd8\xff", at):
            return False
        at = _one_jpeg_end(data, at)
    return b"MPF\0" not in data[:65536]


def _one_jpeg_end(data: bytes, start: int) -> int | None:
    at = start + 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            return at + 2
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        elif marker == 0xDA:
            at = _scan_end(data, at + 2 + int.from_bytes(data[at + 2:at + 4], "big"))
        else:
            at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
    return at + 2 if data[at:at + 2] == b"\xff\xd9" else None


def _scan_end(data: bytes, at: int) -> int:
    """The next marker that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7 and data[at + 1] != 0xFF:
            return at
        at += 1


def clip_at(data: bytes, start: int) -> int | None:
    """Where an MP4 begins behind `start`: its `ftyp` box, followed by another box."""
    at = data.find(b"ftyp", start + 4)
    while at > 0:
        begin = at - 4
        size = int.from_bytes(data[begin:at], "big")
        if 12 <= size <= 512 and data[begin + size + 4:begin + size + 8].isalnum() and len(data) - begin > _MIN_CLIP_BYTES:
            return begin
        at = data.find(b"ftyp", at + 4)
    return None


def note(rest: bytes, size: int) -> str:
    """One sentence about what lies behind a picture."""
    names = ((b"PK\3\4", "an archive (ZIP)"), (b"Rar!", "an archive (RAR)"), (b"7z\xbc\xaf", "an archive (7-Zip)"),
             (b"%PDF", "a PDF document"), (b"\xff\xd8\xff", "another JPEG picture"), (b"\x89PNG", "another PNG picture"),
             (b"MZ", "a program"), (b"<html", "HTML"))
    start = rest.lstrip(b"\0\r\n ")[:4096]
    what = next((name for magic, name in names if start.startswith(magic)), "data of unknown kind")
    return f"{size} bytes lie behind the end of the picture: {what}"
