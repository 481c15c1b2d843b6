"""What to mind before anything is concluded from a track: one table for every page."""
from typing import Any

import pytest

from sporhund.api.sightings import Around, told
from sporhund.evidence.medium_clock import MediumClock

UNKNOWN = Around("00" * 32, "still", MediumClock("m_1", 0.0, (), ()), ())
PLAIN = {"t": 0.0, "box": [0.0, 0.0, 90.0, 120.0], "sharpness": 0.4, "yaw": 0.0, "chroma": 20.0, "covered": 0.0, "contrast": 40.0,
         "blocks": 1.0}

TRACK = {"id": "t_1", "kind": "face", "from": 0.0, "to": 0.0, "comparable": True, "reason": None, "colours_reason": None}


def codes(best: dict[str, Any], **said: Any) -> list[str]:
    return [one["code"] for one in told(TRACK | said, PLAIN | best, UNKNOWN)["warnings"] if one["code"] != "no-time"]


@pytest.mark.parametrize(("best", "code"), [
    ({"box": [0.0, 0.0, 39.0, 50.0]}, "small"), ({"sharpness": 0.23}, "blurred"), ({"yaw": -0.6}, "turned"),
    ({"covered": 0.5}, "covered"), ({"contrast": 5.0}, "flat"), ({"blocks": 9.0}, "blocks"), ({"chroma": 1.0}, "grey")])
def test_each_danger_of_a_face_is_said(best: dict[str, Any], code: str) -> None:
    assert codes(best) == [code]


def test_a_plain_face_is_warned_of_nothing() -> None:
    assert codes({}) == []


def test_a_face_that_is_not_suitable_is_said_to_be_so_first_with_its_reason() -> None:
    assert codes({"sharpness": 0.1}, comparable=False, reason="too small") == ["unsuitable", "blurred"]


def test_a_body_without_colour_is_said_to_be_grey() -> None:
    assert codes({}, kind="person", colours_reason="no colour: grey or infrared picture") == ["grey"]


@pytest.mark.parametrize(("sharpness", "word"), [(0.1, "low"), (0.3, "medium"), (0.4, "good"), (None, None)])
def test_how_sharp_a_face_is_is_said_in_a_word(sharpness: float | None, word: str | None) -> None:
    assert told(TRACK, PLAIN | {"sharpness": sharpness}, UNKNOWN)["sharp"] == word
