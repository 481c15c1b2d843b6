"""What plays as it is, how a copy is cut, and what a worker's answer may be. Pure."""
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.previews import make

from sporhund.media.model import Copied, Drawn, Facts, Kind, VideoStream
from sporhund.previews import rules, trust
from sporhund.review.model import OPEN

STREAM = VideoStream(0, "h264", 640, 360, 640, 360, 0, 0.0, 60.0, 1500, tuple(float(t) for t in range(0, 60, 2)), 25.0,
                     pixels="yuv420p")
FACTS = Facts(Kind.VIDEO, "video/mp4", "MP4 video", width=640, height=360, duration=60.0, streams=(STREAM,),
              other_streams=("audio aac",))


def why(facts: Facts = FACTS, stream: VideoStream = STREAM) -> str:
    code, said = rules.keeps_from_playing(facts, stream)
    assert bool(code) is bool(said)
    return said


def test_h264_of_eight_bits_in_mp4_plays_with_aac_and_without_sound() -> None:
    assert why() == "" and why(replace(FACTS, other_streams=())) == ""


def test_webm_plays_with_its_own_codecs() -> None:
    webm = replace(FACTS, type="video/webm", name="WebM video", other_streams=("audio opus",))

    assert [why(webm, replace(STREAM, codec=codec)) for codec in ("vp8", "vp9", "libdav1d")] == ["", "", ""]
    assert why(webm) != ""


@pytest.mark.parametrize(("facts", "stream"), [
    ({"type": "video/x-matroska"}, {}), ({"type": "video/quicktime"}, {}), ({"other_streams": ("audio ac3",)}, {}),
    ({"code": "truncated"}, {}), ({"untimed": True}, {}), ({"ignore_edit_list": True}, {}), ({"streams": (STREAM, STREAM)}, {}),
    ({}, {"codec": "hevc"}), ({}, {"pixels": "yuv422p10le"}), ({}, {"pixels": "yuv444p"}), ({}, {"pixels": ""}),
    ({}, {"start": 0.85}), ({}, {"start": None}), ({}, {"interlaced": True}),
])
def test_everything_else_is_copied_and_says_why(facts: dict[str, object], stream: dict[str, object]) -> None:
    assert len(why(replace(FACTS, **facts), replace(STREAM, **stream))) > 20  # type: ignore[arg-type]


@given(st.lists(st.floats(-100, 40_000), max_size=300), st.floats(-100, 1000), st.floats(0.1, 40_000))
def test_parts_follow_each_other_without_gap_and_none_is_long(keys: list[float], start: float, length: float) -> None:
    stream = replace(STREAM, keyframes=tuple(sorted(keys)), start=start, end=start + length)

    parts = rules.parts_of(stream, untimed=False)

    assert (parts[0].start, parts[-1].end) == (-OPEN, OPEN)
    assert all(a.end == b.start == b.shown_from == a.shown_to for a, b in pairwise(parts))
    assert all(0 <= part.shown_to - part.shown_from <= rules.PART_S + rules.SLACK_S + rules.FIRST_PART_S / 2 for part in parts)
    assert all(part.warm_from <= part.start + 1e-6 for part in parts)
    assert [part.number for part in parts] == list(range(len(parts)))


@given(st.lists(st.floats(0, 1000), max_size=100), st.floats(0, 1000))
def test_decoding_begins_at_or_before_the_moment(keys: list[float], t: float) -> None:
    found = rules.keyframe_before(sorted(keys), t)

    assert found == -OPEN or (found in keys and found <= t + 1e-6)


def test_a_long_video_has_a_part_for_every_moment() -> None:
    stream = replace(STREAM, end=3600.0, keyframes=tuple(float(t) for t in range(0, 3600, 2)))

    parts = rules.parts_of(stream, untimed=False)

    assert parts[0].shown_to == rules.FIRST_PART_S and len(parts) > 160
    assert all(part.warm_from in (part.start, -OPEN) for part in parts)


JPEG = make.encoded(make.scene(160, 120), "JPEG")
DRAWN = Drawn(JPEG, 160, 120, 640, 480)


@pytest.mark.parametrize("progressive", [False, True])
def test_the_size_of_a_jpeg_is_read_without_decoding_it(progressive: bool) -> None:
    assert trust.jpeg_size(make.encoded(make.scene(123, 45), "JPEG", progressive=progressive)) == (123, 45)


@pytest.mark.parametrize("change", [
    {"content": b"<html>"}, {"content": b""}, {"content": JPEG[:-2]}, {"content": JPEG + b"<script>"}, {"width": 161},
    {"content": make.encoded(make.scene(160, 120), "PNG")}, {"t": float("nan")}, {"box": (0.0, 0.0, float("inf"), 1.0)},
    {"whole_width": 0},
])
def test_a_picture_that_cannot_be_one_is_a_lie(change: dict[str, object]) -> None:
    assert trust.wrong_picture(DRAWN, 160) == ""
    assert trust.wrong_picture(replace(DRAWN, **change), 160) != ""  # type: ignore[arg-type]
    assert trust.wrong_picture(DRAWN, 159) != ""


@given(st.binary(max_size=300))
def test_no_bytes_whatsoever_stop_the_check(noise: bytes) -> None:
    trust.jpeg_size(noise)
    trust.jpeg_size(b"\xff\xd8\xff" + noise + b"\xff\xd9")
    trust.boxes(noise)


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


MP4 = box(b"ftyp", b"isom") + box(b"moov", b"x") + box(b"free") + box(b"mdat", b"yy")
COPIED = Copied(MP4, 1.0, 2.0, 640, 360, 25)


@pytest.mark.parametrize("change", [
    {"content": MP4 + b"<"}, {"content": MP4[:-1]}, {"content": box(b"moov") + MP4}, {"content": MP4 + box(b"uuid", b"z")},
    {"width": 1300}, {"offset": float("nan")}, {"end": 0.5}, {"frames": 0}, {"left_out": -1},
])
def test_a_copy_that_cannot_be_one_is_a_lie(change: dict[str, object]) -> None:
    assert trust.wrong_copy(COPIED, 1280) == ""
    assert trust.wrong_copy(replace(COPIED, **change), 1280) != ""  # type: ignore[arg-type]
