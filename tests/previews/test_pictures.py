"""Every kind of picture comes out upright, true and small, from a confined worker; never clear where it was asked for veiled."""
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.previews import make

from sporhund.errors import Refused, Unreadable, WrongUsage
from sporhund.previews.service import Previews


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_upright_and_no_larger_than_asked_for(taken: Any, previews: Previews, orientation: int) -> None:
    case = taken({"a.jpg": make.turned_jpeg(orientation)})

    shown = previews.thumbnail(case.case.id, case.media["a.jpg"], side=160)

    sideways = orientation > 4
    size = (120, 160) if sideways else (160, 120)
    assert (shown.width, shown.height) == make.opened(shown.content).size == size
    assert (shown.whole_width, shown.whole_height) == ((480, 640) if sideways else (640, 480))
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    assert min(make.pixel(shown.content, *corner)) > 200


@pytest.mark.parametrize(("kind", "name"), [("HEIF", "a.heic"), ("TIFF", "a.tif"), ("WEBP", "a.webp"), ("JPEG2000", "a.jp2")])
def test_a_format_that_browsers_do_not_show_comes_out_as_jpeg(taken: Any, previews: Previews, kind: str, name: str) -> None:
    case = taken({name: make.encoded(make.scene(), kind)})

    shown = previews.still(case.case.id, case.media[name])

    assert shown.content_type == "image/jpeg" and (shown.width, shown.height) == (640, 480)
    assert make.pixel(shown.content, 0.5, 0.3)[0] > 150 and make.pixel(shown.content, 0.5, 0.9)[2] > 150


def test_sixteen_bits_are_scaled_and_not_clipped(taken: Any, previews: Previews) -> None:
    case = taken({"deep.png": make.sixteen_bit_png()})

    shown = previews.still(case.case.id, case.media["deep.png"])

    levels = np.asarray(make.opened(shown.content))[..., 0]
    assert levels[0].mean() < 10 and levels[-1].mean() > 245 and 110 < levels.mean() < 145


def test_cmyk_comes_out_in_colour(taken: Any, previews: Previews) -> None:
    case = taken({"print.jpg": make.encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG")})

    shown = previews.thumbnail(case.case.id, case.media["print.jpg"])

    red, green, blue = make.pixel(shown.content, 0.5, 0.5)
    assert red > 200 and max(green, blue) < 60


def test_each_page_of_a_tiff_is_shown(taken: Any, previews: Previews) -> None:
    case = taken({"pages.tif": make.pages_tiff()})
    medium = case.media["pages.tif"]

    strongest = [int(np.argmax(make.pixel(previews.still(case.case.id, medium, page=page).content, 0.5, 0.5)))
                 for page in range(3)]

    assert strongest == [0, 1, 2]
    with pytest.raises(WrongUsage) as said:
        previews.still(case.case.id, medium, page=3)
    assert said.value.code == "no-page"


def test_a_video_has_one_small_picture_whatever_page_is_named(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.avi": shared / "data/video/variants/ham_xvid.avi", "a.tif": make.pages_tiff()})

    names = {previews.thumbnail(case.case.id, case.media["v.avi"], page=page).etag for page in (0, 1, 4711)}
    pages = {previews.thumbnail(case.case.id, case.media["a.tif"], page=page).etag for page in range(3)}

    assert (len(names), len(pages)) == (1, 3)
    with pytest.raises(WrongUsage) as said:
        previews.thumbnail(case.case.id, case.media["a.tif"], page=3)
    assert said.value.code == "no-page"


def test_a_large_picture_is_scaled_to_4096(taken: Any, previews: Previews) -> None:
    case = taken({"large.jpg": make.encoded(make.scene(6000, 300), "JPEG")})

    shown = previews.still(case.case.id, case.media["large.jpg"])

    assert (shown.width, shown.whole_width) == (4096, 6000)


def test_a_veiled_picture_tells_nothing_and_has_no_colour(taken: Any, previews: Previews) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    case = taken({"a.png": make.encoded(Image.fromarray(noise), "PNG")})

    clear = previews.thumbnail(case.case.id, case.media["a.png"], side=320)
    veiled = previews.thumbnail(case.case.id, case.media["a.png"], side=320, veiled=True)

    assert (veiled.width, veiled.height, veiled.veiled) == (clear.width, clear.height, True)
    assert Image.open(io.BytesIO(veiled.content)).mode == "L" and veiled.etag != clear.etag
    assert np.asarray(make.opened(clear.content)).std() > 20 and np.asarray(make.opened(veiled.content)).std() < 12


def test_a_video_is_shown_by_its_best_track_and_else_at_a_tenth(taken: Any, previews: Previews, shared: Path) -> None:
    case = taken({"v.mp4": shared / "data/video/short_hamilton_clip.mp4", "w.mp4": shared / "data/video/variants/ham_hevc.mp4"})
    case.track("v.mp4", 8.0, (10.0, 10.0, 50.0, 50.0), kind="person", quality=0.9)
    case.track("v.mp4", 5.0, (10.0, 10.0, 50.0, 50.0), kind="face", quality=0.4)

    tracked = previews.thumbnail(case.case.id, case.media["v.mp4"])
    plain = previews.thumbnail(case.case.id, case.media["w.mp4"])

    assert tracked.t == pytest.approx(5.0, abs=0.04) and plain.t == pytest.approx(1.0, abs=0.04)
    assert (tracked.width, tracked.height, tracked.of_type) == (160, 90, "video/mp4")


def test_a_crop_shows_the_box_with_a_margin_and_the_whole_says_where_it_lies(taken: Any, previews: Previews) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    track = case.track("a.png", 0.0, (0.0, 0.0, 60.0, 60.0))

    crop = previews.crop(case.case.id, track, side=120)
    whole = previews.crop(case.case.id, track, side=320, whole=True)

    assert (crop.width, crop.height) == (81, 81) and crop.box == (0.0, 0.0, 60.0, 60.0)
    assert min(make.pixel(crop.content, 0.2, 0.2)) > 200 and make.pixel(crop.content, 0.95, 0.95)[0] > 150
    assert (whole.width, whole.height) == (320, 240) and whole.box == (0.0, 0.0, 30.0, 30.0)


def test_a_frame_is_the_one_on_the_screen_and_knows_its_neighbours(taken: Any, previews: Previews, shared: Path) -> None:
    path = shared / "data/video/variants/ham_vfr.mkv"
    times = make.frame_times(path.read_bytes())
    case = taken({"v.mkv": path})
    medium = case.media["v.mkv"]

    for place in (0, 1, 30, len(times) - 1):
        nearly_over = times[place] + (times[place + 1] - times[place]) * 0.9 if place + 1 < len(times) else times[place] + 9
        shown = previews.frame(case.case.id, medium, nearly_over)
        assert shown.t == pytest.approx(times[place], abs=1e-6)
        assert shown.after == (pytest.approx(times[place + 1], abs=1e-6) if place + 1 < len(times) else None)


def test_a_medium_that_is_not_there_and_one_without_a_picture_are_told_apart(taken: Any, previews: Previews) -> None:
    case = taken({"a.txt": b"a letter", "cut.jpg": make.encoded(make.scene(), "JPEG")[:300]})

    with pytest.raises(WrongUsage) as unknown:
        previews.thumbnail(case.case.id, "m_nothing")
    with pytest.raises(Unreadable) as text:
        previews.thumbnail(case.case.id, case.media["a.txt"])
    with pytest.raises(Unreadable) as cut:
        previews.thumbnail(case.case.id, case.media["cut.jpg"])

    assert unknown.value.code == "unknown-medium" and "text" in text.value.message and cut.value.message


def test_a_file_that_changed_since_intake_is_not_shown(taken: Any, previews: Previews) -> None:
    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    (case.folder / "a.png").write_bytes(make.encoded(Image.new("RGB", (10, 10)), "PNG"))

    with pytest.raises(Unreadable) as said:
        previews.thumbnail(case.case.id, case.media["a.png"])

    assert said.value.code == "changed-since-intake"


@pytest.mark.parametrize("name", ["pillow_broken.png", "heif_corrupted.heic", "pillow_badwidth.bmp", "decord_corrupted.mp4"])
def test_hostile_bytes_give_a_reason_or_a_picture_and_the_next_one_works(
    taken: Any, previews: Previews, shared: Path, name: str,
) -> None:
    case = taken({name: shared / "data/hostile/files" / name, "good.png": make.encoded(make.scene(), "PNG")})

    try:
        assert previews.thumbnail(case.case.id, case.media[name]).width <= 160
    except Unreadable as said:
        assert said.message

    assert previews.thumbnail(case.case.id, case.media["good.png"]).width == 160


def test_another_case_does_not_show_it(taken: Any, previews: Previews, hands: Any) -> None:
    from sporhund.cases import service

    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    other = service.create("J-other-" + case.case.id, title="x", purpose="demonstration", **hands)
    previews.thumbnail(case.case.id, case.media["a.png"])

    with pytest.raises(WrongUsage):
        previews.thumbnail(other.id, case.media["a.png"])


def test_an_erased_case_shows_nothing(taken: Any, previews: Previews, hands: Any) -> None:
    from sporhund.cases.erase import erase

    case = taken({"a.png": make.encoded(make.scene(), "PNG")})
    previews.thumbnail(case.case.id, case.media["a.png"])
    folder = hands["store"].settings.previews / case.case.id
    assert folder.exists()

    erase(case.case.name, reason="slettefrist", **hands)

    assert not folder.exists()
    with pytest.raises(Refused) as said:
        previews.thumbnail(case.case.id, case.media["a.png"])
    assert said.value.code == "case-erased"
    assert not folder.exists() and not hands["keys"].has(case.case.id)
