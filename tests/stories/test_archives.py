"""Archives among the evidence: every member is accounted for, whatever happens on the way, and nothing of it stays behind."""
import io
import json
import os
import signal
import struct
import time
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.stories.conftest import Command

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.jobs.local import Task, Workers
from sporhund.store import tables


def zipped(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        for name, data in files.items():
            out.writestr(name, data)
    return held.getvalue()


def notes(number: int, size: int = 20, kinds: int = 1 << 30) -> dict[str, bytes]:
    """So many files of words, so many of them different."""
    return {f"notes/{index:05}.txt": f"{index % kinds:05} ".encode() * (size // 6 + 1) for index in range(number)}


def states(case: Case) -> Counter[str]:
    return Counter(item["state"] for item in every_file(case))


def every_file(case: Case) -> list[dict[str, Any]]:
    items, after = [], None
    while True:
        page = case.files(limit=1000, after=after)
        items += page["items"]
        after = page["next"]
        if after is None:
            return items


def in_spool(home: Path) -> list[Path]:
    return [place for place in (home / "spool").rglob("*") if place.name != ".lock"]


def members_known(sporhund: Sporhund, case: Case) -> int:
    o = tables.occurrence.c
    with sporhund.store.reader() as rows:
        wanted = select(func.count()).where(o.case_id == case.id, o.member_of.is_not(None))
        return int(rows.scalar(wanted) or 0)


def test_two_thousand_members_are_taken_out_in_a_few_requests(
    case: Case, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "many.zip").write_bytes(zipped(notes(2000, kinds=50)))
    asked: Counter[str] = Counter()
    submit = Workers.submit

    def counted(self: Workers, task: Task) -> None:
        asked[task.key.split()[0]] += 1
        submit(self, task)

    monkeypatch.setattr(Workers, "submit", counted)
    case.analyse([tmp_path], find=["motion"])

    assert states(case) == {"analysed": 1, "skipped": 50, "duplicate": 1950}
    assert asked["list"] == 1
    assert asked["extract"] <= 4
    assert in_spool(home) == []


def test_an_archive_whose_opening_was_killed_is_finished_by_the_next_run(
    sporhund: Sporhund, case: Case, home: Path, tmp_path: Path, start: Command,
) -> None:
    folder = tmp_path / "K1"
    folder.mkdir()
    (folder / "many.zip").write_bytes(zipped(notes(300, size=1 << 19)))
    process = start("analyse", str(folder), "--case", case.name, "--find", "motion", "--workers", "1")
    while process.poll() is None and not members_known(sporhund, case):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 0 < members_known(sporhund, case) < 300
    assert in_spool(home) != []

    done = case.analyse([folder], find=["motion"])

    assert done["files"]["seen"] == 301
    assert done["files"]["waiting"] == 0
    assert states(case) == {"analysed": 1, "skipped": 300}
    assert in_spool(home) == []


def test_two_commands_on_one_archive_both_end_well(
    case: Case, home: Path, shared: Path, tmp_path: Path, start: Command,
) -> None:
    folder = tmp_path / "K1"
    folder.mkdir()
    clips = {clip.name: clip.read_bytes() for clip in sorted((shared / "data/video/people").glob("*.mkv"))[:3]}
    (folder / "phone.zip").write_bytes(zipped(clips | notes(200)))
    arguments = ("analyse", str(folder), "--case", case.name, "--find", "motion", "--workers", "1", "--json")

    processes = [start(*arguments), start(*arguments)]
    told = [process.communicate() for process in processes]

    assert [process.returncode for process in processes] == [0, 0], told
    for out, _ in told:
        assert json.loads(out)["data"]["files"] | {"seen": 204, "analysed": 4, "skipped": 200} == json.loads(out)["data"]["files"]
    assert in_spool(home) == []


def test_a_damaged_member_is_lost_alone(case: Case, tmp_path: Path) -> None:
    data = bytearray(zipped(notes(10)))
    data[data.find(b"00004 ")] ^= 0xFF
    (tmp_path / "copied.zip").write_bytes(data)

    done = case.analyse([tmp_path], find=["motion"])

    assert [(item["path"], item["code"]) for item in done["failures"]] == [("copied.zip/notes/00004.txt", "damaged")]
    assert states(case) == {"analysed": 1, "skipped": 9, "failed": 1}


def test_archives_in_archives_are_opened_to_a_depth_that_is_said(case: Case, home: Path, tmp_path: Path) -> None:
    content = zipped({"deepest.txt": b"words"})
    for level in (4, 3, 2):
        content = zipped({f"{level}.zip": content, f"{level}.txt": f"words {level}".encode()})
    (tmp_path / "1.zip").write_bytes(content)

    case.analyse([tmp_path], find=["motion"])

    came_to = {item["path"]: (item["state"], item["code"]) for item in every_file(case)}
    assert came_to["1.zip/2.zip/3.zip"] == ("analysed", None)
    assert came_to["1.zip/2.zip/3.zip/4.zip"] == ("failed", "too-deep")
    assert came_to["1.zip/2.zip/3.zip/4.txt"][0] == "skipped"
    assert in_spool(home) == []


def test_names_that_no_file_system_would_take_are_kept_as_labels(case: Case, tmp_path: Path) -> None:
    long = os.urandom(1500).hex()
    data = zipped({long: b"one", "a_b.txt": b"two", "c.zip": zipped({"b.txt": b"three"}), "c.zip_b.txt": b"four"})
    (tmp_path / "odd.zip").write_bytes(data.replace(b"a_b.txt", b"a\0b.txt").replace(b"c.zip_b.txt", b"c.zip\0b.txt"))

    case.analyse([tmp_path], find=["motion"])

    paths = {item["path"] for item in every_file(case)}
    assert len(paths) == 6
    assert any(path.startswith("odd.zip/" + long[:500]) for path in paths)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_equal_names_in_archives_within_archives_do_not_meet(case: Case, tmp_path: Path) -> None:
    """The second p.zip, the member of index 1, is kept under a name that a member of the first could have."""
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as out:
        out.writestr("p.zip", zipped({"1": b"one", "2": b"two"}))
        out.writestr("p.zip", b"no archive")

    done = case.analyse([tmp_path], find=["motion"])

    assert done["files"]["seen"] == 5
    assert done["files"]["waiting"] == 0


def test_a_member_asked_for_again_is_the_same(case: Case, home: Path, shared: Path, tmp_path: Path) -> None:
    """The first run's spool is gone; another mode takes the members out again."""
    still = (shared / "data/video/lin-manuel-miranda.png").read_bytes()
    pictures = {f"{number}.png": still + struct.pack("<I", number) for number in range(4)}
    (tmp_path / "phone.zip").write_bytes(zipped({"inner.zip": zipped(pictures)}))
    first = case.analyse([tmp_path], mode="quick", find=["faces"])

    second = case.analyse([tmp_path], mode="normal", find=["faces"])

    assert first["tracks"]["face"] == second["tracks"]["face"] == 4
    assert first["run"] != second["run"]
    assert in_spool(home) == []
