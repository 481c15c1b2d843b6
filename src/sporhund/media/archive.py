"""Members of a ZIP archive: listed with what may be taken out, and read out one after the other."""
import struct
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from typing import BinaryIO

from sporhund.errors import Unreadable
from sporhund.media.container import plain
from sporhund.media.model import Member

MAX_MEMBERS = 100_000
MAX_MEMBER_BYTES = 64 << 30
MAX_TOTAL_BYTES = 1 << 40
MAX_RATIO = 200            #: a member that grows more than so many times (and beyond the next figure) is a bomb
RATIO_FROM_BYTES = 16 << 20
_BLOCK = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_FAULTS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, zlib.error, LZMAError,
           struct.error, MemoryError, KeyError, IndexError, OverflowError)


def members(file: BinaryIO, size: int) -> list[Member]:
    """All members but folders, in the archive's order; those that cannot be taken out have a code and a reason.

    index is what `blocks` wants.   Names are the archive's bytes: they are labels, never paths.
    Raises Unreadable "damaged" where the archive's list cannot be read.
    """
    archive = opened(file)
    found: list[Member] = []
    total = 0
    for index, info in enumerate(archive.infolist()):
        if info.is_dir():
            continue
        total += info.file_size
        code, reason = _refusal(info, total, len(found))
        found.append(Member(index, _name(info), info.file_size, code, reason))
        if code == "too-many":
            break
    return found


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive with its list read, for `blocks`. Raises Unreadable "damaged" where the list cannot be read."""
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except _FAULTS as exc:
        raise Unreadable("damaged", f"the archive's list of members cannot be read: {plain(exc)}") from exc


def blocks(archive: zipfile.ZipFile, index: int) -> Iterator[bytes]:
    """The bytes of one member, piece by piece. The size named in the list is a promise: more is refused.

    Raises Unreadable: "encrypted", "archive-bomb", "unsupported", "damaged"; perhaps only after some pieces.
    """
    listed = archive.infolist()
    if not 0 <= index < len(listed):
        raise Unreadable("damaged", f"the archive has no member {index}")
    info = listed[index]
    code, reason = _refusal(info, info.file_size, 0)
    if code:
        raise Unreadable(code, reason or code)
    given = 0
    try:
        with archive.open(info) as member:
            while block := member.read(_BLOCK):
                given += len(block)
                if given > info.file_size:
                    raise Unreadable("archive-bomb", "the member is larger than the archive's list says")
                yield block
    except _FAULTS as exc:
        raise Unreadable("damaged", f"the member cannot be unpacked beyond byte {given}: {plain(exc)}") from exc


def _name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes as they stand in the archive."""
    name = getattr(info, "orig_filename", info.filename)
    return name.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "surrogateescape")


def _refusal(info: zipfile.ZipInfo, total: int, number: int) -> tuple[str | None, str | None]:
    if number >= MAX_MEMBERS:
        return "too-many", f"the archive has more than {MAX_MEMBERS} members; the rest is not opened"
    if info.flag_bits & 0x1:
        return "encrypted", "the member is encrypted"
    if info.compress_type not in _METHODS:
        return "unsupported", f"compression method {info.compress_type} cannot be unpacked here"
    if info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return "archive-bomb", f"{info.compress_size} bytes would grow to {info.file_size}: not unpacked"
    if info.file_size > MAX_MEMBER_BYTES or total > MAX_TOTAL_BYTES:
        return "too-large", f"the member would grow to {info.file_size} bytes: not unpacked"
    return None, None
