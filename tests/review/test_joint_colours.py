"""One person over the joint of two spans wears what both sides saw."""
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest
from sqlalchemy.sql.elements import Null

from sporhund.objects.names import name_of, oklab
from sporhund.review.joints import joined_colours

RED, BLACK = (180, 30, 35), (28, 27, 30)


def side(observations: int, rgb: tuple[int, int, int] | None, *, grey: bool = False) -> Any:
    if rgb is None:
        return SimpleNamespace(observations=observations, colours=None)
    [lab] = oklab(np.array([rgb], np.uint8)).tolist()
    called = name_of((lab[0], lab[1], lab[2]))
    colour = {"part": "upper", "lab": lab, "share": 0.8, "name": None if grey else called.name,
              "danish": None if grey else called.danish}
    return SimpleNamespace(observations=observations, colours=[colour])


def test_the_side_that_saw_more_says_more() -> None:
    found = joined_colours(side(30, RED), side(10, BLACK))

    assert [one["name"] for one in found] == ["red", "black"]
    assert [one["share"] for one in found] == pytest.approx([0.6, 0.2])


def test_a_side_without_colours_changes_nothing() -> None:
    [one] = joined_colours(side(30, None), side(10, RED))

    assert (one["name"], one["share"]) == ("red", 0.8)


def test_the_infrared_side_of_a_joint_says_nothing_of_colour() -> None:
    [one] = joined_colours(side(30, BLACK, grey=True), side(10, RED))

    assert one["name"] == "red"


def test_two_sides_without_colours_have_none() -> None:
    assert isinstance(joined_colours(side(1, None), side(1, None)), Null)


def test_what_is_stored_can_be_joined_again() -> None:
    found = joined_colours(side(30, RED), side(10, BLACK))
    again = SimpleNamespace(observations=40, colours=msgspec.json.decode(msgspec.json.encode(found)))

    assert joined_colours(again, side(5, None)) == found
