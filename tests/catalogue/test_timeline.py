"""Everything on one clock: rows, what was looked at, what was found; what has no time stands apart."""
from typing import Any

import pytest
from sqlalchemy import update
from tests.catalogue.conftest import ZONE, Room

from sporhund.catalogue import timeline, wall
from sporhund.errors import WrongUsage
from sporhund.store import tables

ONE, TWO = b"cam3/=1.mp4", b"cam3/2.mp4"
BEGIN = wall.said("2026-01-31T22:00:00", ZONE)


@pytest.fixture
def tied(room: Room) -> Room:
    """Camera Torvet with the first video, which begins at ten in the evening on the wall; the other video has no time."""
    case = room.place.case(room.reviewed.case.name)
    case.add_camera("Torvet", files="cam3/=1.mp4")
    case.anchor("Torvet", t=0.0, shows="2026-01-31T22:00:00", medium="cam3/=1.mp4", uncertainty_s=2.0)
    room.refresh()
    return room


def shown(room: Room, **wanted: Any) -> dict[str, Any]:
    return room.catalogue.timeline(BEGIN, BEGIN + 60, **wanted)


def row(found: dict[str, Any], name: str = "Torvet") -> dict[str, Any]:
    return next(one for one in found["rows"] if one["name"] == name)


def test_a_recording_lies_where_its_camera_says(tied: Room) -> None:
    camera = row(shown(tied))

    (span,) = camera["spans"]
    assert (span["medium"], span["from"], span["to"]) == (tied.reviewed.media[ONE], BEGIN, BEGIN + 60)
    assert (span["zoned"], span["anchored"], camera["unzoned"], camera["in_view"]) == (False, True, 1, 1)
    assert camera["anchors"][0]["x"] == BEGIN


def test_what_has_no_time_stands_apart_with_its_number(tied: Room) -> None:
    found = shown(tied)

    assert found["untimed"]["media"] == 1
    assert [(one["name"], one["media"]) for one in found["untimed"]["rows"]] == [("K1/cam3", 1)]


def test_unread_and_waiting_parts_lie_on_the_row(tied: Room) -> None:
    tied.reviewed.run()
    tied.refresh()

    camera = row(shown(tied))

    assert [(part["from"], part["to"], part["code"], part["why"]) for part in camera["unread"]] == [
        (BEGIN + 50, BEGIN + 60, "truncated", "the file ends here")]
    assert camera["waiting"] == []


@pytest.mark.parametrize(("part", "told"), [
    ({"why": "these frames did not come", "code": "unread"}, ("damaged", "these frames did not come")),
    (None, ("damaged", "cut in two"))])
def test_where_a_part_does_not_say_why_it_is_unread_its_medium_does(
    tied: Room, part: dict[str, str] | None, told: tuple[str, str],
) -> None:
    """part: what its unit says of it; None: it failed and says nothing."""
    tied.reviewed.run()
    unread = [{"start": 0.0, "end": None} | part] if part else []
    with tied.place.store.transaction() as rows:
        m, u = tables.medium.c, tables.unit.c
        rows.execute(update(tables.unit).where(u.case_id == tied.case_id).values(
            state="done" if part else "failed", coverage={"unread": unread}))
        rows.execute(update(tables.medium).where(m.case_id == tied.case_id).values(
            state="failed", code="damaged", reason="cut in two"))
    tied.refresh()

    camera = row(shown(tied))

    assert {(part["code"], part["why"]) for part in camera["unread"]} == {told}


def test_a_picture_that_could_not_be_read_says_why_on_its_row(tied: Room) -> None:
    tied.stills(1, at=["2026-01-31T22:00:10"], state="failed", code="damaged", reason="no picture can be decoded")

    [part] = [part for one in shown(tied)["rows"] for part in one["unread"]]

    assert (part["code"], part["why"]) == ("damaged", "no picture can be decoded")


def test_a_row_is_called_by_its_key(tied: Room) -> None:
    assert tied.catalogue.row_name(row(shown(tied))["key"]) == "Torvet"
    assert tied.catalogue.row_name("k_nothing") is None


def test_a_video_that_nobody_has_begun_waits(tied: Room) -> None:
    with tied.place.store.transaction() as rows:
        rows.execute(update(tables.medium).where(tables.medium.c.case_id == tied.case_id).values(state="waiting"))
    tied.refresh()

    camera = row(shown(tied))

    assert [(part["from"], part["to"]) for part in camera["waiting"]] == [(BEGIN, BEGIN + 60)]
    assert camera["unread"] == []


def test_tracks_lie_within_their_recording_and_say_who_saw_them(tied: Room) -> None:
    run = tied.reviewed.run()
    face = tied.reviewed.track(run, ONE, "face", [(10.0, 0, 0, 40, 50), (14.0, 0, 0, 40, 50)])
    motion = tied.reviewed.track(run, ONE, "motion", [(30.0, 0, 0, 40, 50)])
    tied.refresh()
    tied.see("u_other", face, medium=tied.reviewed.media[ONE])

    (first, second) = row(shown(tied))["tracks"]

    assert (first["id"], first["from"], first["to"]) == (face, BEGIN + 10, BEGIN + 14)
    assert (first["seen"], first["seen_by_anyone"]) == (False, True)
    assert second["id"] == motion
    assert [one["id"] for one in row(shown(tied, kinds=["motion"]))["tracks"]] == [motion]
    assert [one["id"] for one in row(shown(tied, unseen="nobody"))["tracks"]] == [motion]
    assert len(row(shown(tied, unseen="me"))["tracks"]) == 2


def test_a_track_is_seen_when_all_of_it_has_played(tied: Room) -> None:
    run = tied.reviewed.run()
    whole = tied.reviewed.track(run, ONE, "face", [(10.0, 0, 0, 40, 50), (14.0, 0, 0, 40, 50)])
    tied.reviewed.track(run, ONE, "face", [(18.0, 0, 0, 40, 50), (26.0, 0, 0, 40, 50)])
    tied.refresh()
    tied.see(tied.asker.person, tied.reviewed.media[ONE], spans=[(5.0, 20.0)])

    tracks = row(shown(tied))["tracks"]

    assert [one["id"] for one in tracks if one["seen"]] == [whole]


def test_short_tracks_in_a_part_that_nobody_played_are_unseen(tied: Room) -> None:
    """Between two parts that played lie tracks of half a second and of one frame: an edge of a second is not for them."""
    run = tied.reviewed.run()
    short = tied.reviewed.track(run, ONE, "face", [(20.3, 0, 0, 40, 50), (20.8, 0, 0, 40, 50)])
    frame = tied.reviewed.track(run, ONE, "motion", [(20.2, 0, 0, 40, 50)])
    played = tied.reviewed.track(run, ONE, "motion", [(19.9, 0, 0, 40, 50)])
    tied.refresh()
    tied.see(tied.asker.person, tied.reviewed.media[ONE], spans=[(5.0, 20.0), (21.0, 40.0)])

    tracks = row(shown(tied))["tracks"]
    unseen = row(shown(tied, unseen="nobody"))["tracks"]

    assert [one["id"] for one in tracks if one["seen"] or one["seen_by_anyone"]] == [played]
    assert {one["id"] for one in unseen} == {short, frame}


def test_the_timeline_and_what_is_known_of_a_track_say_the_same_of_who_saw_it(tied: Room) -> None:
    run = tied.reviewed.run()
    for start, end in ((4.0, 5.2), (10.0, 14.0), (19.0, 21.5), (20.0, 20.0), (20.5, 20.9), (39.5, 42.0)):
        tied.reviewed.track(run, ONE, "face", [(start, 0, 0, 40, 50), (end, 0, 0, 40, 50)])
    tied.refresh()
    tied.see(tied.asker.person, tied.reviewed.media[ONE], spans=[(5.0, 20.0), (21.0, 40.0)])

    tracks = row(shown(tied))["tracks"]
    known = tied.place.case(tied.reviewed.case.name).viewing.seen([one["id"] for one in tracks])

    assert [one["id"] in known for one in tracks] == [one["seen_by_anyone"] for one in tracks]
    assert {bool(known[one]["mine"]) for one in known} == {True}
    assert [one["seen"] for one in tracks] == [False, True, True, True, False, False]


def test_very_many_tracks_come_as_numbers_that_add_up(tied: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tied.reviewed.run()
    for t in (1.0, 2.0, 31.0):
        tied.reviewed.track(run, ONE, "face", [(t, 0, 0, 40, 50)])
    tied.reviewed.track(run, ONE, "motion", [(5.0, 0, 0, 40, 50), (45.0, 0, 0, 40, 50)])
    tied.refresh()
    monkeypatch.setattr(timeline, "SINGLE", 3)

    found = shown(tied, bins=6)

    assert (found["dense"], found["tracks_in_view"], row(found)["tracks"]) == (True, 4, [])
    density = {kind: of | {"bins": of["bins"].tolist()} for kind, of in row(found)["density"].items()}
    assert density == {"face": {"tracks": 3, "bins": [2, 0, 0, 1, 0, 0]},
                       "motion": {"tracks": 1, "bins": [1, 1, 1, 1, 1, 0]}}


def test_very_many_pictures_come_as_numbers(tied: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    tied.stills(5, at=["2026-01-31T22:00:05"] * 3 + ["2026-01-31T22:00:55"] * 2)
    few = row(shown(tied, bins=6), "")
    monkeypatch.setattr(timeline, "SINGLE", 3)

    many = row(shown(tied, bins=6), "")

    assert len(few["stills"]) == 5
    assert many["stills_in_bins"].tolist() == [3, 0, 0, 0, 0, 2]


def test_very_many_pictures_that_wait_or_failed_are_all_there_by_their_state(tied: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The normal state at the beginning of a large intake: a gap would say that nobody recorded."""
    tied.stills(4, at=["2026-01-31T22:00:05"] * 4, state="waiting")
    tied.stills(2, at=["2026-01-31T22:00:55"] * 2, state="failed")
    few = row(shown(tied, bins=6), "")
    monkeypatch.setattr(timeline, "SINGLE", 3)

    many = row(shown(tied, bins=6), "")

    assert (len(few["waiting"]), len(few["unread"])) == (4, 2)
    assert (many["waiting_in_bins"].tolist(), many["unread_in_bins"].tolist()) == ([4, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 2])
    assert (many["waiting"], many["unread"]) == ([], [])


def test_of_more_videos_than_are_read_at_once_those_partly_unread_say_so(tied: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    tied.reviewed.run()
    tied.refresh()
    monkeypatch.setattr(timeline.stretches, "AT_ONCE", 0)

    (part,) = row(shown(tied))["unread"]

    assert (part["from"], part["to"], part["in_part"]) == (BEGIN, BEGIN + 60, True)


def test_recordings_that_touch_are_one_where_there_are_very_many(tied: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = tied.stills(3, at=["2026-01-31T22:00:00", "2026-01-31T22:00:10", "2026-01-31T22:00:50"])
    with tied.place.store.transaction() as rows:
        for one, length in zip(ids, (10.0, 5.0, 5.0), strict=True):
            m = tables.medium
            stated = rows.scalar(m.select().with_only_columns(m.c.facts["stated"]).where(m.c.id == one))
            rows.execute(update(m).where(m.c.id == one).values(kind="audio", facts={"duration": length, "stated": stated}))
    tied.refresh(*ids)
    monkeypatch.setattr(timeline, "SINGLE", 2)

    spans = row(shown(tied, bins=60), "")["spans"]

    assert [(one["from"] - BEGIN, one["to"] - BEGIN, one["media"]) for one in spans] == [(0, 15, 2), (50, 55, 1)]
    assert spans[1]["medium"] == ids[2]


def test_a_strip_holds_the_tracks_of_a_row_in_order_page_by_page(tied: Room) -> None:
    run = tied.reviewed.run()
    made = [tied.reviewed.track(run, ONE, "face", [(t, 0, 0, 40, 50)]) for t in (1.0, 5.0, 5.0, 9.0)]
    tied.refresh()
    key = row(shown(tied))["key"]

    first = tied.catalogue.tracks_at(key, BEGIN, BEGIN + 60, limit=2)
    second = tied.catalogue.tracks_at(key, BEGIN, BEGIN + 60, limit=2, after=first["next"])

    listed = [one["id"] for one in first["items"] + second["items"]]
    assert sorted(listed) == sorted(made)
    assert (listed[0], listed[3], second["next"]) == (made[0], made[3], None)
    assert first["items"][0]["at"] == "2026-01-31T22:00:01.000"


def test_a_route_says_row_and_moment_of_each_track_and_where_there_is_none(tied: Room) -> None:
    run = tied.reviewed.run(looks=("person",))
    here = tied.reviewed.track(run, ONE, "person", [(10.0, 0, 0, 40, 50)])
    nowhere = tied.reviewed.track(run, TWO, "person", [(10.0, 0, 0, 40, 50)])
    tied.refresh()

    found = tied.catalogue.places_of([here, nowhere, "t_none"])

    assert [(one["row_name"], one["from"]) for one in found] == [("Torvet", BEGIN + 10), ("K1/cam3", None), (None, None)]


def test_what_a_row_shows_at_a_moment_is_found_with_the_place_in_it(tied: Room) -> None:
    assert [(one["medium"], one["t"]) for one in tied.catalogue.showing(BEGIN + 30)] == [(tied.reviewed.media[ONE], 30.0)]


def test_the_night_on_which_the_clocks_go_back_is_said(room: Room) -> None:
    found = room.catalogue.timeline("2026-10-24T12:00", "2026-10-25T12:00")

    assert [offset for _, offset in found["offsets"]] == [7200.0, 3600.0]
    assert found["end"] - found["start"] == 25 * 3600


@pytest.mark.parametrize("wanted", [
    {"start": "soon"}, {"start": "nan"}, {"end": "2020-01-01", "start": "2021-01-01"}, {"bins": 0}, {"bins": 10 ** 6},
    {"kinds": ["dog"]}, {"unseen": "you"}, {"start": 1e300}])
def test_a_view_that_cannot_be_is_refused(room: Room, wanted: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage) as said:
        room.catalogue.timeline(**wanted)

    assert said.value.code == "bad-view"


def test_a_case_without_any_time_has_no_extent_and_an_empty_clock(room: Room) -> None:
    room.refresh()

    assert room.catalogue.extent() is None
    assert room.catalogue.timeline()["untimed"]["media"] == 2
