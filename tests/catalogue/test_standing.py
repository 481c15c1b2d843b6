"""The account that no page has to count."""
from dataclasses import asdict

from sqlalchemy import delete, update
from tests.catalogue.conftest import Room

from sporhund.catalogue import standing
from sporhund.evidence import account
from sporhund.store import tables

ONE = b"cam3/=1.mp4"


def test_what_is_kept_is_the_account_and_the_tracks_that_count(room: Room) -> None:
    room.reviewed.track(room.reviewed.run(), ONE, "face", [(1.0, 0, 0, 40, 50)])

    found = room.catalogue.standing()

    with room.place.store.snapshot() as rows:
        counted = asdict(account.account(rows, room.case_id))
    assert found["video"] == counted.pop("video")
    assert found["files"] == counted
    assert found["tracks"] == {"face": 1, "person": 0, "vehicle": 0, "object": 0, "motion": 0}


def test_it_is_counted_where_nobody_has_and_kept_until_somebody_does_again(room: Room) -> None:
    first = room.catalogue.standing()
    room.hands["clock"].on(hours=1)
    assert room.catalogue.standing() == first

    with room.place.store.transaction() as rows:
        rows.execute(delete(tables.standing).where(tables.standing.c.case_id == room.case_id))

    assert room.catalogue.standing()["at"] > first["at"]


def test_several_cases_are_read_at_once_and_those_that_nobody_counted_are_left_out(room: Room) -> None:
    room.catalogue.standing()

    with room.place.store.reader() as rows:
        found = standing.of_cases(rows, [room.case_id, "c_none"])

    assert list(found) == [room.case_id]
    assert found[room.case_id]["files"]["seen"] == 3


def test_while_work_goes_on_it_is_counted_seldom(room: Room) -> None:
    keeper = standing.Keeper(room.place.store, room.case_id, room.hands["clock"])
    keeper.soon()
    first = room.catalogue.standing()
    room.hands["clock"].on(hours=1)
    keeper.soon()
    assert room.catalogue.standing() == first

    keeper.close()

    assert room.catalogue.standing()["at"] > first["at"]


def test_what_failed_and_what_is_read_partly_is_kept_by_exhibit_and_adds_up_to_the_account(room: Room) -> None:
    ids = room.reviewed.media
    with room.place.store.transaction() as rows:
        rows.execute(update(tables.medium).where(tables.medium.c.case_id == room.case_id, tables.medium.c.id == next(iter(
            ids.values()))).values(state="failed", code="truncated", reason="cut off"))
        found = standing.keep(rows, room.case_id, room.hands["clock"].now())

    assert sum(of["failed"] for of in found["troubles"].values()) == found["files"]["failed"] == 1
    assert sum(of["partly"] for of in found["troubles"].values()) == found["files"]["partly"]
