"""A case is opened by its members alone, and nobody learns of the others."""
from typing import Any

import pytest
from tests.people import signed_in

from sporhund.access import gate, members
from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.audit import service as audit
from sporhund.cases.model import Case
from sporhund.cases.service import create, list_cases
from sporhund.errors import Refused, WrongUsage
from sporhund.store.ids import new_id
from sporhund.store.service import Store

Hands = dict[str, Any]
LOCAL = Actor("root", "local", "test")


@pytest.fixture
def case(hands: Hands) -> Case:
    return create(new_id("J"), title="A case", purpose="objects", **hands)


def code_of(act: Any) -> str:
    with pytest.raises((Refused, WrongUsage)) as said:
        act()
    return said.value.code


def may_open(case: Case, actor: Actor, hands: Hands) -> bool:
    try:
        gate.check("case open", case_id=case.id, **hands | {"actor": actor})
    except Refused:
        return False
    return True


def test_who_opens_a_case_is_its_first_member(case: Case, hands: Hands) -> None:
    (member,) = members.of_case(case.id, store=hands["store"], actor=hands["actor"])

    assert member[0].id == hands["actor"].user


def test_a_case_is_closed_to_everybody_else_until_a_supervisor_adds_them(case: Case, hands: Hands, store: Store) -> None:
    outsider = signed_in(store, hands["keys"], hands["clock"], "bo", "investigator")
    before = may_open(case, outsider, hands), case in list_cases(store=store, actor=outsider)
    members.add(case.id, outsider.name, **hands)
    during = may_open(case, outsider, hands), case in list_cases(store=store, actor=outsider)
    members.remove(case.id, outsider.name, **hands)
    after = may_open(case, outsider, hands), case in list_cases(store=store, actor=outsider)

    assert (before, during, after) == ((False, False), (True, True), (False, False))


def test_without_sign_in_a_case_with_members_is_closed_and_unseen(case: Case, hands: Hands) -> None:
    assert not may_open(case, LOCAL, hands)
    assert case not in list_cases(store=hands["store"], actor=LOCAL)


def test_every_verb_goes_through_the_one_door_and_a_refusal_there_is_logged(case: Case, hands: Hands, store: Store) -> None:
    outsider = signed_in(store, hands["keys"], hands["clock"], "bo", "investigator")

    with Sporhund(settings=store.settings, actor=outsider, clock=hands["clock"]) as place:
        code = code_of(lambda: place.case(case.name))

    event = audit.show(store, hands["keys"], case.id, limit=1)[0]
    assert code == "not-a-member"
    assert (event.action, event.outcome, event.actor) == ("case open", "refused", outsider.name)


def test_membership_without_a_role_that_opens_cases_is_not_given(case: Case, hands: Hands, store: Store) -> None:
    auditor = signed_in(store, hands["keys"], hands["clock"], "au", "auditor")

    assert code_of(lambda: members.add(case.id, auditor.name, **hands)) == "no-case-role"


def test_a_member_whose_roles_were_taken_opens_nothing(case: Case, hands: Hands, store: Store) -> None:
    former = signed_in(store, hands["keys"], hands["clock"], "fo", "administrator", case_id=case.id)

    assert not may_open(case, former, hands)


def test_the_last_member_stays(case: Case, hands: Hands) -> None:
    assert code_of(lambda: members.remove(case.id, hands["actor"].name, **hands)) == "last-member"


def test_adding_twice_removing_a_stranger_and_naming_nobody_are_said(case: Case, hands: Hands, store: Store) -> None:
    other = signed_in(store, hands["keys"], hands["clock"], "bo", "examiner")

    assert code_of(lambda: members.remove(case.id, other.name, **hands)) == "no-such-member"
    assert code_of(lambda: members.add(case.id, hands["actor"].name, **hands)) == "member-already"
    assert code_of(lambda: members.add(case.id, "nobody-here", **hands)) == "unknown-user"


def test_people_are_named_by_a_supervisor_of_the_unit_and_by_no_investigator(case: Case, hands: Hands, store: Store) -> None:
    def by(actor: Actor) -> str:
        return code_of(lambda: members.add(case.id, hands["actor"].name, **hands | {"actor": actor}))

    def person(unit: str, *roles: str) -> Actor:
        made = signed_in(store, hands["keys"], hands["clock"], "p", *roles)
        return Actor(made.name, made.assurance, made.host, made.user, made.roles, unit)

    assert by(person("vest", "supervisor")) == "other-unit"
    assert by(person("default", "investigator")) == "not-allowed"
    assert by(person("default", "supervisor")) == "member-already"
    assert by(LOCAL) == "sign-in-needed"


def test_somebody_who_may_not_name_members_does_not_read_their_list(case: Case, hands: Hands, store: Store) -> None:
    outsider = signed_in(store, hands["keys"], hands["clock"], "bo", "investigator")

    assert code_of(lambda: members.of_case(case.id, store=store, actor=outsider)) == "not-allowed"


def test_nobody_opens_a_case_in_the_name_of_another_unit(hands: Hands) -> None:
    assert code_of(lambda: create(new_id("J"), title="A case", purpose="objects", unit="vest", **hands)) == "other-unit"


def test_the_log_tells_a_supervisor_of_their_own_cases_and_an_auditor_of_all(case: Case, hands: Hands, store: Store) -> None:
    def read(actor: Actor, name: str | None = None) -> list[Any]:
        with Sporhund(settings=store.settings, actor=actor, clock=hands["clock"]) as place:
            return list(place.audit_show(name, limit=30)["items"])

    def seen(actor: Actor) -> bool:
        return any(case.name in str(item) or item["case"] == case.name for item in read(actor))

    outside = signed_in(store, hands["keys"], hands["clock"], "out", "supervisor")
    auditor = signed_in(store, hands["keys"], hands["clock"], "au", "auditor")

    assert (seen(hands["actor"]), seen(auditor), seen(outside)) == (True, True, False)
    assert code_of(lambda: read(outside, case.name)) == "not-a-member"
    assert read(auditor, case.name)
