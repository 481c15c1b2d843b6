"""Signing in: who acts afterwards, for how long, and what a wrong password costs."""
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from tests.people import PASSWORD, signed_in

from sporhund.access import passwords, records, sessions, token_file, users
from sporhund.actor import Actor
from sporhund.api.home import Sporhund
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Refused
from sporhund.store import tables
from sporhund.store.service import Store

Hands = dict[str, Any]
NOBODY = Actor("root", "local", "test")


@pytest.fixture
def hands(store: Store, keys: Keys, clock: Any) -> Hands:
    return {"store": store, "keys": keys, "clock": clock, "actor": NOBODY}


@pytest.fixture
def anna(store: Store, keys: Keys, clock: Any) -> Actor:
    return signed_in(store, keys, clock, "anna", "investigator", "supervisor")


def refused(name: str, password: str, hands: Hands) -> str:
    with pytest.raises(Refused) as said:
        sessions.sign_in(name, password, **hands)
    return said.value.message


def holder(token: str, hands: Hands) -> Actor | None:
    return sessions.actor_of(token, host="test", store=hands["store"], clock=hands["clock"])


def test_who_signs_in_acts_with_their_account_roles_and_unit(hands: Hands, anna: Actor) -> None:
    token, signed = sessions.sign_in(anna.name, PASSWORD, **hands)

    assert signed == anna
    assert holder(token, hands) == anna


def test_the_token_itself_is_not_in_the_database(hands: Hands, anna: Actor, store: Store) -> None:
    token, _ = sessions.sign_in(anna.name, PASSWORD, **hands)

    with store.reader() as rows:
        kept = rows.scalars(select(tables.session.c.digest)).all()
    assert token.encode() not in kept
    assert holder(token[:-1] + "x", hands) is None


def test_one_answer_for_every_reason_why_somebody_is_not_let_in(hands: Hands, anna: Actor, actor: Actor) -> None:
    wrong = refused(anna.name, "a wrong password", hands)
    unknown = refused("nobody-here", PASSWORD, hands)
    users.disable(anna.name, **hands | {"actor": actor})
    disabled = refused(anna.name, PASSWORD, hands)

    assert wrong == unknown == disabled


def test_the_fifth_wrong_password_makes_even_the_right_one_wait(hands: Hands, anna: Actor, clock: Any) -> None:
    for _ in range(5):
        refused(anna.name, "a wrong password", hands)
    refused(anna.name, PASSWORD, hands)
    clock.on(seconds=59)
    refused(anna.name, PASSWORD, hands)
    clock.on(seconds=1)

    assert sessions.sign_in(anna.name, PASSWORD, **hands)


def test_the_wait_grows_with_each_further_wrong_password_and_ends_with_a_right_one(hands: Hands, anna: Actor, clock: Any) -> None:
    for wait_min in (0, 0, 0, 0, 0, 1, 2):
        clock.on(minutes=wait_min)
        refused(anna.name, "a wrong password", hands)
    clock.on(minutes=3)
    refused(anna.name, PASSWORD, hands)
    clock.on(minutes=1)
    sessions.sign_in(anna.name, PASSWORD, **hands)
    for _ in range(4):
        refused(anna.name, "a wrong password", hands)

    assert sessions.sign_in(anna.name, PASSWORD, **hands)


# ------------------------------------------------------------------ many who try at once

def meanwhile(monkeypatch: pytest.MonkeyPatch, doing: Callable[[], object]) -> None:
    """Do this once while the next password is found out."""
    fits, due = passwords.fits, [doing]

    def slowly(password: str, kept: str | None) -> bool:
        if due:
            due.pop()()
        return fits(password, kept)

    monkeypatch.setattr(passwords, "fits", slowly)


def test_while_a_password_is_found_out_nobody_waits_for_its_account(
    hands: Hands, anna: Actor, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes some tenths of a second, and anybody may try one: nothing of the database is held as long."""
    def change() -> None:
        with store.transaction() as rows:
            rows.execute(text("set local lock_timeout = '2s'"))
            records.change_user(rows, str(anna.user), district="København")

    meanwhile(monkeypatch, change)

    assert sessions.sign_in(anna.name, PASSWORD, **hands)


def test_wrong_passwords_that_are_found_out_at_the_same_moment_all_count(
    hands: Hands, anna: Actor, store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    together = Barrier(2, timeout=20)
    monkeypatch.setattr(passwords, "fits", lambda *_: together.wait() < 0)

    with ThreadPoolExecutor(2) as at_once:
        list(at_once.map(lambda said: refused(anna.name, said, hands), ["a wrong password", "another wrong one"]))

    with store.reader() as rows:
        assert records.user_named(rows, anna.name).failures == 2       # type: ignore[union-attr]


def test_a_right_password_does_not_overtake_the_wrong_ones_that_made_the_account_wait(
    hands: Hands, anna: Actor, monkeypatch: pytest.MonkeyPatch,
) -> None:
    meanwhile(monkeypatch, lambda: [refused(anna.name, "a wrong password", hands) for _ in range(5)])

    refused(anna.name, PASSWORD, hands)


def test_a_password_that_is_replaced_while_it_is_found_out_lets_nobody_in(
    hands: Hands, anna: Actor, actor: Actor, monkeypatch: pytest.MonkeyPatch,
) -> None:
    meanwhile(monkeypatch, lambda: users.reset_password(anna.name, "a brand new password", **hands | {"actor": actor}))

    refused(anna.name, PASSWORD, hands)


def test_an_administrator_ends_the_wait(hands: Hands, anna: Actor, actor: Actor) -> None:
    for _ in range(5):
        refused(anna.name, "a wrong password", hands)
    users.enable(anna.name, **hands | {"actor": actor})

    assert sessions.sign_in(anna.name, PASSWORD, **hands)


def test_every_attempt_is_logged_and_a_mistyped_name_is_not(hands: Hands, anna: Actor, store: Store, keys: Keys) -> None:
    refused(PASSWORD, "typed into the wrong field", hands)
    refused(anna.name, "a wrong password", hands)
    sessions.sign_in(anna.name, PASSWORD, **hands)

    right, wrong, unknown = audit.show(store, keys, limit=3)
    assert [(e.action, e.outcome, e.actor) for e in (right, wrong, unknown)] == [
        ("login", "done", anna.name), ("login", "refused", "root"), ("login", "refused", "root")]
    assert (wrong.payload or {})["user"] == anna.name
    assert PASSWORD not in str(unknown.payload)


def test_a_session_that_is_used_goes_on_until_the_shift_is_over(hands: Hands, anna: Actor, clock: Any) -> None:
    token, _ = sessions.sign_in(anna.name, PASSWORD, **hands)
    for _ in range(13):
        clock.on(minutes=55)
        assert holder(token, hands) == anna
    clock.on(minutes=6)

    assert holder(token, hands) is None


def test_an_idle_session_is_over_after_an_hour(hands: Hands, anna: Actor, clock: Any) -> None:
    token, _ = sessions.sign_in(anna.name, PASSWORD, **hands)
    clock.on(hours=1)

    assert holder(token, hands) is None


def test_signing_out_a_new_password_and_being_disabled_end_a_session(hands: Hands, anna: Actor, actor: Actor) -> None:
    first, signed = sessions.sign_in(anna.name, PASSWORD, **hands)
    sessions.sign_out(first, **hands | {"actor": signed})
    second, _ = sessions.sign_in(anna.name, PASSWORD, **hands)
    users.reset_password(anna.name, "a brand new password", **hands | {"actor": actor})
    after_reset = holder(second, hands)
    third, _ = sessions.sign_in(anna.name, "a brand new password", **hands)
    users.disable(anna.name, **hands | {"actor": actor})

    assert [holder(first, hands), after_reset, holder(third, hands)] == [None, None, None]


def test_other_roles_hold_at_once(hands: Hands, anna: Actor, actor: Actor) -> None:
    token, _ = sessions.sign_in(anna.name, PASSWORD, **hands)
    users.set_roles(anna.name, ["auditor"], **hands | {"actor": actor})

    signed = holder(token, hands)

    assert signed is not None
    assert signed.roles == {"auditor"}


# ------------------------------------------------------------------ the command line's token

@pytest.fixture
def home(store: Store) -> Iterator[Path]:
    """The shared home; nobody is left signed in on it."""
    yield store.settings.home
    token_file.forget(store.settings.home)


def test_the_token_lies_in_a_file_for_one_user_alone(home: Path) -> None:
    token_file.keep(home, "abc")
    token_file.keep(home, "def")

    (file,) = (home / "sessions").iterdir()
    assert token_file.read(home) == "def"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)
    with pytest.raises(EnvironmentFault):
        token_file.read(home)


def test_who_signed_in_acts_in_later_commands_until_they_sign_out(store: Store, home: Path, clock: Any, anna: Actor) -> None:
    def opened() -> Sporhund:
        return Sporhund(settings=store.settings, clock=clock)

    with opened() as place:
        place.people.login(anna.name, PASSWORD)
        assert place.actor.user == anna.user
    with opened() as place:
        assert place.people.whoami()["roles"] == ["investigator", "supervisor"]
        place.people.logout()
    with opened() as place:
        assert place.people.whoami()["signed_in"] is False


def test_an_expired_sign_in_is_said_and_refused_only_where_one_is_needed(
    store: Store, home: Path, clock: Any, anna: Actor,
) -> None:
    with Sporhund(settings=store.settings, clock=clock) as place:
        place.people.login(anna.name, PASSWORD)
        case = place.create_case("J-" + anna.name, title="A case", purpose="objects")["case"]
    clock.on(seconds=timedelta(hours=2).total_seconds())

    with Sporhund(settings=store.settings, clock=clock) as place:
        assert place.notes
        assert case not in {item["case"] for item in place.list_cases()}
        with pytest.raises(Refused) as said:
            place.case(case)

    assert said.value.code == "session-expired"
    assert said.value.exit_code == 3
