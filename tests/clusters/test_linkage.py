"""Joining: precision before recall, whatever the order, and never against what is known."""
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clusters.people import SPEC, UNSUITABLE, directions, templates

from sporhund.clusters.linkage import Bar, Edges, bar, link, lowest_bar, near_pairs, nearest_scores, weakness
from sporhund.packs.model import Clustering


def joined(vectors: np.ndarray, **known: object) -> np.ndarray:
    edges = near_pairs(vectors, lowest_bar(len(vectors), SPEC).floor)
    return link(vectors, edges, bar(len(vectors), nearest_scores(len(vectors), edges), SPEC), **known)


def partition(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == one).tolist()) for one in set(labels.tolist())}


people = st.lists(st.integers(0, 8), min_size=2, max_size=40)


@given(people, st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_people_who_are_plainly_apart_are_told_apart(who: list[int], seed: int) -> None:
    labels = joined(templates(who, seed=seed))

    assert partition(labels) == partition(np.array(who))


@given(people, st.integers(0, 50), st.data())
@settings(max_examples=40, deadline=None)
def test_two_people_by_word_or_frame_are_never_joined(who: list[int], seed: int, data: st.DataObject) -> None:
    pairs = st.tuples(st.integers(0, len(who) - 1), st.integers(0, len(who) - 1)).filter(lambda pair: pair[0] != pair[1])
    apart = data.draw(st.lists(pairs, max_size=20))

    labels = joined(templates(who, seed=seed), apart=np.array(apart, np.int64).reshape(-1, 2))

    assert all(labels[a] != labels[b] for a, b in apart)


@given(people, st.integers(0, 50), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_joined_to_begin_with_stays_joined(who: list[int], seed: int, data: st.DataObject) -> None:
    start = np.array(data.draw(st.lists(st.integers(0, 6), min_size=len(who), max_size=len(who))), np.int64)

    labels = joined(templates(who, seed=seed), start=start)

    assert all(labels[a] == labels[b] for a, b in combinations(range(len(who)), 2) if start[a] == start[b])


@given(people, st.integers(0, 50), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_tracks_changes_nothing(who: list[int], seed: int, shuffled: object) -> None:
    vectors = templates(who, score=0.5, seed=seed)
    order = list(range(len(who)))
    shuffled.shuffle(order)  # type: ignore[attr-defined]

    labels, other = joined(vectors), joined(vectors[order])

    assert partition(labels) == {frozenset(order[at] for at in group) for group in partition(other)}


def test_a_beginning_that_holds_two_people_is_an_error() -> None:
    with pytest.raises(ValueError, match="two people"):
        joined(templates([0, 0]), start=np.array([0, 0]), apart=np.array([[0, 1]]))


def test_one_bridge_does_not_join_two_people() -> None:
    """A picture half one and half the other scores high with both; the two people's pictures do not score with each other."""
    a, b = directions(2, seed=4)
    half = (a + b) / np.linalg.norm(a + b)
    vectors = np.concatenate([templates([0] * 6 + [1] * 6, score=0.9, seed=4), [half.astype(np.float32)]])

    labels = joined(vectors)

    assert labels[0] != labels[6]


def test_a_chain_of_small_steps_does_not_join_its_ends() -> None:
    a, b = directions(2, seed=1)
    steps = np.linspace(0, np.pi, 24)
    chain = np.array([np.cos(step) * a + np.sin(step) * (b - (a @ b) * a) / np.sqrt(1 - (a @ b) ** 2) for step in steps])

    labels = joined(chain.astype(np.float32))

    assert labels[0] != labels[-1]


def test_takes_of_one_scene_need_as_much_as_one_picture() -> None:
    limit = Bar(5.0, SPEC)

    assert limit.need(1.0, 1.0) == pytest.approx(limit.single)
    assert limit.need(0.9, 0.9) < limit.need(0.9, 1.0) < limit.single


def test_weak_pictures_need_more() -> None:
    spec = Clustering(0.0, 0.09, 0.0, 0.001, 0.005, 200, 32.0, 0.22, 0.06)
    limit = Bar(5.0, spec)

    weak = weakness(np.array([80, 24, 28, 80], np.float32), np.array([0.4, 0.4, 0.4, 0.18], np.float32), spec, UNSUITABLE)

    assert weak.tolist() == pytest.approx([0, 1, 0.5, 0.5], abs=1e-6)
    assert limit.need(1.0, 1.0, 1.0) == pytest.approx(limit.single + 0.06)


@given(st.integers(2, 300_000), st.integers(2, 300_000))
def test_a_larger_set_of_strangers_has_a_higher_bar(one: int, other: int) -> None:
    small, large = sorted((one, other))

    assert bar(small, np.full(1, -1.0), SPEC).z <= bar(large, np.full(1, -1.0), SPEC).z


def test_where_everybody_has_a_companion_the_bar_is_the_lowest() -> None:
    alone, together = bar(5000, np.full(5000, -1.0), SPEC), bar(5000, np.ones(5000), SPEC)

    assert together.z == lowest_bar(5000, SPEC).z < alone.z


def test_strangers_in_a_crowd_of_five_thousand_are_not_joined() -> None:
    labels = joined(directions(5000, seed=9).astype(np.float32))

    assert len(set(labels.tolist())) == 5000


@given(st.integers(1, 60), st.data())
@settings(max_examples=30, deadline=None)
def test_close_pairs_are_found_once_and_all(count: int, data: st.DataObject) -> None:
    vectors = templates(data.draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)))
    new = np.array(sorted(data.draw(st.sets(st.integers(0, count - 1)))), np.int64)
    scores = vectors @ vectors.T
    wanted = {(i, j) for i, j in combinations(range(count), 2) if scores[i, j] >= 0.4 and (i in new or j in new)}

    edges = near_pairs(vectors, 0.4, new=new)

    assert sorted(tuple(sorted(pair)) for pair in zip(edges.first.tolist(), edges.second.tolist(), strict=True)) == sorted(wanted)


def test_too_many_pairs_leave_each_track_its_best() -> None:
    vectors = templates([0] * 200, score=0.6)

    edges = near_pairs(vectors, 0.0, most=4000)

    assert len(edges.scores) <= 4000
    best = near_pairs(vectors, 0.0)
    assert np.allclose(nearest_scores(200, edges), nearest_scores(200, best))


def test_in_pieces_people_are_told_apart_as_well_as_at_once() -> None:
    who = np.random.default_rng(2).integers(0, 80, 400)
    vectors = templates(who.tolist(), score=0.6, seed=3)
    labels = np.zeros(0, np.int64)
    for end in range(40, 401, 40):
        start = np.concatenate([labels, np.arange(1000, 1040)])
        new = np.arange(end - 40, end)
        edges = near_pairs(vectors[:end], lowest_bar(end, SPEC).floor, new=new)
        labels = link(vectors[:end], edges, bar(end, nearest_scores(end, edges), SPEC), start=start)

    pairs = [(a, b) for a, b in combinations(range(400), 2) if labels[a] == labels[b]]

    assert len(pairs) > 500
    assert sum(who[a] == who[b] for a, b in pairs) / len(pairs) >= 0.985


def test_no_tracks_make_no_clusters() -> None:
    empty = np.zeros((0, 128), np.float32)
    none = np.zeros(0, np.int64)

    assert len(link(empty, Edges(none, none, np.zeros(0, np.float32)), Bar(5.0, SPEC))) == 0
