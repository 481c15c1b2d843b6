"""An investigator lets the faces of a case be grouped, and corrects what is wrong."""
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.stories.conftest import Command

from sporhund.api.home import Sporhund

CLIPS = {"asl_again": "P1", "asl_no": "P1", "asl_milk": "P2", "asl_please": "P2", "asl_book": "P5"}


class Desk:
    """The command line of one case."""

    def __init__(self, start: Command, case: str) -> None:
        self.start, self.case = start, case

    def __call__(self, *words: str, code: int = 0) -> Any:
        process = self.start(*words, "--case", self.case, "--json")
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, out + err
        said = json.loads(out)
        return said["data"] if said["ok"] else said["error"]

    def where(self) -> dict[str, str | None]:
        """Track -> file name without its ending."""
        return {item["id"]: Path(item["path"]).stem for item in self("tracks", "--kind", "face")["items"]}


def analysed(desk: Desk, shared: Path, folder: Path, names: list[str]) -> None:
    folder.mkdir()
    for name in names:
        (folder / f"{name}.mkv").write_bytes((shared / f"data/video/people/{name}.mkv").read_bytes())
    desk("analyse", str(folder), "--find", "faces", "--mode", "quick", "--workers", "1")


def add_basis(desk: Desk) -> None:
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()  # noqa: TID251 - the command reads the real clock
    desk("basis", "add", "--offence", "stl-261", "--journal", "0100-84210-00123-26", "--reason",
         "A man was killed in the street.", "--necessity", "The recordings are the only trace of who was there.",
         "--proportionality", "The offence weighs far more than the intrusion into these recordings.",
         "--until", until, "--granted-by", "Retten")


def people_in(clusters: Any, where: dict[str, Any]) -> list[set[str]]:
    return [{CLIPS[where[track]] for track in item["tracks"]} for item in clusters["clusters"]]


def test_an_investigator_groups_faces_and_corrects(sporhund: Sporhund, start: Command, shared: Path, tmp_path: Path) -> None:
    sporhund.create_case("signers", title="A test", purpose="demonstration")
    desk = Desk(start, "signers")
    analysed(desk, shared, tmp_path / "K1", ["asl_again", "asl_milk", "asl_book", "asl_no"])

    assert desk("faces", "clusters", code=3)["code"] == "no-live-basis"
    add_basis(desk)
    first = desk("faces", "clusters")
    where = desk.where()
    assert all(len(people) == 1 for people in people_in(first, where))
    (no_two,) = [item for item in first["clusters"] if {where[track] for track in item["tracks"]} == {"asl_again", "asl_no"}]

    analysed(desk, shared, tmp_path / "K2", ["asl_please"])
    later = desk("faces", "clusters")
    where = desk.where()
    assert all(len(people) == 1 for people in people_in(later, where))
    assert no_two["id"] in {item["id"] for item in later["clusters"]}

    other = next(track for track, clip in where.items() if clip == "asl_book" and track in later["unclustered"])
    member = no_two["tracks"][0]
    said = desk("faces", "same", member, other)
    assert said["now"] == [{member: [no_two["id"]]}, {other: [no_two["id"]]}]
    why = desk("faces", "why", member, other)
    assert why["items"][1]["said"][0]["id"] == said["id"] and why["between"] < why["items"][1]["needed"]
    items = desk("tracks", "--kind", "face")["items"]
    assert {item["id"] for item in items if item["cluster"] == no_two["id"]} == {*no_two["tracks"], other}

    assert desk("faces", "same", member, member, code=2)["code"] == "one-track"
    desk("faces", "not-same", member, other)
    (gone,) = desk("faces", "undo")["sides"][1]
    assert gone == other
    desk("faces", "undo")
    assert desk("faces", "clusters")["clusters"] == later["clusters"]
    assert [item["undone"] is not None for item in desk("faces", "constraints")["items"]] == [True, True]


@pytest.mark.parametrize("words", [("split", "k_none", "t_none"), ("merge", "k_none", "k_other"), ("same", "t_none", "t_other")])
def test_what_is_not_there_is_said(sporhund: Sporhund, start: Command, words: tuple[str, ...]) -> None:
    name = f"nothing-{words[0]}"
    sporhund.create_case(name, title="A test", purpose="demonstration")
    desk = Desk(start, name)
    add_basis(desk)

    assert desk("faces", *words, code=2)["code"].startswith("unknown-")
