"""Cells no spreadsheet runs."""
import csv
import io

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
