"""How far a deletion has come; that none happens under a hold, whatever the order of acts."""
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.errors import Refused, WrongUsage
from sporhund.retention import rules
from sporhund.retention.model import Deletion, State, What

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _deletion(**changed: object) -> Deletion:
    whole: dict[str, object] = {"id": "d", "case_id": "c", "what": What.RESULTS, "basis": "b", "why": "", "proposed_at": NOW}
    return Deletion(**{**whole, **changed})  # type: ignore[arg-type]


@given(st.sampled_from([None, "keep", "delete"]), st.booleans(), st.booleans())
def test_only_what_a_person_decided_is_carried_out_and_never_under_a_hold(decided: str | None, done: bool, held: bool) -> None:
    deletion = _deletion(decided=decided, decided_at=NOW if decided else None, done_at=NOW if done else None)

    may = rules.may_carry_out(deletion, held=held)

    assert may == (decided == "delete" and not done and not held)
    assert may == (rules.state_of(deletion, held=held) is State.DUE)


@given(st.lists(st.sampled_from(["hold", "lift", "delete", "keep", "sweep"]), max_size=20))
def test_whatever_the_order_of_acts_nothing_is_deleted_under_a_hold_or_undecided(acts: list[str]) -> None:
    holds, deletion = 0, _deletion()
    for act in acts:
        if act == "hold":
            holds += 1
        elif act == "lift":
            holds = max(0, holds - 1)
        elif act == "sweep":
            if rules.may_carry_out(deletion, held=holds > 0):
                assert holds == 0
                assert deletion.decided == "delete"
                deletion = _deletion(decided="delete", decided_at=NOW, done_at=NOW)
        else:
            try:
                rules.may_decide(deletion)
            except Refused:
                assert deletion.decided is not None
            else:
                deletion = _deletion(decided=act, decided_at=NOW)
    assert deletion.done_at is None or deletion.decided == "delete"


def test_one_thing_is_proposed_once_at_a_time() -> None:
    with pytest.raises(Refused) as said:
        rules.may_propose(What.RESULTS, "b", [_deletion()])
    assert said.value.code == "proposed-already"

    rules.may_propose(What.RESULTS, "b2", [_deletion()])
    rules.may_propose(What.RESULTS, "b", [_deletion(decided="keep", decided_at=NOW)])
    with pytest.raises(WrongUsage):
        rules.may_propose(What.TEMPLATES, "b", [])


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-60, 60))
def test_a_case_is_put_to_review_when_its_last_day_is_over(today: date, days: int) -> None:
    ends = today + timedelta(days=days)

    assert rules.proposes_case(ends, today, []) == (rules.end_state(ends, today) == "over") == (days < 0)


def test_who_keeps_a_case_is_not_asked_again_until_its_next_day_is_over() -> None:
    put = _deletion(what=What.CASE, basis=None, proposed_at=NOW, decided="keep", decided_at=NOW)

    assert not rules.proposes_case(date(2026, 2, 1), date(2026, 5, 1), [put])
    assert rules.proposes_case(date(2026, 4, 1), date(2026, 5, 1), [put])


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 120))
def test_months_later_is_the_same_day_or_the_months_last(start: date, months: int) -> None:
    later = rules.months_later(start, months)

    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or (later + timedelta(days=1)).day == 1
