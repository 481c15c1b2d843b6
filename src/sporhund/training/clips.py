"""The clips of the demo exhibit that are made, not taken: a pan held upright, a still night, one cut off, one first picture.

The same bytes on every run with the same FFmpeg: one thread, no clock, noise from a fixed seed.
"""
import struct
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
"""(height, width, 3) uint8, RGB."""

PAN_FPS, PAN_SECONDS = 25, 8
NIGHT_FPS, NIGHT_SECONDS = 10, 24
NIGHT_WALK_S = (8.0, 14.0)  #: somebody crosses the picture in this time; before and after only noise


def pan(photograph: Path, target: Path) -> None:
    """A phone moves over a photograph, from its right edge to its left. Held upright: stored lying, turned on display."""
    with Image.open(photograph) as picture:
        wide = np.asarray(picture.convert("RGB").resize((1024, 1024), Image.Resampling.BICUBIC))
    windows = (wide[:640, pan_left_px(i / PAN_FPS):][:, :480] for i in range(PAN_FPS * PAN_SECONDS))
    write_mp4(target, (np.rot90(window) for window in windows), PAN_FPS)
    turn_on_display(target, width=640, height=480)


def pan_left_px(t: float) -> int:
    """Left edge of the pan's window at time t, in pixels of the photograph at 1024 × 1024."""
    return 544 - round(60 * t)


def still_night(target: Path) -> None:
    """A yard at night, 640 × 360: noise on a picture that stands still, and one figure that walks through it once."""
    rng = np.random.Generator(np.random.PCG64(20260114))
    yard = _yard()
    write_mp4(target, (_night_frame(yard, i / NIGHT_FPS, rng) for i in range(NIGHT_FPS * NIGHT_SECONDS)), NIGHT_FPS)


def _yard() -> NDArray[np.float32]:
    yard = np.tile(np.linspace(26, 44, 360, dtype=np.float32)[:, None], (1, 640))
    yard[90:240, 60:260] = 34                      # a house
    yard[130:170, 90:130] = yard[130:170, 190:230] = 78   # its windows
    yard[150:250, 430:560] = 22                    # a gate
    return yard


def _night_frame(yard: NDArray[np.float32], t: float, rng: np.random.Generator) -> Pixels:
    picture = yard.copy()
    begin, end = NIGHT_WALK_S
    if begin <= t < end:
        x = round(20 + 600 * (t - begin) / (end - begin))
        rows, columns = np.ogrid[:360, :640]
        body = ((columns - x) / 16) ** 2 + ((rows - 265) / 44) ** 2 < 1
        head = (columns - x) ** 2 + (rows - 208) ** 2 < 12**2
        picture[body | head] = 96
    grey = np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def cut_off(clip: Path, target: Path, *, share: float) -> None:
    """The first part of a clip whose index stands in front: it opens, and ends in the middle. share: of its bytes."""
    with av.open(str(clip)) as source, av.open(str(target), "w", options={"movflags": "faststart"}) as copy:
        streams = {stream.index: copy.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    whole = target.read_bytes()
    target.write_bytes(whole[: int(len(whole) * share)])


def first_picture(clip: Path) -> Image.Image:
    """The first frame of a clip."""
    with av.open(str(clip)) as source:
        return Image.fromarray(next(source.decode(video=0)).to_ndarray(format="rgb24"))


def write_mp4(target: Path, pictures: Iterable[Pixels], fps: int) -> None:
    """H.264 in MP4, all pictures of one size."""
    with av.open(str(target), "w") as container:
        stream = None
        for number, picture in enumerate(pictures):
            if stream is None:
                stream = container.add_stream("libx264", rate=fps, options={"crf": "26", "preset": "veryfast"})
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.thread_count = 1
                stream.time_base = stream.codec_context.time_base = Fraction(1, fps)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())


def turn_on_display(clip: Path, *, width: int, height: int) -> None:
    """Say in the track header that the picture is to be turned a quarter clockwise, as phones do (ISO 14496-12, 8.3.2).

    width, height: as stored. Every field of the header stays as it is but the matrix.
    """
    one, minus = 1 << 16, -(1 << 16)
    content = bytearray(clip.read_bytes())
    header = content.index(b"tkhd")
    if content[header + 4] != 0:
        raise ValueError("a track header with 64-bit times: not written here")
    matrix = header + 4 + 40  # after version and flags: times, id, duration, reserved, layer, group, volume
    struct.pack_into(">9i", content, matrix, 0, one, 0, minus, 0, 0, height << 16, 0, 1 << 30)
    clip.write_bytes(content)
