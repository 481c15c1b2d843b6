"""How an account may be made, changed, locked, and how long a sign-in lasts. Pure."""
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sporhund.access.model import Allowed, Denied, Role, Session, User, Verdict
from sporhund.errors import Refused, WrongUsage

IDLE = timedelta(hours=1)
"""A session nobody used for so long is over."""
LONGEST = timedelta(hours=12)
"""No session lasts longer than a shift."""
FREE_FAILURES = 4
"""Wrong passwords in a row that cost nothing; each further one doubles the wait."""
CASE_ROLES = frozenset({Role.INVESTIGATOR, Role.EXAMINER, Role.SUPERVISOR})
"""Roles that open a case."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_NAME = re.compile(r"[a-zæøå0-9][a-zæøå0-9._-]{0,31}")


def check_name(name: str) -> str:
    """Raises WrongUsage `bad-user-name`."""
    if not _NAME.fullmatch(name):
        raise WrongUsage("bad-user-name", "This cannot be the name of an account.",
                         "1 to 32 lower-case letters, digits and ._- , beginning with a letter or a digit.")
    return name


def check_line(value: str, what: str, option: str) -> str:
    """A line of text for people. Raises WrongUsage `text-missing`."""
    trimmed = value.strip()
    if not trimmed or not trimmed.isprintable() or len(trimmed) > 200:
        raise WrongUsage("text-missing", f"{what} is missing, or is not one printable line.", f"Give it with {option}.")
    return trimmed


def roles_named(names: Iterable[str]) -> frozenset[Role]:
    """Raises WrongUsage `unknown-role`, `role-missing`."""
    wanted, known = list(names), {role.value for role in Role}
    for name in wanted:
        if name not in known:
            raise WrongUsage("unknown-role", f"There is no role {name!r}.", "Roles: " + ", ".join(known_roles()) + ".")
    if not wanted:
        raise WrongUsage("role-missing", "An account needs a role.", "Name one with --role: " + ", ".join(known_roles()) + ".")
    return frozenset(Role(name) for name in wanted)


def known_roles() -> tuple[str, ...]:
    return tuple(role.value for role in Role)


def may_be_first(roles: Collection[Role]) -> None:
    """The first account is made by whoever owns the machine. Raises Refused `first-administrator`."""
    if Role.ADMINISTRATOR not in roles:
        raise Refused("first-administrator", "The first account has to be an administrator: it makes the others.",
                      "Give it --role administrator.")


def may_lose(user: User, everyone: Iterable[User]) -> None:
    """Whether this account may be disabled or cease to be an administrator. Raises Refused `last-administrator`."""
    others = [one for one in everyone if one.id != user.id and is_administrator(one)]
    if is_administrator(user) and not others:
        raise Refused("last-administrator", f"'{user.name}' is the last administrator: nobody could let anybody in again.",
                      "Make another administrator first: sporhund user add NAME --role administrator.")


def is_administrator(user: User) -> bool:
    return user.disabled_at is None and Role.ADMINISTRATOR in user.roles


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many wrong passwords in a row: nothing, 1, 2, 4 ... minutes, an hour at most."""
    if failures <= FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES - 1, 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def may_name_members(user: str | None, unit: str | None, case_unit: str, members: Collection[str]) -> Verdict:
    """Whether a supervisor may say who is on a case: one who is on it, or of its unit; any, where nobody is on it yet."""
    if not members or user in members or unit == case_unit:
        return Allowed("on the case, or of its unit")
    return Denied("other-unit", f"This case is of the unit '{case_unit}', and you are not on it.",
                  "A supervisor of that unit, or one who is on the case, names its people.")


def is_over(session: Session, at: datetime) -> bool:
    """Signed out, idle too long, or as long as a session may last."""
    return session.ended_at is not None or at >= session.seen_at + IDLE or at >= session.started_at + LONGEST


def answering(user: str, acts: Collection[tuple[str, str]]) -> frozenset[str]:
    """Accounts that count as one person with this one: itself, all below it and all above it.

    acts: (administrator, account) for each time an account was created, or its password, roles or state changed by
    another. Who administers an account can sign in as it; so can whoever administers the administrator.
    """
    below: dict[str, set[str]] = {}
    above: dict[str, set[str]] = {}
    for administrator, account in acts:
        below.setdefault(administrator, set()).add(account)
        above.setdefault(account, set()).add(administrator)
    return _reached(user, below) | _reached(user, above)


def _reached(start: str, ways: Mapping[str, set[str]]) -> frozenset[str]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = ways.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def state(user: User, at: datetime) -> str:
    """disabled | waiting (after wrong passwords) | active"""
    if user.disabled_at is not None:
        return "disabled"
    return "waiting" if user.locked_until is not None and at < user.locked_until else "active"
