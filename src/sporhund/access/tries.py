"""An account's password, tried: found out first, which is slow and holds nothing; then counted, while the account is held.

One place for whoever asks for a password. Were it found out with the account held, a few dozen strangers at the sign-in page
would hold every connection to the database, and everybody's work would wait for them.
"""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sporhund.access import accounts, passwords, records
from sporhund.access.model import User
from sporhund.store.service import Store

WAITS = (f"After {accounts.FREE_FAILURES + 1} wrong passwords an account waits a minute, then longer; "
         "an administrator sees it: sporhund user list.")


@dataclass(frozen=True, slots=True)
class Try:
    """A password that was held against what an account had at that moment."""

    name: str
    kept: str | None           #: what the account had; None: there was no such account
    fits: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try."""

    user: User | None
    state: str                 #: as accounts.state says it; "unknown": there is no such account
    right: bool

    @property
    def lets_in(self) -> bool:
        return self.right and self.state == "active"


def find_out(name: str, password: str, *, store: Store) -> Try:
    """Whether this is the account's password. Takes as long where there is no such account."""
    with store.reader() as rows:
        kept = records.password_of(rows, name)
    return Try(name, kept, passwords.fits(password, kept))


def count(rows: Connection, tried: Try, at: datetime) -> Outcome:
    """Count a try, one after the other however many were found out at once: none succeeds once the others made the account wait.

    What fits a password that was replaced meanwhile is wrong. While an account waits no further try is counted.
    """
    user, kept = records.to_sign_in(rows, tried.name) or (None, None)
    if user is None:
        return Outcome(None, "unknown", right=False)
    state, right = accounts.state(user, at), tried.fits and tried.kept == kept
    if not right and state != "waiting":
        failures = user.failures + 1
        records.change_user(rows, user.id, failures=failures, locked_until=at + accounts.wait_after(failures))
    return Outcome(user, state, right)
