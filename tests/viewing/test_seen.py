"""What was really before the eyes: who saw what, how much of a video, and how long somebody has looked today."""
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.viewing.conftest import Room

from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.cases.service import create
from sporhund.errors import Refused, WrongUsage
from sporhund.store import tables
from sporhund.store.ids import new_id


def test_a_still_that_was_shown_is_seen_by_me_and_by_anybody(room: Room, kim: Actor, bo: Actor) -> None:
    [still, other] = room.stills(2)

    said = room.viewing(kim).saw([still])

    assert said["new"] == [still]
    assert room.viewing(kim).seen([still, other])[still]["mine"] is not None
    noon = "2026-03-01T12:00:00Z"
    assert room.viewing(bo).seen([still, other]) == {still: {
        "mine": None, "anybody": {"first_at": noon, "last_at": noon, "seconds": 0, "spans": []}}}


def test_a_video_is_seen_as_far_as_it_played(room: Room, kim: Actor) -> None:
    viewing = room.viewing(kim)
    viewing.saw(room.video, spans=[[10, 20], [5, 12]])
    viewing.saw(room.video, spans=[[50, 99], [-3, 1]])

    mine = viewing.seen([room.video])[room.video]["mine"]

    assert (mine["spans"], mine["seconds"]) == ([[0, 1], [5, 20], [50, 60]], 26)


def test_a_video_of_which_nothing_played_was_not_seen(room: Room, kim: Actor) -> None:
    assert room.viewing(kim).saw([room.video])["new"] == []
    assert room.viewing(kim).seen([room.video]) == {}


def test_what_two_people_saw_of_a_video_is_joined_for_anybody(room: Room, kim: Actor, bo: Actor) -> None:
    room.viewing(kim).saw(room.video, spans=[[0, 10]])
    room.viewing(bo).saw(room.video, spans=[[5, 30]])

    seen = room.viewing(kim).seen([room.video])[room.video]

    assert (seen["mine"]["spans"], seen["anybody"]["spans"]) == ([[0, 10]], [[0, 30]])


def test_a_track_is_seen_when_its_picture_was_shown(room: Room, kim: Actor) -> None:
    track = room.track()

    said = room.viewing(kim).saw(tracks=[track])

    assert (said["new"], said["today"]["media"]) == ([track], 0)


def test_telling_the_same_again_sees_nothing_twice(room: Room, kim: Actor) -> None:
    viewing, stills = room.viewing(kim), room.stills(3)
    viewing.saw(stills)
    viewing.saw(room.video, spans=[[0, 10]])
    s = tables.seen.c

    def changed() -> list[int]:
        with room.place.store.reader() as rows:
            return list(rows.scalars(select(s.changed).where(s.case_id == room.reviewed.case.id).order_by(s.thing, s.by)))

    before = changed()
    again = [viewing.saw(stills), viewing.saw(room.video, spans=[[2, 9]])]

    assert [one["new"] for one in again] == [[], []]
    assert again[1]["today"]["media"] == 4
    assert changed() == before


def test_a_longer_part_of_a_video_is_news(room: Room, kim: Actor) -> None:
    viewing, s = room.viewing(kim), tables.seen.c
    newest = select(func.min(s.changed)).where(s.case_id == room.reviewed.case.id)
    viewing.saw(room.video, spans=[[0, 10]])
    with room.place.store.reader() as rows:
        before = rows.scalar(newest)
    viewing.saw(room.video, spans=[[0, 11]])
    with room.place.store.reader() as rows:
        after = rows.scalar(newest)

    assert after > before


def test_windows_that_tell_of_the_same_at_once_lose_nothing_and_do_not_lock_each_other_out(
    room: Room, kim: Actor, bo: Actor,
) -> None:
    stills = room.stills(40)

    def tell(actor: Actor, number: int) -> None:
        viewing = room.viewing(actor)
        for step in range(4):
            viewing.saw(stills[:: (-1) ** (number + step)])
            viewing.saw(room.video, spans=[[number * 10 + step, number * 10 + step + 1]])

    with ThreadPoolExecutor(4) as windows:
        list(windows.map(tell, [kim, bo, kim, bo], range(4)))

    seen = room.viewing(kim).seen([room.video, *stills])
    assert len(seen) == 41
    assert seen[room.video]["anybody"]["spans"] == [[0, 4], [10, 14], [20, 24], [30, 34]]
    assert seen[room.video]["mine"]["spans"] == [[0, 4], [20, 24]]
    assert [room.own(one).exposure_today()["media"] for one in (kim, bo)] == [41, 41]


@pytest.mark.parametrize(("media", "spans", "seconds", "code"), [
    (1, [[1, 2]], {"seen_s": -1.0}, "bad-report"), (1, [[1, 2, 3]], {}, "bad-report"), (1, [[1, float("nan")]], {}, "bad-report"),
    (1, [], {"seen_s": 1.0, "clear_s": 2.0}, "bad-report"), (1, [], {"seen_s": float("inf")}, "bad-report"),
    (2, [[1, 2]], {}, "one-video"), (0, [], {}, "nothing-chosen")])
def test_what_is_no_report_is_not_kept(room: Room, kim: Actor, media: int, spans: Any, seconds: Any, code: str) -> None:
    stills = room.stills(media)

    with pytest.raises(WrongUsage) as said:
        room.viewing(kim).saw(stills, spans=spans, **seconds)

    assert said.value.code == code
    assert room.viewing(kim).seen(stills) == {}


def test_looking_is_counted_by_person_day_and_case_and_what_is_clear_apart(room: Room, kim: Actor, bo: Actor) -> None:
    clock: Any = room.place.clock
    for _ in range(3):
        room.viewing(kim).saw(room.stills(2), seen_s=20, clear_s=5)
        clock.on(seconds=20)

    assert room.own(kim).exposure_today() == {"day": "2026-03-01", "seen_s": 60, "clear_s": 15, "media": 6}
    assert room.own(bo).exposure_today() == {"day": "2026-03-01", "seen_s": 0, "clear_s": 0, "media": 0}


def test_a_broken_script_does_not_make_anybody_look_longer_than_they_sat_there(room: Room, kim: Actor) -> None:
    [still], clock = room.stills(1), room.place.clock
    for _ in range(30):
        room.viewing(kim).saw([still], seen_s=100_000, clear_s=100_000)
        clock.on(seconds=1)  # type: ignore[attr-defined]

    assert room.own(kim).exposure_today()["seen_s"] <= 120 + 5 + 30


def test_a_day_begins_where_the_desk_stands(room: Room, kim: Actor) -> None:
    clock: Any = room.place.clock
    clock.time = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)      # half past midnight in Copenhagen

    room.viewing(kim).saw(room.stills(1), seen_s=3)

    assert [(one["day"], one["seen_s"]) for one in room.own(kim).my_exposure(2)] == [("2026-03-02", 3), ("2026-03-01", 0)]


def test_a_supervisor_sees_totals_of_the_cases_they_are_on_and_of_no_other(room: Room, kim: Actor, hands: Any) -> None:
    chief = room.somebody("supervisor")
    room.viewing(kim).saw(room.stills(2), seen_s=30, clear_s=10)
    elsewhere = create(new_id("J"), title="Another", purpose="objects", **hands | {"actor": kim})
    with room.place.store.transaction() as rows:
        rows.execute(tables.exposure.insert().values(
            user_id=kim.user, day=datetime(2026, 3, 1).date(), case_id=elsewhere.id, seen_s=500, clear_s=0, media=9,
            counted_to=room.place.clock.now()))

    assert room.own(chief).totals() == [{
        "name": kim.name, "full_name": kim.name.capitalize(), "day": "2026-03-01", "seen_s": 30, "clear_s": 10, "media": 2}]
    assert room.own(kim).exposure_today()["seen_s"] == 530


@pytest.mark.parametrize("role", ["investigator", "examiner", "administrator", "auditor"])
def test_nobody_but_a_supervisor_sees_how_much_others_looked_at(room: Room, role: str) -> None:
    with pytest.raises(Refused) as said:
        room.own(room.somebody(role)).totals()

    assert said.value.code == "not-allowed"


def test_opening_a_medium_and_every_adjustment_of_its_picture_is_an_event(room: Room, kim: Actor) -> None:
    viewing = room.viewing(kim)
    viewing.viewed(room.video, t=12.5, adjustments={"brightness": 1.5, "contrast": 2, "rotation": 90, "zoom": 3})
    viewing.gallery_viewed({"kind": "face", "unseen": True}, 60)
    viewing.timeline_viewed({}, 12)

    events = audit.show(room.place.store, room.hands["keys"], room.reviewed.case.id, limit=3)

    assert [one.action for one in events] == ["timeline view", "gallery view", "medium view"]
    told: Any = [one.payload for one in events]
    assert (told[1]["filter"], told[1]["shown"]) == ({"kind": "face", "unseen": True}, 60)
    assert (told[2]["medium"], told[2]["t"]) == (room.video, 12.5)
    assert told[2]["adjustments"] == {"brightness": 1.5, "contrast": 2.0, "rotation": 90.0, "zoom": 3.0}


@pytest.mark.parametrize("adjustments", [
    {"sharpness": 1}, {"zoom": 0}, {"rotation": float("nan")}, {"zoom": True}, {"zoom": "3"}])
def test_an_adjustment_that_no_viewer_makes_is_refused(room: Room, kim: Actor, adjustments: Any) -> None:
    with pytest.raises(WrongUsage) as said:
        room.viewing(kim).viewed(room.video, adjustments=adjustments)

    assert said.value.code == "bad-adjustment"


def test_what_was_seen_is_an_event_too(room: Room, kim: Actor) -> None:
    stills = room.stills(2)
    room.viewing(kim).saw(stills, seen_s=4, clear_s=1)

    event: Any = audit.show(room.place.store, room.hands["keys"], room.reviewed.case.id, limit=1)[0]

    assert (event.action, event.actor, event.payload["things"], event.payload["clear_s"]) == ("seen", kim.name, stills, 1)
    assert event.at - room.place.clock.now() < timedelta(seconds=1)
