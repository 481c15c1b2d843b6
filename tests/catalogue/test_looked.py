"""When a medium counts as seen."""
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sporhund.catalogue import looked
from sporhund.catalogue.items import Items, Played, Seen
from sporhund.catalogue.model import KINDS

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
