"""Facts of a video: one pass over its packets, one decoded frame of each stream."""
from dataclasses import dataclass, field, replace
from math import inf
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Stream

from sporhund.errors import Unreadable
from sporhund.media import stated
from sporhund.media.boxes import Structure, structure
from sporhund.media.container import decodable, open_container
from sporhund.media.decode import FAULTS
from sporhund.media.kind import Sniffed
from sporhund.media.model import Facts, Kind, VideoStream
from sporhund.media.pixels import quarter_turns, upright_size

_MOST_PACKETS = 50_000_000   #: about three weeks at 25 frames/s
_TRY_PACKETS = 400           #: packets tried for a first picture
_MOST_KEYFRAMES = 20_000     #: beyond that every other one is dropped until they fit
_EARLY_S = 0.4               #: an end this much before the header's is a loss
_EARLY_PART = 0.02
_RELIABLE = ("mov", "matroska", "avi", "asf", "flv")   # demuxers whose duration is written, not guessed
_RAW = ("h264", "hevc", "mjpeg", "m4v", "mpegvideo")   # demuxers of streams that carry no times
_FAULTS_IN_A_ROW = 32


@dataclass
class _Counted:
    """What the packets of one video stream say."""

    stream: "av.video.stream.VideoStream"
    raw: bool = False                #: the demuxer makes times up: it counts at the rate it assumes
    packets: int = 0
    timed: int = 0
    start: float = inf
    end: float = -inf
    keys: list[float] = field(default_factory=list)
    key_step: int = 1                #: every so many keyframes are kept
    keys_seen: int = 0
    backwards: int = 0               #: keyframes whose time is before the keyframe before
    picture: av.VideoFrame | None = None
    tried: int = 0


def read(file: BinaryIO, size: int, what: Sniffed) -> Facts:
    """Facts of a video. Raises Unreadable where its header cannot be read."""
    shape = structure(file, size, what.type)
    if shape.encrypted:
        return Facts(Kind.VIDEO, what.type, what.name, "encrypted",
                     "the video is encrypted and no key is there: nothing of it was decoded")
    try:
        facts = _read(file, what, shape, ignore_edit_list=False)
        hidden = facts.kind is Kind.VIDEO and facts.code == "no-picture"
        if hidden and what.type in ("video/mp4", "video/quicktime", "video/3gpp"):
            without = _read(file, what, shape, ignore_edit_list=True)
            if without.code != "no-picture" and without.streams:
                return without
    except Unreadable as exc:
        if shape.index_missing:
            raise Unreadable("truncated", "the index (moov) is missing: the recording was cut off or its end is lost") from exc
        raise
    return facts


def _read(file: BinaryIO, what: Sniffed, shape: Structure, *, ignore_edit_list: bool) -> Facts:
    with open_container(file, what.type, ignore_edit_list=ignore_edit_list) as container:
        videos = [s for s in decodable(container) if not _is_cover(s)]
        unknown = len(container.streams.video) - len(decodable(container))
        others = tuple(_describe(s) for s in container.streams if s not in videos)
        if not videos:
            return _without_video(container, what, others, unknown)
        counted = {s.index: _Counted(s, container.format.name in _RAW) for s in videos}
        reached = _count(container, counted)
        streams = tuple(_stream_facts(one) for one in counted.values() if one.picture is not None)
        said = stated.from_container({**container.metadata, **{k: v for s in videos for k, v in s.metadata.items()}})
        announced = _announced(container)
    notes = list(_notes(counted, ignore_edit_list, shape))
    packets = sum(one.packets for one in counted.values())
    code, reason = _verdict(streams, len(counted) + unknown, shape, announced, reached, packets)
    if code == "truncated" and announced is not None and announced > reached:
        streams = tuple(_announce(s, announced) for s in streams)
    first = streams[0] if streams else None
    return Facts(
        Kind.VIDEO, what.type, what.name, code, reason,
        width=first.upright_width if first else 0, height=first.upright_height if first else 0,
        duration=max((_duration(s) for s in streams), default=0.0), streams=streams, other_streams=others, stated=said,
        untimed=any(s.start is None for s in streams), ignore_edit_list=ignore_edit_list, notes=tuple(notes),
        embedded=((shape.second, shape.trailing, what.type),) if shape.second else ())


def _is_cover(stream: Stream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _describe(stream: Stream) -> str:
    context = getattr(stream, "codec_context", None)
    return f"{stream.type} {context.name if context else 'unknown'}".strip()


def _without_video(container: InputContainer, what: Sniffed, others: tuple[str, ...], unknown: int) -> Facts:
    if unknown:
        return Facts(Kind.VIDEO, what.type, what.name, "unknown-format", "there is no decoder for its video",
                     other_streams=others)
    length = (container.duration or 0) / 1e6
    if any(other.startswith("audio") for other in others):
        return Facts(Kind.AUDIO, what.type.replace("video/", "audio/"), f"sound ({what.name})", duration=max(0.0, length),
                     other_streams=others, stated=stated.from_container(container.metadata))
    return Facts(Kind.VIDEO, what.type, what.name, "no-picture", "there is neither picture nor sound in it", other_streams=others)


def _count(container: InputContainer, counted: dict[int, _Counted]) -> float:
    """Run over all packets once; gives where the last of all streams ends."""
    reached, seen, failed = -inf, 0, 0
    while failed < _FAULTS_IN_A_ROW and seen < _MOST_PACKETS:
        try:
            for packet in container.demux():
                seen += 1
                failed = 0
                if packet.pts is not None and packet.time_base is not None:
                    reached = max(reached, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                one = counted.get(packet.stream_index)
                if one is not None:
                    _note_packet(one, packet)
                if seen >= _MOST_PACKETS:
                    break
            break
        except FAULTS:
            failed += 1
    return reached


def _note_packet(one: _Counted, packet: "av.Packet[Stream]") -> None:
    if packet.size:
        one.packets += 1
        if packet.pts is not None and packet.time_base is not None and not packet.is_discard:
            t = float(packet.pts * packet.time_base)
            one.timed += 1
            one.start = min(one.start, t)
            one.end = max(one.end, t + float((packet.duration or 0) * packet.time_base))
            if packet.is_keyframe:
                _note_key(one, t)
    if one.picture is None and one.tried < _TRY_PACKETS:
        one.tried += 1
        try:
            one.picture = next((frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)), None)
        except FAULTS:
            one.picture = None


def _note_key(one: _Counted, t: float) -> None:
    if one.keys and t < one.keys[-1]:
        one.backwards += 1
    if one.keys_seen % one.key_step == 0:
        one.keys.append(t)
        if len(one.keys) > _MOST_KEYFRAMES:
            one.keys, one.key_step = one.keys[::2], one.key_step * 2
    one.keys_seen += 1


def _stream_facts(one: _Counted) -> VideoStream:
    stream, frame = one.stream, one.picture
    assert frame is not None
    context = stream.codec_context
    upright = upright_size(frame.width, frame.height, frame.rotation, stream.sample_aspect_ratio)
    timed = one.timed > 0 and not one.raw
    rate = float((stream.average_rate if timed else stream.guessed_rate) or stream.guessed_rate or 0)
    keys = tuple(sorted(set(one.keys))) if not one.backwards else (one.start,)   # time that runs backwards cannot be cut
    return VideoStream(
        index=stream.index, codec=context.name, width=frame.width, height=frame.height, upright_width=upright[0],
        upright_height=upright[1], rotation=90 * quarter_turns(frame.rotation), start=one.start if timed else None,
        end=max(one.end, one.start + (1 / rate if rate else 0.0)) if timed else None, frames=one.packets,
        keyframes=keys if timed else (), rate=rate, interlaced=frame.interlaced_frame,
        default=bool(stream.disposition & av.stream.Disposition.default), pixels=frame.format.name)


def _duration(stream: VideoStream) -> float:
    if stream.start is None or stream.end is None:
        return stream.frames / stream.rate if stream.rate else 0.0
    return stream.end - stream.start


def _announced(container: InputContainer) -> float | None:
    """Where the header says that everything ends, seconds; None where FFmpeg guesses it."""
    if not container.format.name.startswith(_RELIABLE) or container.duration is None or container.duration <= 0:
        return None
    # MP4 announces a length; the others write where the end is, counted from 0.
    begins = container.start_time or 0 if container.format.name.startswith("mov") else 0
    return (container.duration + begins) / 1e6


def _announce(stream: VideoStream, end: float) -> VideoStream:
    return replace(stream, announced_end=end)


def _verdict(
    streams: tuple[VideoStream, ...], number: int, shape: Structure, announced: float | None, reached: float, packets: int,
) -> tuple[str | None, str | None]:
    if not streams:
        if shape.index_missing or shape.truncated:
            return "truncated", "the file is cut off before its first picture"
        return "no-picture", f"none of its {packets} packets could be decoded" if packets else "it holds no picture"
    if shape.truncated:
        return "truncated", "the file is shorter than its own structure says: its end is missing"
    if announced is not None and announced - reached > max(_EARLY_S, _EARLY_PART * announced):
        return "truncated", f"it ends at {max(0.0, reached):.1f} s of {announced:.1f} s: the rest is missing"
    if len(streams) < number:
        return "damaged", f"{number - len(streams)} of {number} video streams could not be decoded"
    return None, None


def _notes(counted: dict[int, _Counted], ignored: bool, shape: Structure) -> list[str]:
    notes = []
    if ignored:
        notes.append("its edit list hides every frame; it was read without the edit list, so that times may be shifted")
    if any(one.backwards for one in counted.values()):
        notes.append("its times run backwards in places: it is read as one span")
    if any((one.raw or one.timed == 0) and one.packets for one in counted.values()):
        notes.append("it has no presentation times: they are counted from the frame rate")
    if len(counted) > 1:
        notes.append(f"{len(counted)} video streams: all of them are read")
    if shape.second:
        notes.append("a second whole video lies behind the first in the same file")
    elif shape.trailing > 0 and not shape.truncated:
        notes.append(f"{shape.trailing} bytes lie behind the end of the video")
    return notes
