"""When a medium counts as seen."""
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sporhund.catalogue import looked
from sporhund.catalogue.items import EDGE_S, Items, Played, Seen
from sporhund.catalogue.model import KINDS
from sporhund.viewing.rules import joined

seconds = some.floats(0, 100_000)
NOTHING_PLAYED = Played(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def media(kind: str, duration: float = 0.0, unread_s: float = 0.0) -> Items:
    """One medium."""
    columns = {one.name: np.zeros(1) for one in fields(Items) if one.name not in ("order", "sorted", "rank", "memo")}
    columns |= {"id": np.array([b"m_1"]), "kind": np.array([KINDS.index(kind)], np.int16), "duration": np.array([duration]),
                "unread_s": np.array([unread_s])}
    return Items.of(columns)


def looking(played: float | None) -> Seen:
    """Of one medium so many seconds; None: it was never looked at."""
    there = played is not None
    return Seen(np.array([b"m_1"] if there else [], "S32"), np.array([there]), np.array([played or 0.0]), NOTHING_PLAYED)


def stands(items: Items, of: Seen) -> tuple[bool, bool]:
    return bool(looked.seen(items, of)[0]), bool(looked.partly(items, of)[0])


@given(some.sampled_from(["video", "audio"]), seconds, seconds, seconds)
def test_a_recording_is_seen_when_as_good_as_all_that_can_be_read_of_it_has_played(
    kind: str, length: float, unread: float, played: float,
) -> None:
    unread = min(unread, length)
    readable = length - unread or length

    seen, partly = stands(media(kind, length, unread), looking(played))

    assert seen == (length > 0 and played >= 0.95 * readable)
    assert partly == (not seen)


@given(some.sampled_from(["video", "audio"]), some.floats(1, 100_000), seconds, seconds)
def test_more_that_played_never_makes_it_less_seen(kind: str, length: float, one: float, other: float) -> None:
    items, (less, more) = media(kind, length), sorted((one, other))

    assert looked.seen(items, looking(less))[0] <= looked.seen(items, looking(more))[0]


@given(some.sampled_from(KINDS), seconds)
def test_what_nobody_looked_at_is_neither_seen_nor_seen_in_part(kind: str, length: float) -> None:
    assert stands(media(kind, length), looking(None)) == (False, False)


@pytest.mark.parametrize("kind", ["still", "other"])
def test_what_does_not_play_is_seen_by_having_been_shown(kind: str) -> None:
    assert stands(media(kind), looking(0.0)) == (True, False)


def test_two_seconds_of_four_hours_are_a_part() -> None:
    assert stands(media("video", 4 * 3600.0), looking(2.0)) == (False, True)


# ------------------------------------------------------------------ tracks

cuts = some.lists(some.floats(0, 60), max_size=12, unique=True).map(sorted)
lengths = some.floats(0, 30) | some.floats(0, 2) | some.just(0.0)
spans = some.tuples(some.floats(0, 60), lengths).map(lambda one: (one[0], one[0] + one[1]))


def parts(edges: list[float]) -> list[tuple[float, float]]:
    """Every other stretch between these moments."""
    return list(zip(edges[::2], edges[1::2], strict=False))


def has_played(track: tuple[float, float], played: list[tuple[float, float]], *, medium: int = 1) -> bool:
    """Of the second of three media; in the others nothing or everything played."""
    every = [(1, *part) for part in played] + [(2, 0.0, 100.0)]
    of = Played(np.array([one[0] for one in every]), np.array([one[1] for one in every]), np.array([one[2] for one in every]))
    return bool(of.covers(np.array([medium]), np.array([track[0]]), np.array([track[1]]))[0])


@given(spans, cuts)
def test_a_track_is_seen_when_all_of_it_but_an_edge_has_played_and_never_less_than_half(
    track: tuple[float, float], edges: list[float],
) -> None:
    (start, end), played = track, parts(edges)
    length, shown = end - start, sum(max(0.0, min(end, last) - max(start, first)) for first, last in played)
    least = max(length / 2, length - EDGE_S)

    seen = has_played(track, played)

    if length == 0:
        assert seen == any(first <= start <= last for first, last in played)
    elif abs(shown - least) > 1e-6:
        assert seen == (shown >= least)


@given(spans, cuts)
def test_a_track_of_which_nothing_played_is_not_seen_however_short_it_is(track: tuple[float, float], edges: list[float]) -> None:
    start, end = track
    away = [(first, last) for first, last in parts(edges) if last < start or first > end]

    assert not has_played(track, away)
    assert not has_played(track, away, medium=0)


@given(spans, cuts, some.floats(0, 60), some.floats(0, 30))
def test_more_that_played_never_makes_a_track_less_seen(
    track: tuple[float, float], edges: list[float], start: float, length: float,
) -> None:
    more = joined([*parts(edges), (start, start + length)], 0.0, 0.0)

    assert has_played(track, parts(edges)) <= has_played(track, list(more))
