"""Opening video containers: an allowed list of formats for each kind of header, no second file, one thread."""
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from sporhund.errors import Unreadable

MOTION_JPEG = "video/x-motion-jpeg"   #: JPEG pictures one after the other, without a container

VideoPacket: TypeAlias = "Packet[VideoStream]"   # generic in PyAV's stubs alone

# Which demuxers may be asked, by sniffed type. A file that looks like MP4 is opened by the MP4 demuxer or not at all:
# playlists and the text demuxers ("tty", "lrc") are in none of these (measured: a file object alone stops neither).
_FAMILIES = {
    "video/mp4": "mov,mp4,m4a,3gp,3g2,mj2", "video/quicktime": "mov,mp4,m4a,3gp,3g2,mj2",
    "video/3gpp": "mov,mp4,m4a,3gp,3g2,mj2", "audio/mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    "video/x-matroska": "matroska,webm", "video/webm": "matroska,webm", "video/x-msvideo": "avi",
    "video/x-ms-asf": "asf,asf_o", "video/x-flv": "flv,live_flv,kux", "video/x-dahua": "dhav",
    "video/x-hikvision": "mpeg,mpegts,h264,hevc", "video/mpeg": "mpeg,mpegvideo,vob", "video/mp4v-es": "m4v",
    "video/vnd.rn-realvideo": "rm,ivr", "video/ogg": "ogg", "application/mxf": "mxf", "video/x-ivf": "ivf",
    "video/x-yuv4mpeg": "yuv4mpegpipe", "video/x-nut": "nut", "video/x-wtv": "wtv", "video/x-dv": "dv",
    "video/mp2t": "mpegts", "video/h264": "h264", "video/h265": "hevc", MOTION_JPEG: "mjpeg",
}
# Raw streams have too little structure for FFmpeg to be sure of; the header said which.
_FORCED = {"video/h264": "h264", "video/h265": "hevc", MOTION_JPEG: "mjpeg", "video/mp4v-es": "m4v"}


def readable(media_type: str) -> bool:
    """Whether a demuxer is allowed for this type."""
    return media_type in _FAMILIES


def _refuse(url: str, flags: int, options: dict[str, Any]) -> Any:
    raise Unreadable("playlist", f"the file names another file ({url[:80]!r}), which is not opened")


@contextmanager
def open_container(
    file: BinaryIO, media_type: str, *, ignore_edit_list: bool = False,
) -> Iterator[InputContainer]:
    """A demuxer on `file`, closed at the end. Raises Unreadable when the header cannot be read.

    Whatever FFmpeg raises for bad content is a fault of the file: MemoryError too (an absurd count in a header).
    """
    options = {"format_whitelist": _FAMILIES[media_type]}
    if ignore_edit_list:
        options["ignore_editlist"] = "1"
    file.seek(0)
    try:
        container = av.open(file, "r", format=_FORCED.get(media_type), container_options=options,
                            metadata_errors="replace", io_open=_refuse)
    except (av.FFmpegError, ValueError, MemoryError, OSError) as exc:
        raise Unreadable("damaged", f"the header cannot be read: {plain(exc)}") from exc
    try:
        for stream in decodable(container):
            stream.codec_context.thread_count = 1
            stream.codec_context.thread_type = "NONE"
        yield container
    finally:
        container.close()


def decodable(container: InputContainer) -> list[VideoStream]:
    """The video streams for which there is a decoder (PyAV gives the others no codec context)."""
    return [stream for stream in container.streams.video if getattr(stream, "codec_context", None) is not None]


def plain(exc: BaseException) -> str:
    """The message of a foreign error on one line, without paths."""
    text = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    if "cannot identify image file" in text:
        text = "its content is not that of such a picture"
    return " ".join(str(text).split())[:200]
