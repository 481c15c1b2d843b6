"""Cursors go out and come back; anything else is refused."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.errors import WrongUsage
from sporhund.evidence import cursor

lines = st.text().filter(str.isprintable)


@given(lines, st.binary(), st.floats(allow_nan=False, allow_infinity=False))
def test_a_cursor_gives_back_what_it_was_made_of(label: str, path: bytes, t: float) -> None:
    assert cursor.decode(cursor.encode([label, path, t]), str, bytes, float) == [label, path, t]


@given(st.text())
def test_anything_else_is_wrong_usage(made_up: str) -> None:
    with pytest.raises(WrongUsage):
        cursor.decode(made_up, str, bytes)


def test_a_cursor_of_another_list_is_wrong_usage() -> None:
    with pytest.raises(WrongUsage):
        cursor.decode(cursor.encode(["m_1", 2.0, "t_1"]), str, bytes, str)
