"""What somebody can still conclude on is found by indexes, in the cases that are asked about."""
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from tests.identify.conftest import Scene
from tests.identify.make import EARS, searched
from tests.people import OFFICER, make_account

from sporhund.audit.keys import Keys
from sporhund.identify import blind, records
from sporhund.settings import Settings
from sporhund.store.service import Store, open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database of these tests alone: a plan is chosen by what lies in it, and hundreds of other tests' cases are no case."""
    with open_store(Settings(tmp_path_factory.mktemp("plans"))) as opened:
        make_account(opened, OFFICER)
        yield opened


@pytest.fixture(scope="module")
def keys(store: Store) -> Keys:
    return Keys(store.settings.keys)


def plans(rows: Connection, ask: Any) -> str:
    """How the server goes about what is asked, where no table is small enough to be read whole."""
    said: list[tuple[str, Any]] = []

    def heard(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        said.append((statement, parameters))

    event.listen(rows, "before_cursor_execute", heard)
    ask()
    event.remove(rows, "before_cursor_execute", heard)
    rows.execute(text("set local enable_seqscan = off"))
    return "\n".join(str(line[0]) for statement, parameters in said
                     for line in rows.exec_driver_sql("explain " + statement, parameters))


def test_candidates_that_lie_in_a_case_are_found_by_an_index(scene: Scene) -> None:
    with scene.store.reader() as rows:
        plan = plans(rows, lambda: records.candidates_touching(rows, [scene.case_id], by=scene.one.user))

    assert "track_case" in plan and "Seq Scan on candidate" not in plan.replace("_", " ")


def test_the_same_picture_in_other_searches_is_found_by_an_index(scene: Scene) -> None:
    with scene.store.reader() as rows:
        plan = plans(rows, lambda: records.views(rows, str(scene.one.user)))

    assert any("sha256 = " in line and "Index Cond" in line for line in plan.splitlines())


def test_of_a_case_alone_is_asked_who_has_not_finished(scene: Scene) -> None:
    scene.say(scene.one, "same")
    with scene.store.reader() as rows:
        assert blind.veil(rows, [scene.case_id], scene.chief).unsettled == {scene.made.candidates[0]}
        assert blind.veil(rows, ["c_other"], scene.chief) == blind.Veil(frozenset(), frozenset())


def test_a_page_is_chosen_without_reading_the_whole_case(scene: Scene) -> None:
    searched(scene.store, scene.case_id, scene.basis.id, by=str(scene.searcher.user), at=scene.clock.now(), count=50)
    read: list[int] = []
    whole = records.candidates

    def counted(*said: Any, **more: Any) -> Any:
        found = whole(*said, **more)
        read.append(len(found))
        return found

    records.candidates, kept = counted, records.candidates
    try:
        scene.case(scene.one).decisions.candidates(limit=5)
    finally:
        records.candidates = kept
    assert read == [5]


def test_what_cannot_be_concluded_on_any_more_is_not_asked_about(scene: Scene) -> None:
    scene.say(scene.one, "same", seen=EARS)
    with scene.store.reader() as rows:
        left = [{row.id for row in records.candidates_touching(rows, [scene.case_id], by=by)}
                for by in (scene.one.user, scene.searcher.user, None)]

    assert left == [{scene.made.candidates[1]}, set(), set(scene.made.candidates)]
