from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.faces.model import Seen
from sporhund.faces.warnings import warnings

GOOD = Seen(90.0, 0.4, 0.05, 20.0, 0.05)


def test_two_good_pictures_bring_no_warning():
    assert warnings(GOOD, replace(GOOD, yaw=-0.2, chroma=24.0)) == []


@pytest.mark.parametrize(("change", "words"), [
    ({"width_px": 30.0}, ["small", "30 pixels"]),
    ({"sharpness": 0.15}, ["blurred", "0.15"]),
    ({"yaw": -0.6}, ["turned far", "0.60"]),
    ({"covered": 0.9}, ["before the face", "0.90"]),
    ({"child": True}, ["child"]),
    ({"chroma": 0.2}, ["grey or infrared", "0.2", "20.0"]),
])
def test_each_reason_for_care_is_a_sentence_with_its_number(change, words):
    said = warnings(GOOD, replace(GOOD, **change))

    assert len(said) == 1
    assert all(word in said[0] for word in words)


def test_it_says_which_of_the_two_pictures_is_meant():
    [probe] = warnings(replace(GOOD, width_px=30.0), GOOD)
    [candidate] = warnings(GOOD, replace(GOOD, width_px=30.0))

    assert probe.startswith("The probe:")
    assert candidate.startswith("The candidate:")


def test_two_grey_pictures_are_not_told_apart_by_colour():
    grey = replace(GOOD, chroma=0.1)

    assert warnings(grey, grey) == []


def test_pictures_of_opposite_sides_of_a_face_are_warned_of_although_neither_is_extreme():
    [said] = warnings(replace(GOOD, yaw=-0.4), replace(GOOD, yaw=0.4))

    assert "different sides" in said


@pytest.mark.parametrize(("years", "count"), [(4.5, 0), (6, 1)])
def test_over_five_years_between_the_stated_times_are_warned_of(years, count):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    then = now - timedelta(days=365.25 * years)

    assert len(warnings(replace(GOOD, taken=now), replace(GOOD, taken=then))) == count
    assert len(warnings(replace(GOOD, taken=then), replace(GOOD, taken=now))) == count


def test_an_unknown_time_says_nothing():
    assert warnings(replace(GOOD, taken=datetime(1990, 1, 1, tzinfo=UTC)), GOOD) == []


def test_what_an_older_picture_did_not_measure_is_not_warned_of():
    assert warnings(GOOD, replace(GOOD, chroma=None, covered=None)) == []


def test_nothing_about_a_picture_speaks_of_an_estimated_age():
    assert not [field for field in fields(Seen) if "age" in field.name]


seen = st.builds(
    Seen, st.floats(1, 500), st.floats(0, 1), st.floats(-1, 1), st.none() | st.floats(0, 80), st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 100), st.none() | st.floats(0, 6),
    st.none() | st.datetimes(timezones=st.just(UTC)), st.none() | st.booleans())


@given(seen, seen)
def test_exchanging_the_two_pictures_warns_as_often(one, other):
    assert len(warnings(one, other)) == len(warnings(other, one))
