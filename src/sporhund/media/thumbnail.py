"""A picture for people to look at: of a page or of a moment of a video, whole or a part of it, clear or veiled."""
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import cv2
import numpy as np
from PIL import Image

from sporhund.errors import Unreadable
from sporhund.media import still
from sporhund.media.account import Account
from sporhund.media.container import open_container
from sporhund.media.decode import Decoded, decoded
from sporhund.media.frame import UInt8Array
from sporhund.media.model import Drawn, Kind, Sampling, Span
from sporhund.media.pixels import Converter, resized
from sporhund.media.reader import picture_type, video_type
from sporhund.media.video import video_stream

Box = tuple[float, float, float, float]

_EDGE = 1e-6       #: seconds: a time that went through text is still the frame's own
_VEIL_CELLS = 14   #: of the longer side: what is left of a veiled picture (no face, no act; light, dark and rough shape)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen."""

    side: int                  #: pixels of the longer side, at most; a smaller picture is not enlarged
    t: float = 0.0             #: of a video: the frame shown at this time, seconds
    pts: int | None = None     #: of a video: this very frame, where it is found
    page: int = 0
    box: Box | None = None     #: in pixels of the upright picture
    margin: float = 0.0        #: of the box's size, added on each side
    whole: bool = False        #: the whole picture, and the box's place in it
    quality: int = 82          #: of the JPEG
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    rgb: UInt8Array
    size: tuple[int, int]      #: of the upright original
    t: float = 0.0
    before: float | None = None
    after: float | None = None
    damaged: bool = False


def draw(file: BinaryIO, span: Span, sight: Sight) -> Drawn:
    """The picture, upright, as JPEG. Raises Unreadable where there is none.

    span: the page's medium, or the stream, with `warm_from` at the keyframe from which is decoded.
    """
    found = _page(file, sight) if span.kind is Kind.STILL else _moment(file, span, sight)
    rgb, box = found.rgb, sight.box
    shrunk = found.rgb.shape[1] / found.size[0]
    if box is not None:
        box = cast(Box, tuple(number * shrunk for number in box))
        if not sight.whole:
            rgb, box = _cut(rgb, box, sight.margin)
    height, width = rgb.shape[:2]
    scale = min(1.0, sight.side / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = resized(rgb, size, cv2.INTER_AREA) if scale < 1 else rgb
    return Drawn(
        _jpeg(_veiled(small) if sight.veiled else small, sight.quality), *size, *found.size, found.t, found.before, found.after,
        cast(Box, tuple(number * scale for number in box)) if box is not None else None, found.damaged)


def _page(file: BinaryIO, sight: Sight) -> _Found:
    limit = Sampling().max_pixels
    picture = still.open_picture(file, picture_type(file), limit)
    size = picture.size
    if sight.page == 0 and (sight.box is None or sight.whole):
        picture.draft("RGB", (2 * sight.side, 2 * sight.side))   # a JPEG is decoded at a half, a quarter or an eighth
    shrunk = size[0] / picture.size[0]
    rgb, whole = still.page(picture, sight.page, limit)
    if shrunk == 1:
        size = rgb.shape[1], rgb.shape[0]
    elif (rgb.shape[1] > rgb.shape[0]) != (size[0] > size[1]):
        size = size[1], size[0]
    return _Found(rgb, size, damaged=not whole)


def _moment(file: BinaryIO, span: Span, sight: Sight) -> _Found:
    with open_container(file, video_type(file), ignore_edit_list=span.ignore_edit_list) as container:
        stream = video_stream(container, span.stream)
        frames = decoded(container, stream, span, Sampling(mode="thorough"), Account(span))
        found, before, after = _shown_at(frames, sight)
        if found is None:
            raise Unreadable("no-picture", f"no picture at {sight.t:.3f} s could be decoded")
        rgb = Converter(stream.sample_aspect_ratio).rgb(found.frame)
        return _Found(rgb, (rgb.shape[1], rgb.shape[0]), found.t, before, after, bool(found.frame.is_corrupt))


def _shown_at(frames: Iterator[Decoded], sight: Sight) -> tuple[Decoded | None, float | None, float | None]:
    """The frame that stands on the screen at the time: the last that began before; the times of its neighbours."""
    before: float | None = None
    last: Decoded | None = None
    for item in frames:
        exact = sight.pts is not None and last is not None and last.frame.pts == sight.pts
        if last is not None and (exact or item.t > sight.t + _EDGE):
            return last, before, item.t
        before, last = last.t if last is not None else None, item
    return last, before, None


def _cut(rgb: UInt8Array, box: Box, margin: float) -> tuple[UInt8Array, Box]:
    """The box with its margin, within the picture; and the box's place in that."""
    height, width = rgb.shape[:2]
    x, y, w, h = box
    left, top = min(max(0, int(x - w * margin)), width - 1), min(max(0, int(y - h * margin)), height - 1)
    right = min(width, max(left + 1, round(x + w * (1 + margin))))
    bottom = min(height, max(top + 1, round(y + h * (1 + margin))))
    return np.ascontiguousarray(rgb[top:bottom, left:right]), (x - left, y - top, w, h)


def _veiled(rgb: UInt8Array) -> UInt8Array:
    """(height, width) uint8: grey, and so coarse that nothing can be told of it."""
    height, width = rgb.shape[:2]
    longer = max(height, width)
    cells = max(1, round(width * _VEIL_CELLS / longer)), max(1, round(height * _VEIL_CELLS / longer))
    coarse = resized(still.grey_of(rgb), cells, cv2.INTER_AREA)
    return resized(coarse, (width, height), cv2.INTER_CUBIC)


def _jpeg(picture: UInt8Array, quality: int) -> bytes:
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=quality)
    return held.getvalue()
