"""What is said of people beyond the bare figures, on templates whose answers are known."""
import json

import numpy as np
import pytest

from sporhund.errors import Refused
from sporhund.faces.calibration import Calibration, Curve
from sporhund.faces.evaluate import all_pairs
from sporhund.measure import figures, rules
from sporhund.measure.model import ChanceCheck, Grouping, Usable


def people(count: int, pictures: int, *, noise: float, seed: int = 1, width: float = 90.0) -> tuple[list[str], list[Usable]]:
    """Templates of so many people: a random direction each, and how far their pictures scatter around it."""
    rng = np.random.default_rng(seed)
    names, usable = [], []
    for person, middle in enumerate(rng.normal(size=(count, 64))):
        for picture in range(pictures):
            vector = middle + noise * rng.normal(size=64)
            names.append(f"p{person:03d}")
            vector = (vector / np.linalg.norm(vector)).astype(np.float32)
            usable.append(Usable(vector, width, 0.4, bytes([person % 256, picture])))
    return names, usable


def pairs_of(names: list[str], usable: list[Usable]):
    return all_pairs(np.stack([one.vector for one in usable]), names)


# ------------------------------------------------------------------ enough people

def test_twenty_people_with_pictures_of_their_own_are_enough():
    names, usable = people(20, 2, noise=0.3)

    rules.require_people(figures.by_person(names, usable), strangers=0.0)


@pytest.mark.parametrize("stored_again", [0.0, 0.02])
def test_one_persons_pictures_under_twenty_names_are_one_person(stored_again):
    rng = np.random.default_rng(3)
    _, own = people(1, 3, noise=0.3)
    def again(one: Usable, name: int) -> Usable:
        vector = one.vector + stored_again * rng.normal(size=64).astype(np.float32)
        return Usable(vector / np.linalg.norm(vector), 80.0, 0.4, one.digest if not stored_again else bytes([name]))

    folder = {f"p{name}": [again(one, name) for one in own] for name in range(25)}

    assert rules.distinct_people(folder, strangers=0.0) == 1
    with pytest.raises(Refused) as refused:
        rules.require_people(folder, strangers=0.0)
    assert refused.value.code == "too-few-people"


def test_folders_without_a_comparable_picture_are_nobody():
    names, usable = people(19, 2, noise=0.3)
    folder = dict(figures.by_person(names, usable)) | {f"empty{number}": [] for number in range(30)}

    assert rules.distinct_people(folder, strangers=0.0) == 19


# ------------------------------------------------------------------ how sure

def test_the_interval_holds_the_figure_and_is_wider_for_fewer_people():
    def width(count: int) -> float:
        names, usable = people(count, 4, noise=1.3)
        found = figures.intervals(pairs_of(names, usable), figures.numbered(names), None)["eer"]
        assert found.low <= found.value <= found.high
        return found.high - found.low

    assert width(160) < width(40)


def test_more_pictures_of_the_same_people_hardly_make_it_surer():
    """Pairs would say that it is many times surer; drawn over people it is not."""
    def width(pictures: int) -> float:
        names, usable = people(40, pictures, noise=1.3)
        found = figures.intervals(pairs_of(names, usable), figures.numbered(names), None)["tar_1e-03"]
        return found.high - found.low

    assert width(8) > width(3) / 3


def test_the_figure_in_the_interval_is_the_figure():
    from sporhund.faces.evaluate import evaluate_pairs

    names, usable = people(60, 4, noise=1.3)
    pairs = pairs_of(names, usable)
    plain = evaluate_pairs(pairs, len(names))

    found = figures.intervals(pairs, figures.numbered(names), None)

    assert found["tar_1e-03"].value == pytest.approx(plain.tar_at_far["1e-3"], abs=1e-9)
    assert found["eer"].value == pytest.approx(plain.eer, abs=0.003)


# ------------------------------------------------------------------ clusters

def test_clusters_are_judged_over_all_pairs():
    names, usable = people(3, 2, noise=0.1)

    said = figures.grouping(pairs_of(names, usable), np.array([0, 0, 2, 2, 2, 5]))

    assert said == Grouping(pytest.approx(2 / 4), pytest.approx(2 / 3), pytest.approx(4 / 7))


def test_clusters_that_put_nobody_together_have_no_precision():
    names, usable = people(3, 2, noise=0.1)

    assert figures.grouping(pairs_of(names, usable), np.arange(6)) == Grouping(None, 0.0, None)


# ------------------------------------------------------------------ by band

def test_a_pair_counts_in_the_band_of_its_worse_picture_and_thin_bands_are_left_out():
    names, usable = people(40, 2, noise=0.5)
    mixed = [one if number % 2 else Usable(one.vector, 24.0, 0.6, one.digest) for number, one in enumerate(usable)]

    assert [band.name for band in figures.bands(pairs_of(names, usable), figures.numbered(names), usable)] == ["large and sharp"]
    found = figures.bands(pairs_of(names, mixed), figures.numbered(names), mixed)
    assert {band.name: band.figures.mated for band in found} == {"small and sharp": 40}


# ------------------------------------------------------------------ chance

def normal_calibration(spread: float) -> Calibration:
    """As if strangers' scores were normal around 0."""
    from scipy.special import ndtr

    scores = np.linspace(-0.9, 0.9, 400)
    share = np.maximum(1 - ndtr(scores / spread), 1e-9)
    return Calibration("base@1", "nobody", 1000, {(0, 0): Curve(scores, share, share, share, 1000, 1e9)},
                       ((1.0, 1.0, 1.0, 1.0), (2.0, 2.0, 2.0, 2.0)), (), "")


def test_a_calibration_that_fits_gives_one_person_by_accident():
    names, usable = people(150, 1, noise=0.0)
    vectors = np.stack([one.vector for one in usable])

    check = figures.chance_check(vectors, figures.numbered(names), usable, normal_calibration(1 / 8))

    assert isinstance(check, ChanceCheck)
    assert 0.5 < check.found.value < 2
    assert check.found.low < check.found.value < check.found.high
    assert (check.probes, check.people, check.hidden) == (150, 150, 0)
    assert json.dumps(check.hidden) == "0"


def test_a_calibration_of_other_people_that_is_too_narrow_shows():
    names, usable = people(150, 1, noise=0.0)
    vectors = np.stack([one.vector for one in usable])

    check = figures.chance_check(vectors, figures.numbered(names), usable, normal_calibration(1 / 12))

    assert isinstance(check, ChanceCheck)
    assert check.found.value > 2


def test_without_a_calibration_it_says_why_nothing_was_checked():
    names, usable = people(30, 1, noise=0.0)

    said = figures.chance_check(np.stack([one.vector for one in usable]), figures.numbered(names), usable, None)

    assert isinstance(said, str)
    assert "calibration" in said
