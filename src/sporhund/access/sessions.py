"""Signing in and out. The desk keeps the token in a cookie, the command line in a file; the database keeps its digest."""
import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection

from sporhund.access import accounts, gate, records, tries
from sporhund.access.model import Session, User
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import Refused
from sporhund.store.service import Store

_BYTES = 32
_FRESH = timedelta(minutes=1)
"""How often the last use of a session is written down."""


def sign_in(name: str, password: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> tuple[str, Actor]:
    """The token of a new session, and who acts from now on.

    Raises Refused `sign-in-refused`: one answer for a wrong name, a wrong password, a disabled account and one that waits
    after wrong passwords, so that nobody learns from it which accounts there are. Every attempt is logged.
    """
    tried = tries.find_out(name, password, store=store)
    with store.transaction() as rows:
        now = clock.now()
        came = tries.count(rows, tried, now)
        user = came.user
        token = _begin(rows, user, actor.host, clock) if user is not None and came.lets_in else None
        # A name that is no account's may be a password typed into the wrong field: it is not written down.
        said = {"user": user.name if user else None, "account": came.state, "password": "right" if came.right else "wrong"}
        signed = _actor(user, actor.host) if user is not None and token else actor
        audit.record(rows, action="login", actor=signed, at=now, keys=keys, payload=said, outcome="done" if token else "refused")
    if token is None:
        raise Refused(
            "sign-in-refused", "Not signed in: the name or the password is wrong, or the account is disabled or has to wait.",
            tries.WAITS)
    return token, signed


def actor_of(token: str, *, host: str, store: Store, clock: Clock, use: bool = True) -> Actor | None:
    """Who holds this token now; None: nobody, the session is over.

    use: this counts as use of the session, which would be over after a time without. A page that only stays open is none.
    """
    now, digest = clock.now(), _digest(token)
    with store.reader() as rows:
        found = records.session_of(rows, digest)
    if found is None:
        return None
    session, user = found
    if user.disabled_at is not None or accounts.is_over(session, now):
        return None
    if use and now >= session.seen_at + _FRESH:
        with store.transaction() as rows:
            records.touch_session(rows, digest, now)
    return _actor(user, host)


def sign_out(token: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """End the session."""
    with gate.act("logout", store=store, keys=keys, clock=clock, actor=actor) as doing:
        records.end_session(doing.rows, _digest(token), doing.at)


def _begin(rows: Connection, user: User, host: str, clock: Clock) -> str:
    token, now = secrets.token_urlsafe(_BYTES), clock.now()
    records.change_user(rows, user.id, failures=0, locked_until=None)
    records.add_session(rows, _digest(token), Session(user.id, host, now, now))
    return token


def _actor(user: User, host: str) -> Actor:
    return Actor(user.name, "signed-in", host, user.id, frozenset(role.value for role in user.roles), user.unit)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
