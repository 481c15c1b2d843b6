"""Facts of a picture: size, pages, what its Exif says, what lies behind it."""
from typing import BinaryIO

from sporhund.media import behind, pages, stated, still
from sporhund.media.kind import Sniffed
from sporhund.media.model import Facts, Kind, Sampling

_SIDEWAYS = (5, 6, 7, 8)


def read(file: BinaryIO, size: int, what: Sniffed, sampling: Sampling, ending: bytes) -> Facts:
    """Facts of a picture, from its header. Raises Unreadable where there is none to be had."""
    picture = still.open_picture(file, what.type, sampling.max_pixels)
    width, height = picture.size
    if still.orientation(picture) in _SIDEWAYS:
        width, height = height, width
    count, moving = pages.page_count(picture), pages.animated(picture)
    notes = [*stated.thumbnail_notes(picture)]
    said = stated.from_picture(picture)
    embedded: tuple[tuple[int, int, str], ...] = ()
    if what.type in ("image/jpeg", "image/heic", "image/heif", "image/png", "image/webp", "image/gif"):
        embedded, more = behind.find(file, size, what.type)
        notes += more
    if count > sampling.max_pages:
        notes.append(f"{count} pages or frames, of which {sampling.max_pages} are read")
    return Facts(
        Kind.STILL, what.type, what.name, width=width, height=height, pages=count, animated=moving, stated=said,
        embedded=embedded, notes=tuple(notes))
