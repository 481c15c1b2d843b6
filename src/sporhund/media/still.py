"""Pictures: opened by an own list of formats, every page upright, 8 bits a channel, scaled by own rules."""
import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageFile

from sporhund.errors import Unreadable
from sporhund.media.container import plain
from sporhund.media.frame import Frame, UInt8Array
from sporhund.media.pixels import resized

# No EPS (an interpreter), WMF, BLP (1 kB takes 658 MB), PSD, FLI, FITS, MCIDAS, SPIDER and other rarities.
FORMATS = {
    "image/jpeg": ("JPEG", "MPO"), "image/png": ("PNG",), "image/gif": ("GIF",), "image/webp": ("WEBP",),
    "image/bmp": ("BMP", "DIB"), "image/tiff": ("TIFF",), "image/x-canon-cr2": ("TIFF",), "image/jp2": ("JPEG2000",),
    "image/j2k": ("JPEG2000",), "image/x-icon": ("ICO",), "image/icns": ("ICNS",), "image/dds": ("DDS",),
    "image/qoi": ("QOI",), "image/avif": ("AVIF",), "image/heic": ("HEIF",), "image/heif": ("HEIF",),
    "image/x-portable-anymap": ("PPM",), "image/sgi": ("SGI",), "image/pcx": ("PCX",), "image/x-tga": ("TGA",),
}
PILLOW_FAULTS = (OSError, SyntaxError, ValueError, TypeError, RuntimeError, MemoryError, EOFError, KeyError, IndexError,
                  AttributeError, OverflowError, AssertionError, ZeroDivisionError, struct.error, Image.DecompressionBombError)
"""What Pillow's plug-ins raise for bad bytes: no single family (measured on 660 files)."""

Image.init()   # all plug-ins now: a worker that is confined can import nothing later
pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = None  # the limit is `Sampling.max_pixels`, checked before a pixel is decoded
warnings.filterwarnings("ignore", module="PIL")   # what they say of bad bytes is in the record, not on a terminal


def open_picture(file: BinaryIO, media_type: str, max_pixels: int) -> Image.Image:
    """An opened, undecoded picture. Raises Unreadable: "damaged", or "too-large" beyond `max_pixels`."""
    try:
        picture = _open(file, media_type)
    except PILLOW_FAULTS as exc:
        try:
            with _lenient():   # a text or colour profile that grows without end does not hide the picture
                picture = _open(file, media_type)
        except PILLOW_FAULTS:
            raise Unreadable("damaged", f"the picture's header cannot be read: {plain(exc)}") from exc
    refuse_large(picture, max_pixels)
    return picture


def _open(file: BinaryIO, media_type: str) -> Image.Image:
    file.seek(0)
    return Image.open(file, formats=FORMATS[media_type])


def refuse_large(picture: Image.Image, max_pixels: int) -> None:
    """Raises Unreadable "too-large" where decoding would take more memory than a worker has."""
    pixels = picture.width * picture.height
    if pixels > max_pixels:
        raise Unreadable(
            "too-large", f"{picture.width} x {picture.height} pixels ({pixels / 1e6:.0f} million) are more than the "
                         f"{max_pixels / 1e6:.0f} million that are opened; not analysed")
    if pixels <= 0:
        raise Unreadable("damaged", f"a picture of {picture.width} x {picture.height} pixels")


def page(picture: Image.Image, index: int, max_pixels: int) -> tuple[UInt8Array, bool]:
    """((height, width, 3) uint8 RGB of one page, upright; whether all of it was there).

    Raises Unreadable where nothing of the page can be decoded.
    """
    try:
        if index:
            picture.seek(index)
        refuse_large(picture, max_pixels)
        return _decode(picture), True
    except PILLOW_FAULTS as exc:
        whole_error = exc
    with _lenient():
        try:
            if index == 0 and picture.tell() == 0:
                picture = _again(picture)
            else:
                picture.seek(index)
            rgb = _decode(picture)
        except PILLOW_FAULTS as exc:
            raise Unreadable("damaged", f"no picture can be decoded: {plain(whole_error)}") from exc
    if rgb.min() == rgb.max():
        raise Unreadable("damaged", f"no picture can be decoded: {plain(whole_error)}") from whole_error
    return rgb, False


def _again(picture: Image.Image) -> Image.Image:
    """The same file opened afresh: a decoder that failed midway does not start again."""
    return Image.open(rewound(picture), formats=(picture.format or "JPEG",))


@contextmanager
def _lenient() -> Iterator[None]:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _decode(picture: Image.Image) -> UInt8Array:
    picture.load()
    return _upright(as_rgb(picture), orientation(picture))


def orientation(picture: Image.Image) -> int:
    """Exif orientation 1-8; 1 where it is missing, impossible or unreadable. HEIC and AVIF are turned by their decoders."""
    if picture.format in ("HEIF", "AVIF"):
        return 1
    try:
        value = picture.getexif().get(274, 1)
    except PILLOW_FAULTS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(rgb: UInt8Array, value: int) -> UInt8Array:
    if value in (2, 4, 5, 7):
        rgb = rgb[:, ::-1] if value in (2, 5, 7) else rgb[::-1]
    turns = {3: 2, 5: 1, 6: 3, 7: 3, 8: 1}.get(value, 0)
    return np.ascontiguousarray(np.rot90(rgb, turns) if turns else rgb)


def as_rgb(picture: Image.Image) -> UInt8Array:
    """(height, width, 3) uint8. Deep modes are scaled by own rule, transparent parts lie on white.

    Pillow's own conversion clips 16-bit grey to white and float to black (measured).
    """
    if picture.mode in ("I", "F", "I;16", "I;16B", "I;16L", "I;16N"):
        grey = scaled(np.asarray(picture))
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, (255, 255, 255, 255))
        return np.asarray(Image.alpha_composite(white, with_alpha).convert("RGB"))
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def scaled(deep: NDArray[np.generic]) -> UInt8Array:
    """Deep grey to 8 bits: 16-bit by its full range, float 0..1 or 0..255 as such, all else between the 0.5th and
    99.5th percentile of its finite values."""
    values = deep.astype(np.float32)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return np.zeros(values.shape, np.uint8)
    low, high = float(finite.min()), float(finite.max())
    if deep.dtype.kind == "u" or (low >= 0 and 4096 <= high <= 65535 and deep.dtype.kind == "i"):
        bottom, top = 0.0, 65535.0
    elif deep.dtype.kind == "f" and low >= 0 and high <= 1:
        bottom, top = 0.0, 1.0
    elif low >= 0 and high <= 255:
        bottom, top = 0.0, 255.0
    else:
        bottom, top = (float(v) for v in np.percentile(finite, (0.5, 99.5)))
    top = top if top > bottom else bottom + 1.0
    values = np.nan_to_num(values, nan=bottom, posinf=top, neginf=bottom)
    values = (np.clip(values, bottom, top) - bottom) * (255.0 / (top - bottom))
    return np.clip(values, 0, 255).astype(np.uint8)


def grey_of(rgb: UInt8Array) -> UInt8Array:
    """(height, width) uint8 luma of an RGB picture."""
    return cast(UInt8Array, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))


def as_frame(rgb: UInt8Array, *, t: float, shot: int, page: int, single: bool) -> Frame:
    """A decoded picture as a frame for the looks."""
    height, width = rgb.shape[:2]

    def luma(wanted: int) -> UInt8Array:
        grey = grey_of(rgb)
        return grey if wanted >= width else resized(grey, (wanted, max(1, round(height * wanted / width))), cv2.INTER_AREA)

    return Frame(t=t, shot=shot, width=width, height=height, make_rgb=lambda: rgb, make_luma=luma, page=page, single=single)


def turned(frame: Frame, degrees: int) -> Frame:
    """The frame turned counter-clockwise by 90, 180 or 270 degrees, for a second look at a still that may lie on its side."""
    turns = degrees // 90 % 4
    rgb = np.ascontiguousarray(np.rot90(frame.rgb, turns))
    return as_frame(rgb, t=frame.t, shot=frame.shot, page=frame.page, single=frame.single)


def encode_png(rgb: UInt8Array) -> bytes:
    """A (height, width, 3) uint8 RGB picture as PNG, without loss."""
    held = io.BytesIO()
    Image.fromarray(rgb).save(held, "PNG", compress_level=3)
    return held.getvalue()


def rewound(picture: Image.Image) -> BinaryIO:
    """The file behind an opened picture, at its beginning. Raises OSError if it is closed."""
    file = picture.fp if isinstance(picture, ImageFile.ImageFile) else None
    if file is None or file.closed:
        raise OSError("the picture's file is closed")
    file.seek(0)
    return cast(BinaryIO, file)
