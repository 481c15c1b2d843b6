"""Pictures of all kinds come out upright, in 8 bits, neither white nor black; what lies behind them is found."""
import io
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from sporhund.errors import Unreadable
from sporhund.media import still
from sporhund.media.frame import Frame
from sporhund.media.model import Coverage, Facts, Kind, Sampling
from sporhund.media.probe import probe
from sporhund.media.reader import frame_at, open_media
from sporhund.media.slice import Slice

from .outcomes import Whole

STILL = Whole(Kind.STILL)


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """A picture without symmetry: a gradient with a bright mark in the upper left corner."""
    grid = np.add.outer(np.arange(height) * 2, np.arange(width)).astype(np.uint8)
    rgb = np.stack([grid, grid // 2 + 40, 255 - grid], axis=2)
    rgb[2:8, 2:12] = 250
    return Image.fromarray(rgb)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)  # type: ignore[arg-type]
    return held.getvalue()


def read(data: bytes, sampling: Sampling | None = None) -> tuple[Facts, Coverage, list[Frame]]:
    file = io.BytesIO(data)
    facts = probe(file, len(data), b"picture")
    with open_media(file, STILL, sampling or Sampling()) as media:
        frames = list(media)
    return facts, media.coverage, frames


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation: int) -> None:
    inverse = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    upright = scene()
    stored = upright if inverse is None else upright.transpose(Image.Transpose(inverse))
    exif = Image.Exif()
    exif[274] = orientation

    facts, _, frames = read(encoded(stored, "PNG", exif=exif.tobytes()))

    assert (facts.width, facts.height) == upright.size
    assert (frames[0].rgb == np.asarray(upright)).all()


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_impossible_orientation_counts_as_upright(value: int) -> None:
    exif = Image.Exif()
    exif[274] = value

    assert (read(encoded(scene(), "PNG", exif=exif.tobytes()))[2][0].rgb == np.asarray(scene())).all()


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.int32])
def test_deep_grey_is_scaled_and_neither_white_nor_black(dtype: type) -> None:
    grey = np.asarray(scene().convert("L"))
    deep = {np.uint16: grey.astype(np.uint16) * 257, np.float32: grey.astype(np.float32) / 255,
            np.int32: grey.astype(np.int32) * 70000}[dtype]

    rgb = read(encoded(Image.fromarray(deep), "TIFF"))[2][0].rgb

    if dtype is np.int32:   # by percentiles: contrast is stretched
        assert np.corrcoef(rgb[..., 0].ravel(), grey.ravel())[0, 1] > 0.6 and 20 < rgb.mean() < 200
    else:
        assert abs(rgb[..., 0].astype(float) - grey).mean() <= 1.0


def test_dark_sixteen_bit_grey_keeps_its_level() -> None:
    grey = np.full((20, 30), 34 * 257, np.uint16)

    assert read(encoded(Image.fromarray(grey), "PNG"))[2][0].rgb.mean() == pytest.approx(34, abs=1)


def test_not_a_number_is_black_and_the_rest_is_seen() -> None:
    values = np.where(np.arange(600).reshape(20, 30) % 2 == 0, np.nan, np.linspace(0, 1, 600).reshape(20, 30)).astype(np.float32)

    rgb = read(encoded(Image.fromarray(values), "TIFF"))[2][0].rgb

    assert rgb.min() == 0 and rgb.max() > 250


def test_transparent_parts_lie_on_white() -> None:
    picture = scene().convert("RGBA")
    picture.putalpha(0)

    assert read(encoded(picture, "PNG"))[2][0].rgb.min() == 255


@pytest.mark.parametrize(("kind", "mode"), [
    ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "1"), ("TIFF", "CMYK"), ("GIF", "P"), ("WEBP", "RGB"), ("BMP", "RGB"),
    ("JPEG2000", "RGB"), ("AVIF", "RGB"), ("ICO", "RGB"), ("TGA", "RGB"), ("PCX", "RGB"), ("PPM", "RGB"), ("SGI", "RGB"),
    ("QOI", "RGB")])
def test_each_format_that_is_accepted_gives_its_picture(kind: str, mode: str) -> None:
    size = (32, 32)
    picture = scene().resize(size)

    facts, coverage, frames = read(encoded(picture.convert(mode), kind))

    assert facts.code is None and coverage.unread == () and frames[0].single
    difference = abs(frames[0].rgb.astype(float) - np.asarray(picture)).mean()
    assert difference < (130 if mode == "1" else 25)   # dithered to black and white


def test_heic_is_read_whole_and_not_by_tiles() -> None:
    held = io.BytesIO()
    pillow_heif.from_pillow(scene(700, 600)).save(held)

    facts, _, frames = read(held.getvalue())

    assert (facts.type, facts.width, facts.height) == ("image/heic", 700, 600) and frames[0].rgb.shape == (600, 700, 3)


def test_each_page_is_a_shot_of_its_own() -> None:
    pages = [scene(), scene(60, 40), scene(20, 20)]

    facts, coverage, frames = read(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))

    assert facts.pages == 3 and not facts.animated and coverage.decoded_frames == 3
    assert [(f.page, f.shot, f.width, f.single) for f in frames] == [(0, 0, 48, True), (1, 1, 60, True), (2, 2, 20, True)]


def test_an_animation_is_sampled_by_its_own_times() -> None:
    pages = [Image.fromarray(np.full((32, 32, 3), 10 * number, np.uint8)) for number in range(20)]

    facts, coverage, frames = read(encoded(pages[0], "GIF", save_all=True, append_images=pages[1:], duration=100))

    assert facts.animated and facts.pages == 20 and coverage.decoded_frames == 20
    assert [round(f.t, 1) for f in frames[:4]] == [0.0, 0.2, 0.4, 0.6] and not frames[0].single
    assert coverage.end == pytest.approx(2.0)


def noisy(frames: int) -> list[Image.Image]:
    """Pictures that have nothing in common."""
    chance = np.random.default_rng(1)
    return [Image.fromarray(chance.integers(0, 255, (24, 32, 3), np.uint8)) for _ in range(frames)]


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_what_is_lost_of_an_animation_is_unread_up_to_its_announced_end(kind: str) -> None:
    pages = noisy(8)
    data = encoded(pages[0], kind, save_all=True, append_images=pages[1:], duration=500)

    for cut in range(len(data) // 3, len(data) - 100, 97):
        facts, coverage, frames = read(data[:cut])
        losses = coverage.unread

        assert frames and facts.animated, cut
        if losses or kind != "GIF":   # a GIF cut between two frames is a shorter GIF
            assert losses[-1].end == coverage.end == facts.pages * 0.5 and losses[-1].code in ("damaged", "truncated"), cut
            lost = sum(loss.end - loss.start for loss in losses if loss.code == "damaged")
            assert coverage.decoded_frames * 0.5 + lost == coverage.end, cut


def test_frames_beyond_the_limit_are_unread_for_as_long_as_the_others_last() -> None:
    pages = noisy(10)

    _, coverage, _ = read(encoded(pages[0], "GIF", save_all=True, append_images=pages[1:], duration=500), Sampling(max_pages=4))

    assert [(loss.start, loss.end, loss.code) for loss in coverage.unread] == [(2.0, 5.0, "too-many")]
    assert coverage.end == 5.0


def test_a_picture_of_which_a_part_is_missing_counts_as_damaged() -> None:
    data = encoded(scene(640, 480), "JPEG")

    assert read(data[:len(data) // 2])[1].corrupt_frames == 1
    assert read(data)[1].corrupt_frames == 0


@pytest.mark.parametrize(("mode", "samples"), [("normal", 10), ("thorough", 100)])
def test_an_animation_in_which_nothing_changes_is_sampled_as_a_standing_video(mode: str, samples: int) -> None:
    one = encoded(scene(), "GIF")
    begin = 13 + (3 << (one[10] & 7) + 1)   # behind the header and the palette
    data = one[:-1] + one[begin:-1] * 99 + b";"   # frames of no duration: 0.1 s each, as browsers show them

    _, coverage, frames = read(data, Sampling(mode=mode))

    assert coverage.decoded_frames == 100 and coverage.end == pytest.approx(10.0)
    assert len(frames) == coverage.sampled_frames == samples and {frame.shot for frame in frames} == {0}


def test_a_small_movement_in_an_animation_is_sampled_as_movement() -> None:
    pages = []
    for number in range(30):
        page = Image.new("RGB", (320, 180), (60, 60, 60))
        page.paste((220, 220, 220), (10 * number, 80, 10 * number + 12, 92))
        pages.append(page)

    _, coverage, _ = read(encoded(pages[0], "GIF", save_all=True, append_images=pages[1:], duration=100))

    assert coverage.sampled_frames == 15


def test_pages_beyond_the_limit_are_said_to_be_unread() -> None:
    pages = [scene() for _ in range(5)]

    _, coverage, frames = read(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]), Sampling(max_pages=2))

    assert len(frames) == 2 and [(loss.start, loss.end, loss.code) for loss in coverage.unread] == [(2.0, 5.0, "too-many")]


def test_a_picture_beyond_the_limit_is_refused_before_it_is_decoded() -> None:
    data = encoded(Image.new("1", (12000, 12000)), "PNG")

    facts = probe(io.BytesIO(data), len(data), b"big.png")

    assert facts.code == "too-large" and facts.reason and "144 million" in facts.reason


def test_a_cut_picture_is_read_as_far_as_it_goes() -> None:
    data = encoded(scene(640, 480), "JPEG")

    facts, coverage, frames = read(data[:len(data) // 2])

    assert facts.kind is Kind.STILL and len(frames) == 1
    assert [loss.code for loss in coverage.unread] == ["truncated"]


def test_a_picture_of_which_nothing_is_left_is_unread() -> None:
    data = encoded(scene(640, 480), "PNG")

    _, coverage, frames = read(data[:60])

    assert frames == [] and coverage.decoded_frames == 0 and coverage.unread[0].code == "damaged"


def test_a_text_chunk_that_grows_does_not_hide_the_picture() -> None:
    data = encoded(scene(), "PNG")
    bomb = b"zTXt" + b"c\0\0" + zlib.compress(bytes(80 << 20), 9)
    chunk = (len(bomb) - 4).to_bytes(4, "big") + bomb + zlib.crc32(bomb).to_bytes(4, "big")

    _, coverage, frames = read(data[:33] + chunk + data[33:])

    assert len(frames) == 1 and (frames[0].rgb == np.asarray(scene())).all() and coverage.decoded_frames == 1


@pytest.mark.parametrize("kind", ["JPEG", "HEIC"])
def test_the_clip_of_a_motion_photo_is_found(shared: Path, kind: str) -> None:
    held = io.BytesIO()
    if kind == "JPEG":
        scene(320, 240).save(held, "JPEG")
    else:
        pillow_heif.from_pillow(scene(320, 240)).save(held)
    clip = (shared / "data/video/carphone_pristine.mp4").read_bytes()
    whole = held.getvalue() + clip

    facts = probe(io.BytesIO(whole), len(whole), b"MVIMG_1.jpg")

    assert facts.kind is Kind.STILL and facts.embedded == ((len(held.getvalue()), len(clip), "video/mp4"),)
    inner = probe(Slice(io.BytesIO(whole), *facts.embedded[0][:2]), len(clip))
    assert (inner.kind, inner.streams[0].frames) == (Kind.VIDEO, 120)


def test_an_archive_behind_a_picture_is_noted() -> None:
    data = encoded(scene(), "JPEG") + b"PK\3\4" + bytes(100)

    facts = probe(io.BytesIO(data), len(data), b"p.jpg")

    assert facts.embedded == () and "an archive (ZIP)" in facts.notes[0]


def test_padding_behind_a_picture_is_nothing_to_report() -> None:
    data = encoded(scene(), "JPEG") + bytes(4096)

    assert probe(io.BytesIO(data), len(data), b"p.jpg").notes == ()


def test_jpeg_pictures_in_a_row_are_a_video() -> None:
    data = b"".join(encoded(scene(64, 48), "JPEG") for _ in range(6))

    facts = probe(io.BytesIO(data), len(data), b"camera.mjpeg")

    assert facts.kind is Kind.VIDEO and facts.untimed and facts.streams[0].frames == 6


def test_a_turned_still_is_turned_counter_clockwise() -> None:
    frame = read(encoded(scene(), "PNG"))[2][0]

    quarter = still.turned(frame, 90)

    assert (quarter.width, quarter.height) == (32, 48)
    assert (quarter.rgb == np.rot90(frame.rgb)).all() and quarter.luma(16).shape == (24, 16)


def test_a_page_read_again_gives_the_same_pixels() -> None:
    data = encoded(scene(), "TIFF", save_all=True, append_images=[scene(60, 40)])

    again = frame_at(io.BytesIO(data), STILL, t=1.0, page=1)

    assert (again.width, again.page) == (60, 1) and (again.rgb == np.asarray(scene(60, 40))).all()
    with pytest.raises(Unreadable):
        frame_at(io.BytesIO(data), STILL, t=7.0, page=7)


def test_a_png_of_a_crop_comes_back_without_loss() -> None:
    crop = np.ascontiguousarray(np.asarray(scene())[3:20, 5:30])

    assert (np.asarray(Image.open(io.BytesIO(still.encode_png(crop)))) == crop).all()
