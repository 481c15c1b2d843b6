"""Columns in memory are what the tables hold, at every question, whatever was written and however long it took."""
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update
from tests.catalogue.conftest import Room

from sporhund.catalogue import columns, reads
from sporhund.catalogue.columns import Columns, State, held, plain
from sporhund.catalogue.ordering import order
from sporhund.catalogue.shelf import Shelf
from sporhund.errors import EnvironmentFault, Refused
from sporhund.store import tables
from sporhund.store.changed import THIS_TRANSACTION

ONE = b"cam3/=1.mp4"


def anew(room: Room) -> State:
    """The case as somebody has it who reads it whole now."""
    shelf: Shelf[Columns] = Shelf()
    return Columns(room.place.store, room.case_id, shelf).now(room.asker.person)


def by_id(state: State) -> list[dict[str, Any]]:
    """Every medium's row, by id; positions in memory are nobody's business."""
    items = state.items
    names = [one.name for one in fields(items) if one.name not in ("order", "sorted", "rank", "memo")]
    return [{name: getattr(items, name)[at] for name in names} for at in items.order.tolist()]


def tracks(state: State) -> set[tuple[bytes, bytes, float]]:
    of = state.tracks
    return {(of.id[at], state.items.id[of.medium[at]], float(of.start[at])) for at in range(len(of))}


def same(one: State, other: State) -> bool:
    return str(by_id(one)) == str(by_id(other)) and tracks(one) == tracks(other)


def write(rows: Any, room: Room, medium: str, pixels: int) -> None:
    i = tables.item
    rows.execute(update(i).where(i.c.case_id == room.case_id, i.c.medium_id == medium).values(
        face_px=float(pixels), changed=THIS_TRANSACTION))


def pixels(room: Room, medium: str) -> int:
    state = room.state()
    return int(state.items.face_px[state.items.id.tolist().index(medium.encode())])


def test_what_comes_in_is_there_at_the_next_question(room: Room) -> None:
    room.state()
    room.stills(3)
    run = room.reviewed.run()
    room.reviewed.track(run, ONE, "face", [(1.0, 0, 0, 40, 50)])
    room.refresh()

    state = room.state()

    assert same(state, anew(room))
    assert (len(state.items), len(state.tracks)) == (5, 1)


def test_tracks_of_a_run_that_counts_no_more_are_gone(room: Room) -> None:
    room.reviewed.track(room.reviewed.run(), ONE, "face", [(1.0, 0, 0, 40, 50)])
    room.refresh()
    room.state()
    with room.place.store.transaction() as rows:
        rows.execute(update(tables.look).where(tables.look.c.case_id == room.case_id).values(current=False))
    room.refresh()

    state = room.state()

    assert len(state.tracks) == 0
    assert same(state, anew(room))


def test_a_transaction_that_took_long_is_missed_by_nobody(room: Room) -> None:
    """It began before others that were read in the meantime, so its number is lower than theirs."""
    slow, quick = room.stills(2)
    room.state()
    with ExitStack() as held:
        late = held.enter_context(room.place.store.transaction())
        write(late, room, slow, 7)
        with room.place.store.transaction() as rows:
            write(rows, room, quick, 8)
        assert (pixels(room, slow), pixels(room, quick)) == (0, 8)

    assert pixels(room, slow) == 7
    assert same(room.state(), anew(room))


def test_what_is_rolled_back_was_never_there(room: Room) -> None:
    (one,) = room.stills(1)
    room.state()
    with pytest.raises(ZeroDivisionError), room.place.store.transaction() as rows:
        write(rows, room, one, 7)
        room.state()
        raise ZeroDivisionError

    assert pixels(room, one) == 0


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_writing_and_reading_ends_in_the_same(room: Room, seed: int) -> None:
    chance = np.random.default_rng(seed)
    media = [*room.stills(6), *room.reviewed.media.values()]
    room.refresh()
    run, open_ones = room.reviewed.run(), list[Iterator[Any]]()
    with ExitStack() as held:
        for step in range(25):
            match int(chance.integers(0, 5)):
                case 0:
                    media += room.stills(int(chance.integers(1, 4)))
                case 1:
                    room.reviewed.track(run, ONE, "face", [(float(step), 0, 0, 40, 50)])
                    room.refresh()
                case 2 if len(open_ones) < 3:
                    rows = held.enter_context(room.place.store.transaction())
                    write(rows, room, media[len(open_ones)], step)     # each another row: nobody waits for a lock
                    open_ones.append(rows)  # type: ignore[arg-type]
                case 3:
                    with room.place.store.transaction() as rows:
                        write(rows, room, media[int(chance.integers(3, len(media)))], step)
                case _:
                    assert same(room.state(), anew(room))

    assert same(room.state(), anew(room))


def test_readers_share_what_is_held_and_none_sees_half(room: Room) -> None:
    room.stills(50)
    wrong = list[int]()

    def ask() -> None:
        for _ in range(10):
            items = room.state().items
            if len(items.id) != len(items.kind) or plain(items.sorted) != sorted(plain(items.id)):
                wrong.append(len(items))

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        room.stills(5)
    for reader in readers:
        reader.join()

    assert wrong == []
    assert len(room.state().items) == 102


def test_an_older_state_stays_what_it_was(room: Room) -> None:
    before = room.state()
    room.stills(3)
    room.state()

    assert len(before.items) == 2


def test_of_a_case_that_was_erased_nothing_is_held(room: Room) -> None:
    shelf: Shelf[Columns] = Shelf()
    held = shelf.take(room.case_id, lambda: Columns(room.place.store, room.case_id, shelf))
    held.now()
    room.place.erase_case(room.reviewed.case.name, reason="the term is over")

    with pytest.raises(Refused, match="erased"):
        held.now()

    assert shelf.cases() == []
    assert held.nbytes == 0


def test_the_case_that_was_used_longest_ago_goes_first() -> None:
    class Held:
        nbytes = 40

    shelf: Shelf[Held] = Shelf(largest_bytes=100)
    for case in ("a", "b", "a", "c"):
        shelf.take(case, Held)

    assert shelf.cases() == ["a", "c"]


def test_who_waits_too_long_for_somebody_elses_reading_is_told_to_come_again(room: Room) -> None:
    shelf: Shelf[Columns] = Shelf()
    waiting = Columns(room.place.store, room.case_id, shelf, patience_s=0.01)

    with waiting._turn(), pytest.raises(EnvironmentFault) as said:
        waiting.now()

    assert said.value.code == "case-opening"
    assert len(waiting.now().items) == 2


def test_who_waited_for_a_reading_that_failed_reads_for_themselves(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    mine: Columns = Columns(room.place.store, room.case_id, Shelf())
    mine.now()
    inside, asked = threading.Event(), threading.Event()
    unchanged = mine._unchanged

    def broken(person: str) -> None:
        inside.set()
        assert asked.wait(60)
        monkeypatch.setattr(mine, "_unchanged", unchanged)
        raise EnvironmentFault("database-down", "It is away.", "Again.")

    monkeypatch.setattr(mine, "_unchanged", broken)
    with ThreadPoolExecutor(2) as people:
        first = people.submit(mine.now)
        assert inside.wait(60)
        before = mine._begun
        room.stills(1)
        second = people.submit(mine.now)
        asked.set()

        with pytest.raises(EnvironmentFault):
            first.result(60)
        assert len(second.result(60).items) == 3
    assert mine._begun > before


def test_a_case_that_is_opened_while_another_asks_stays_on_the_shelf(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf: Shelf[Columns] = Shelf()
    one = held(shelf, room.place.store, room.case_id)
    one.now()
    news = reads.news

    def meanwhile(*asked: Any) -> Any:
        answer = news(*asked)
        held(shelf, room.place.store, "c_another")
        return answer

    monkeypatch.setattr(reads, "news", meanwhile)
    one.now()

    assert shelf.cases() == [room.case_id, "c_another"]


def test_what_was_worked_out_of_columns_counts_as_held_and_each_array_once(room: Room) -> None:
    room.stills(1000)
    state = room.state()
    before = state.nbytes

    found = order(state, "face-size", room.asker.zone)
    order(state, "-taken-in", room.asker.zone)                    # the columns' own order, seen backwards, and a key

    assert state.nbytes - before == found.place.nbytes + found.key.nbytes + 8 * len(state.items)


def test_of_many_people_the_one_that_was_not_heard_of_for_longest_is_let_go(
    room: Room, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "PEOPLE", 2)
    for person in ("u_first", "u_second", "u_first", "u_third", "u_fourth"):
        state = room.columns.now(person)

    assert set(state.seen) == {columns.ANYBODY, "u_first", "u_third", "u_fourth"}
