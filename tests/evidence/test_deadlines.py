"""How far the recordings of a camera are, and how long they are still there to be fetched."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.errors import WrongUsage
from sporhund.evidence.deadlines import Recordings, check_past, deadline
from sporhund.evidence.model import Camera

TODAY = date(2026, 3, 1)
DAYS = st.one_of(st.none(), st.dates(TODAY - timedelta(days=20), TODAY + timedelta(days=20)))


def _camera(lost: date | None = None, asked: date | None = None, received: date | None = None) -> Camera:
    return Camera("k", "Torvet", None, None, lost, None, asked, received)


@pytest.mark.parametrize(("lost", "left", "soon"), [
    (None, None, False), (TODAY, 0, True), (TODAY + timedelta(days=3), 3, True), (TODAY + timedelta(days=4), 4, False)])
def test_a_camera_is_about_to_be_overwritten_within_three_days(lost: date | None, left: int | None, soon: bool) -> None:
    said = deadline(_camera(lost), files=False, today=TODAY)

    assert (said.state, said.days_left, said.soon) == (Recordings.KNOWN, left, soon)


def test_recordings_that_never_came_are_lost_the_day_after() -> None:
    assert deadline(_camera(TODAY - timedelta(days=1), TODAY), files=False, today=TODAY).state is Recordings.OVERWRITTEN


def test_asking_does_not_stop_the_clock() -> None:
    said = deadline(_camera(TODAY, TODAY), files=False, today=TODAY)

    assert (said.state, said.soon) == (Recordings.ASKED, True)


@given(DAYS, DAYS, DAYS)
def test_files_that_are_here_were_received_whatever_was_noted(lost: date | None, asked: date | None, came: date | None) -> None:
    said = deadline(_camera(lost, asked, came), files=True, today=TODAY)

    assert (said.state, said.days_left, said.soon) == (Recordings.RECEIVED, None, False)


@given(DAYS, DAYS, DAYS)
def test_days_are_counted_only_where_there_is_something_to_lose(lost: date | None, asked: date | None, came: date | None) -> None:
    said = deadline(_camera(lost, asked, came), files=False, today=TODAY)

    assert (said.days_left is not None) == (said.state in (Recordings.KNOWN, Recordings.ASKED) and lost is not None)
    assert said.days_left is None or said.days_left >= 0
    assert not said.soon or said.days_left is not None


def test_nothing_happened_on_a_day_that_has_not_come() -> None:
    with pytest.raises(WrongUsage) as said:
        check_past(TODAY + timedelta(days=1), TODAY)

    assert said.value.code == "bad-day"
