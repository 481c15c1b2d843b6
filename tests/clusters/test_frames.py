"""Two faces in one frame are two people; a track is found again by time and place."""
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sporhund.clusters.carry import followers
from sporhund.clusters.frames import Span, overlapping, seen_apart
from sporhund.clusters.model import Anchor

spans = st.lists(st.builds(
    lambda medium, page, start, length: Span(medium, 0, page, float(start), float(start + length)),
    st.sampled_from("mn"), st.integers(0, 1), st.integers(0, 20), st.integers(0, 6)), max_size=25)


def path(*seen: tuple[float, float]) -> np.ndarray:
    """Sightings at t of a face of 10 pixels at x."""
    return np.array([(t, x, 0.0, 10.0, 10.0, 0.9) for t, x in seen])


@given(spans, st.data())
def test_a_sweep_finds_the_pairs_that_share_time_and_page(all_spans: list[Span], data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.integers(0, 1), min_size=len(all_spans), max_size=len(all_spans)))
    wanted = {
        (i, j) for j, two in enumerate(all_spans) for i, one in enumerate(all_spans[:j])
        if groups[i] == groups[j] and (one.medium, one.page) == (two.medium, two.page)
        and one.start <= two.end and two.start <= one.end}

    found = list(overlapping(all_spans, groups))

    assert len(found) == len(set(found)) and set(found) == wanted


def test_faces_at_two_places_of_one_frame_are_two_people() -> None:
    assert seen_apart(path((0, 0), (1, 0)), path((1, 50), (2, 50)))


def test_one_face_found_twice_at_one_place_is_not() -> None:
    assert not seen_apart(path((0, 0), (1, 0)), path((1, 1), (2, 50)))


def test_tracks_that_share_time_and_no_frame_are_not_seen_apart() -> None:
    assert not seen_apart(path((0, 0), (1, 0)), path((0.5, 50), (1.5, 50)))


def anchor(*shots: tuple[float, float]) -> Anchor:
    return Anchor("m", "00", 0, 0, shots[0][0], shots[-1][0], tuple((t, (x, 0.0, 10.0, 10.0)) for t, x in shots))


def test_a_track_follows_where_it_was_at_the_same_time_and_place() -> None:
    found = followers(
        anchor((1.0, 20.0)), {"same": path((0, 10), (2, 30)), "beside": path((0, 60), (2, 60)), "later": path((5, 20))})

    assert [one.track for one in found] == ["same"]


def test_two_halves_of_a_track_both_follow_it() -> None:
    found = followers(anchor((1.0, 20.0), (4.0, 20.0)), {"first": path((0, 20), (2, 20)), "second": path((3, 20), (5, 21))})

    assert {one.track for one in found} == {"first", "second"}
