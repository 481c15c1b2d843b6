"""The account adds up, and unknown is not nothing."""
from math import inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.evidence import rules
from sporhund.evidence.model import Account, State, VideoSeconds
from sporhund.evidence.rules import Span

own_states = st.none() | st.sampled_from(["failed", "skipped"])
medium_states = st.none() | st.sampled_from(["waiting", "analysed", "partly", "failed", "skipped"])
times = st.floats(0, 100)
spans = st.lists(st.builds(
    Span, times, times | st.just(inf), st.sampled_from(["waiting", "running", "done", "failed"]),
    st.lists(st.tuples(times, times | st.just(inf)), max_size=3).map(tuple)), max_size=6)


@given(st.lists(st.tuples(own_states, medium_states, st.booleans())))
def test_seen_is_the_sum_of_all_states(files: list[tuple[str | None, str | None, bool]]) -> None:
    counts: dict[State, int] = {}
    for own, medium, original in files:
        state = rules.state_of((own, None, None), (medium, None, None) if medium else None, original)[0]
        counts[state] = counts.get(state, 0) + 1

    found = rules.account(counts, VideoSeconds())

    assert found.seen == len(files) == sum(getattr(found, state.value) for state in State)


def test_a_second_file_of_a_content_is_a_duplicate_whatever_became_of_the_content() -> None:
    assert rules.state_of((None, None, None), ("failed", "truncated", "…"), False)[0] is State.DUPLICATE


@given(times, times, spans)
def test_seconds_of_video_add_up(start: float, end: float, units: list[Span]) -> None:
    found = rules.video_seconds(start, end, units)

    assert isclose(found.total, found.decoded + found.unread + found.waiting, abs_tol=1e-6)
    assert min(found.decoded, found.unread, found.waiting) >= -1e-9


def test_seconds_are_decoded_unread_or_waiting() -> None:
    units = [Span(0, 10, "done", ((4, 6),)), Span(10, 20, "failed"), Span(20, inf, "waiting")]

    assert rules.video_seconds(0, 25, units) == VideoSeconds(total=25, decoded=8, unread=12, waiting=5)


def test_a_second_that_any_run_decoded_is_decoded() -> None:
    units = [Span(0, 10, "failed"), Span(0, 10, "done"), Span(0, 10, "waiting")]

    assert rules.video_seconds(0, 10, units) == VideoSeconds(total=10, decoded=10)


@pytest.mark.parametrize(("videos", "others", "among"), [(0, 0, False), (1, 0, False), (2, 2, True), (2, 3, False), (9, 1, True)])
def test_a_folder_of_mostly_videos_is_a_cameras(videos: int, others: int, among: bool) -> None:
    assert rules.among_video(videos, others) == among


def test_recorders_files_are_known_by_their_endings() -> None:
    assert all(rules.looks_like_video(name) for name in (b"a.MP4", b"x/b.dav"))
    assert not any(rules.looks_like_video(name) for name in (b".mp4", b"mp4", b"c.txt"))


@given(st.lists(st.sampled_from(rules.LOOK_ORDER), min_size=1))
def test_what_one_pack_found_stands(states: list[str]) -> None:
    assert (rules.look_state(states) == "found") == ("found" in states)


def test_an_empty_account_is_all_zero() -> None:
    assert rules.account({}, VideoSeconds()) == Account()
