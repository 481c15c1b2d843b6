"""From a sighting to the recordings that should be fetched before they are lost."""
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from tests.viewing.conftest import Room

from sporhund.actor import Actor
from sporhund.errors import WrongUsage
from sporhund.evidence import cameras
from sporhund.store import tables


@pytest.fixture
def hung(room: Room) -> Room:
    """Torvet, whose video is here, with a clock; Havnen and Kiosken, of which nothing is here yet."""
    of, hands = room.reviewed.case.id, room.hands
    cameras.add(of, "Torvet", files="cam3/2.mp4", **hands)
    cameras.add(of, "Havnen", overwritten_on=date(2026, 3, 3), **hands)
    cameras.add(of, "Kiosken", overwritten_on=date(2026, 3, 20), **hands)
    cameras.anchor(of, "Torvet", t=0.0, shows="2026-02-28T22:00:00", zone="+01:00", medium=room.video, uncertainty_s=1.0, **hands)
    return room


def test_a_camera_is_known_then_asked_then_received(hung: Room, kim: Actor) -> None:
    viewing = hung.viewing(kim)

    before = {one["name"]: (one["state"], one["days_left"], one["about_to_be_overwritten"]) for one in viewing.camera_states()}
    asked, received = viewing.ask_camera("Havnen"), viewing.camera_received("Kiosken", date(2026, 2, 27))

    assert before == {"Havnen": ("known", 2, True), "Kiosken": ("known", 19, False), "Torvet": ("received", None, False)}
    assert (asked["state"], asked["asked_on"], asked["days_left"]) == ("asked", "2026-03-01", 2)
    assert (received["state"], received["received_on"]) == ("received", "2026-02-27")


@pytest.mark.parametrize(("name", "on", "code"), [("Nowhere", None, "unknown-camera"), ("Havnen", date(2026, 3, 2), "bad-day")])
def test_a_camera_that_is_not_there_or_a_day_that_has_not_come_is_refused(
    hung: Room, kim: Actor, name: str, on: date | None, code: str,
) -> None:
    with pytest.raises(WrongUsage) as said:
        hung.viewing(kim).ask_camera(name, on)

    assert said.value.code == code


def test_a_sighting_proposes_its_camera_the_others_and_its_time(hung: Room, kim: Actor) -> None:
    proposed = hung.viewing(kim).propose_securing(hung.track(at=60.0))

    assert [one["name"] for one in proposed["cameras"]] == ["Torvet"]
    assert [(one["name"], one["distance_m"], one["days_left"]) for one in proposed["near"]] == [
        ("Havnen", None, 2), ("Kiosken", None, 19)]
    assert (proposed["wanted_from"], proposed["wanted_to"]) == ("2026-02-28T20:45:58Z", "2026-02-28T21:16:04Z")


def test_a_medium_proposes_the_time_of_all_of_it(hung: Room, kim: Actor) -> None:
    proposed = hung.viewing(kim).propose_securing(hung.video)

    assert (proposed["wanted_from"], proposed["wanted_to"]) == ("2026-02-28T20:44:59Z", "2026-02-28T21:16:02Z")


def test_a_sighting_whose_time_nobody_knows_proposes_cameras_and_no_time(hung: Room, kim: Actor) -> None:
    proposed = hung.viewing(kim).propose_securing(hung.track(b"cam3/=1.mp4"))

    assert (proposed["cameras"], proposed["wanted_from"], proposed["wanted_to"]) == ([], None, None)
    assert [one["name"] for one in proposed["near"]] == ["Havnen", "Kiosken", "Torvet"]


def test_cameras_that_are_known_to_hang_nearer_come_first(hung: Room, kim: Actor) -> None:
    ids = {one["name"]: one["camera"] for one in hung.viewing(kim).camera_states()}
    with hung.place.store.transaction() as rows:
        rows.execute(insert(tables.item), [_item(hung, f"b_{name}", ids[name], latitude) for name, latitude in (
            ("Torvet", 55.676), ("Kiosken", 55.677))])

    near = hung.viewing(kim).propose_securing(hung.track())["near"]

    assert [(one["name"], one["distance_m"]) for one in near] == [("Kiosken", 111), ("Havnen", None)]


def _item(room: Room, medium: str, camera: str, latitude: float) -> dict[str, Any]:
    empty: dict[str, Any] = {column.name: 0 for column in tables.item.c if not column.nullable}
    return empty | {"case_id": room.reviewed.case.id, "medium_id": medium, "kind": "still", "state": "analysed", "zoned": False,
                    "colours": [], "camera_id": camera, "latitude": latitude, "longitude": 12.568}


def test_what_should_be_secured_waits_until_somebody_says_that_it_is(hung: Room, kim: Actor, bo: Actor) -> None:
    track = hung.track()
    made = hung.viewing(kim).secure("Havnen", "2026-02-28T21:45:00", "2026-02-28T22:15:00", note=" mod havnen ", track=track)
    waiting = hung.viewing(bo).securings(open_only=True)

    done = hung.viewing(bo).secured(made["securing"])
    again = hung.viewing(kim).secured(made["securing"])

    assert [(one["camera"]["name"], one["track"], one["note"], one["by"], one["done_at"]) for one in waiting] == [
        ("Havnen", track, "mod havnen", kim.name, None)]
    assert (done["done_by"], again["done_by"]) == (bo.name, bo.name)
    assert hung.viewing(kim).securings(open_only=True) == []
    assert len(hung.viewing(kim).securings()) == 1


def test_what_is_not_there_is_not_secured(hung: Room, kim: Actor) -> None:
    with pytest.raises(WrongUsage) as said:
        hung.viewing(kim).secured("w_nowhere")

    assert said.value.code == "unknown-securing"


@pytest.mark.parametrize(("camera", "note", "track", "code"), [
    ("Nowhere", "", None, "unknown-camera"), ("Havnen", "x" * 501, None, "bad-note"), ("Havnen", "", "t_1", "unknown-thing")])
def test_a_request_names_what_there_is(hung: Room, kim: Actor, camera: str, note: str, track: str | None, code: str) -> None:
    with pytest.raises(WrongUsage) as said:
        hung.viewing(kim).secure(camera, "2026-02-28T21:45:00", "2026-02-28T22:15:00", note=note, track=track)

    assert said.value.code == code


def test_a_request_says_the_time_by_the_camera_s_own_clock_where_somebody_checked_it(hung: Room, kim: Actor) -> None:
    cameras.anchor(hung.reviewed.case.id, "Kiosken", t=0.0, shows="2026-02-28T21:55:30", zone="unknown",
                   true_time=datetime(2026, 2, 28, 21, tzinfo=UTC), uncertainty_s=1.0, **hung.hands)
    wanted = ("2026-02-28T21:45:00+01:00", "2026-02-28T22:15:00+01:00")

    known, unknown = (hung.viewing(kim).secure(name, *wanted) for name in ("Kiosken", "Havnen"))

    assert (known["own_from"], known["own_to"]) == ("2026-02-28T21:40:30", "2026-02-28T22:10:30")
    assert (unknown["own_from"], unknown["own_to"]) == (None, None)


def test_a_proposed_time_says_whether_a_checked_clock_gave_it(hung: Room, kim: Actor) -> None:
    track = hung.track(at=60.0)
    stated = hung.viewing(kim).propose_securing(track)
    cameras.anchor(hung.reviewed.case.id, "Torvet", t=0.0, shows="2026-02-28T22:00:00", zone="+01:00",
                   true_time=datetime(2026, 2, 28, 21, 4, tzinfo=UTC), medium=hung.video, uncertainty_s=1.0, **hung.hands)

    corrected = hung.viewing(kim).propose_securing(track)

    assert (stated["checked"], corrected["checked"]) == (False, True)
    assert corrected["cameras"][0]["own_from"] is not None


def test_a_request_leads_back_to_the_track_or_the_medium_that_it_follows_from(hung: Room, kim: Actor) -> None:
    track, wanted = hung.track(), ("2026-02-28T21:45:00", "2026-02-28T22:15:00")

    made = [hung.viewing(kim).secure("Havnen", *wanted, track=thing) for thing in (track, hung.video, None)]

    assert [(one["track"], one["medium"]) for one in made] == [(track, hung.video), (None, hung.video), (None, None)]
