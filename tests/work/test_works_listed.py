"""A list of works is of one moment, however works go on meanwhile."""
from collections.abc import Callable
from typing import Any

import pytest
from tests.work.conftest import Hands

from sporhund.cases.model import Case
from sporhund.store.service import Store
from sporhund.work import records, service
from sporhund.work.model import Asked, Kind, State


class Meanwhile:
    """A connection after whose first question something else happens."""

    def __init__(self, rows: Any, happens: Callable[[], Any]) -> None:
        self._rows, self._happens = rows, [happens]

    def execute(self, asked: Any) -> Any:
        found = self._rows.execute(asked).all()
        if self._happens:
            self._happens.pop()()
        return found


@pytest.mark.parametrize(("acts", "meanwhile"), [([], "cancel"), (["cancel"], "retry")])
def test_a_work_that_ends_or_begins_again_meanwhile_is_listed_once(
    acts: list[str], meanwhile: str, case: Case, hands: Hands, store: Store,
) -> None:
    work = service.ask(case.id, Asked(Kind.TRAINING, exhibit="K1"), **hands)
    for act in acts:
        getattr(service, act)(case.id, work.id, **hands)

    with store.reader() as rows:
        asking: Any = Meanwhile(rows, lambda: getattr(service, meanwhile)(case.id, work.id, **hands))
        found = records.listed(asking, case.id, ended=50)

    assert [one.id for one in found] == [work.id]


def test_what_runs_and_waits_comes_in_its_order_and_then_the_newest_of_what_is_over(
    case: Case, hands: Hands, store: Store,
) -> None:
    works = [service.ask(case.id, Asked(Kind.TRAINING, exhibit=f"K{n}"), **hands).id for n in range(7)]
    for work in (works[2], works[0], works[1]):
        hands["clock"].on(minutes=1)
        service.cancel(case.id, work, **hands)
    service.pause(case.id, works[3], **hands)
    service.move(case.id, works[6], before=works[4], **hands)

    listed = service.list_works(case.id, store=store, ended=2)

    assert [one.id for one in listed] == [works[6], works[4], works[5], works[3], works[1], works[0]]
    assert [one.state for one in listed] == [*[State.WAITING] * 3, State.PAUSED, *[State.CANCELLED] * 2]
