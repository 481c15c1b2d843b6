"""A picture or a copy comes from a process that has had hostile bytes in its hands: what it may be, and nothing else. Pure.

A browser is told what it gets by us (`content_type`, no sniffing); here: that it is that, whole, and no larger than asked for.
"""
from math import isfinite

from sporhund.errors import Unreadable
from sporhund.media.model import Copied, Drawn

MOST_PICTURE_BYTES = 32 << 20
MOST_COPY_BYTES = 128 << 20
JPEG, MP4 = "image/jpeg", "video/mp4"

_WITHOUT_LENGTH = frozenset([0x01, *range(0xD0, 0xD8)])
_FRAME_HEADERS = frozenset([0xC0, 0xC1, 0xC2])     # baseline, extended, progressive: what browsers read
_BOXES = frozenset([b"ftyp", b"moov", b"free", b"mdat"])


def checked_picture(drawn: Drawn, side: int) -> Drawn:
    """The picture, if it can be one. Raises Unreadable `reader-lied`."""
    said = wrong_picture(drawn, side)
    if said:
        raise Unreadable("reader-lied", f"the reader's picture cannot be one: {said}")
    return drawn


def wrong_picture(drawn: Drawn, side: int) -> str:
    """What is wrong with it; "" if nothing is."""
    if not 0 < len(drawn.content) <= MOST_PICTURE_BYTES:
        return f"{len(drawn.content)} bytes"
    size = jpeg_size(drawn.content)
    if size is None:
        return "it is no JPEG"
    if size != (drawn.width, drawn.height) or not 0 < max(size) <= side:
        return f"{size[0]} x {size[1]} pixels"
    if min(drawn.whole_width, drawn.whole_height) <= 0:
        return "an original of no size"
    times = [t for t in (drawn.t, drawn.before, drawn.after) if t is not None]
    if not all(isfinite(number) for number in (*times, *(drawn.box or ()))):
        return "a time or place that is no number"
    return ""


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) of a JPEG that begins and ends as one; None for anything else."""
    if not content.startswith(b"\xff\xd8\xff") or not content.endswith(b"\xff\xd9"):
        return None
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        length = int.from_bytes(content[at + 2:at + 4], "big")
        if marker in _FRAME_HEADERS and length >= 8 and at + 9 <= len(content):
            return int.from_bytes(content[at + 7:at + 9], "big"), int.from_bytes(content[at + 5:at + 7], "big")
        if marker == 0xDA or length < 2:
            return None
        at += 2 + length
    return None


def checked_copy(copied: Copied, longest: int) -> Copied:
    """The part of a copy, if it can be one. Raises Unreadable `reader-lied`."""
    said = wrong_copy(copied, longest)
    if said:
        raise Unreadable("reader-lied", f"the reader's copy cannot be one: {said}")
    return copied


def wrong_copy(copied: Copied, longest: int) -> str:
    """What is wrong with it; "" if nothing is."""
    if not 0 < len(copied.content) <= MOST_COPY_BYTES:
        return f"{len(copied.content)} bytes"
    if boxes(copied.content)[:1] != [b"ftyp"] or set(boxes(copied.content)) != _BOXES:
        return "it is no MP4"
    if not 0 < min(copied.width, copied.height) <= max(copied.width, copied.height) <= longest:
        return f"{copied.width} x {copied.height} pixels"
    if not (isfinite(copied.offset) and isfinite(copied.end) and copied.offset <= copied.end):
        return "a time that is no number"
    if copied.frames < 1 or copied.left_out < 0 or copied.corrupt < 0:
        return "a number of frames that is none"
    return ""


def boxes(content: bytes) -> list[bytes]:
    """The names of an MP4's outer boxes, in order; empty where they do not fill the file exactly."""
    names, at = [], 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at:at + 4], "big")
        if length < 8:
            return []
        names.append(content[at + 4:at + 8])
        at += length
    return names if at == len(content) else []
