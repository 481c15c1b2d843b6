"""Who is who, and who could be taken for somebody by accident."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from tests.gallery.conftest import Filled, unit

from sporhund.audit.keys import Keys
from sporhund.faces.chance import band_of, crowd_of
from sporhund.gallery.model import Gallery
from sporhund.gallery.service import opened
from sporhund.search import worth
from sporhund.store import tables
from sporhund.store.service import Store


def gallery(widths: list[float]) -> Gallery:
    count = len(widths)
    return Gallery("c", "base@1", "g", np.array([f"t_{row:04d}".encode() for row in range(count)] or [], "S6"),
                   np.array([b"m"]), np.zeros(count, np.int32), np.zeros((count, 4), np.float32),
                   np.array(widths, np.float32), np.full(count, 0.5, np.float32))


@given(st.lists(st.tuples(st.floats(10, 100), st.integers(0, 6)), max_size=40))
def test_everybody_is_counted_as_the_chance_counts_them(drawn: list[tuple[float, int]]) -> None:
    known = gallery([width for width, _ in drawn])
    clusters = {f"t_{row:04d}": f"k{of}" for row, (_, of) in enumerate(drawn) if of}

    person = worth.persons(known, clusters)

    assert worth.crowd([known], [person]) == crowd_of(person.astype(np.int64), band_of(known.width_px, known.sharpness))
    people = len({clusters.get(f"t_{row:04d}", row) for row in range(len(drawn))})
    assert worth.crowd([known], [person]).size == people == len(set(person.tolist()))


def test_a_cluster_of_tracks_that_do_not_count_any_more_changes_nothing() -> None:
    known = gallery([50, 60])

    assert worth.persons(known, {"t_9999": "k1", "t_0001": "k1", "a": "k2"}).tolist() == [0, 2]


def test_people_of_two_cases_are_different_people() -> None:
    one, other = gallery([50, 60]), gallery([70])

    assert worth.crowd([one, other], [worth.persons(one, {}), worth.persons(other, {})]).size == 3


def test_only_rows_that_are_compared_are_anybody_in_the_crowd() -> None:
    known = gallery([50, 60, 70])
    person = worth.persons(known, {"t_0000": "k1", "t_0001": "k1"})

    assert worth.crowd([known], [person], [np.array([1, 2])]) == worth.crowd([gallery([60, 70])], [np.array([2, 1], np.int32)])
    assert worth.crowd([known], [person], [np.array([0, 1])]).size == 1


def test_faces_in_one_frame_are_what_the_case_knows_to_be_two_people(filled: Filled, store: Store, keys: Keys) -> None:
    vectors = unit(4, seed=3)
    together, alone = filled.medium(), filled.medium()
    tracks = [*filled.tracks(together, vectors[:3]), *filled.tracks(alone, vectors[3:])]
    with store.transaction() as rows:
        for place, track in enumerate(tracks[:3]):
            # The third is over the second: one face found twice, not two people.
            path = np.array([[0.0, 100.0 * min(place, 1), 0.0, 50.0, 50.0, 0.9]], "<f8")
            rows.execute(insert(tables.observation).values(
                case_id=filled.id, track_id=track, path=path.tobytes(), lead=b""))
    known = opened(filled.id, "base@1", store=store, keys=keys)

    with store.reader() as rows:
        found = worth.local(rows, known, worth.persons(known, {}))
        said_one = worth.local(rows, known, worth.persons(known, dict.fromkeys(tracks[:3], "k1")))

    assert found is not None and said_one is None
    pairs = vectors[:3] @ vectors[:3].T
    assert sorted(found.scores.tolist()) == pytest.approx(sorted([float(pairs[0, 1]), float(pairs[0, 2])]), abs=1e-6)
