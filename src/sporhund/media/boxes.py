"""The outer structure of MP4/QuickTime, AVI and Matroska files: does it fit into the file, is its index there?"""
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_MOST_BOXES = 10_000
_INDEX_BYTES = 64 << 20
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


class Box(NamedTuple):
    name: bytes
    offset: int
    size: int     #: as it says, header included; may reach beyond the file


class Structure(NamedTuple):
    """What the outer structure says."""

    truncated: bool        #: it reaches beyond the end of the file
    index_missing: bool    #: an MP4 without `moov`
    encrypted: bool        #: an MP4 whose video samples are encrypted
    trailing: int = 0      #: bytes behind the structure's end
    second: int = 0        #: where a second whole file begins behind the first, or 0


def structure(file: BinaryIO, size: int, media_type: str) -> Structure:
    """The outer structure of the file, as far as its format tells."""
    if media_type in ("video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"):
        return _mp4(file, size)
    if media_type == "video/x-msvideo":
        file.seek(4)
        said = 8 + int.from_bytes(file.read(4), "little")
        return Structure(said - 8 > 8 and said > size + 8, False, False)
    if media_type in ("video/x-matroska", "video/webm"):
        return Structure(_matroska_cut(file, size), False, False)
    if media_type == "video/x-ms-asf":
        return Structure(_asf_cut(file, size), False, False)
    return Structure(False, False, False)


def _asf_cut(file: BinaryIO, size: int) -> bool:
    """Whether the file properties name more bytes than there are; a broadcast (flag 1) names none."""
    file.seek(0)
    head = file.read(4096)
    at = head.find(_ASF_FILE_PROPERTIES)
    if at < 0 or at + 92 > len(head):
        return False
    broadcast = head[at + 88] & 1
    return not broadcast and int.from_bytes(head[at + 40:at + 48], "little") > size


def boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    """The outermost boxes of an MP4 or QuickTime file, until one does not fit or is none."""
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        yield Box(name, at, length)
        if length < 8 or at + length > size:
            return
        at += length


def _mp4(file: BinaryIO, size: int) -> Structure:
    index, beyond, encrypted, end, second = False, False, False, 0, 0
    for box in boxes(file, size):
        if not box.name.replace(b" ", b"a").replace(b"\xa9", b"a").isalnum():
            break
        if box.name == b"ftyp" and box.offset and index:
            second = box.offset
            break
        end = min(size, box.offset + box.size)
        beyond = beyond or box.offset + box.size > size
        if box.name in (b"moov", b"moof"):
            index = True
            if box.name == b"moov" and box.size <= _INDEX_BYTES:
                file.seek(box.offset)
                content = file.read(min(box.size, size - box.offset))
                encrypted = encrypted or b"encv" in content
    return Structure(beyond, not index, encrypted, size - end, second)


def _matroska_cut(file: BinaryIO, size: int) -> bool:
    """Whether the segment says that it is longer than the file. Streams of unknown length say nothing."""
    file.seek(0)
    head = file.read(4096)
    at = head.find(b"\x18S\x80g")
    if at < 0 or at + 12 > len(head):
        return False
    first = head[at + 4]
    width = 9 - first.bit_length() if first else 9
    if width > 8:
        return False
    value = int.from_bytes(head[at + 4:at + 4 + width], "big") & ((1 << 7 * width) - 1)
    unknown = value == (1 << 7 * width) - 1
    return not unknown and at + 4 + width + value > size
