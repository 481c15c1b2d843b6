"""Switching purposes, in a real database."""
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sporhund.access import service
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases.service import create
from sporhund.errors import Refused, WrongUsage
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def on(purpose: str, unit: str, hands: dict[str, Any]) -> bool:
    states = service.list_purposes(store=hands["store"], clock=hands["clock"])
    return any(one.on for one in states if one.purpose.name == purpose and one.unit == unit)


def test_a_purpose_is_on_from_its_assessment_until_its_last_day(hands: dict[str, Any], clock: Any) -> None:
    unit = new_id("unit")
    service.enable("manhunt", unit=unit, assessment="KA-1", assessed_on=date(2026, 2, 1), until=date(2026, 3, 2), **hands)
    today = on("manhunt", unit, hands)
    clock.on(days=2)

    assert today
    assert not on("manhunt", unit, hands)


def test_a_purpose_that_was_switched_off_denies_templates_to_the_case(hands: dict[str, Any], store: Store, clock: Any) -> None:
    unit = new_id("unit")
    case = create(new_id("J"), title="A case", purpose="gang", **hands | {"actor": replace(hands["actor"], unit=unit)})
    service.enable("gang", unit=unit, assessment="KA-1", assessed_on=date(2026, 2, 1), **hands)
    with store.transaction() as rows:
        before = service.templates_allowed(rows, case.id, clock.now().date())
    service.disable("gang", unit=unit, **hands)
    with store.transaction() as rows:
        after = service.templates_allowed(rows, case.id, clock.now().date())

    assert before.allowed
    assert not after.allowed


def test_every_switch_and_every_refusal_is_logged(hands: dict[str, Any], store: Store, keys: Keys) -> None:
    unit = new_id("unit")
    service.enable("gang", unit=unit, assessment="KA-1", assessed_on=date(2026, 2, 1), **hands)
    service.disable("gang", unit=unit, **hands)
    with pytest.raises(Refused):
        service.disable("gang", unit=unit, **hands)

    events = [event for event in audit.show(store, keys) if (event.payload or {}).get("unit") == unit]
    assert [(event.action, event.outcome) for event in events] == [
        ("purpose disable", "refused"), ("purpose disable", "done"), ("purpose enable", "done")]


def test_an_unknown_purpose_is_wrong_usage(hands: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage) as said:
        service.enable("curiosity", assessment="x", assessed_on=date(2026, 1, 1), **hands)

    assert said.value.code == "unknown-purpose"
