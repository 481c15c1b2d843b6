"""What a page is given of one case: pictures, how a video is played, and its bytes."""
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.previews import make
from tests.previews.conftest import Taken, probed

from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.evidence.service import take_in


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Sporhund]:
    with Sporhund(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def filled(place: Sporhund, tmp_path: Path, shared: Path) -> Taken:
    """A case in a home of its own, with a picture, a video that plays and one that does not."""
    place.create_case("J1", title="x", purpose="demonstration")
    case = place.case("J1")
    folder = tmp_path / "exhibit"
    folder.mkdir()
    (folder / "a.heic").write_bytes(make.encoded(make.scene(), "HEIF"))
    (folder / "v.avi").write_bytes((shared / "data/video/variants/ham_xvid.avi").read_bytes())
    (folder / "v.mp4").write_bytes((shared / "data/video/one-by-one-person-detection.mp4").read_bytes())
    take_in(case.id, "K1", [folder], **place.hands)
    return Taken(case.row, folder, probed(place.store, case.id, folder), place.store)


def test_a_page_gets_pictures_and_knows_that_they_are_derived(place: Sporhund, filled: Taken) -> None:
    previews = place.case("J1").previews

    shown = previews.still(filled.media["a.heic"])
    small = previews.thumbnail(filled.media["v.avi"], 320, veiled=True)

    assert (shown.content_type, shown.of_type) == ("image/jpeg", "image/heic")
    assert small.veiled and small.width == 320 and previews.trouble is None


def test_a_player_learns_how_a_video_is_played(place: Sporhund, filled: Taken) -> None:
    previews = place.case("J1").previews

    copied, plain = previews.playable(filled.media["v.avi"]), previews.playable(filled.media["v.mp4"])
    part = previews.part_item(filled.media["v.avi"], 0)

    assert (copied["how"], copied["derived"], copied["code"], copied["of_codec"]) == ("derived", True, "container", "mpeg4")
    assert (copied["parts"][0]["from"], part["offset"], part["codec"]) == (0.0, 0.0, "H.264")
    assert part["frames"] > 100 and part["left_out"] == 0
    assert (plain["how"], plain["parts"], plain["whole_width"]) == ("original", [], 768)
    with previews.original(filled.media["v.mp4"]) as found:
        assert found.read(4, 4) == b"ftyp"


def test_whoever_acts_shares_the_workers_of_the_place(place: Sporhund, filled: Taken) -> None:
    other = place.acting(Actor("anna", "local", "host"))

    assert other.previews is place.previews


def test_an_erased_case_leaves_no_picture_in_the_home(place: Sporhund, filled: Taken) -> None:
    place.case("J1").previews.thumbnail(filled.media["a.heic"])
    place.case("J1").previews.part(filled.media["v.avi"], 0).close()
    assert list(place.settings.previews.iterdir())

    place.erase_case("J1", reason="slettefrist")

    assert not [path for path in place.settings.previews.rglob("*") if path.is_file()]
    assert filled.case.id not in [path.name for path in place.settings.previews.iterdir()]


def test_members_of_archives_leave_nothing_in_the_clear_when_it_closes(tmp_path: Path, base_pack: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        out.writestr("a.png", make.encoded(make.scene(), "PNG"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(held.getvalue())
    (tmp_path / "home" / "models").mkdir(parents=True)
    (tmp_path / "home" / "models" / base_pack.name).symlink_to(base_pack)
    with Sporhund(tmp_path / "home") as place:
        place.create_case("J1", title="x", purpose="demonstration")
        medium = opened_archive(place, tmp_path / "in")

        assert place.case("J1").previews.thumbnail(medium).width == 160
        assert list(place.settings.spool.rglob("*.0"))

    assert not [path for path in (tmp_path / "home" / "spool").rglob("*") if path.is_file() and path.name != ".lock"]


def opened_archive(place: Sporhund, folder: Path) -> str:
    """Take in a folder with an archive and open that, as a run does; the medium of its one member."""
    case = place.case("J1")
    case.analyse([folder], find=["motion"], workers=1)
    items: list[Any] = case.media()["items"]
    return next(str(item["id"]) for item in items if item["kind"] == "still")
