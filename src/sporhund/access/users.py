"""Accounts: made, changed, disabled. Every such act leaves a row that says who did it, for nobody may decide twice through it."""
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from sporhund.access import accounts, gate, passwords, records, tries
from sporhund.access.model import DEFAULT_UNIT, Role, User
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def add(
    name: str, *, full_name: str, password: str, roles: Iterable[str], unit: str = DEFAULT_UNIT, district: str | None = None,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> User:
    """Make an account. The first of a home needs no sign-in and is an administrator; every other is made by one.

    Raises WrongUsage `bad-user-name`, `text-missing`, `unknown-role`, `role-missing`, `password-too-short`, `user-exists`;
    Refused `sign-in-needed`, `not-allowed`, `first-administrator`.
    """
    wanted = accounts.roles_named(roles)
    passwords.check(password)
    person = accounts.check_line(full_name, "The person's name", "--full-name")
    unit = accounts.check_line(unit, "The unit", "--unit")
    district = accounts.check_line(district, "The district", "--district") if district is not None else None
    kept = passwords.encode(password)
    user = User(new_id("u"), accounts.check_name(name), person, wanted, unit, district, actor.user, clock.now())
    with gate.act("user", action="user add", store=store, keys=keys, clock=clock, actor=actor) as doing:
        _lock(doing.rows, actor)
        if not records.any_accounts(doing.rows):
            accounts.may_be_first(wanted)
        if not records.add_user(doing.rows, user, kept):
            raise WrongUsage("user-exists", f"There is an account '{name}' already.", "See: sporhund user list.")
        records.add_act(doing.rows, user.id, "created", by=actor.user, at=doing.at)
        doing.tell(user=name, full_name=user.full_name, roles=sorted(wanted), unit=unit, district=district)
    return user


def everyone(*, store: Store, actor: Actor) -> list[User]:
    """Every account by name, disabled ones too. Raises Refused `sign-in-needed`: the public does not read this list."""
    with store.reader() as rows:
        gate.require(rows, actor, "user list")
        return records.users(rows)


def disable(name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Let an account in no more; its sessions end. Raises Refused `last-administrator`, `disabled-already`."""
    with gate.act("user", action="user disable", store=store, keys=keys, clock=clock, actor=actor, user=name) as doing:
        user = _locked(doing.rows, actor, name)
        if user.disabled_at is not None:
            raise Refused("disabled-already", f"'{name}' is disabled already.", "See: sporhund user list.")
        accounts.may_lose(user, records.users(doing.rows))
        records.change_user(doing.rows, user.id, disabled_at=doing.at)
        records.end_sessions_of(doing.rows, user.id, doing.at)
        records.add_act(doing.rows, user.id, "disabled", by=actor.user, at=doing.at)


def enable(name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Let a disabled account in again; also one that waits after wrong passwords. Raises Refused `enabled-already`."""
    with gate.act("user", action="user enable", store=store, keys=keys, clock=clock, actor=actor, user=name) as doing:
        user = _locked(doing.rows, actor, name)
        if user.disabled_at is None and user.failures == 0:
            raise Refused("enabled-already", f"'{name}' is neither disabled nor waiting.", "See: sporhund user list.")
        records.change_user(doing.rows, user.id, disabled_at=None, failures=0, locked_until=None)
        records.add_act(doing.rows, user.id, "enabled", by=actor.user, at=doing.at)


def set_roles(name: str, roles: Iterable[str], *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> User:
    """Give an account these roles instead of those it had. Raises Refused `last-administrator`."""
    wanted = accounts.roles_named(roles)
    with gate.act("user", action="user roles", store=store, keys=keys, clock=clock, actor=actor, user=name) as doing:
        user = _locked(doing.rows, actor, name)
        if Role.ADMINISTRATOR not in wanted:
            accounts.may_lose(user, records.users(doing.rows))
        doing.tell(before=sorted(user.roles), roles=sorted(wanted))
        records.change_user(doing.rows, user.id, roles=sorted(wanted))
        records.add_act(doing.rows, user.id, "roles", by=actor.user, at=doing.at)
    return _again(store, user.id)


def reset_password(name: str, password: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Give somebody else's account a new password; its sessions end, its wait is over."""
    passwords.check(password)
    kept = passwords.encode(password)
    with gate.act("user", action="user password", store=store, keys=keys, clock=clock, actor=actor, user=name) as doing:
        user = _locked(doing.rows, actor, name)
        _set_password(doing.rows, user, kept, by=actor.user, at=doing.at)


def change_password(before: str, password: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Give one's own account a new password; all its sessions end. What is decided with it counts from then on.

    A wrong `before` counts as a wrong password at the sign-in does, and the account waits as long: else whoever finds an open
    session could guess on in it for nothing.   Raises WrongUsage `same-password`; Refused `sign-in-refused` where `before` is
    wrong, or the account waits.
    """
    passwords.check(password)
    if password == before:
        raise WrongUsage("same-password", "This is the password you have.", "Choose another: whoever gave you this one knows it.")
    tried = tries.find_out(actor.name, before, store=store)
    kept = passwords.encode(password)                    # always: how long it takes tells nobody who has to wait what was right
    with gate.act("own password", store=store, keys=keys, clock=clock, actor=actor) as doing:
        came = tries.count(doing.rows, tried, doing.at)
        if came.user is not None and came.lets_in:
            _set_password(doing.rows, came.user, kept, by=actor.user, at=doing.at)
        else:
            doing.refusal = Refused(
                "sign-in-refused", "The password given first is not the one you have, or the account has to wait.", tries.WAITS)


def answers_for(rows: Connection, user_id: str) -> frozenset[str]:
    """Ids of the accounts that count as one person with this one: itself, those it created or administers, directly or
    through others, and those that created or administer it."""
    return accounts.answering(user_id, records.account_acts(rows))


def named(rows: Connection, name: str) -> User:
    """Raises WrongUsage `unknown-user`."""
    user = records.user_named(rows, name)
    if user is None:
        raise WrongUsage("unknown-user", f"There is no account {name!r}.", "See: sporhund user list.")
    return user


def _set_password(rows: Connection, user: User, kept: str, *, by: str | None, at: datetime) -> None:
    """kept: of `passwords.encode`, which takes a while: it is made before anything is locked."""
    records.change_user(rows, user.id, password=kept, failures=0, locked_until=None)
    records.end_sessions_of(rows, user.id, at)
    records.add_act(rows, user.id, "password", by=by, at=at)


def _lock(rows: Connection, actor: Actor) -> None:
    """One change of the accounts at a time; the right is asked for again, since another may have made the first account."""
    records.lock_accounts(rows)
    gate.require(rows, actor, "user")


def _locked(rows: Connection, actor: Actor, name: str) -> User:
    _lock(rows, actor)
    return named(rows, name)


def _again(store: Store, user_id: str) -> User:
    with store.reader() as rows:
        user = records.user_of(rows, user_id)
    assert user is not None   # no account is ever deleted
    return user
