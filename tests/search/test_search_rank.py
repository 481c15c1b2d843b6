"""Ranking finds exactly what comparing everything by hand finds."""
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sporhund.search.rank import rank, scores


def unit(count: int, seed: int, dimensions: int = 8) -> NDArray[np.float32]:
    numbers = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return numbers / np.linalg.norm(numbers, axis=1, keepdims=True)


@given(st.integers(1, 60), st.integers(1, 4), st.integers(0, 9))
def test_a_score_is_the_best_over_all_probe_pictures(templates: int, probes: int, seed: int) -> None:
    gallery, asked = unit(templates, seed), unit(probes, seed + 100)

    found = scores(gallery, asked)

    assert np.allclose(found, (gallery @ asked.T).max(axis=1), atol=1e-6)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12)), min_size=1, max_size=200), st.integers(1, 25))
def test_each_person_comes_once_with_their_best_track_and_all_others_beside_it(
    drawn: list[tuple[int, int]], top: int,
) -> None:
    found = np.array([score / 20 for score, _ in drawn], np.float32)
    person = np.array([who for _, who in drawn], np.int32)

    ranked = rank(found, person, top=top)

    best = {who: max(float(found[row]) for row in range(len(found)) if person[row] == who) for who in set(person.tolist())}
    assert [one.score for one in ranked] == sorted(best.values(), reverse=True)[:top]
    people = [int(person[one.row]) for one in ranked]
    assert len(set(people)) == len(people) == min(top, len(best))
    for one in ranked:
        own = {int(row) for row in np.flatnonzero(person == person[one.row])}
        assert {one.row, *(row for row, _ in one.also)} == own
        assert [score for _, score in one.also] == sorted((score for _, score in one.also), reverse=True)


def test_of_equal_scores_the_order_is_that_of_the_rows() -> None:
    found = np.full(500, 0.5, np.float32)

    ranked = rank(found, np.arange(500, dtype=np.int32), top=20)

    assert [one.row for one in ranked] == list(range(20))


def test_many_tracks_of_one_person_hide_nobody_behind_them() -> None:
    found = np.concatenate([np.full(1000, 0.9), [0.8, 0.7]]).astype(np.float32)
    person = np.concatenate([np.zeros(1000), [1, 2]]).astype(np.int32)

    ranked = rank(found, person, top=3)

    assert [one.row for one in ranked] == [0, 1000, 1001]
    assert len(ranked[0].also) == 999


def test_an_empty_gallery_has_no_candidates() -> None:
    assert rank(scores(np.zeros((0, 0), np.float32), unit(1, 0)), np.zeros(0, np.int32), top=5) == []
