"""Who is who, and who could be taken for somebody by accident."""
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sporhund.faces.chance import band_of, crowd_of
from sporhund.gallery.model import Gallery
from sporhund.search import worth


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
