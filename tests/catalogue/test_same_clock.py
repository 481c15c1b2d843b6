"""Wherever a time of the same recording is told, it is the same time."""
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.catalogue.conftest import Room

from sporhund.api import exhibits, opened
from sporhund.api.sightings import sighting
from sporhund.evidence import cameras
from sporhund.store import tables

ONE, TWO = b"cam3/=1.mp4", b"cam3/2.mp4"
TRUE = datetime(2026, 1, 31, 11, 10, 5, tzinfo=UTC)


@pytest.fixture
def copied(room: Room) -> Room:
    """A recording that says 11:00:05 of itself; the original is one camera's, a copy another's, ten minutes slow."""
    case, o, medium = room.place.case(room.reviewed.case.name), tables.occurrence, room.reviewed.media[TWO]
    said = {"what": "time", "value": "2026-01-31T11:00:05", "origin": "file-name", "zone": "unknown", "note": ""}
    with room.place.store.transaction() as rows:
        rows.execute(update(o).where(o.c.case_id == room.case_id, o.c.medium_id == medium).values(stated=[said]))
    case.add_camera("Torvet", files="cam3/2.mp4")
    case.add_camera("Kopien", files="copy.mp4")
    case.anchor("Kopien", t=0.0, shows="2026-01-31T11:00:05", true_time=TRUE.isoformat(), uncertainty_s=2.0)
    return room


def told(room: Room) -> dict[str, Any]:
    """By place: when the recording's first track, at its very beginning, was."""
    case = room.place.case(room.reviewed.case.name)
    run = room.reviewed.run(medium=room.reviewed.media[TWO])
    track = room.reviewed.track(run, TWO, "person", [(0.0, 0, 0, 40, 50)])
    room.refresh()
    medium = room.reviewed.media[TWO]
    window = case.viewing.propose_securing(medium)
    subject = case.persons.show_subject(case.persons.add_subject([track])["subject"])
    with room.place.store.reader() as rows:
        around = cameras.media_around(rows, room.case_id, TRUE, timedelta(hours=1))
    tile = room.catalogue.tiles([medium])[0]["time"]
    where = room.catalogue.timeline("2026-01-31T00:00", "2026-02-01T00:00")
    found = opened.clock(case, medium).at(0.0)
    world = (sighting(case, track)["times"] or {})["world"]
    return {
        "gallery": datetime.fromisoformat(tile["at"]).timestamp(),
        "timeline": next(row["spans"][0]["from"] for row in where["rows"] if row["spans"]),
        "viewer": found["corrected_s"] if found else None,
        "panel": datetime.fromisoformat(world["begins"]).timestamp(),
        "secure": datetime.fromisoformat(window["wanted_from"]).timestamp() + 15 * 60 + tile["uncertainty_s"],
        "route": datetime.fromisoformat(subject["route"][0]["begins"]["at"]).timestamp(),
        "search": around[0].start.at.timestamp()}


def test_a_copy_under_a_second_checked_camera_has_one_time_everywhere(copied: Room) -> None:
    assert told(copied) == dict.fromkeys(
        ("gallery", "timeline", "viewer", "panel", "secure", "route", "search"), pytest.approx(TRUE.timestamp(), abs=1.0))


def test_where_two_checked_cameras_contradict_the_originals_time_is_told_everywhere(copied: Room) -> None:
    case = copied.place.case(copied.reviewed.case.name)
    case.anchor("Torvet", t=0.0, shows="2026-01-31T11:00:05", true_time="2026-01-31T11:20:05+00:00")

    assert told(copied) == dict.fromkeys(
        ("gallery", "timeline", "viewer", "panel", "secure", "route", "search"),
        pytest.approx(TRUE.timestamp() + 600, abs=1.0))


def test_the_timeline_and_the_page_of_the_cameras_say_the_same_of_a_clock(room: Room) -> None:
    case = room.place.case(room.reviewed.case.name)
    for name, zone in (("Torvet", "+01:00"), ("Havnen", "unknown")):
        case.add_camera(name)
        for day, off in (("2026-01-31", 10), ("2026-02-02", 14)):
            case.anchor(name, t=0.0, shows=f"{day}T12:00:00", zone=zone, true_time=f"{day}T12:00:{off}+01:00")

    drawn = {row["name"]: row["tells"] for row in room.catalogue.timeline()["rows"] if row["camera"]}

    assert drawn == {one["camera"]: one["tells"] for one in exhibits.clocks(case)}
    assert [(drawn[name]["ahead_s"], drawn[name]["drift_s_a_day"]) for name in ("Torvet", "Havnen")] == [
        (-14.0, pytest.approx(-2.0, abs=0.01)), (None, pytest.approx(-2.0, abs=0.01))]
