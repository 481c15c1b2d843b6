"""When two people make a link, and who may conclude: held for every order of answers and every family of accounts."""
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.access.model import Allowed, Denied
from sporhund.errors import Refused, WrongUsage
from sporhund.identify import rules
from sporhund.identify.model import Checklist, Feature, Meaning, Named, Question, Role, State

MEANINGS = st.sampled_from(list(Meaning))
PEOPLE = st.sampled_from("abcdef")


@given(st.lists(MEANINGS, max_size=3))
def test_a_link_is_two_who_said_the_same_and_nothing_else(said: list[Meaning]) -> None:
    assert (rules.outcome(said) is State.LINKED) == (said.count(Meaning.SAME) >= 2)


@given(MEANINGS)
def test_the_first_answer_never_shows_in_the_state(said: Meaning) -> None:
    assert rules.outcome([said]) is State.NEEDS_SECOND


@given(MEANINGS, MEANINGS)
def test_the_order_of_two_answers_does_not_matter(one: Meaning, two: Meaning) -> None:
    assert rules.outcome([one, two]) is rules.outcome([two, one])


@given(MEANINGS, MEANINGS)
def test_the_same_against_anything_else_goes_to_a_third(one: Meaning, two: Meaning) -> None:
    assert (rules.outcome([one, two]) is State.NEEDS_THIRD) == ([one, two].count(Meaning.SAME) == 1)


@given(st.lists(MEANINGS, min_size=3, max_size=3))
def test_after_three_nothing_is_open(said: list[Meaning]) -> None:
    assert rules.outcome(said).settled


@given(PEOPLE, st.frozensets(PEOPLE), st.lists(st.tuples(PEOPLE, MEANINGS), max_size=3), st.frozensets(PEOPLE), st.booleans())
def test_who_may_conclude_is_somebody_new_blind_and_their_own(
    examiner: str, accounts: frozenset[str], made: list[tuple[str, Meaning]], saw: frozenset[str], deleted: bool,
) -> None:
    decided, meanings = tuple(who for who, _ in made), tuple(said for _, said in made)

    verdict = rules.may_conclude(Question(examiner, accounts, decided, meanings, saw, deleted))

    free = (not deleted and examiner not in decided and not rules.outcome(meanings).settled
            and accounts.isdisjoint(decided) and examiner not in saw)
    assert isinstance(verdict, Allowed) == free


@given(st.lists(MEANINGS, min_size=1, max_size=1), MEANINGS)
def test_what_a_first_one_said_decides_nothing_about_the_second(said: list[Meaning], other: Meaning) -> None:
    asked = [Question("b", frozenset(), ("a",), (one,), frozenset()) for one in (said[0], other)]

    assert rules.may_conclude(asked[0]) == rules.may_conclude(asked[1])


@given(MEANINGS, st.lists(st.builds(Feature, st.sampled_from(["ears", "nose"]), similar=st.booleans(), different=st.booleans(),
                                    explanation=st.sampled_from(["", "pose"])), max_size=2))
def test_a_firm_conclusion_needs_a_comparison(meaning: Meaning, features: list[Feature]) -> None:
    firm = meaning in (Meaning.SAME, Meaning.NOT_SAME)
    bare = meaning is Meaning.SAME and any(one.different and not one.explanation for one in features)
    try:
        rules.check_conclusion(meaning, Checklist(tuple(features)))
        passed = True
    except Refused:
        passed = False

    assert passed == ((not firm or any(one.compared for one in features)) and not bare)


@given(st.sampled_from(list(Role)), st.sampled_from([None, "sigtet", "boss"]), st.sampled_from([None, date(2026, 1, 1)]))
def test_a_suspect_has_a_legal_stage_and_its_date_and_nobody_else_has(role: Role, stage: str | None, on: date | None) -> None:
    named = Named("Ukendt", role, "assessment", stage, on)
    try:
        passed = rules.check_named(named, date(2026, 2, 1)) == named
    except WrongUsage:
        passed = False

    assert passed == ((stage == "sigtet" and on is not None) if role is Role.SUSPECT else stage is None and on is None)


def test_the_date_of_a_stage_has_come() -> None:
    with pytest.raises(WrongUsage):
        rules.check_named(Named("Ukendt", Role.SUSPECT, "fact", "dømt", date(2026, 2, 2)), date(2026, 2, 1))


@given(PEOPLE, PEOPLE, st.frozensets(PEOPLE), st.sampled_from(["entered", "confirmed", "withdrawn"]))
def test_an_identity_is_confirmed_by_other_hands(by: str, entered: str, accounts: frozenset[str], state: str) -> None:
    verdict = rules.may_confirm(by, entered, accounts | {by}, state)

    assert isinstance(verdict, Denied) == (by == entered or entered in accounts or state != "entered")
