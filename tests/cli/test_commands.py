"""Every command answers as the contract says: one JSON document on standard output, and the exit code that fits."""
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sporhund
from sporhund.cli.main import main

Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, base_pack: Path, shared: Path) -> Path:
    """A home with one case in which one still and one text were looked through."""
    place = tmp_path_factory.mktemp("home")
    (place / "models").mkdir()
    (place / "models" / base_pack.name).symlink_to(base_pack)
    exhibit = place / "K1"
    exhibit.mkdir()
    (exhibit / "IMG_20260131_221405.png").symlink_to(shared / "data/video/lin-manuel-miranda.png")
    (exhibit / "still.png").write_bytes((shared / "data/video/lin-manuel-miranda.png").read_bytes())
    (exhibit / "note.txt").write_text("words")
    for words in (["case", "create", "J1", "--title", "A test", "--purpose", "demonstration"],
                  ["analyse", str(exhibit), "--case", "J1", "--find", "faces", "--workers", "1"]):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--home", str(place)])
        assert ended.value.code == 0
    return place


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with --json: exit code and document."""
    def command(*words: str) -> tuple[int, Any]:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json", "--home", str(home)])
        (line,) = capsys.readouterr().out.splitlines()
        return int(ended.value.code or 0), json.loads(line)

    return command


def test_status_adds_up(run: Run) -> None:
    code, said = run("status", "--case", "J1")

    files = said["data"]["files"]
    assert (code, said["ok"], said["command"], said["sporhund"]) == (0, True, "status", sporhund.__version__)
    assert files["seen"] == 3 == sum(number for state, number in files.items() if state != "seen")


def test_files_have_a_state_a_reason_and_their_looks(run: Run) -> None:
    _, said = run("status", "--files", "--case", "J1")

    by_path = {item["path"]: item for item in said["data"]["items"]}
    assert by_path["still.png"]["looks"] == {"face": "found"}
    assert (by_path["note.txt"]["state"], by_path["note.txt"]["code"]) == ("skipped", "not-media")
    assert by_path["note.txt"]["reason"]
    assert set(by_path["still.png"]) >= {"path", "exhibit", "state", "code", "reason", "medium", "looks"}


def test_lists_go_on_behind_their_cursor(run: Run) -> None:
    _, whole = run("status", "--files", "--case", "J1")
    paths, after = [], []
    for _ in range(3):
        _, page = run("status", "--files", "--case", "J1", "--limit", "1", *after)
        paths += [item["path"] for item in page["data"]["items"]]
        after = ["--after", page["data"]["next"]] if page["data"]["next"] else []

    assert paths == [item["path"] for item in whole["data"]["items"]]
    assert not after


def test_a_medium_says_what_it_is_and_what_was_looked_at(run: Run) -> None:
    _, said = run("media", "--kind", "still", "--case", "J1")

    (medium,) = said["data"]["items"]
    assert len(medium["sha256"]), len(medium["sha1"]) == (64, 40)
    assert (medium["width"], medium["height"], medium["type"], medium["state"]) == (704, 612, "image/png", "analysed")
    assert medium["coverage"]["sampled_frames"] == 1
    assert medium["stated"].keys() >= {"time", "latitude", "longitude", "device"}


def test_a_track_has_its_place_time_and_worth(run: Run) -> None:
    _, said = run("tracks", "--kind", "face", "--observations", "--case", "J1")

    (track,) = said["data"]["items"]
    assert track.keys() >= {"id", "medium", "path", "kind", "class", "shot", "from", "to", "observations", "best", "quality",
                            "comparable", "reason", "packs", "cluster", "path_of_track"}
    assert track["best"].keys() >= {"t", "box", "score", "landmarks", "sharpness", "yaw"}
    assert len(track["best"]["landmarks"]) == 5
    assert (track["comparable"], track["packs"], track["cluster"]) == (True, ["base@1"], None)
    assert len(track["path_of_track"]) == track["observations"] == 1
    assert track["path_of_track"][0][0] == track["from"]


def test_a_track_is_shown_again_and_the_look_is_logged(run: Run, tmp_path: Path) -> None:
    _, said = run("tracks", "--kind", "face", "--case", "J1")

    code, shown = run("reproduce", said["data"]["items"][0]["id"], "--out", str(tmp_path / "face.png"), "--case", "J1")

    assert (code, shown["data"]["same"]) == (0, True)
    assert (tmp_path / "face.png").read_bytes().startswith(b"\x89PNG")
    _, log = run("audit", "show", "--case", "J1", "--limit", "1")
    assert log["data"]["items"][0]["action"] == "track view"


def test_the_log_verifies(run: Run) -> None:
    code, said = run("audit", "verify")

    assert (code, said["data"]["ok"], said["data"]["problems"]) == (0, True, [])


def test_a_link_that_leads_out_is_said(run: Run) -> None:
    _, said = run("status", "--files", "--state", "skipped", "--case", "J1")

    assert {item["code"] for item in said["data"]["items"]} == {"link-outside", "not-media"}


@pytest.mark.parametrize(("words", "code", "error"), [
    (["status", "--case", "NO"], 2, "unknown-case"),
    (["analyse", "/nowhere", "--case", "J1"], 2, "no-such-path"),
    (["analyse", "/", "--case", "J1", "--find", "ghosts"], 2, "unknown-look"),
    (["analyse", "/", "--case", "J1", "--find", "text"], 3, "not-yet"),
    (["analyse", "/", "--case", "J1", "--pack", "none"], 4, "missing-pack"),
    (["analyse", "/", "--case", "J1", "--engine", "ray"], 3, "not-yet"),
    (["reproduce", "t_none", "--case", "J1"], 2, "unknown-track"),
    (["tracks", "--case", "J1", "--medium", "none"], 2, "unknown-medium"),
    (["tracks", "--case", "J1", "--kind", "ghost"], 2, "usage"),
    (["case", "create", "J1", "--title", "again", "--purpose", "objects"], 2, "case-exists"),
    (["case", "create", "J2", "--title", "x", "--purpose", "fun"], 2, "unknown-purpose"),
    (["purpose", "disable", "gang"], 3, "purpose-not-on"),
])
def test_what_cannot_be_done_is_said_in_one_document_with_its_code(run: Run, words: list[str], code: int, error: str) -> None:
    left, said = run(*words)

    assert (left, said["ok"], said["error"]["code"]) == (code, False, error)
    assert said["error"]["message"]
    assert said["error"]["hint"]


def test_too_few_people_cannot_be_compared_by_measuring(run: Run, tmp_path: Path) -> None:
    for person in "ab":
        (tmp_path / person).mkdir()

    code, said = run("evaluate", "faces", str(tmp_path))

    assert (code, said["error"]["code"]) == (3, "too-few-people")


def test_python_callers_have_the_same_words(home: Path) -> None:
    with sporhund.open("J1", home=home) as case:
        assert [track["kind"] for track in case.tracks(kind="face")["items"]] == ["face"]
