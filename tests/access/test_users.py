"""Accounts in a real database: the first one, who may make the others, and what each act leaves behind."""
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from tests.people import PASSWORD, make_account, signed_in

from sporhund.access import accounts, gate, users
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases.service import create
from sporhund.errors import Refused, WrongUsage
from sporhund.settings import Settings
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store, open_store

Hands = dict[str, Any]
NOBODY = Actor("root", "local", "test")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A home without accounts."""
    with open_store(Settings(tmp_path_factory.mktemp("bare"))) as opened:
        yield opened


@pytest.fixture
def hands(store: Store, keys: Keys, clock: Any) -> Hands:
    return {"store": store, "keys": keys, "clock": clock, "actor": signed_in(store, keys, clock, "chief", "administrator")}


def make(hands: Hands, *roles: str, **changed: Any) -> str:
    name = new_id("u")[-20:].lower()
    users.add(name, **{"full_name": "A Person", "password": PASSWORD, "roles": roles or ("examiner",)} | changed, **hands)
    return name


def made(hands: Hands) -> str | None:
    try:
        return make(hands, "administrator")
    except Refused:
        return None


def acts_on(store: Store, name: str) -> list[str]:
    with store.reader() as rows:
        user = users.named(rows, name)
        a = tables.account_act.c
        return list(rows.scalars(select(a.what).where(a.user_id == user.id).order_by(a.at, a.id)))


def test_the_first_account_is_an_administrator_made_without_sign_in_and_the_second_needs_one(bare: Store, clock: Any) -> None:
    hands = {"store": bare, "keys": Keys(bare.settings.keys), "clock": clock, "actor": NOBODY}
    case = create("J-before", title="Before accounts", purpose="objects", **hands)

    with pytest.raises(Refused) as no_chief:
        make(hands, "investigator")
    with ThreadPoolExecutor(4) as at_once:
        tried = list(at_once.map(lambda _: made(hands), range(4)))
    (first,) = [name for name in tried if name is not None]
    with pytest.raises(Refused) as unsigned:
        make(hands, "administrator")
    with pytest.raises(Refused) as ungoverned:
        create("J-after", title="After accounts", purpose="objects", **hands)

    assert no_chief.value.code == "first-administrator"
    assert {unsigned.value.code, ungoverned.value.code} == {"sign-in-needed"}
    with bare.reader() as rows:
        assert users.named(rows, first).created_by is None
    events = audit.show(bare, hands["keys"])
    outcomes = [e.outcome for e in events[2:6]]
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    assert [(e.action, e.outcome) for e in events] == [
        ("case create", "refused"), ("user add", "refused"), *(("user add", out) for out in outcomes), ("user add", "refused"),
        ("case create", "done")]
    assert events[-1].case_id == case.id


def test_only_an_administrator_makes_and_changes_accounts(hands: Hands, store: Store, keys: Keys, clock: Any) -> None:
    name = make(hands)
    other = hands | {"actor": signed_in(store, keys, clock, "sup", "supervisor", "examiner", "investigator", "auditor")}

    for act in (lambda: make(other), lambda: users.disable(name, **other), lambda: users.set_roles(name, ["auditor"], **other),
                lambda: users.reset_password(name, PASSWORD, **other)):
        with pytest.raises(Refused) as said:
            act()
        assert said.value.code == "not-allowed"


def test_every_change_leaves_who_did_it(hands: Hands, store: Store) -> None:
    name = make(hands)
    users.set_roles(name, ["auditor"], **hands)
    users.reset_password(name, PASSWORD + "2", **hands)
    users.disable(name, **hands)
    users.enable(name, **hands)

    assert acts_on(store, name) == ["created", "roles", "password", "disabled", "enabled"]
    with store.reader() as rows:
        user = users.named(rows, name)
        assert user.roles == {"auditor"}
        assert users.answers_for(rows, user.id) == {user.id, hands["actor"].user}
        assert user.id in users.answers_for(rows, hands["actor"].user)


def test_a_password_changed_by_oneself_makes_nobody_an_administrator_of_oneself(hands: Hands, store: Store) -> None:
    me = replace(hands["actor"], name="self-" + new_id("x")[-12:], user=new_id("u"), roles=frozenset({"examiner"}))
    make_account(store, me)

    users.change_password(PASSWORD, "another " + PASSWORD, **hands | {"actor": me})

    with store.reader() as rows:
        assert users.answers_for(rows, str(me.user)) == {me.user}
    with pytest.raises(Refused) as said:
        users.change_password(PASSWORD, "a third " + PASSWORD, **hands | {"actor": me})
    assert said.value.code == "sign-in-refused"


def test_who_guesses_the_old_password_in_an_open_session_waits_as_at_the_sign_in(
    hands: Hands, store: Store, keys: Keys, clock: Any,
) -> None:
    """Whoever finds a session open knows no password, and would own the account with the first right guess."""
    me = signed_in(store, keys, clock, "anna", "examiner")

    def refused(before: str) -> str:
        with pytest.raises(Refused) as said:
            users.change_password(before, "another " + PASSWORD, **hands | {"actor": me})
        return said.value.code

    for _ in range(accounts.FREE_FAILURES + 1):
        refused("a wrong password")
    right = refused(PASSWORD)
    with store.reader() as rows:
        failures = users.named(rows, me.name).failures
    events = [one for one in audit.show(store, keys, limit=20) if one.actor == me.name]
    clock.on(minutes=1)
    users.change_password(PASSWORD, "another " + PASSWORD, **hands | {"actor": me})

    assert (right, failures) == ("sign-in-refused", accounts.FREE_FAILURES + 1)
    assert [(one.action, one.outcome) for one in events] == [("own password", "refused")] * (accounts.FREE_FAILURES + 2)


def test_nothing_counts_from_an_account_whose_password_somebody_else_knows(
    hands: Hands, store: Store, keys: Keys, clock: Any,
) -> None:
    name = make(hands, "supervisor", "examiner")
    with store.reader() as rows:
        user = users.named(rows, name)
    me = Actor(name, "signed-in", "test", user.id, frozenset(user.roles), user.unit)

    def may(act: str) -> str:
        try:
            gate.check(act, store=store, keys=keys, clock=clock, actor=me)
        except Refused as refused:
            return refused.code
        return "may"

    def turned(act: str) -> str:
        clock.on(seconds=1)
        return may(act)

    assert {act: may(act) for act in ("decide", "age", "identity confirm", "candidates", "logout")} == {
        "decide": "change-password", "age": "change-password", "identity confirm": "change-password", "candidates": "may",
        "logout": "may"}
    assert "sporhund user password" in last_refusal(store, keys, me)
    with pytest.raises(WrongUsage) as same:
        users.change_password(PASSWORD, PASSWORD, **hands | {"actor": me})
    users.change_password(PASSWORD, "my own " + PASSWORD, **hands | {"actor": me})
    assert turned("decide") == "may"
    users.reset_password(name, PASSWORD, **hands)
    assert (same.value.code, turned("decide")) == ("same-password", "change-password")


def last_refusal(store: Store, keys: Keys, actor: Actor) -> str:
    """The hint of what the gate says; the refusal is in the log."""
    with store.reader() as rows, pytest.raises(Refused) as refused:
        gate.require(rows, actor, "identity enter")
    assert ("identity confirm", "refused") in {(event.action, event.outcome) for event in audit.show(store, keys, limit=20)}
    return refused.value.hint


def test_two_accounts_of_one_administrator_make_no_link(hands: Hands, store: Store) -> None:
    """Whoever makes accounts knows their passwords: with these alone none of them can conclude."""
    made_here = [make(hands, "examiner") for _ in range(2)]

    with store.reader() as rows:
        for name in made_here:
            user = users.named(rows, name)
            with pytest.raises(Refused) as refused:
                gate.require(rows, Actor(name, "signed-in", "test", user.id, frozenset(user.roles)), "decide")
            assert refused.value.code == "change-password"


def test_a_name_is_taken_once_also_from_a_disabled_account(hands: Hands) -> None:
    name = make(hands)
    users.disable(name, **hands)

    with pytest.raises(WrongUsage) as said:
        users.add(name, full_name="B", password=PASSWORD, roles=["examiner"], **hands)

    assert said.value.code == "user-exists"


def test_disabling_twice_and_enabling_what_is_not_disabled_is_refused(hands: Hands) -> None:
    name = make(hands)
    with pytest.raises(Refused) as not_off:
        users.enable(name, **hands)
    users.disable(name, **hands)
    with pytest.raises(Refused) as not_on:
        users.disable(name, **hands)

    assert (not_off.value.code, not_on.value.code) == ("enabled-already", "disabled-already")


@pytest.mark.parametrize(("changed", "code"), [
    ({"roles": ["chief"]}, "unknown-role"), ({"roles": []}, "role-missing"), ({"password": "short"}, "password-too-short"),
    ({"full_name": " "}, "text-missing"), ({"unit": ""}, "text-missing"),
])
def test_what_an_account_cannot_be_is_said(hands: Hands, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(WrongUsage) as said:
        make(hands, **changed)

    assert said.value.code == code


def test_the_list_needs_a_sign_in_where_there_are_accounts(hands: Hands, store: Store) -> None:
    name = make(hands)

    assert name in {user.name for user in users.everyone(store=store, actor=hands["actor"])}
    with pytest.raises(Refused):
        users.everyone(store=store, actor=NOBODY)


def test_no_password_lies_in_the_database_or_the_log(hands: Hands, store: Store, keys: Keys) -> None:
    name = make(hands, password="a very secret sentence")

    with store.reader() as rows:
        kept = rows.scalar(select(tables.user_account.c.password).where(tables.user_account.c.name == name))
    assert "secret" not in str(kept)
    assert not any("secret" in str(event.payload) for event in audit.show(store, keys, limit=20))
