"""What a score is worth."""
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.errors import EnvironmentFault
from sporhund.faces import calibration as calibrations
from sporhund.faces.calibration import Calibration
from sporhund.faces.chance import (
    BANDS,
    Chance,
    Crowd,
    Local,
    NoChance,
    band_of,
    chances,
    crowd_of,
    sentence,
)

FILE = {
    "format": 1, "pack": "toy@1", "people": 100, "made_of": "nobody", "age_bands": [],
    "gains": [{"pictures": 1, "gain": 1, "low": 1, "high": 1}, {"pictures": 8, "gain": 4, "low": 2, "high": 6}],
    "curves": [
        {"bands": [0, 0], "people": 100, "comparisons": 4950, "effective": 1000, "scores": [-1.0, 0.2, 0.4],
         "share": [1.0, 0.1, 0.001], "low": [1.0, 0.05, 0.0005], "high": [1.0, 0.2, 0.004]},
        {"bands": [0, 1], "people": 100, "comparisons": 4950, "effective": 1000, "scores": [-1.0, 0.2, 0.4],
         "share": [1.0, 0.2, 0.01], "low": [1.0, 0.1, 0.005], "high": [1.0, 0.4, 0.02]},
        {"bands": [1, 1], "people": 100, "comparisons": 4950, "effective": 1000, "scores": [-1.0, 0.2, 0.4],
         "share": [1.0, 0.4, 0.02], "low": [1.0, 0.2, 0.01], "high": [1.0, 0.6, 0.04]},
    ],
}
LIKE = st.floats(-1, 1)


def _calibration(**changes: object) -> Calibration:
    return calibrations.parse(json.dumps(FILE | changes).encode(), "toy@1")


def _one(
    score: float, crowd: dict[tuple[int, int], int], *, probes: list[int] | None = None, local: Local | None = None,
) -> Chance:
    found = chances([score], probes=probes or [0], crowd=Crowd(crowd), calibration=_calibration(), local=local)[0]
    assert isinstance(found, Chance)
    return found


def test_a_known_answer() -> None:
    found = _one(0.4, {(0, 1): 500})

    assert found == Chance(pytest.approx(0.5), pytest.approx(0.25), pytest.approx(2.0), False, 100, 500)


def test_people_with_eight_pictures_are_hit_as_much_likelier_as_was_measured() -> None:
    assert _one(0.4, {(0, 8): 500}).expected == pytest.approx(4 * _one(0.4, {(0, 1): 500}).expected)


def test_beyond_the_data_there_is_a_bound_and_no_smaller_number() -> None:
    last, beyond = _one(0.4, {(0, 1): 500}), _one(0.9, {(0, 1): 500})

    assert not last.floor
    assert beyond.floor and beyond.expected == pytest.approx(last.expected) and (beyond.low, beyond.comparisons) == (0, 1000)


@given(LIKE, LIKE, st.integers(1, 10_000))
def test_a_higher_score_is_never_worth_less(one: float, other: float, people: int) -> None:
    low, high = sorted((one, other))

    assert _one(high, {(0, 1): people}).expected <= _one(low, {(0, 1): people}).expected + 1e-12


@given(LIKE, st.integers(1, 10_000), st.integers(0, 10_000))
def test_more_people_bring_more_accidents(score: float, people: int, more: int) -> None:
    assert _one(score, {(0, 1): people}).expected <= _one(score, {(0, 1): people, (1, 1): more}).expected + 1e-12


@given(LIKE, st.integers(1, 100), st.integers(0, 100))
def test_more_pictures_of_a_person_bring_more_accidents_and_never_more_than_all_of_them_alone(
    score: float, templates: int, more: int,
) -> None:
    few, many = _one(score, {(0, templates): 10}).expected, _one(score, {(0, templates + more): 10}).expected

    assert few <= many + 1e-12
    assert many <= (templates + more) * _one(score, {(0, 1): 10}).expected + 1e-9


@given(LIKE, st.lists(st.integers(0, 1), min_size=1, max_size=6), st.integers(0, 1))
def test_more_probe_pictures_bring_more_accidents(score: float, probes: list[int], more: int) -> None:
    crowd = {(0, 1): 10, (1, 2): 5}

    assert _one(score, crowd, probes=probes).expected <= _one(score, crowd, probes=[*probes, more]).expected + 1e-12


@given(LIKE, st.integers(1, 50), st.integers(0, 1))
def test_the_interval_holds_the_number_and_nobody_is_hit_twice(score: float, templates: int, band: int) -> None:
    found = _one(score, {(band, templates): 70})

    assert 0 <= found.low <= found.expected + 1e-12
    assert found.expected <= found.high + 1e-12 <= 70 + 1e-6


def _local(scores: list[float]) -> Local:
    return Local(np.array(scores), np.zeros(len(scores), np.int64), np.zeros(len(scores), np.int64))


def test_a_case_whose_people_are_more_alike_has_more_accidents() -> None:
    alike = _local(np.linspace(0.1, 0.35, 300).tolist())

    assert _one(0.4, {(0, 1): 500}, local=alike).expected > 1.5 * _one(0.4, {(0, 1): 500}).expected


def test_a_case_whose_people_are_less_alike_lowers_the_number_but_never_the_bound() -> None:
    unlike = _local(np.linspace(-0.5, 0.0, 3000).tolist())

    assert _one(0.39, {(0, 1): 500}, local=unlike).expected < _one(0.39, {(0, 1): 500}).expected
    assert _one(0.9, {(0, 1): 500}, local=unlike).expected == _one(0.9, {(0, 1): 500}).expected


def test_few_known_pairs_hardly_change_anything() -> None:
    assert _one(0.39, {(0, 1): 500}, local=_local([0.0, 0.1])).expected == pytest.approx(
        _one(0.39, {(0, 1): 500}).expected, rel=0.2)


@given(LIKE, LIKE, st.lists(LIKE, max_size=60))
def test_the_case_s_own_pairs_never_make_a_higher_score_worth_less(one: float, other: float, known: list[float]) -> None:
    low, high = sorted((one, other))
    crowd = {(0, 1): 100}

    assert _one(high, crowd, local=_local(known)).expected <= _one(low, crowd, local=_local(known)).expected * (1 + 1e-9) + 1e-12


def test_a_child_gets_no_number_unless_children_were_calibrated() -> None:
    asked = {"probes": [0], "crowd": Crowd({(0, 1): 10}), "children": [True, False]}

    first, second = chances([0.3, 0.3], calibration=_calibration(), **asked)
    both = chances([0.3, 0.3], calibration=_calibration(age_bands=["child"]), **asked)

    assert isinstance(first, NoChance) and "child" in first.reason and isinstance(second, Chance)
    assert all(isinstance(each, Chance) for each in both)


def test_without_a_calibration_or_its_band_the_reason_is_said() -> None:
    none = chances([0.3], probes=[0], crowd=Crowd({(0, 1): 10}), calibration=None)[0]
    other = chances([0.3], probes=[0], crowd=Crowd({(5, 1): 10}), calibration=_calibration())[0]

    assert isinstance(none, NoChance) and "calibration" in none.reason
    assert isinstance(other, NoChance) and BANDS[5] in other.reason


def test_faces_fall_into_bands_by_size_and_blur() -> None:
    widths, sharp = np.array([80, 40, 28, 80, 40, 28, 80]), np.array([0.4, 0.4, 0.5, 0.2, 0.3, 0.4, 0.15])

    assert [BANDS[band] for band in band_of(widths, sharp)] == [
        "large and sharp", "medium and sharp", "small and sharp", "large and soft", "medium and soft", "small and soft",
        "large and blurred"]
    assert int(band_of(80.0, 0.4)) == 0


def test_a_person_counts_once_with_all_templates_in_the_worst_band() -> None:
    crowd = crowd_of(np.array([7, 7, 7, 2, 9]), np.array([0, 4, 1, 0, 0]))

    assert dict(crowd.people) == {(4, 3): 1, (0, 1): 2}
    assert crowd.size == 3


def test_an_empty_gallery_is_a_number_too() -> None:
    assert _one(0.3, {}).expected == 0


def test_the_sentence_never_says_that_it_is_somebody() -> None:
    sure, bound = _one(0.4, {(0, 1): 500}), _one(0.9, {(0, 1): 500})

    assert "Among 500 people about 0.5 others" in sentence(sure) and "not the probability" in sentence(sure)
    assert sentence(bound).startswith("Fewer than 1 in 1,000 comparisons") and "100 people were compared" in sentence(bound)


@pytest.mark.parametrize("change", [
    {"pack": "other@1"}, {"format": 2}, {"curves": []}, {"curves": [FILE["curves"][0] | {"share": [1.0, 0.1, 0.2]}]},
    {"surprise": 1},
])
def test_a_calibration_of_another_pack_or_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        _calibration(**change)

    assert caught.value.code == "bad-calibration"
