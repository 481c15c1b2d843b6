"""Whoever asks for an exhibit gets all that is in it, also what lies in another one too."""
from sqlalchemy import insert
from tests.catalogue.conftest import Room

from sporhund.catalogue import records
from sporhund.store import tables
from sporhund.store.ids import new_id


def copied(room: Room, media: list[str], label: str, *, original: bool = False) -> str:
    """An exhibit in which these media lie; its id."""
    exhibit, intake, at = new_id("e"), new_id("i"), room.place.clock.now()
    with room.place.store.transaction() as rows:
        rows.execute(insert(tables.exhibit).values(case_id=room.case_id, id=exhibit, label=label, created_at=at))
        rows.execute(insert(tables.intake).values(
            case_id=room.case_id, id=intake, exhibit_id=exhibit, at=at, by="test", assurance="local", host="test", source=b"/e"))
        rows.execute(insert(tables.occurrence), [{
            "case_id": room.case_id, "id": new_id("o"), "exhibit_id": exhibit, "intake_id": intake, "path": one.encode(),
            "location": b"/e/" + one.encode(), "medium_id": one, "original": original, "stated": []} for one in media])
        records.refresh(rows, room.case_id, media)
    return exhibit


def ids(room: Room, exhibit: str) -> list[str]:
    return sorted(one["id"] for one in room.catalogue.page(room.catalogue.parse({"exhibit": [exhibit]}))["items"])


def test_an_exhibit_of_copies_shows_what_is_in_it(room: Room) -> None:
    media = room.stills(3)
    first = copied(room, media, "K-01", original=True)
    room.catalogue.page()                                              # held in memory before the copies come

    second = copied(room, media[:2], "K-02")

    assert (ids(room, first), ids(room, second)) == (sorted(media), sorted(media[:2]))
    counts = room.catalogue.facets()["exhibit"]
    assert (counts[first], counts[second]) == (3, 2)


def test_it_is_so_too_for_who_reads_the_case_anew_and_a_tile_says_where_else_it_lies(room: Room) -> None:
    media = room.stills(2)
    first = copied(room, media, "K-01", original=True)
    second = copied(room, media[:1], "K-02")

    tiles = room.catalogue.tiles(media)

    assert ids(room, second) == media[:1]
    assert [(one["exhibit"], one["also_in"]) for one in tiles] == [("K-01", ["K-02"]), ("K-01", [])]
    both = room.catalogue.facets(room.catalogue.parse({"exhibit": [second]}))["exhibit"]
    assert (both[first], both[second]) == (2, 1)
