"""A span of a video made anew so that every browser plays it: H.264 in MP4, every frame at its own time."""
import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream

from sporhund.errors import Unreadable
from sporhund.media import sound
from sporhund.media.account import Account
from sporhund.media.container import open_container
from sporhund.media.decode import Decoded, decoded
from sporhund.media.frame import UInt8Array
from sporhund.media.model import Copied, Sampling, Span
from sporhund.media.pixels import Converter, resized
from sporhund.media.reader import video_type
from sporhund.media.video import video_stream

# No B frames: a frame's place in the file is its place in time, so no edit list shifts anything. A keyframe every 25 frames, for
# stepping back. The rate is bounded, so that a span of noise stays small enough to be held in memory.
_X264 = {"preset": "veryfast", "crf": "23", "bf": "0", "g": "25", "maxrate": "4M", "bufsize": "8M"}
_MOST_FRAMES = 15_000       #: of a span
_LONGER_S = 60.0            #: sound may go on behind the last picture
_FINEST = 10_000_000        #: ticks a second that are kept; finer times go to 90,000
_TABLE_BYTES = 48           #: of the index at the file's beginning, for each packet
_LIMITED, _BT601 = 1, 5     #: FFmpeg's numbers for colour range and matrix


def derive(file: BinaryIO, span: Span, *, longest: int, with_sound: bool) -> Copied:
    """The frames of [start, end) as MP4. Raises Unreadable where not one can be decoded.

    longest: pixels of the longer side, at most.
    """
    media_type, account = video_type(file), Account(span)
    with open_container(file, media_type, ignore_edit_list=span.ignore_edit_list) as container:
        stream = video_stream(container, span.stream)
        frames = decoded(container, stream, span, Sampling(mode="thorough"), account)
        writer = _Writer(stream, untimed=span.untimed_rate > 0, longest=longest)
        for item in frames:
            if item.t >= span.start:
                writer.add(item)
            if writer.frames >= _MOST_FRAMES:
                break
    if writer.first is None:
        raise Unreadable("no-picture", f"no frame between {span.start:.1f} and {span.end:.1f} s could be decoded")
    heard = None
    if with_sound and span.untimed_rate <= 0:
        with open_container(file, media_type, ignore_edit_list=span.ignore_edit_list) as container:
            heard = sound.heard(container, writer.first, min(span.end, writer.last + _LONGER_S))
    content = writer.written(heard)
    coverage = account.coverage()
    return Copied(
        content, writer.first, writer.last, *writer.size, writer.frames, writer.left_out, coverage.corrupt_frames,
        heard is not None, not coverage.unread and writer.frames < _MOST_FRAMES)


@dataclass(frozen=True, slots=True)
class _Ticks:
    """Times of the original as whole ticks: num/den seconds each, kept where MP4 can hold them."""

    num: int
    den: int

    def of(self, t: float) -> int:
        return round(t * self.den / self.num)


class _Writer:
    """Takes decoded frames in, gives a whole MP4 out. The file lies in memory."""

    def __init__(self, stream: VideoStream, *, untimed: bool, longest: int) -> None:
        base = stream.time_base
        exact = base is not None and not untimed and 0 < base.denominator <= _FINEST
        self._ticks = _Ticks(base.numerator, base.denominator) if exact and base is not None else _Ticks(1, 90_000)
        self._pictures = _Pictures(stream, longest)
        self._held = io.BytesIO()
        self._out = av.open(self._held, "w", format="mp4")
        self._video: Any = None
        self._packets: list[Any] = []
        self._at = -1
        self._zero = 0
        self.first: float | None = None
        self.last = 0.0
        self.frames = self.left_out = 0
        self.size = (0, 0)

    def add(self, item: Decoded) -> None:
        """One more frame. One whose time does not go on is left out, and counted."""
        tick = self._ticks.of(item.t)
        if self.first is None:
            self._begin(item, tick)
        if tick <= self._at:
            self.left_out += 1
            return
        self._at = tick
        picture = self._pictures.of(item.frame)
        picture.pts, picture.time_base = (tick - self._zero) * self._ticks.num, Fraction(1, self._ticks.den)
        picture.pict_type = av.video.frame.PictureType.NONE
        self._packets += self._video.encode(picture)
        self.last, self.frames = item.t, self.frames + 1

    def _begin(self, item: Decoded, tick: int) -> None:
        self.first, self._zero, self._at = item.t, tick, tick - 1
        self.size = self._pictures.begin(item.frame)
        self._video = self._out.add_stream("libx264", rate=25, options=_X264)
        self._video.width, self._video.height = self.size
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.thread_count = 2
        context.color_range = _LIMITED
        context.colorspace = self._pictures.matrix
        self._video.time_base = context.time_base = Fraction(1, self._ticks.den)

    def written(self, heard: "sound.Heard | None") -> bytes:
        """The file, its index in front: a player that asks for ranges begins at once."""
        self._packets += self._video.encode(None)
        if heard is not None:
            self._packets += sound.encoded(self._out, heard)
        self._out.options["moov_size"] = self._out.container_options["moov_size"] = str(
            8192 + _TABLE_BYTES * len(self._packets))
        self._packets.sort(key=lambda packet: float(packet.dts * packet.time_base))
        for packet in self._packets:
            self._out.mux(packet)
        self._out.close()
        return self._held.getvalue()


class _Pictures:
    """Frames as the copy holds them: upright, square pixels, 8 bits, at one size."""

    def __init__(self, stream: VideoStream, longest: int) -> None:
        self._converter = Converter(stream.sample_aspect_ratio)
        self._scaler, self._from_rgb = VideoReformatter(), VideoReformatter()
        self._longest = longest
        self._upright = (0, 0)
        self._size = (0, 0)
        self._plain = False
        self.matrix = _BT601

    def begin(self, frame: av.VideoFrame) -> tuple[int, int]:
        """Look at the first frame: (width, height) of the copy, even numbers."""
        width, height = self._upright = self._converter.size(frame)
        scale = min(1.0, self._longest / max(width, height))
        self._size = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
        self._plain = frame.format.name.startswith(("yuv", "nv12", "gray"))
        self.matrix = int(frame.colorspace) if self._plain else _BT601
        return self._size

    def of(self, frame: av.VideoFrame) -> av.VideoFrame:
        width, height = self._size
        if self._plain and not frame.interlaced_frame and not frame.rotation and self._converter.size(frame) == self._upright:
            made = self._scaler.reformat(
                frame, width=width, height=height, format="yuv420p", dst_color_range="MPEG", threads=1)
            return made if made is not frame else _copy(frame)
        rgb = fitted(self._converter.rgb(frame), self._size)
        return self._from_rgb.reformat(
            av.VideoFrame.from_ndarray(rgb, format="rgb24"), format="yuv420p", dst_colorspace=Colorspace.ITU601,
            dst_color_range="MPEG", threads=1)


def _copy(frame: av.VideoFrame) -> av.VideoFrame:
    """A frame of its own: the decoder's keeps its time."""
    return av.VideoFrame.from_ndarray(frame.to_ndarray(), format=frame.format.name)


def fitted(rgb: UInt8Array, size: tuple[int, int]) -> UInt8Array:
    """The picture at `size` (columns, rows): never stretched; what another shape leaves free is black."""
    height, width = rgb.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    # An odd number of pixels was rounded to an even one: that is no other shape.
    inner = tuple(full if abs(full - side * scale) < 2 else max(1, round(side * scale))
                  for full, side in zip(size, (width, height), strict=True))
    small = resized(rgb, (inner[0], inner[1]), cv2.INTER_AREA)
    if inner == size:
        return small
    whole = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    whole[top:top + inner[1], left:left + inner[0]] = small
    return whole

