"""What plays as it is, how a copy is cut into parts, which sizes there are. Pure."""
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from sporhund.media.model import Facts, Kind, VideoStream
from sporhund.previews.model import Part
from sporhund.review.model import OPEN

SIDES = (120, 160, 240, 320)
"""Pixels of the longer side of a small picture."""
FRAME_SIDE = 1920
STILL_SIDE = 4096
PLAY_SIDE = 1280
MARGIN = 0.35
"""Of a box's size, shown around it on each side."""

FIRST_PART_S = 6.0
"""The first part of a copy is short: playing begins soon."""
PART_S = 20.0
SLACK_S = 5.0
"""So much longer a part may be to end at a keyframe. Else it is cut without one: the next is decoded from the keyframe before."""
INTO = 0.1
"""A video without a track is shown at a tenth of its length: beginnings are black or show a title."""

AT_ZERO_S = 1e-3
EIGHT_BIT = ("yuv420p", "yuvj420p")
PLAIN = {
    "video/mp4": (frozenset({"h264"}), frozenset({"audio aac", "audio mp3", "audio mp3float"})),
    "video/webm": (frozenset({"vp8", "vp9", "libdav1d", "av1", "libvpx-vp9", "libvpx"}),
                   frozenset({"audio opus", "audio vorbis", "audio libopus", "audio libvorbis"})),
}
"""Container -> picture and sound codecs that Chromium and Firefox both play on any machine, without what a system adds."""


def keeps_from_playing(facts: Facts, stream: VideoStream) -> tuple[str, str]:
    """(code, clause for a person): why a browser cannot be given the file itself; empty where it can."""
    if facts.type not in PLAIN:
        return "container", f"browsers do not play {facts.name}"
    pictures, sounds = PLAIN[facts.type]
    if stream.codec not in pictures:
        return "codec", f"not every browser plays the codec {stream.codec} in {facts.name}"
    if stream.pixels not in EIGHT_BIT:
        return "pixels", f"not every browser plays its kind of pixels ({stream.pixels or 'not recorded'})"
    heard = [other for other in facts.other_streams if other.startswith("audio ")]
    if any(other not in sounds for other in heard):
        return "sound", f"not every browser plays its sound ({', '.join(heard)})"
    if len(facts.streams) > 1:
        return "streams", "it has several video streams, and a browser chooses one by itself"
    if facts.code is not None:
        return "not-whole", f"it is not whole ({facts.code}), and browsers stop where they cannot go on"
    return _times_or_comb(facts, stream)


def _times_or_comb(facts: Facts, stream: VideoStream) -> tuple[str, str]:
    if facts.untimed or facts.ignore_edit_list:
        return "times", "its times are not those that a browser would show"
    if stream.start is None or abs(stream.start) > AT_ZERO_S:
        return "late-start", "its first picture is not at 0 s, and browsers do not agree on what that means"
    if stream.interlaced:
        return "interlaced", "it is interlaced, and browsers show the comb"
    return "", ""


def parts_of(stream: VideoStream, *, untimed: bool) -> tuple[Part, ...]:
    """The parts of a copy: cut at keyframes where there are some; each owns [start, end)."""
    if untimed or stream.start is None or stream.end is None:
        length = stream.frames / stream.rate if stream.rate else 0.0
        return _cut([], 0.0, length, seekable=False)
    return _cut(stream.keyframes, stream.start, stream.end, seekable=True)


def _cut(keyframes: Sequence[float], start: float, end: float, *, seekable: bool) -> tuple[Part, ...]:
    keys = sorted(set(keyframes))
    joints: list[float] = []
    target = start + FIRST_PART_S
    while target < end - FIRST_PART_S / 2:
        place = bisect_left(keys, target)
        at = keys[place] if place < len(keys) and keys[place] <= target + SLACK_S else target
        if at >= end:
            break
        joints.append(at)
        target = at + PART_S
    bounds = [start, *joints, max(end, start)]
    edges = [-OPEN, *joints, OPEN]
    return tuple(
        Part(number, edges[number], edges[number + 1], bounds[number], bounds[number + 1],
             keyframe_before(keys, edges[number]) if seekable else -OPEN)
        for number in range(len(bounds) - 1))


def keyframe_before(keyframes: Sequence[float], t: float) -> float:
    """Where decoding begins so that the picture at `t` is whole; -OPEN: at the beginning."""
    place = bisect_right(keyframes, t + 1e-6)
    return keyframes[place - 1] if place > 1 else -OPEN


def moment_of(facts: Facts, stream: VideoStream) -> float:
    """Where a video is shown of which no track is known."""
    return (stream.start or 0.0) + INTO * facts.duration


def playing_stream(facts: Facts, index: int | None) -> VideoStream | None:
    """The stream asked for; else the one a player would choose."""
    if facts.kind is not Kind.VIDEO or not facts.streams:
        return None
    if index is not None:
        return next((stream for stream in facts.streams if stream.index == index), None)
    return next((stream for stream in facts.streams if stream.default), facts.streams[0])


def copy_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """(width, height) of a copy: even numbers, never enlarged. As media.derive does it."""
    scale = min(1.0, longest / max(width, height, 1))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
