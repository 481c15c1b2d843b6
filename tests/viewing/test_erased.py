"""What people said and saw goes with the case; that they looked, and how long, stays with them."""
from sqlalchemy import select
from tests.viewing.conftest import Room

from sporhund.actor import Actor
from sporhund.cases import records
from sporhund.evidence import cameras
from sporhund.store import tables


def test_an_erased_case_leaves_no_word_and_no_sight_of_anybody(room: Room, kim: Actor, actor: Actor) -> None:
    case, [still] = room.reviewed.case, room.stills(1)
    cameras.add(case.id, "Torvet", **room.hands)
    viewing = room.viewing(kim)
    viewing.mark([still], "Våben")
    viewing.saw([still], seen_s=9, clear_s=4)
    viewing.reserve([still])
    viewing.secure("Torvet", "2026-02-28T21:45:00", "2026-02-28T22:15:00", note="HEMMELIG")

    certificate = room.place.acting(actor).case(case.name).erase(reason="slettefrist")

    assert {name: certificate["rows"][name] for name in ("mark", "seen", "reservation", "securing")} == {
        "mark": 1, "seen": 2, "reservation": 1, "securing": 1}
    with room.place.store.reader() as rows:
        assert set(records.row_counts(rows, case.id).values()) == {0}
        e = tables.exposure.c
        counts = rows.execute(select(e.user_id, e.seen_s, e.clear_s, e.media).where(e.case_id == case.id)).one()
        assert tuple(counts) == (kim.user, 9.0, 4.0, 1)
    assert room.own(kim).exposure_today()["seen_s"] == 9
