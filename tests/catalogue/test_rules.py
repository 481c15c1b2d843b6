"""A filter lives in an address: it comes back as it went, and wrong words are said."""
from datetime import datetime
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.catalogue import rules
from sporhund.catalogue.model import BY, FINDINGS, KINDS, SEEN, SORTS, STATES, TIMES, Circle, Filter
from sporhund.errors import WrongUsage

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=40)
TIME = st.just("") | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(
    lambda at: at.replace(microsecond=0).isoformat(timespec="seconds"))
PLACES = st.none() | st.builds(
    Circle, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), radius_km=st.floats(0.001, 20_000))


def some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(words)).map(lambda chosen: tuple(word for word in words if word in chosen))


FILTERS = st.builds(
    Filter, kinds=some(KINDS), exhibit=WORDS, camera=WORDS, row=WORDS, states=some(STATES), since=TIME, until=TIME,
    time=st.sampled_from(("", *TIMES)), place=PLACES, has=some(FINDINGS), face_px=st.integers(0, rules.LARGEST),
    copies=st.integers(0, rules.LARGEST), seen=st.sampled_from(("", *SEEN)), mark=WORDS, by=st.sampled_from(BY),
    unrecognised=st.booleans())


@given(FILTERS)
def test_a_filter_comes_back_from_its_address(wanted: Filter) -> None:
    assert rules.parse(parse_qs(rules.address(wanted))) == wanted


def test_the_filter_that_asks_for_nothing_has_an_empty_address() -> None:
    assert rules.address(Filter()) == ""


def test_names_that_are_no_condition_are_left_to_others() -> None:
    assert rules.parse({"after": ["x"], "sort": ["time"]}) == Filter()


@pytest.mark.parametrize(("name", "value"), [
    ("kind", "film"), ("state", "odd"), ("has", "dog"), ("seen", "all"), ("from", "yesterday"), ("to", "2026-02-31"),
    ("from", "2026-01-31T22:14+01:00"), ("place", "55.6"), ("place", "91,0,1"), ("place", "1,1,nan"), ("face_px", "-1"),
    ("face_px", "1e3"), ("copies", "٣"), ("mark", "a\nb"), ("camera", "x" * 300), ("unrecognised", "yes"), ("time", "now"),
])
def test_a_value_that_cannot_be_is_named_with_what_is_allowed(name: str, value: str) -> None:
    with pytest.raises(WrongUsage) as said:
        rules.parse({name: [value]})

    assert said.value.code == "bad-filter"
    assert name in said.value.message
    assert said.value.hint


@given(st.dictionaries(st.sampled_from(
    ("kind", "exhibit", "state", "from", "to", "time", "place", "has", "face_px", "copies", "seen", "mark", "by")),
    st.lists(st.text(max_size=30), max_size=3)))
def test_whatever_stands_in_an_address_is_a_filter_or_is_refused(query: dict[str, list[str]]) -> None:
    try:
        wanted = rules.parse(query)
    except WrongUsage as said:
        assert said.code == "bad-filter"
    else:
        assert rules.parse(parse_qs(rules.address(wanted))) == wanted


@pytest.mark.parametrize("said", [*SORTS, "-time", "colour:red", "colour:rød"])
def test_an_order_has_a_name(said: str) -> None:
    name, backwards = rules.sorting(said)

    assert name in (*SORTS, "colour:red")
    assert backwards == said.startswith("-")


@pytest.mark.parametrize("said", ["age", "-colour:red", "colour:octarine"])
def test_an_order_that_there_is_not_is_said(said: str) -> None:
    with pytest.raises(WrongUsage, match=r"order|colour"):
        rules.sorting(said)
