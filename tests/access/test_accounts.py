"""How accounts are locked, how long a sign-in lasts, and which accounts count as one person."""
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sporhund.access import accounts, passwords
from sporhund.access.model import Role, Session, User
from sporhund.errors import Refused, WrongUsage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
people = st.sampled_from(list("abcdef"))
acts = st.lists(st.tuples(people, people), max_size=10)


def user(name: str, *roles: Role, disabled: bool = False) -> User:
    return User(name, name, name, frozenset(roles), "default", None, None, NOON, NOON if disabled else None)


@given(st.integers(0, 60), st.integers(0, 60))
def test_more_wrong_passwords_never_wait_less_and_nobody_waits_over_an_hour(fewer: int, more: int) -> None:
    short, long = sorted((fewer, more))

    assert timedelta(0) <= accounts.wait_after(short) <= accounts.wait_after(long) <= timedelta(hours=1)


def test_the_first_four_wrong_passwords_cost_nothing_and_the_fifth_a_minute() -> None:
    assert [accounts.wait_after(n) for n in (4, 5, 6, 7)] == [timedelta(minutes=n) for n in (0, 1, 2, 4)]


@given(st.integers(0, 24 * 60), st.integers(0, 24 * 60))
def test_a_session_is_over_when_idle_for_an_hour_or_after_twelve_and_stays_over(seen_min: int, at_min: int) -> None:
    session = Session("u", "h", NOON, NOON + timedelta(minutes=seen_min))
    at = NOON + timedelta(minutes=at_min)

    assert accounts.is_over(session, at) == (at_min >= seen_min + 60 or at_min >= 12 * 60)


@given(acts, people, people)
def test_counting_as_one_person_holds_both_ways(done: list[tuple[str, str]], one: str, other: str) -> None:
    assert one in accounts.answering(one, done)
    assert (other in accounts.answering(one, done)) == (one in accounts.answering(other, done))


@given(acts, people, people, people)
def test_another_act_never_sets_anybody_free(done: list[tuple[str, str]], by: str, of: str, who: str) -> None:
    assert accounts.answering(who, done) <= accounts.answering(who, [*done, (by, of)])


def test_an_account_counts_as_who_made_it_also_through_a_third_but_not_as_its_siblings() -> None:
    done = [("chief", "second"), ("second", "third"), ("chief", "sibling")]

    assert accounts.answering("third", done) == {"third", "second", "chief"}
    assert accounts.answering("sibling", done) == {"sibling", "chief"}
    assert accounts.answering("chief", done) == {"chief", "second", "third", "sibling"}


def test_the_last_administrator_is_kept_and_a_disabled_one_does_not_count() -> None:
    last, gone = user("a", Role.ADMINISTRATOR), user("b", Role.ADMINISTRATOR, disabled=True)

    with pytest.raises(Refused) as said:
        accounts.may_lose(last, [last, gone])

    assert said.value.code == "last-administrator"
    accounts.may_lose(last, [last, user("c", Role.ADMINISTRATOR)])
    accounts.may_lose(gone, [last, gone])


@pytest.mark.parametrize("name", ["", "Anna", "an na", "-a", "a" * 33, "a\n", "../x"])
def test_what_cannot_be_the_name_of_an_account_is_said(name: str) -> None:
    with pytest.raises(WrongUsage) as said:
        accounts.check_name(name)

    assert said.value.code == "bad-user-name"


def test_a_supervisor_names_people_of_the_own_unit_of_the_own_case_and_where_nobody_is_yet() -> None:
    def may(unit: str, members: set[str]) -> bool:
        return accounts.may_name_members("me", unit, "nkc", members).allowed

    assert may("nkc", {"other"})
    assert may("vest", {"me"})
    assert may("vest", set())
    assert not may("vest", {"other"})


def test_a_password_fits_however_its_letters_were_composed_and_nothing_else_does() -> None:
    kept = passwords.encode("blåbærgrød på bordet")

    assert passwords.fits("blåbærgrød på bordet", kept)
    assert not passwords.fits("blabaergrod pa bordet", kept)
    assert not passwords.fits("blåbærgrød på bordet", None)
    assert kept.startswith("$argon2id$")


@pytest.mark.parametrize(("password", "code"), [("elevenchars", "password-too-short"), ("x" * 1025, "password-too-long")])
def test_a_password_has_a_length(password: str, code: str) -> None:
    with pytest.raises(WrongUsage) as said:
        passwords.check(password)

    assert said.value.code == code


def test_passwords_are_tried_by_several_threads_at_once() -> None:
    """With several lanes each, two of them waited for each other for ever."""
    kept = passwords.encode("a long enough secret")

    with ThreadPoolExecutor(4) as at_once:
        assert list(at_once.map(passwords.fits, ["a long enough secret", "another one"] * 2, [kept] * 4)) == [True, False] * 2


def test_no_more_passwords_are_tried_at_once_than_the_machine_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB and a processor, and whoever reaches the sign-in page may try one."""
    kept, now, most = passwords.encode("a long enough secret"), [0], [0]

    def verify(*_: object) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.02)
        now[0] -= 1

    monkeypatch.setattr(passwords, "Argon2id", SimpleNamespace(verify_phc_encoded=verify))
    with ThreadPoolExecutor(12) as at_once:
        list(at_once.map(passwords.fits, ["a long enough secret"] * 24, [kept] * 24))

    assert most[0] <= 4
