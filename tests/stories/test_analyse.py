"""What an officer does with a folder of evidence, and what must come of it."""
import json
import os
import shutil
import signal
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.stories.conftest import Command

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.errors import Refused


def counted(data: dict[str, Any]) -> dict[str, int]:
    files = dict(data["files"])
    assert files.pop("seen") == sum(files.values())
    return {state: number for state, number in files.items() if number}


@pytest.fixture
def clips(shared: Path, tmp_path: Path) -> Path:
    """Six short clips of people."""
    folder = tmp_path / "K1"
    folder.mkdir()
    for clip in sorted((shared / "data/video/people").glob("*.mkv"))[:6]:
        shutil.copy(clip, folder)
    return folder


def test_every_file_ends_in_a_state_and_copies_are_looked_at_once(case: Case, shared: Path, tmp_path: Path) -> None:
    still = (shared / "data/video/lin-manuel-miranda.png").read_bytes()
    (tmp_path / "a.png").write_bytes(still)
    (tmp_path / "b.png").write_bytes(still)
    (tmp_path / "note.txt").write_text("words")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (tmp_path / "large.bin").write_bytes(os.urandom(1 << 21))
    (tmp_path / "link.png").symlink_to("/etc/passwd")

    done = case.analyse([tmp_path], find=["faces"])

    assert counted(done) == {"analysed": 1, "duplicate": 1, "skipped": 2, "failed": 2}
    why = {item["path"]: item["code"] for item in done["failures"] + done["skipped"]}
    assert why["large.bin"] == "unknown-format"
    assert why["link.png"] == "link-outside"
    (medium,) = case.media(kind="still", state="analysed")["items"]
    assert sorted(place["path"] for place in medium["occurrences"]) == ["a.png", "b.png"]
    assert [track["kind"] for track in case.tracks(kind="face")["items"]] == ["face"]


def test_members_of_an_archive_are_accounted_for_one_by_one(case: Case, shared: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "phone.zip", "w") as archive:
        archive.write(shared / "data/video/lin-manuel-miranda.png", "DCIM/one.png")
        archive.writestr("../../climbs-out.txt", "words")

    done = case.analyse([tmp_path], find=["faces"])

    assert counted(done) == {"analysed": 2, "skipped": 1}
    paths = {item["path"]: item["state"] for item in case.files()["items"]}
    assert paths == {"phone.zip": "analysed", "phone.zip/DCIM/one.png": "analysed", "phone.zip/../../climbs-out.txt": "skipped"}
    (face,) = case.tracks(kind="face")["items"]
    assert case.reproduce(face["id"])["same"]


def test_the_second_run_keeps_everything_and_adds_nothing(case: Case, clips: Path) -> None:
    first = case.analyse([clips], find=["faces"])
    tracks = case.tracks(observations=True)["items"]

    second = case.analyse([clips], find=["faces"])

    assert second["resumed"] == 6
    assert second["run"] == first["run"]
    assert second["tracks"] == first["tracks"]
    assert case.tracks(observations=True)["items"] == tracks


def test_a_killed_run_goes_on_where_it_stopped(sporhund: Sporhund, case: Case, clips: Path, start: Command) -> None:
    whole = case.analyse([clips], find=["faces"])
    sporhund.create_case("killed", title="A test", purpose="demonstration")
    killed = sporhund.case("killed")
    for _ in range(3):
        process = start("analyse", str(clips), "--case", "killed", "--find", "faces", "--workers", "1")
        before = done_units(killed)
        while process.poll() is None and done_units(killed) == before:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()

    last = killed.analyse([clips], find=["faces"])

    assert last["files"] == whole["files"]
    assert last["tracks"] == whole["tracks"]
    assert last["units"] == {"done": 6, "failed": 0}
    assert [t["path_of_track"] for t in by_place(killed)] == [t["path_of_track"] for t in by_place(case)]


def done_units(case: Case) -> int:
    return sum(medium["state"] == "analysed" for medium in case.media()["items"])


def by_place(case: Case) -> list[dict[str, Any]]:
    return sorted(case.tracks(observations=True)["items"], key=lambda t: (t["path"], t["from"], t["best"]["box"]))


def test_two_commands_on_one_case_share_the_work(sporhund: Sporhund, case: Case, clips: Path, start: Command) -> None:
    first = start("analyse", str(clips), "--case", case.name, "--find", "faces", "--workers", "1", "--json")
    second = start("analyse", str(clips), "--case", case.name, "--find", "faces", "--workers", "1", "--json")

    results = [json.loads(process.communicate()[0]) for process in (first, second)]

    assert [first.returncode, second.returncode] == [0, 0]
    for result in results:
        assert counted(result["data"]) == {"analysed": 6}
    assert results[0]["data"]["tracks"] == results[1]["data"]["tracks"]


def test_a_more_thorough_run_counts_and_the_quicker_one_stays(case: Case, shared: Path) -> None:
    clip = shared / "data/video/people/asl_eat.mkv"
    quick = case.analyse([clip], mode="quick", find=["faces"])
    thorough = case.analyse([clip], mode="thorough", find=["faces"])

    again = case.analyse([clip], mode="quick", find=["faces"])

    assert quick["run"] == again["run"] != thorough["run"]
    assert case.status()["tracks"]["face"] == thorough["tracks"]["face"]
    assert max(t["observations"] for t in case.tracks(kind="face")["items"]) > 40
    assert [run["mode"] for run in case.show()["runs"]] == ["quick", "thorough"]


def test_without_its_purpose_a_case_has_boxes_and_no_templates(sporhund: Sporhund, shared: Path) -> None:
    sporhund.create_case("hunt", title="A test", purpose="manhunt")
    case, notes = sporhund.case("hunt"), list[str]()
    still = shared / "data/video/lin-manuel-miranda.png"

    closed = case.analyse([still], find=["faces"], note=notes.append)
    assert templates(sporhund, case) == 0
    sporhund.enable_purpose("manhunt", assessment="KA-1", assessed_on=date(2026, 1, 1))
    opened = case.analyse([still], find=["faces"])

    assert "template" in notes[0]
    assert closed["tracks"] == opened["tracks"]
    assert closed["run"] != opened["run"]
    assert templates(sporhund, case) == 1


def templates(sporhund: Sporhund, case: Case) -> int:
    from sqlalchemy import func, select

    from sporhund.store import tables

    of_case = select(func.count()).select_from(tables.template).where(tables.template.c.case_id == case.id)
    with sporhund.store.reader() as rows:
        return int(rows.scalar(of_case) or 0)


def test_somebody_who_walks_over_the_joint_of_two_spans_is_one_track(case: Case, shared: Path) -> None:
    """The first span of a video is a minute; W3 is in the picture from 50.2 to 70.1 s (truth.json)."""
    done = case.analyse([shared / "data/video/one-by-one-person-detection.mp4"], find=["motion"])

    assert done["units"] == {"done": 2, "failed": 0}
    assert any(track["from"] < 55 and track["to"] > 65 for track in case.tracks(kind="motion")["items"])
    shots = {track["shot"] for track in case.tracks(kind="motion")["items"]}
    assert len(shots) == 1


def test_what_the_pack_cannot_find_is_said_and_not_called_nothing(case: Case, sporhund: Sporhund, shared: Path) -> None:
    from tests.packs.make import make_pack

    if not any(pack["pack"].startswith("yolox") for pack in sporhund.list_packs()):
        sporhund.import_pack(make_pack(shared, sporhund.settings.home / "made", "yolox-nano"))
    notes: list[str] = []

    case.analyse([shared / "data/video/lin-manuel-miranda.png"], pack="yolox-nano", find=["faces", "persons"], note=notes.append)

    (item,) = case.files()["items"]
    assert item["looks"]["face"] == "skipped"
    assert item["looks"]["person"] == "found"
    assert any("face" in note for note in notes)


def test_a_file_that_was_not_there_is_looked_at_when_it_is_there_again(case: Case, shared: Path, tmp_path: Path) -> None:
    """A disk that is pulled out in the middle: a failure that says so, and nothing for ever."""
    folder, away = tmp_path / "K1", tmp_path / "away"
    folder.mkdir()
    shutil.copy(shared / "data/video/people/asl_eat.mkv", folder)

    def pull(progress: Any) -> None:
        if progress.stage == "reading" and folder.exists():
            folder.rename(away)

    gone = case.analyse([folder], find=["faces"], report=pull)
    away.rename(folder)
    back = case.analyse([folder], find=["faces"])

    assert [item["code"] for item in gone["failures"]] == ["gone"]
    assert counted(back) == {"analysed": 1}
    assert back["tracks"]["face"] > 0


def test_a_purpose_that_is_switched_off_in_the_middle_stops_the_making_of_templates(sporhund: Sporhund, clips: Path) -> None:
    sporhund.enable_purpose("gang", assessment="KA-2", assessed_on=date(2026, 1, 1))
    sporhund.create_case("middle", title="A test", purpose="gang")
    case = sporhund.case("middle")

    switched: list[bool] = []

    def switch_off(progress: Any) -> None:
        if progress.stage == "looking" and progress.units_done == 1 and not switched:   # said again while the next is under way
            switched.append(True)
            sporhund.disable_purpose("gang")

    with pytest.raises(Refused) as refused:
        case.analyse([clips], find=["faces"], workers=1, report=switch_off)

    assert "template" in refused.value.message
    assert templates(sporhund, case) <= 3
    assert case.status()["running"] == 0
