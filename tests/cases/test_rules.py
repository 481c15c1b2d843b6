"""Cells no spreadsheet runs; movement in which nothing was recognised."""
import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.cases import rules


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_no_text_of_the_evidence_becomes_a_formula_or_breaks_a_line(said: str) -> None:
    cell = rules.cell(said)

    assert not cell.startswith(("=", "+", "-", "@"))
    assert cell.isprintable()
    out = io.StringIO()
    csv.writer(out).writerow([cell, "next"])
    assert next(csv.reader(io.StringIO(out.getvalue()))) == [cell, "next"]


@pytest.mark.parametrize(("value", "cell"), [
    (-1.5, "-1.5"), (None, ""), (True, "true"), (3, "3"), ("-rf", "'-rf"), ("=1+1", "'=1+1")])
def test_numbers_stay_numbers(value: object, cell: str) -> None:
    assert rules.cell(value) == cell


def path(*sightings: tuple[float, ...]) -> np.ndarray:
    return np.array([(*one, 1.0) for one in sightings], float).reshape(-1, 6)


MOVING = path((0, 0, 0, 50, 50), (1, 10, 0, 50, 50), (2, 20, 0, 50, 50))


@pytest.mark.parametrize(("other", "known"), [
    (path((1, 20, 10, 20, 30)), True),         # a person within the movement
    (path((1, 200, 200, 20, 30)), False),      # somebody elsewhere in the picture
    (path((9, 20, 10, 20, 30)), False),        # there, but long after
    (path((1.4, 20, 10, 20, 30)), True),       # between two sightings
    (path((1, 55, 0, 50, 50)), False),         # touching a corner only
    (path(), False),
])
def test_movement_is_recognised_where_something_lies_over_it(other: np.ndarray, known: bool) -> None:
    assert rules.recognised(MOVING, [other]) == known
