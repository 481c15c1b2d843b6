"""What files say of themselves: kept as said, marked where it cannot be."""
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from sporhund.media import stated
from sporhund.media.model import Stated
from sporhund.media.probe import probe

Tags = dict[int, Any] | None


def picture(*, exif: Tags = None, gps: Tags = None, detail: Tags = None) -> bytes:
    tags = Image.Exif()
    for tag, value in (exif or {}).items():
        tags[tag] = value
    if gps:
        tags[0x8825] = gps
    if detail:
        tags[0x8769] = detail
    held = io.BytesIO()
    Image.new("RGB", (32, 24), (90, 120, 60)).save(held, "JPEG", exif=tags.tobytes())
    return held.getvalue()


def said(data: bytes) -> dict[str, Stated]:
    return {one.what: one for one in probe(io.BytesIO(data), len(data), b"p.jpg").stated}


@pytest.mark.parametrize(("name", "value", "zone"), [
    (b"VID_20240131_221405.mp4", "2024-01-31T22:14:05", "unknown"),
    (b"PXL_20240131_211405123.jpg", "2024-01-31T21:14:05", "UTC"),
    (b"IMG-20240131-WA0001.jpg", "2024-01-31", "unknown"),
    (b"ch03_20240131221405.dav", "2024-01-31T22:14:05", "unknown"),
    (b"NVR_ch1_main_20240131221405_20240131222000.mp4", "2024-01-31T22:14:05", "unknown"),
    (b"2024-01-31 22.14.05.jpg", "2024-01-31T22:14:05", "unknown"),
    (b"WhatsApp Image 2024-01-31 at 22.14.05.jpeg", "2024-01-31T22:14:05", "unknown"),
    (b"Screenshot_2024-01-31-22-14-05-123_app.png", "2024-01-31T22:14:05", "unknown"),
    (b"D01_20240131T221405Z.mp4", "2024-01-31T22:14:05", "UTC"),
    (b"1706735645123.jpg", "2024-01-31T21:14:05", "UTC"),
    (b"20230101_000000/20240131_221405.mp4", "2024-01-31T22:14:05", "unknown"),
])
def test_the_time_in_a_name_is_read(name: bytes, value: str, zone: str) -> None:
    found = stated.from_name(name)

    assert [(one.what, one.value, one.zone, one.origin) for one in found] == [("time", value, zone, "file-name")]


@pytest.mark.parametrize(
    "name", [b"IMG_1234.JPG", b"DSC01234.ARW", b"20241399_999999.jpg", b"99999999999999.jpg", b"\xff\xfe.jpg", b""])
def test_a_name_without_a_time_states_none(name: bytes) -> None:
    assert stated.from_name(name) == ()


def test_exif_states_time_zone_place_and_device() -> None:
    whole, sixty = IFDRational, 1
    found = said(picture(
        exif={271: "Mærke".encode(), 272: "Model 7"}, detail={0x9003: "2024:01:31 22:14:05", 0x9011: "+01:00"},
        gps={1: "N", 2: (whole(55, 1), whole(40, sixty), whole(30, 1)), 3: "W", 4: (whole(12, 1), whole(30, 1), whole(0, 1))}))

    assert found["time"] == Stated("time", "2024-01-31T22:14:05", "exif:DateTimeOriginal", "+01:00")
    assert found["place"].value == "55.675000,-12.500000"
    assert found["device"].value == "Mærke Model 7"


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "9999:99:99 99:99:99", "0001:01:01 00:00:00", "yesterday", "2024:02:30 10:00:00"])
def test_an_impossible_time_is_kept_as_text_and_marked(text: str) -> None:
    found = said(picture(exif={306: text}))["time"]

    assert (found.value, found.note) == (text, "impossible")


def test_null_island_and_places_off_the_globe_are_no_places() -> None:
    assert stated.place(0.0, 0.0, "x").note.startswith("impossible")
    assert stated.place(91.0, 0.0, "x").note == "impossible"
    assert stated.place(float("nan"), 1.0, "x").note == "impossible"
    assert stated.place(0.5, 0.0, "x").note == ""


def test_hostile_text_is_kept_and_harmless_to_encode() -> None:
    text = "\x1b[2J<script>=cmd|' /C calc'!A0"

    assert said(picture(exif={271: text}))["device"].value == text
    assert stated._text("a\udcff\ud800").encode("utf-8")


@pytest.mark.parametrize(("text", "value", "zone"), [
    ("2024-01-31T22:14:05.000000Z", "2024-01-31T22:14:05", "UTC"), ("2024-01-31T22:14:05+0100", "2024-01-31T22:14:05", "+01:00"),
    ("2024-01-31 22:14:05", "2024-01-31T22:14:05", "unknown"), ("1904-01-01T00:00:00Z", "1904-01-01T00:00:00Z", "unknown")])
def test_container_times_keep_their_zone(text: str, value: str, zone: str) -> None:
    found = stated.container_time(text, "container:creation_time")

    assert (found.value, found.zone) == (value, zone)


def test_a_phone_video_states_place_and_device() -> None:
    found = stated.from_container({
        "com.apple.quicktime.location.ISO6709": "+55.6761+012.5683+010.0/", "com.apple.quicktime.make": "A",
        "com.apple.quicktime.model": "B"})

    assert {(one.what, one.value) for one in found} == {("place", "55.676100,12.568300"), ("device", "A B")}


def test_a_thumbnail_of_another_picture_is_noted_and_its_own_is_not(shared: Path) -> None:
    original = Image.open(shared / "data/video/lin-manuel-miranda.png").convert("RGB")
    other = Image.open(shared / "data/video/alex-lacamoire.png").convert("RGB")

    assert probe_notes(with_thumbnail(original, original)) == ()
    assert "another picture" in probe_notes(with_thumbnail(original, other))[0]


def with_thumbnail(large: Image.Image, small: Image.Image) -> bytes:
    """A JPEG with an Exif block that holds nothing but a thumbnail."""
    held, tiny = io.BytesIO(), io.BytesIO()
    small.resize((80, 60)).save(tiny, "JPEG")
    second = 14
    directory = b"\x02\0" + entry(513, second + 2 + 24 + 4) + entry(514, len(tiny.getvalue())) + bytes(4)
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0" + second.to_bytes(4, "little") + directory + tiny.getvalue()
    large.save(held, "JPEG", exif=exif)
    return held.getvalue()


def entry(tag: int, value: int) -> bytes:
    return tag.to_bytes(2, "little") + b"\x04\0\x01\0\0\0" + value.to_bytes(4, "little")


def probe_notes(data: bytes) -> tuple[str, ...]:
    return probe(io.BytesIO(data), len(data), b"p.jpg").notes
