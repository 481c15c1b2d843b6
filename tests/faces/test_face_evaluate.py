"""Measuring all pairs."""
import numpy as np
import pytest

from sporhund.faces.evaluate import all_pairs, det_points, equal_error_rate, evaluate, rank_one, threshold_at


def _unit(rows: list[list[float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    matrix = np.array(rows, np.float32)
    return matrix / np.linalg.norm(matrix, axis=1)[:, None]


def test_every_pair_occurs_once_and_knows_whether_it_is_mated() -> None:
    pairs = all_pairs(_unit([[1, 0], [1, 0], [0, 1]]), ["a", "a", "b"])

    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.mated.tolist(), strict=True)) == [
        (0, 1, True), (0, 2, False), (1, 2, False)]
    assert pairs.scores.tolist() == pytest.approx([1.0, 0.0, 0.0])


def test_the_threshold_lets_through_exactly_the_allowed_number_of_non_mated_pairs() -> None:
    scores = np.arange(1000) / 1000

    limit = threshold_at(scores, 1e-2)

    assert limit == 0.989
    assert (scores > limit).sum() == 10


def test_without_enough_pairs_there_is_no_threshold() -> None:
    assert threshold_at(np.arange(999) / 1000, 1e-3) is None


def test_perfect_templates_give_perfect_figures() -> None:
    people = [name for name in "abcdefghijkl" for _ in range(2)]
    vectors = np.repeat(np.eye(12, dtype=np.float32), 2, axis=0)

    figures = evaluate(vectors, people)

    assert (figures.mated, figures.nonmated) == (12, 264)
    assert figures.tar_at_far["1e-2"] == 1.0
    assert figures.tar_at_far["1e-3"] is None
    assert (figures.eer, figures.rank1) == (0.0, 1.0)
    assert sum(figures.histogram["nonmated"]) == 264


def test_the_equal_error_rate_of_two_equal_piles_is_a_half() -> None:
    pile = np.linspace(0, 1, 101)

    assert equal_error_rate(pile, pile) == pytest.approx(0.5, abs=0.01)


def test_rank_one_counts_only_those_who_have_a_second_picture() -> None:
    vectors = _unit([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.2, 1]])

    assert rank_one(all_pairs(vectors, ["a", "a", "b", "c"]), 4) == 1.0
    assert rank_one(all_pairs(vectors, ["a", "b", "c", "d"]), 4) is None


def test_error_rates_rise_and_fall_along_the_curve() -> None:
    chance = np.random.default_rng(3)
    mated, others = np.sort(chance.normal(0.6, 0.15, 500)), np.sort(chance.normal(0.0, 0.15, 5000))

    points = det_points(mated, others)

    assert [fmr for fmr, _, _ in points] == sorted(fmr for fmr, _, _ in points)
    assert [fnmr for _, fnmr, _ in points] == sorted((fnmr for _, fnmr, _ in points), reverse=True)
    assert points[-1][0] == 1.0


def test_one_person_alone_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="pairs"):
        evaluate(_unit([[1, 0], [1, 0]]), ["a", "a"])
