"""Filters, orders and pages: each medium once, in its order, and what is hidden is counted."""
from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.catalogue.conftest import Room

from sporhund.api.catalogue import Catalogue
from sporhund.catalogue.model import SORTS, Circle, Filter
from sporhund.errors import WrongUsage
from sporhund.store import tables
from sporhund.store.changed import THIS_TRANSACTION
from sporhund.store.ids import new_id

ONE, TWO = b"cam3/=1.mp4", b"cam3/2.mp4"
NIGHT = ("2026-01-31T22:14:05", "2026-01-31T23:00:00", "2026-02-01T08:00:00")


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def walk(catalogue: Catalogue, wanted: Filter, sort: str, limit: int) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = catalogue.page(wanted, sort=sort, limit=limit, after=after)
        assert page["position"] == len(found)
        found += ids(page)
        after = page["next"]
        if after is None:
            assert len(found) == page["matching"]
            return found


@pytest.fixture
def many(room: Room) -> list[str]:
    room.refresh()
    return room.stills(7, at=[*NIGHT, NIGHT[0], None, NIGHT[1]])


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{one}" for one in SORTS), "colour:red"])
def test_pages_of_any_length_hold_each_medium_once_in_one_order(room: Room, many: list[str], sort: str) -> None:
    whole = ids(room.catalogue.page(sort=sort, limit=100))

    walked = {limit: walk(room.catalogue, Filter(), sort, limit) for limit in (1, 2, 3, 100)}

    assert walked == dict.fromkeys(walked, whole)
    assert sorted(whole) == sorted([*many, *room.reviewed.media.values()])


def test_the_page_before_leads_back(room: Room, many: list[str]) -> None:
    catalogue = room.catalogue
    first = catalogue.page(sort="time", limit=3)
    second = catalogue.page(sort="time", limit=3, after=first["next"])
    third = catalogue.page(sort="time", limit=3, after=second["next"])

    assert first["previous"] is None
    assert second["previous"] == ""
    assert ids(catalogue.page(sort="time", limit=3, after=third["previous"])) == ids(second)


@pytest.mark.parametrize("sort", ["taken-in", "-taken-in", "time"])
def test_paging_goes_on_where_it_was_while_media_come_in(room: Room, many: list[str], sort: str) -> None:
    before = ids(room.catalogue.page(sort=sort, limit=100))
    first = room.catalogue.page(sort=sort, limit=4)
    room.stills(5, at=[NIGHT[0]] * 5)

    seen, after = ids(first), first["next"]
    while after:
        page = room.catalogue.page(sort=sort, limit=4, after=after)
        seen += ids(page)
        after = page["next"]

    assert [one for one in seen if one in before] == before
    assert len(seen) == len(set(seen))


def test_media_without_a_time_come_last_by_time_in_either_direction(room: Room, many: list[str]) -> None:
    untimed = {many[4], many[6], *room.reviewed.media.values()}

    assert set(ids(room.catalogue.page(sort="time"))[-4:]) == untimed
    assert set(ids(room.catalogue.page(sort="-time"))[-4:]) == untimed


def test_every_page_says_how_many_the_filter_hides(room: Room, many: list[str]) -> None:
    page = room.catalogue.page(Filter(kinds=("video",)), limit=1)

    assert (page["total"], page["matching"], page["hidden"], len(page["items"])) == (9, 2, 7, 1)


@pytest.mark.parametrize(("wanted", "number"), [
    (Filter(since="2026-01-31T22:10:00", until="2026-01-31T22:20:00"), 2),
    (Filter(since="2026-01-31T22:15:00", until="2026-01-31T22:20:00"), 2),     # a stated time is sure to a minute
    (Filter(since="2026-01-31T22:16:00", until="2026-01-31T22:20:00"), 0),
    (Filter(since="2026-02-01T00:00:00"), 1), (Filter(time="none"), 4), (Filter(time="known"), 5),
])
def test_a_span_of_time_lets_through_what_may_have_been_then(room: Room, many: list[str], wanted: Filter, number: int) -> None:
    assert room.catalogue.page(wanted)["matching"] == number


def test_a_place_lets_through_what_lies_within_its_circle(room: Room, many: list[str]) -> None:
    assert room.catalogue.page(Filter(place=Circle(55.676, 12.568, 0.1)))["matching"] == 2
    assert room.catalogue.page(Filter(place=Circle(55.676, 12.6, 1.9)))["matching"] == 0
    assert room.catalogue.page(Filter(place=Circle(55.676, 12.6, 2.1)))["matching"] == 2


def test_findings_faces_and_copies_are_conditions(room: Room) -> None:
    run = room.reviewed.run()
    room.reviewed.track(run, ONE, "face", [(1.0, 0, 0, 40, 50)])
    room.reviewed.track(run, ONE, "motion", [(9.0, 0, 0, 40, 50)])
    room.reviewed.track(run, TWO, "face", [(1.0, 0, 0, 20, 50)])
    room.refresh()
    one, two = room.reviewed.media[ONE], room.reviewed.media[TWO]

    def found(**wanted: Any) -> list[str]:
        return ids(room.catalogue.page(Filter(**wanted)))

    assert found(has=("face", "motion")) == [one]
    assert found(face_px=30) == [one]
    assert found(unrecognised=True) == [one]
    assert found(copies=2) == [two]
    assert ids(room.catalogue.page(sort="face-size")) == [one, two]


def test_what_i_saw_and_what_others_saw_are_told_apart(room: Room, many: list[str]) -> None:
    room.see(room.asker.person, many[0])
    room.see("u_other", many[1])

    def number(seen: str) -> int:
        return int(room.catalogue.page(Filter(seen=seen))["matching"])

    assert {seen: number(seen) for seen in ("me", "not-me", "anyone", "nobody")} == {
        "me": 1, "not-me": 8, "anyone": 2, "nobody": 7}
    assert room.catalogue.people()["media_seen"] == 2


def mark(room: Room, medium: str, value: str, *, by: str | None = None, thing: str | None = None) -> str:
    key = new_id("x")
    room.hands["clock"].on(seconds=1)
    with room.place.store.transaction() as rows:
        rows.execute(insert(tables.mark).values(
            case_id=room.case_id, id=key, act=key, thing=thing or medium, medium_id=medium, value=value,
            changed=THIS_TRANSACTION, by=by or room.asker.person, at=room.hands["clock"].now()))
    return key


def marked(room: Room, value: str, by: str = "anyone") -> list[str]:
    return ids(room.catalogue.page(Filter(mark=value, by=by)))


def test_the_last_word_of_each_person_counts_until_it_is_taken_back(room: Room, many: list[str]) -> None:
    mark(room, many[0], "relevant")
    last = mark(room, many[0], "not-relevant")
    mark(room, many[0], "later", by="u_other")
    assert (marked(room, "relevant"), marked(room, "not-relevant"), marked(room, "later", "me")) == ([], [many[0]], [])

    with room.place.store.transaction() as rows:
        rows.execute(update(tables.mark).where(tables.mark.c.id == last).values(
            undone_at=room.hands["clock"].now(), changed=THIS_TRANSACTION))

    assert (marked(room, "relevant"), marked(room, "not-relevant")) == ([many[0]], [])
    assert many[0] not in marked(room, "none")
    assert {said["value"] for said in room.catalogue.tiles([many[0]])[0]["marks"]} == {"relevant", "later"}


def test_what_others_say_of_a_track_is_not_shown_through_its_medium(room: Room, many: list[str]) -> None:
    """Whoever still has to conclude on that track must not learn it."""
    mark(room, many[0], "relevant", by="u_other", thing="t_one")
    mark(room, many[1], "relevant", thing="t_two")

    assert marked(room, "relevant") == [many[1]]
    assert room.catalogue.tiles([many[0]])[0]["marks"] == []


def test_neighbours_are_those_of_the_list(room: Room, many: list[str]) -> None:
    stills, catalogue = Filter(kinds=("still",)), room.catalogue
    listed = ids(catalogue.page(stills, sort="time"))

    found = [catalogue.neighbours(one, stills, sort="time") for one in listed]

    assert [one["previous"] for one in found] == [None, *listed[:-1]]
    assert [one["next"] for one in found] == [*listed[1:], None]
    assert [one["position"] for one in found] == list(range(len(listed)))


def test_a_medium_that_the_filter_leaves_out_still_has_its_place(room: Room, many: list[str]) -> None:
    unseen = Filter(kinds=("still",), seen="not-me")
    room.see(room.asker.person, many[2])

    found = room.catalogue.neighbours(many[2], unseen)

    assert (found["previous"], found["next"], found["position"]) == (many[1], many[3], None)


def test_the_page_around_a_medium_holds_it(room: Room, many: list[str]) -> None:
    for one in many:
        assert one in ids(room.catalogue.page(sort="time", limit=2, around=one))


def test_each_choice_says_what_it_would_leave(room: Room, many: list[str]) -> None:
    room.see(room.asker.person, many[0])
    wanted = Filter(kinds=("still",), seen="not-me")

    found = room.catalogue.facets(wanted)

    assert found["kind"] == {"still": 6, "video": 2, "audio": 0, "other": 0}
    assert (found["seen"]["me"], found["seen"]["not-me"]) == (1, 6)
    for seen in ("me", "not-me", "anyone", "nobody"):
        assert room.catalogue.page(Filter(kinds=("still",), seen=seen))["matching"] == found["seen"][seen]
    assert found["camera"]["none"] == 6
    assert found["time"]["none"] == room.catalogue.page(Filter(kinds=("still",), seen="not-me", time="none"))["matching"]


def test_a_tile_says_what_is_known_of_its_medium(room: Room) -> None:
    run = room.reviewed.run()
    face = room.reviewed.track(run, TWO, "face", [(1.0, 0, 0, 40, 50)])
    room.reviewed.track(run, TWO, "motion", [(1.0, 300, 0, 40, 50)])
    case = room.place.case(room.reviewed.case.name)
    case.add_camera("Torvet", files="cam3/2.mp4")
    case.anchor("Torvet", t=0.0, shows="2026-01-31T22:00:00", zone="+01:00", medium="cam3/2.mp4")
    room.refresh()

    (tile,) = room.catalogue.tiles([room.reviewed.media[TWO]])

    assert (tile["path"], tile["exhibit"], tile["camera"], tile["copies"]) == ("cam3/2.mp4", "K1", "Torvet", 2)
    assert tile["time"] == {"at": "2026-01-31T22:00:00.000+01:00", "until": "2026-01-31T22:01:00.000+01:00", "zoned": True,
                            "uncertainty_s": tile["time"]["uncertainty_s"], "origin": "anchor"}
    assert tile["best"][0] == {"id": face, "kind": "face"}
    assert tile["counts"] == {"face": 1, "person": 0, "vehicle": 0, "object": 0, "motion": 1}
    assert tile["seen"] == {"me": False, "anyone": False, "me_part_s": 0.0, "anyone_part_s": 0.0}


def test_a_recording_of_which_little_played_stays_where_what_nobody_has_seen_is(room: Room, many: list[str]) -> None:
    video = room.reviewed.media[TWO]
    room.see(room.asker.person, video, spans=[[0, 2]])

    (tile,) = room.catalogue.tiles([video])
    people = room.catalogue.people()

    for seen in ("not-me", "nobody"):
        assert video in ids(room.catalogue.page(Filter(kinds=("video",), seen=seen)))
    assert room.catalogue.facets(Filter(kinds=("video",)))["seen"] == {"me": 0, "not-me": 2, "anyone": 0, "nobody": 2}
    assert tile["seen"] == {"me": False, "anyone": False, "me_part_s": 2.0, "anyone_part_s": 2.0}
    assert (people["media_seen"], people["seconds_seen"]) == (0, 2.0)


def test_what_failed_is_to_be_looked_at_by_somebody_and_what_is_no_picture_is_not(room: Room, many: list[str]) -> None:
    before = room.catalogue.people()

    room.stills(1, kind="other", state="failed", code="unknown", reason="It is not known what it is.")
    room.stills(2, kind="other", state="skipped", code="not-media", reason="It is no medium.")
    now = room.catalogue.people()

    assert (now["media"] - before["media"], now["others"] - before["others"]) == (1, 2)


@pytest.mark.parametrize("after", ["x", "WzEuMF0", "%%%"])
def test_a_cursor_of_somebody_elses_making_is_refused(room: Room, many: list[str], after: str) -> None:
    with pytest.raises(WrongUsage, match="cursor"):
        room.catalogue.page(after=after)
