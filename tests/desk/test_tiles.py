"""What a tile of the gallery shows and says."""
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sporhund.catalogue.model import FINDINGS
from sporhund.desk import tiles
from sporhund.desk.words.speech import Speech

SAY = Speech("en", ZoneInfo("Europe/Copenhagen"))


def drawn(**said: Any) -> tiles.Tile:
    one = {"id": "m_1", "kind": "video", "state": "analysed", "path": "cam/a.mp4", "camera": None, "time": None, "duration": 24.0,
           "copies": 1, "code": None, "reason": None, "best": [], "marks": [], "counts": dict.fromkeys(FINDINGS, 0),
           "seen": {"me": False, "anyone": False, "me_part_s": 0.0, "anyone_part_s": 0.0}} | said
    return tiles.tile(tiles.Showing("c_1", SAY, tiles.Words(SAY), {}, (160, 160), find=False), one)


def test_a_mark_on_something_in_it_neither_looks_nor_sounds_like_one_on_the_whole() -> None:
    marks = [{"value": "relevant", "by": "anna", "mine": True, "track": track} for track in (False, True)]

    tile = drawn(marks=marks)

    assert [mark.style for mark in tile.marks] == ["mark mark-relevant mine", "mark mark-relevant mine within"]
    assert [mark.title for mark in tile.marks] == ["Relevant · anna", "Relevant (something in it) · anna"]
    assert "Relevant, anna, Relevant (something in it), anna" in tile.label


@pytest.mark.parametrize(("mine", "anybody", "part"), [
    (0.04, 0.04, ""), (0.04, 12.0, "seen in part by somebody, 12 s of 24 s"), (2.0, 12.0, "seen in part, 2 s of 24 s")])
def test_a_frame_that_was_shown_is_no_part_that_was_seen(mine: float, anybody: float, part: str) -> None:
    assert drawn(seen={"me": False, "anyone": False, "me_part_s": mine, "anyone_part_s": anybody}).part == part
