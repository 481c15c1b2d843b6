"""Opening cases and holding them."""
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.cases.conftest import Hands

from sporhund.audit import service as audit
from sporhund.cases import service
from sporhund.cases.model import Case
from sporhund.errors import Refused, WrongUsage
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def test_a_case_that_was_opened_is_listed_and_shown(case: Case, hands: Hands, store: Store) -> None:
    shown = service.show(case.name, **hands)

    assert case in service.list_cases(store=store, actor=hands["actor"])
    assert shown.case == case
    assert shown.account.seen == 0
    assert shown.templates.allowed


def test_a_name_is_taken_once(case: Case, hands: Hands) -> None:
    with pytest.raises(WrongUsage) as said:
        service.create(case.name, title="Another", purpose="objects", **hands)

    assert said.value.code == "case-exists"


@pytest.mark.parametrize(("changed", "code"), [
    ({"name": ""}, "bad-name"), ({"name": " J"}, "bad-name"), ({"name": "-J"}, "bad-name"), ({"name": "J\n1"}, "bad-name"),
    ({"name": "../etc"}, "bad-name"), ({"name": "J" * 101}, "bad-name"), ({"title": " "}, "bad-title"),
    ({"title": "two\nlines"}, "bad-title"), ({"purpose": "curiosity"}, "unknown-purpose"),
    ({"ends": date(2020, 1, 1)}, "ends-in-past"),
])
def test_what_a_case_cannot_be_is_said_before_anything_is_written(hands: Hands, changed: dict[str, Any], code: str) -> None:
    right: dict[str, Any] = {"name": "0100-84210-00123-24", "title": "A case", "purpose": "objects", "ends": None}
    wrong = {**right, **changed}

    with pytest.raises(WrongUsage) as said:
        service.create(wrong.pop("name"), **wrong, **hands)

    assert said.value.code == code


def test_an_unknown_case_is_wrong_usage(hands: Hands) -> None:
    with pytest.raises(WrongUsage) as said:
        service.show("never opened", **hands)

    assert said.value.code == "unknown-case"


def test_a_case_of_a_purpose_that_is_off_is_opened_without_templates(hands: Hands) -> None:
    name = new_id("J")
    service.create(name, title="A case", purpose="gang", **hands | {"actor": replace(hands["actor"], unit="nobody")})

    shown = service.show(name, **hands)

    assert not shown.on
    assert not shown.templates.allowed


def test_a_hold_is_placed_and_lifted_by_name_and_both_are_logged(case: Case, hands: Hands, store: Store) -> None:
    hold = service.place_hold(case.name, reason="tiltale rejst", **hands)
    service.lift_hold(case.name, hold.id, **hands)
    with pytest.raises(Refused):
        service.lift_hold(case.name, hold.id, **hands)

    events = audit.show(store, hands["keys"], case.id)
    assert [(event.action, event.outcome) for event in events] == [
        ("case hold lift", "refused"), ("case hold lift", "done"), ("case hold", "done"), ("case create", "done")]


def test_a_hold_needs_a_reason(case: Case, hands: Hands) -> None:
    with pytest.raises(WrongUsage):
        service.place_hold(case.name, reason=" ", **hands)
