"""Purposes gate templates, not boxes."""
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.access import rules
from sporhund.access.model import PURPOSES, Allowed, Denied, Enabled
from sporhund.errors import WrongUsage

TODAY = date(2026, 3, 1)
GATED = [purpose for purpose in PURPOSES if purpose.templates and not purpose.always_on]
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def switch(purpose: str, *, unit: str = "vest", until: date | None = None, ended: bool = False) -> Enabled:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Enabled("p1", unit, purpose, "KA-7", date(2025, 12, 1), until, "admin", at, at if ended else None)


def test_only_demonstration_and_objects_ship_switched_on() -> None:
    on = {purpose.name for purpose in PURPOSES if rules.is_on(purpose, "vest", [], TODAY)}

    assert on == {"demonstration", "objects"}


def test_demonstration_may_make_templates_and_objects_never() -> None:
    enabled = [switch("objects")]

    assert isinstance(rules.templates_allowed(rules.purpose_named("demonstration"), "vest", [], TODAY), Allowed)
    assert isinstance(rules.templates_allowed(rules.purpose_named("objects"), "vest", enabled, TODAY), Denied)


@given(st.sampled_from(GATED), st.none() | days, st.booleans(), st.sampled_from(["vest", "øst"]), days)
def test_templates_need_a_switch_of_that_unit_that_is_alive(purpose, until, ended, unit, today) -> None:
    row = switch(purpose.name, unit=unit, until=until, ended=ended)

    verdict = rules.templates_allowed(purpose, "vest", [row], today)

    assert verdict.allowed == (unit == "vest" and not ended and (until is None or today <= until))


@given(st.sampled_from(GATED), st.sampled_from(GATED))
def test_a_switch_for_one_purpose_is_none_for_another(wanted, given_) -> None:
    verdict = rules.templates_allowed(wanted, "vest", [switch(given_.name)], TODAY)

    assert verdict.allowed == (wanted == given_)


def test_a_refusal_names_what_is_missing() -> None:
    purpose = rules.purpose_named("manhunt")

    never = rules.templates_allowed(purpose, "vest", [], TODAY)
    over = rules.templates_allowed(purpose, "vest", [switch("manhunt", until=TODAY - timedelta(days=1))], TODAY)
    ended = rules.templates_allowed(purpose, "vest", [switch("manhunt", ended=True)], TODAY)

    assert "no impact assessment" in never.missing
    assert "ran out on 2026-02-28" in over.missing
    assert "switched off on 2026-01-01" in ended.missing


@pytest.mark.parametrize(("changed", "code"), [
    ({"assessment": " "}, "assessment-missing"), ({"unit": ""}, "unit-missing"),
    ({"assessed_on": TODAY + timedelta(days=1)}, "assessment-in-future"), ({"until": TODAY - timedelta(days=1)}, "until-in-past"),
])
def test_a_switch_needs_an_assessment_made_before_today(changed: dict[str, object], code: str) -> None:
    complete = {"unit": "vest", "assessment": "KA-7", "assessed_on": TODAY, "until": None, "today": TODAY}

    with pytest.raises(WrongUsage) as said:
        rules.may_enable(rules.purpose_named("gang"), **{**complete, **changed})

    assert said.value.code == code
