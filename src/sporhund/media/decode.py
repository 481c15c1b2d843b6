"""Packets to frames, once, front to back, from the keyframe at or before where the warm-up begins."""
from collections.abc import Iterator
from itertools import chain
from math import floor, inf
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from sporhund.media.account import OPEN, Account
from sporhund.media.container import VideoPacket
from sporhund.media.model import Sampling, Span

FAULTS = (av.FFmpegError, ValueError, MemoryError, EOFError, OSError)
"""What FFmpeg raises for bad bytes through PyAV. A MemoryError is an absurd count in the file, not a lack of memory."""

_TRIES = 32            #: reads in a row that may fail before the damaged rest is given up
_SEEK_BACK_S = (0.0, 3.0, 15.0, 90.0)  #: where a keyframe is sought when the first try landed behind the wanted time
_GROUP = 2000          #: packets held while quick mode waits for the next keyframe


class Decoded(NamedTuple):
    frame: av.VideoFrame
    t: float
    key: bool     #: decoded alone, from a keyframe packet


def decoded(
    container: InputContainer, stream: VideoStream, span: Span, sampling: Sampling, account: Account,
) -> Iterator[Decoded]:
    """The frames of the span and its warm-up, in order. What fails is in the account."""
    if span.untimed_rate > 0:
        frames = _counted(_all(packets(container, stream, account), stream, account), span.untimed_rate)
    else:
        source = _from_keyframe(container, stream, span, account)
        every = _keyframes(source, stream, sampling, account) if sampling.mode == "quick" else _all(source, stream, account)
        frames = _timed(every, stream)
    for item in frames:
        if item.t >= span.end:
            account.goes_on()
            break
        account.count(item.t, item.frame)
        if item.t >= span.warm_from:
            yield item
    account.finish()


def packets(container: InputContainer, stream: VideoStream, account: Account) -> Iterator[VideoPacket]:
    """The stream's packets; over a fault in the demuxer it goes on where it can."""
    failed = 0
    while failed < _TRIES:
        try:
            for packet in container.demux(stream):
                failed = 0
                yield packet
            return
        except FAULTS as exc:
            failed += 1
            account.fail(exc)


def _from_keyframe(container: InputContainer, stream: VideoStream, span: Span, account: Account) -> Iterator[VideoPacket]:
    """Packets from the keyframe at or before `span.warm_from`; from the beginning where none can be sought."""
    base = stream.time_base
    begins = stream.start_time
    if span.warm_from <= -OPEN or base is None or (begins is not None and span.warm_from <= begins * base):
        return packets(container, stream, account)
    for back in _SEEK_BACK_S:
        try:
            container.seek(floor((span.warm_from - back) / base), stream=stream, backward=True)
        except FAULTS:
            continue
        source = packets(container, stream, account)
        first = next((p for p in source if p.is_keyframe and p.pts is not None), None)
        if first is not None and first.pts is not None and first.pts * base <= max(span.warm_from, span.start - back) + 1e-9:
            return chain([first], source)
    container.seek(begins or 0, stream=stream, backward=True)
    return packets(container, stream, account)


def _all(source: Iterator[VideoPacket], stream: VideoStream, account: Account) -> Iterator[tuple[av.VideoFrame, bool]]:
    base = float(stream.time_base or 1)
    for packet in source:
        pts = packet.pts
        if pts is not None and not packet.is_discard:
            account.promise(packet, pts, pts * base)
        for frame in _decode(packet, account):
            yield frame, False


def _decode(packet: VideoPacket, account: Account) -> list[av.VideoFrame]:
    try:
        return packet.decode()
    except FAULTS as exc:
        account.fail(exc)
        return []


def _keyframes(
    source: Iterator[VideoPacket], stream: VideoStream, sampling: Sampling, account: Account,
) -> Iterator[tuple[av.VideoFrame, bool]]:
    """Keyframe packets alone, at most `still_rate` a second; where the next is further than `max_gap`, all of the group.

    Packets are chosen, not frames: the VP9 decoder ignores `skip_frame` (measured).
    """
    base = float(stream.time_base or 1)
    group: list[VideoPacket] = []   # a keyframe packet and what follows it, until it is known how it is read
    dense, wanted, last = False, False, -inf   # wanted: the keyframe of the group is decoded
    for packet in source:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if packet.size == 0 or stamp is None:
            continue
        t = stamp * base
        account.found(packet, t)
        if packet.is_keyframe:
            if dense:
                yield from _drained([], stream, account)
            elif group and (wanted or t - last > sampling.max_gap):
                last = _time(group[0], base)
                yield from _drained(group[:1], stream, account)
            group, dense = [packet], False
            wanted = _cell(t, sampling) != _cell(last, sampling)
        elif dense:
            last = t
            yield from ((frame, False) for frame in _decode(packet, account))
        else:
            group.append(packet)
            wanted = wanted or t - last > sampling.max_gap
            if t - _time(group[0], base) > sampling.max_gap or len(group) > _GROUP or not group[0].is_keyframe:
                dense, last = True, t
                frames = [frame for held in group for frame in _decode(held, account)]
                yield from ((frame, number == 0) for number, frame in enumerate(frames))
    yield from _drained([] if dense else group[:1], stream, account)


def _cell(t: float, sampling: Sampling) -> float:
    return floor(t * sampling.still_rate) if t > -inf else t


def _time(packet: VideoPacket, base: float) -> float:
    stamp = packet.pts if packet.pts is not None else packet.dts
    return 0.0 if stamp is None else stamp * base


def _drained(group: list[VideoPacket], stream: VideoStream, account: Account) -> Iterator[tuple[av.VideoFrame, bool]]:
    """The frames of these packets alone, or those still in the decoder; the decoder is then as new."""
    frames = [frame for packet in group for frame in _decode(packet, account)]
    try:
        frames += stream.codec_context.decode(None)
    except FAULTS as exc:
        account.fail(exc)
    stream.codec_context.flush_buffers()
    for frame in frames:
        yield frame, bool(group)


def _timed(frames: Iterator[tuple[av.VideoFrame, bool]], stream: VideoStream) -> Iterator[Decoded]:
    """Presentation times. A frame without one follows its predecessor by the average step."""
    rate = stream.average_rate or stream.guessed_rate
    step = float(1 / rate) if rate else 0.04
    base = float(stream.time_base or 1)
    t = -step
    for frame, key in frames:
        pts = frame.pts if frame.pts is not None else frame.dts
        t = pts * base if pts is not None else t + step
        yield Decoded(frame, t, key)


def _counted(frames: Iterator[tuple[av.VideoFrame, bool]], rate: float) -> Iterator[Decoded]:
    for number, (frame, key) in enumerate(frames):
        yield Decoded(frame, number / rate, key)
