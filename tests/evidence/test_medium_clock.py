"""Which anchors hold for a medium that several files hold."""
from datetime import UTC, datetime, timedelta
from typing import Any

from sporhund.evidence.medium_clock import MediumClock, clock_of
from sporhund.evidence.model import Anchor

ELEVEN = datetime(2026, 1, 31, 11, 0, 5)
FIRST, SECOND = "k_first", "k_second"


def states(at: datetime = ELEVEN) -> dict[str, Any]:
    return {"what": "time", "value": at.isoformat(), "origin": "file-name", "zone": "unknown", "note": ""}


def check(camera: str, behind: timedelta, *, by: float = 1.0, medium: str | None = None) -> Anchor:
    """The camera's clock shows eleven while a true one is so much further."""
    return Anchor(f"n_{camera}", camera, medium, 0.0, ELEVEN, "UTC", ELEVEN.replace(tzinfo=UTC) + behind, by)


def clock(*anchors: Anchor) -> MediumClock:
    """Of a medium whose original is the first camera's and whose copy the second's."""
    return clock_of("m", 0.0, [states()], [(FIRST, None), (SECOND, None)], anchors)


def test_the_camera_of_a_copy_corrects_where_that_of_the_original_was_not_checked() -> None:
    found = clock(check(SECOND, timedelta(minutes=10))).at(0.0)

    assert found is not None
    assert (found.at, found.origin) == (datetime(2026, 1, 31, 11, 10, 5, tzinfo=UTC), "file-name+checked-clock")


def test_of_two_checked_cameras_that_contradict_the_originals_counts_and_the_uncertainty_reaches_to_the_other() -> None:
    found = clock(check(SECOND, timedelta(minutes=10), by=2.0), check(FIRST, timedelta(0))).at(0.0)

    assert found is not None
    assert (found.at, found.origin) == (ELEVEN.replace(tzinfo=UTC), "file-name+contradicted+checked-clock")
    assert found.uncertainty_s == 600 + 60.0


def test_two_checked_cameras_that_say_the_same_within_what_they_know_contradict_nothing() -> None:
    found = clock(check(FIRST, timedelta(0)), check(SECOND, timedelta(seconds=100))).at(0.0)

    assert found is not None
    assert (found.origin, found.uncertainty_s) == ("file-name+checked-clock", 60.0)


def test_the_camera_that_an_anchor_of_the_medium_names_goes_before_those_of_its_files() -> None:
    found = clock(check(FIRST, timedelta(0)), check("k_named", timedelta(minutes=10), medium="m")).at(0.0)

    assert found is not None
    assert found.at == datetime(2026, 1, 31, 11, 10, 5, tzinfo=UTC)
    assert found.origin == "anchor+contradicted+checked-clock"


def test_what_a_picture_shows_holds_whichever_camera_it_was_noted_under() -> None:
    shows = Anchor("n_1", "k_elsewhere", "m", 10.0, ELEVEN, "unknown", None, 1.0)

    of = clock(shows, check(SECOND, timedelta(minutes=10)))

    assert [one.at for one in (of.at(10.0), of.own(10.0)) if one is not None] == [
        datetime(2026, 1, 31, 11, 10, 5, tzinfo=UTC), ELEVEN]


def test_anchors_of_other_media_and_cameras_say_nothing() -> None:
    found = clock(check("k_other", timedelta(minutes=10)), check("k_other", timedelta(hours=1), medium="m_other")).at(0.0)

    assert found is not None
    assert (found.at, found.origin) == (ELEVEN, "file-name")
