"""What somebody can still conclude on is found by indexes, in the cases that are asked about."""
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.identify.conftest import Scene
from tests.identify.make import EARS, Searched, searched
from tests.people import join, live_basis
from tests.questions import asked

from sporhund.cases import service as cases
from sporhund.identify import blind, records
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def plans(store: Store, ask: Callable[[Connection], object]) -> list[str]:
    """How the server goes about each thing that is asked, where no table is small enough to be read whole.

    In a transaction: outside of one nothing is set for what follows, and a table of two rows is read whole.
    """
    with store.snapshot() as rows:
        with asked() as said:
            ask(rows)
        rows.execute(text("set local enable_seqscan = off"))
        return ["\n".join(rows.exec_driver_sql("explain " + statement, parameters).scalars()) for statement, parameters in said]


def read(plan: str, content: str) -> set[str]:
    """The partitions of a table that a plan reads."""
    return set(re.findall(rf" on ({content}_[0-9a-f]{{32}})", plan))


@pytest.fixture
def another(scene: Scene) -> Searched:
    """Another case, with a search of somebody else for the same picture."""
    case = cases.create(new_id("J"), title="Another", purpose="demonstration", **scene.hands(scene.chief))
    join(scene.store, scene.clock, case.id, scene.chief)
    basis = live_basis(case.id, **scene.hands(scene.chief))
    return searched(scene.store, case.id, basis.id, by=str(scene.chief.user), at=scene.clock.now())


def test_candidates_that_lie_in_a_case_are_found_by_an_index(scene: Scene, another: Searched) -> None:
    plan = "\n".join(plans(scene.store, lambda rows: records.candidates_touching(rows, [scene.case_id], by=scene.one.user)))

    assert "track_case" in plan and "Seq Scan on candidate" not in plan.replace("_", " ")


def test_of_other_cases_only_those_that_lie_in_a_case_are_read_further(scene: Scene, another: Searched) -> None:
    """That a candidate's search and conclusions lie in its case spared the server nothing: it planned all of every case, which
    took 0.4 s where there were 300."""
    here, *others = plans(scene.store, lambda rows: records.candidates_touching(rows, [scene.case_id], by=scene.one.user))

    assert [len(read(here, content)) for content in ("candidate", "search", "decision")] == [1, 1, 1]
    assert [read(plan, content) for plan in others for content in ("search", "decision")] == [set(), set()]


def test_the_same_picture_in_other_searches_is_found_by_an_index(scene: Scene, another: Searched) -> None:
    """In a database of 300 cases, one of them with 100,000 probes, the server sorted every probe of every case by its digest to
    join them (0.4 to 0.8 s, and more with each case), for of partitions that nobody has analysed it knows nothing, and of others
    not how few digests will be asked for. Asked by the digests themselves, in the cases asked about, it has the index. A small
    partition is read whole all the same, because it is small: here that is switched off.
    """
    plan = plans(scene.store, lambda rows: records.views(rows, str(scene.searcher.user), [(another.case_id, another.search)]))[-1]

    assert any("sha256 = " in line and "Index Cond" in line for line in plan.splitlines())
    assert len(read(plan, "probe")) == 1


def test_what_somebody_has_seen_is_found_by_an_index_and_its_probes_in_its_own_cases(scene: Scene, another: Searched) -> None:
    seen, probes, _ = plans(
        scene.store, lambda rows: records.views(rows, str(scene.searcher.user), [(another.case_id, another.search)]))

    assert "Seq Scan" not in seen and len(re.findall(r"Index Cond: \(by = ", seen)) >= 4
    assert "Join" not in probes and "Seq Scan" not in probes and len(read(probes, "probe")) == 1


def test_who_searched_for_a_picture_knows_the_scores_of_the_same_one_elsewhere_and_of_no_other(
    scene: Scene, another: Searched,
) -> None:
    unlike = searched(scene.store, scene.case_id, scene.basis.id, by=str(scene.chief.user), at=scene.clock.now(), probe=b"2" * 32)
    about = [(made.case_id, made.search) for made in (scene.made, another, unlike)]
    with scene.store.reader() as rows:
        known = records.views(rows, str(scene.searcher.user), about)

        assert known == set(about[:2])
        assert records.views(rows, str(scene.searcher.user), about[1:]) == {about[1]}
        assert records.views(rows, str(scene.one.user), about) == set()


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
