"""Pictures and playable copies of one case, for people at the desk."""
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sporhund.api.documents import Document
from sporhund.previews.model import Copy, How, Playable, Ranged, Shown
from sporhund.previews.service import Previews
from sporhund.review.model import OPEN

if TYPE_CHECKING:
    from sporhund.api.case import Case

__all__ = ["CasePreviews", "Ranged", "Shown"]


class CasePreviews:
    """What `case.previews` gives. Bytes for a browser come as Shown (a picture) or Ranged (a video); the rest are plain dicts.

    Raises Unreadable with its reason where there is nothing to be seen; WrongUsage `unknown-medium`, `unknown-track`, `no-page`,
    `no-part`, `not-playable`, `unknown-side`.
    """

    def __init__(self, case: "Case", previews: Previews) -> None:
        self._id, self._previews = case.id, previews

    def thumbnail(self, medium: str, side: int = 160, *, page: int = 0, veiled: bool = False) -> Shown:
        """A small picture of a medium, 160 or 320 pixels on its longer side. veiled: grey and coarse, telling nothing."""
        return self._previews.thumbnail(self._id, medium, side=side, page=page, veiled=veiled)

    def crop(self, track: str, side: int = 240, *, whole: bool = False, veiled: bool = False) -> Shown:
        """A track's best shot, 120 or 240 pixels. whole: the frame it is from, at most `side` pixels, and the `box` in it."""
        return self._previews.crop(self._id, track, side=side, whole=whole, veiled=veiled)

    def frame(
        self, medium: str, t: float, *, stream: int | None = None, clip: int | None = None, side: int = 1920,
        veiled: bool = False,
    ) -> Shown:
        """The frame of a video at `t` seconds; its own time is `t` of the answer, `before` and `after` are its neighbours'."""
        return self._previews.frame(self._id, medium, t, stream=stream, clip=clip, side=side, veiled=veiled)

    def still(self, medium: str, page: int = 0, *, veiled: bool = False) -> Shown:
        """A page of a picture in full, at most 4096 pixels on its longer side."""
        return self._previews.still(self._id, medium, page=page, veiled=veiled)

    def warm(self, media: Sequence[str], side: int = 160, *, veiled: bool = False) -> None:
        """Make the thumbnails of the next page while nobody waits."""
        self._previews.warm(self._id, media, side=side, veiled=veiled)

    @property
    def trouble(self) -> str | None:
        """Why the last picture or copy could not be kept, a sentence (the disk is full); None: all is well."""
        fault = self._previews.trouble
        return None if fault is None else f"{fault.message} {fault.hint}".strip()

    def playable(self, medium: str, *, stream: int | None = None, clip: int | None = None) -> Document:
        """How a video is played: `how` is original, derived or impossible, with the reason; the parts of a derived copy."""
        found = self._previews.playable(self._id, medium, stream=stream, clip=clip)
        return playable_item(found, medium)

    def part(self, medium: str, number: int, *, stream: int | None = None, clip: int | None = None) -> Ranged:
        """A part of the derived copy, made now if need be. `copy` says how its times lie in the original. Close it."""
        return self._previews.part(self._id, medium, number, stream=stream, clip=clip)

    def made(self, medium: str, number: int, *, stream: int | None = None, clip: int | None = None) -> bool:
        """Whether a part of the derived copy is there already: nobody waits for it."""
        return self._previews.made(self._id, medium, number, stream=stream, clip=clip)

    def part_item(self, medium: str, number: int, *, stream: int | None = None, clip: int | None = None) -> Document:
        """What a player must know of a part before it plays it; the part is made now if need be."""
        with self.part(medium, number, stream=stream, clip=clip) as found:
            assert found.copy is not None
            return copy_item(found.copy, found, medium, number)

    def original(self, medium: str, *, clip: int | None = None) -> Ranged:
        """The original's own bytes, where a browser plays them. Checked to be what was taken in. Close it."""
        return self._previews.original(self._id, medium, clip=clip)


def playable_item(found: Playable, medium: str) -> Document:
    return {
        "medium": medium, "how": str(found.how), "derived": found.how is How.DERIVED, "code": found.code, "reason": found.reason,
        "content_type": found.content_type, "stream": found.stream, "from": found.start, "to": found.end,
        "width": found.width, "height": found.height, "whole_width": found.whole_width, "whole_height": found.whole_height,
        "codec": found.codec, "of_codec": found.of_codec,
        "parts": [{"part": part.number, "from": part.shown_from, "to": part.shown_to,
                   "opens": part.start <= -OPEN, "ends": part.end >= OPEN} for part in found.parts],
    }


def copy_item(copy: Copy, found: Ranged, medium: str, number: int) -> Document:
    return {
        "medium": medium, "part": number, "derived": True, "codec": "H.264", "sound": "AAC" if copy.sound else None,
        "width": copy.width, "height": copy.height, "bytes": found.size, "content_type": found.content_type,
        "offset": copy.offset, "last": copy.end, "frames": copy.frames, "left_out": copy.left_out, "corrupt": copy.corrupt,
        "whole": copy.whole, "etag": found.etag,
    }
