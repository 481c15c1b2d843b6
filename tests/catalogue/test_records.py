"""The row of a medium says what became of it; whoever changes that changes the row."""
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.cases.conftest import Reviewed
from tests.catalogue.conftest import Room

from sporhund.cases import findings
from sporhund.catalogue import records
from sporhund.store import tables

ONE, TWO = b"cam3/=1.mp4", b"cam3/2.mp4"


def row(room: Room, name: bytes) -> Any:
    i = tables.item
    with room.place.store.reader() as rows:
        return rows.execute(select(i).where(i.c.case_id == room.case_id, i.c.medium_id == room.reviewed.media[name])).one()


def test_a_row_says_where_its_medium_lies_and_what_it_states(room: Room) -> None:
    room.reviewed.run()
    room.refresh()

    second = row(room, TWO)

    assert (second.kind, second.state, second.copies, second.folder) == ("video", "analysed", 2, "cam3")
    assert (second.latitude, second.longitude, second.at, second.duration) == (55.676, 12.568, None, 60.0)
    assert second.unread_s == 10.0


def test_tracks_of_current_runs_are_counted_by_kind(room: Room) -> None:
    old, new = room.reviewed.run(current=False), room.reviewed.run()
    room.reviewed.track(old, ONE, "face", [(1.0, 0, 0, 99, 99)])
    first = room.reviewed.track(new, ONE, "face", [(1.0, 0, 0, 40, 50)])
    room.reviewed.track(new, ONE, "face", [(2.0, 0, 0, 40, 50)], alias_of=first)
    room.reviewed.track(new, ONE, "motion", [(9.0, 0, 0, 40, 50)])
    room.refresh()

    found = row(room, ONE)

    assert (found.faces, found.motions, found.unrecognised, found.face_px) == (1, 1, 1, 40.0)


def test_movement_is_counted_as_the_list_of_tracks_has_it(room: Room) -> None:
    run = room.reviewed.run()
    for kind, t, x in (("motion", 1.0, 0), ("face", 1.4, 20), ("motion", 1.0, 300), ("motion", 30.0, 0), ("face", 1.4, 900)):
        room.reviewed.track(run, ONE, kind, [(t, x, 0, 90, 90), (t + 0.2, x, 0, 90, 90)])
    room.refresh()

    with room.place.store.reader() as rows:
        listed = findings.tracks(rows, room.case_id, unrecognised=True)["items"]

    assert row(room, ONE).unrecognised == len(listed) == 2


def test_a_camera_and_its_clock_reach_the_rows_at_once(room: Room) -> None:
    room.refresh()
    case = room.place.case(room.reviewed.case.name)

    case.add_camera("Torvet", files="cam3/=1.mp4")
    case.anchor("Torvet", t=10.0, shows="2026-01-31T22:14:05", zone="+01:00", medium="cam3/=1.mp4", uncertainty_s=2.0)

    found = row(room, ONE)
    assert (found.camera_id is not None, found.zoned, found.origin, found.at) == (True, True, "anchor", 1769894035.0)
    assert found.until - found.at == 60.0
    assert row(room, TWO).camera_id is None


def test_a_recording_that_ran_slower_than_life_ends_when_its_anchors_say(room: Room) -> None:
    case = room.place.case(room.reviewed.case.name)
    case.add_camera("Torvet", files="cam3/=1.mp4")
    case.anchor("Torvet", t=0.0, shows="2026-01-31T22:00:00", medium="cam3/=1.mp4")
    case.anchor("Torvet", t=60.0, shows="2026-01-31T22:10:00", medium="cam3/=1.mp4")

    found = row(room, ONE)

    assert (found.zoned, found.until - found.at) == (False, 600.0)


def test_a_case_that_is_older_than_its_rows_gets_them(room: Room) -> None:
    number = records.ensure(room.place.store, room.case_id)

    assert number == 2
    assert records.ensure(room.place.store, room.case_id) == 0


@pytest.mark.parametrize("changed", [{"state": "partly"}, {"kind": "audio"}])
def test_a_row_that_says_otherwise_than_its_medium_is_derived_again(room: Room, changed: dict[str, str]) -> None:
    records.ensure(room.place.store, room.case_id)
    with room.place.store.transaction() as rows:
        rows.execute(update(tables.medium).where(tables.medium.c.case_id == room.case_id).values(**changed))

    assert records.ensure(room.place.store, room.case_id) == 2


def test_numbers_that_another_server_gave_are_given_anew(room: Room) -> None:
    records.ensure(room.place.store, room.case_id)
    with room.place.store.transaction() as rows:
        rows.execute(update(tables.item).where(tables.item.c.case_id == room.case_id).values(changed=10 ** 15))

    records.ensure(room.place.store, room.case_id)

    assert row(room, ONE).changed < 10 ** 15


def test_colours_of_clothing_come_most_seen_first_and_grey_pictures_have_none(reviewed: Reviewed, room: Room) -> None:
    run = reviewed.run(looks=("person",))
    key = reviewed.track(run, ONE, "person", [(1.0, 0, 0, 9, 9)])
    red, blue = ({"part": "upper", "lab": [50.0, 20.0, 9.0], "share": 0.3, "name": "red", "danish": "rød"},
                 {"part": "lower", "lab": [40.0, 0.0, -20.0], "share": 0.7, "name": "blue", "danish": "blå"})
    grey = {"part": "upper", "lab": [50.0, 0.0, 0.0], "share": 1.0, "name": None, "danish": None}
    with room.place.store.transaction() as rows:
        rows.execute(update(tables.track).where(tables.track.c.id == key).values(colours=[red, blue, grey]))
    room.refresh()

    assert row(room, ONE).colours == [[40.0, 0.0, -20.0, 0.7, "blue"], [50.0, 20.0, 9.0, 0.3, "red"]]


def test_a_copy_that_comes_in_is_counted(room: Room) -> None:
    records.ensure(room.place.store, room.case_id)
    o = tables.occurrence
    with room.place.store.transaction() as rows:
        first = rows.execute(select(o).where(o.c.case_id == room.case_id, o.c.path == ONE)).one()._mapping
        rows.execute(insert(o).values({**first, "id": "o_copy", "path": b"again", "location": b"/again", "original": False}))

    records.ensure(room.place.store, room.case_id)

    assert row(room, ONE).copies == 2
