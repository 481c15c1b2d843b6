"""What an examiner said of a face's age holds for it in another run too; what could not be brought over is told."""
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, update
from tests.gallery.conftest import Filled, add_run, unit

from sporhund.gallery import service as galleries
from sporhund.search import ages
from sporhund.store import tables
from sporhund.store.ids import new_id


def followed(filled: Filled, medium: str, *, run: str = "", x: float = 5.0) -> str:
    """A face that was followed for a second at this place."""
    (track,) = filled.tracks(medium, unit(1), run=run, best=[
        {"t": 0.5, "box": [x, 6, 80, 90], "score": 0.9, "sharpness": 0.5, "quality": 0.7, "landmarks": []}])
    path = np.array([[t, x, 6.0, 80.0, 90.0, 0.9] for t in (0.0, 0.5, 1.0)])
    with filled.store.transaction() as rows:
        rows.execute(insert(tables.observation).values(
            case_id=filled.id, track_id=track, path=path.astype("<f8").tobytes(), lead=b""))
    return track


def say(filled: Filled, clock: Any, track: str, *, child: bool) -> None:
    with filled.store.transaction() as rows:
        rows.execute(insert(tables.age_statement).values(
            case_id=filled.id, id=new_id("a"), track_id=track, child=child, by="u_1", at=clock.now()))


def again(filled: Filled, medium: str) -> str:
    """Another run that looked at the medium and counts now."""
    run = add_run(filled.store, filled.id)
    look = tables.look.c
    with filled.store.transaction() as rows:
        rows.execute(update(tables.look).where(look.case_id == filled.id, look.medium_id == medium).values(current=False))
    filled.looked(medium, run=run)
    return run


@pytest.mark.parametrize("child", [True, False])
def test_a_statement_holds_for_the_track_of_the_same_face_in_another_run(filled: Filled, clock: Any, child: bool) -> None:
    medium = filled.medium()
    say(filled, clock, followed(filled, medium), child=child)
    run = again(filled, medium)
    face, beside = followed(filled, medium, run=run, x=11.0), followed(filled, medium, run=run, x=400.0)

    with filled.store.reader() as rows:
        assert ages.ages(rows, filled.id, [face, beside]) == {face: child}


def test_of_its_own_run_it_holds_for_no_other_track(filled: Filled, clock: Any) -> None:
    medium = filled.medium()
    said, other = followed(filled, medium), followed(filled, medium, x=9.0)
    say(filled, clock, said, child=True)

    with filled.store.reader() as rows:
        assert ages.ages(rows, filled.id, [other]) == {}
        assert ages.ages(rows, filled.id, [said, other]) == {said: True}


def test_the_last_statement_holds_whichever_track_it_was_made_of(filled: Filled, clock: Any) -> None:
    medium = filled.medium()
    old = followed(filled, medium)
    new = followed(filled, medium, run=again(filled, medium))
    say(filled, clock, new, child=True)
    clock.time += timedelta(seconds=1)
    say(filled, clock, old, child=False)

    with filled.store.reader() as rows:
        assert ages.ages(rows, filled.id, [new]) == {new: False}


def test_what_no_track_stands_for_any_more_is_told(filled: Filled, clock: Any, keys: Any) -> None:
    kept, gone = filled.medium(), filled.medium()
    for medium in (kept, gone):
        say(filled, clock, followed(filled, medium), child=True)
    followed(filled, kept, run=again(filled, kept))
    with filled.store.reader() as rows:
        lost_before = [row.track_id for row in rows.execute(
            tables.age_statement.select().where(tables.age_statement.c.case_id == filled.id).order_by(tables.age_statement.c.id))]
    followed(filled, gone, run=again(filled, gone), x=700.0)
    gallery = galleries.opened(filled.id, "base@1", store=filled.store, keys=keys)

    with filled.store.reader() as rows:
        assert ages.lost(rows, gallery) == (lost_before[1],)
