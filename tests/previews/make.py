"""Small real media, and how what was made of them is read again."""
import io
from dataclasses import replace
from typing import Any

import av
import numpy as np
from PIL import Image

from sporhund.media.model import Facts
from sporhund.review.model import Unit
from sporhund.review.plan import units_of


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """Red above, blue below, a white square at the left top."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:height // 2, :, 0] = 200
    rgb[height // 2:, :, 2] = 200
    rgb[:height // 8, :height // 8] = 255
    return Image.fromarray(rgb)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def turned_jpeg(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return encoded(scene(), "JPEG", exif=exif)


def sixteen_bit_png() -> bytes:
    grey = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    return encoded(Image.fromarray(grey), "PNG")


def pages_tiff() -> bytes:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    first, *others = [Image.new("RGB", (300, 200), colour) for colour in colours]
    return encoded(first, "TIFF", save_all=True, append_images=others)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def pixel(content: bytes, x: float, y: float) -> tuple[int, ...]:
    """The colour at a place given in shares of width and height."""
    picture = opened(content)
    found = picture.getpixel((int(x * (picture.width - 1)), int(y * (picture.height - 1))))
    assert isinstance(found, tuple)
    return found


def frame_times(content: bytes) -> list[float]:
    """Presentation times of the first video stream, in order."""
    with av.open(io.BytesIO(content)) as media:
        stream = media.streams.video[0]
        return sorted(float(frame.pts * stream.time_base) for frame in media.decode(stream) if frame.pts is not None)


def unit(key: str, facts: Facts) -> Unit:
    return replace(units_of(facts, key)[0], id=key)
