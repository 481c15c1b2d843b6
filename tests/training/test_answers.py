"""The known answers: what was planted is asked for, and nothing missing passes."""
from pathlib import Path
from typing import Any

import pytest

from sporhund.evidence.names import text
from sporhund.training.answers import missed, overlap
from sporhund.training.planted import PLANTED, Exhibit

EXHIBIT = Exhibit(Path("exhibit"), PLANTED, Path("probe.png"), "collins")


def account() -> dict[str, dict[str, Any]]:
    """A case in which everything came out as planted."""
    return {text(file.path): {"path": "demo/" + text(file.path), "state": file.state, "code": file.code} for file in PLANTED}


def found() -> list[dict[str, Any]]:
    return [{"path": "demo/" + text(file.path), "kind": sight.kind, "from": sight.from_s, "to": sight.to_s,
             "best": {"box": list(sight.box or (0, 0, 1, 1))}} for file in PLANTED for sight in file.sights]


def told(files: dict[str, dict[str, Any]], tracks: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(miss.path, miss.expected, miss.found) for miss in missed(EXHIBIT, list(files.values()), tracks)]


def test_nothing_is_missed_where_all_was_found() -> None:
    assert told(account(), found()) == []


def test_a_file_that_fell_out_of_the_account_is_missed() -> None:
    files = account()
    del files["K1-telefon/Noter/huskeliste.txt"]

    assert told(files, found()) == [("K1-telefon/Noter/huskeliste.txt", "skipped", "not in the account")]


def test_an_unknown_recorder_file_that_passes_for_nothing_is_missed() -> None:
    files = account()
    path = "K2-overvågning/cam1/optagelse_0007.dvx"
    files[path] |= {"state": "skipped", "code": "not-media"}

    assert told(files, found()) == [(path, "failed (unknown-format)", "skipped (not-media)")]


def test_either_of_two_equal_files_may_be_the_duplicate() -> None:
    files = account()
    files["K1-telefon/DCIM/100DEMO/IMG_0001.JPG"]["state"] = "duplicate"
    files["K1-telefon/Hentet/kopi af IMG_0001.jpg"]["state"] = "analysed"
    tracks = found()
    tracks[0]["path"] = "demo/K1-telefon/DCIM/100DEMO/IMG_0001.JPG"

    assert told(files, tracks) == []


def test_equal_files_that_are_both_counted_are_missed() -> None:
    files = account()
    files["K1-telefon/Hentet/kopi af IMG_0001.jpg"]["state"] = "analysed"

    assert ("K1-telefon/Hentet/kopi af IMG_0001.jpg", "duplicate", "analysed") in told(files, found())


def test_a_picture_that_is_no_copy_must_not_pass_for_one() -> None:
    files = account()
    files["K1-telefon/DCIM/100DEMO/IMG_0004.JPG"]["state"] = "duplicate"

    assert told(files, found()) == [("K1-telefon/DCIM/100DEMO/IMG_0004.JPG", "analysed", "duplicate")]


def test_a_face_in_the_wrong_place_is_missed() -> None:
    tracks = found()
    tracks[0]["best"]["box"] = [400, 400, 60, 60]

    assert told(account(), tracks) == [("K1-telefon/DCIM/100DEMO/IMG_0001.JPG", "face", "1 elsewhere")]


def test_a_walk_through_the_night_at_another_time_is_missed() -> None:
    tracks = [track | {"from": 20.0, "to": 22.0} if track["path"].endswith("cam2_nat.mp4") else track for track in found()]

    assert told(account(), tracks) == [("K2-overvågning/cam2/cam2_nat.mp4", "motion from 8 to 14 s", "1 elsewhere")]


def test_the_overlap_of_two_boxes_is_their_shared_part_of_both() -> None:
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (20, 0, 10, 10)) == 0
