"""The made-up case for measuring is a case like any other: what it holds agrees with what would be derived."""
from typing import Any

import pytest
from benchmarks.desk_case import make, questions

from sporhund.api.home import Sporhund
from sporhund.catalogue import records
from sporhund.store.ids import new_id


def test_every_question_of_a_page_is_answered_on_the_made_up_case(
    store: Any, clock: Any, actor: Any, capsys: pytest.CaptureFixture[str],
) -> None:
    place = Sporhund(store=store, clock=clock, actor=actor)
    case = make(place, new_id("B"), 0.001)

    answers = {name: ask() for name, ask in questions(case).items()}

    assert all(answer is not None for answer in answers.values())
    with store.reader() as rows:
        assert records.outdated(rows, case.id) == []
    assert answers["page, first"]["total"] == 404
    assert answers["timeline, week"]["tracks"] == 500
    assert answers["standing"]["files"]["seen"] > 404
    place.previews.close()
