"""An agency measures a pack on its own consented pictures before it trusts it."""
import csv
import shutil
from collections import defaultdict
from pathlib import Path

import cv2
import pytest

from sporhund.api.home import Sporhund
from sporhund.errors import Refused, WrongUsage

PEOPLE, PICTURES = 24, 2


@pytest.fixture(scope="module")
def folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pictures of each of 24 people, and one that shows nobody."""
    source, place = shared / "data/faces-identities", tmp_path_factory.mktemp("people")
    of: dict[str, list[str]] = defaultdict(list)
    with (source / "identities.csv").open() as rows:
        for row in csv.DictReader(rows):
            of[row["person"]].append(row["image"])
    several = [person for person, images in of.items() if len(images) >= PICTURES][:PEOPLE]
    for person in several:
        (place / person).mkdir()
        for image in of[person][:PICTURES]:
            shutil.copy(source / image, place / person)
    (place / several[0] / "nobody.jpg").write_bytes(b"no picture")
    return place


def events(place: Sporhund) -> list[str]:
    """How each measuring ended; that somebody reads the log is an event too."""
    return sorted(event["outcome"] for event in place.audit_show(limit=1000)["items"] if event["action"] == "evaluate faces")


def test_measuring_gives_figures_files_and_one_line_in_the_log(sporhund: Sporhund, folder: Path, tmp_path: Path) -> None:
    said = sporhund.evaluate_faces(
        folder, scores=tmp_path / "s.csv", clusters=tmp_path / "c.csv", report_to=tmp_path / "report")

    assert (said["people"], said["pictures"], said["mated"]) == (PEOPLE, PEOPLE * PICTURES + 1, PEOPLE)
    assert [Path(name).name for name in said["no_face"]] == ["nobody.jpg"]
    assert said["eer"] < 0.05
    assert said["clusters"]["precision"] > 0.9
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 1 + PEOPLE * PICTURES
    assert "base@1" in (tmp_path / "report" / "report.html").read_text("utf-8")
    assert events(sporhund).count("done") == 1


def test_nothing_is_overwritten_and_nothing_is_measured_for_it(sporhund: Sporhund, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "old.html").touch()
    before = events(sporhund)

    with pytest.raises(WrongUsage):
        sporhund.evaluate_faces(folder, report_to=tmp_path / "report")

    assert events(sporhund) == before


def test_one_persons_pictures_under_many_names_are_refused_and_the_try_is_in_the_log(
    sporhund: Sporhund, folder: Path, tmp_path: Path,
) -> None:
    """The pictures are stored anew each time, so that no two files are equal."""
    person = next(each for each in sorted(folder.iterdir()) if len(list(each.glob("*.jpg"))) == PICTURES)
    pictures = [cv2.imread(str(picture)) for picture in sorted(person.glob("*.jpg"))]
    for name in range(22):
        (tmp_path / f"p{name:02d}").mkdir()
        for place, picture in enumerate(pictures):
            cv2.imwrite(str(tmp_path / f"p{name:02d}" / f"{place}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 70 + name])

    before = events(sporhund)

    with pytest.raises(Refused) as refused:
        sporhund.evaluate_faces(tmp_path)

    assert refused.value.code == "too-few-people"
    assert events(sporhund) == [*before, "refused"]


def test_twenty_folders_of_which_most_show_nobody_are_refused(sporhund: Sporhund, folder: Path, tmp_path: Path) -> None:
    for place, person in enumerate(sorted(folder.iterdir())):
        (tmp_path / person.name).mkdir()
        if place < 19:
            shutil.copy(next(person.glob("0*.jpg")), tmp_path / person.name)
        else:
            (tmp_path / person.name / "empty.jpg").write_bytes(b"")

    with pytest.raises(Refused, match="19 people"):
        sporhund.evaluate_faces(tmp_path)
