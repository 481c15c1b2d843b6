"""Where joining begins, and what clusters are called."""
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sporhund.clusters.begin import alike, begin, between, names

COUNT = 12
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
labels = st.lists(st.integers(0, 5), min_size=COUNT, max_size=COUNT)
pairs = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=8)


@given(labels, st.sets(st.integers(0, COUNT - 1), min_size=2, max_size=5), pairs)
def test_a_beginning_keeps_what_was_said_and_breaks_nothing(
    stored: list[int], must: set[int], quarrels: list[tuple[int, int]],
) -> None:
    apart = [(a, b) for a, b in quarrels if a != b and not {a, b} <= must]

    start = begin(np.array(stored), musts=[sorted(must)], apart=np.array(apart, np.int64).reshape(-1, 2))

    assert len({int(start[at]) for at in must}) == 1
    assert all(start[a] != start[b] for a, b in apart)


@given(labels, pairs, st.sets(st.integers(0, COUNT - 1), max_size=5), st.sets(st.integers(0, COUNT - 1), max_size=5))
def test_sides_are_all_their_pairs(
    stored: list[int], quarrels: list[tuple[int, int]], left: set[int], right: set[int],
) -> None:
    right = right - left
    apart = np.array([(a, b) for a, b in quarrels if a != b], np.int64).reshape(-1, 2)
    sides = [(np.array(sorted(left), np.int64), np.array(sorted(right), np.int64))]
    pairwise = np.array([(a, b) for a in left for b in right], np.int64).reshape(-1, 2)

    start = begin(np.array(stored), musts=[], apart=apart, sides=sides)

    assert start.tolist() == begin(np.array(stored), musts=[], apart=np.concatenate([apart, pairwise])).tolist()
    kept = {tuple(sorted((int(start[a]), int(start[b])))) for a, b in pairwise}
    assert {tuple(sorted((int(start[a]), int(start[b])))) for a, b in between(start, sides)} == kept


def test_two_clusters_are_kept_apart_by_one_pair() -> None:
    halves = np.repeat([0, 1], 2500)
    sides = [(np.arange(2500), np.arange(2500, 5000))]

    assert between(begin(halves, musts=[], apart=np.zeros((0, 2), np.int64), sides=sides), sides).shape == (1, 2)


@given(labels)
def test_without_words_what_was_joined_begins_joined(stored: list[int]) -> None:
    start = begin(np.array(stored), musts=[], apart=np.zeros((0, 2), np.int64))

    assert alike(start.tolist()).tolist() == alike(stored).tolist()


def test_of_a_glued_cluster_the_one_with_most_quarrels_leaves() -> None:
    start = begin(np.zeros(4, np.int64), musts=[], apart=np.array([[0, 3], [1, 3], [2, 3]]))

    assert len({int(start[at]) for at in (0, 1, 2)}) == 1
    assert start[3] != start[0]


@given(labels, labels)
def test_every_name_stays_or_leads_to_one_that_does(before: list[int], after: list[int]) -> None:
    called = [f"k{one}" if one else None for one in before]
    born = {f"k{one}": EARLY + timedelta(days=one) for one in range(6)}

    found = names(np.array(after), called, born, iter(f"new{n}" for n in range(20)))

    used = [name for name in found.of_label.values() if name is not None]
    assert len(used) == len(set(used))
    assert {name for name in called if name} <= set(used) | set(found.merged)
    assert set(found.merged.values()) <= set(used)


@given(labels)
def test_the_same_clusters_keep_their_names(before: list[int]) -> None:
    called = [f"k{one}" for one in before]

    found = names(np.array(before), called, dict.fromkeys(called, EARLY), iter(()))

    assert [found.of_label[one] for one in before] == called and not found.merged and not found.founded


def test_of_two_that_join_the_larger_keeps_its_name() -> None:
    found = names(np.zeros(3, np.int64), ["small", "large", "large"], {"small": EARLY, "large": EARLY + timedelta(1)}, iter(()))

    assert found.of_label == {0: "large"} and found.merged == {"small": "large"}


def test_equals_keep_the_older_name() -> None:
    found = names(np.zeros(2, np.int64), ["young", "old"], {"old": EARLY, "young": EARLY + timedelta(1)}, iter(()))

    assert found.of_label == {0: "old"}
