"""The one gate: an act that is allowed, done and recorded in one transaction; a refusal is recorded too."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from sporhund.access import records, rights
from sporhund.access.model import Denied
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.store.service import Store


@dataclass(slots=True)
class Doing:
    """An act under way."""

    rows: Connection                   #: the transaction it is done in
    at: datetime
    case_id: str | None = None         #: whose key seals its event
    told: dict[str, object] = field(default_factory=dict)
    silent: bool = False               #: its rows are the record, and an event before or after it tells of them too
    refusal: Refused | None = None     #: set: the act is refused, and what it wrote stands (a wrong password is counted)

    def tell(self, **payload: object) -> None:
        """What its event in the log will say; personal content is fine, it is sealed with the case's key."""
        self.told.update(payload)


@contextmanager
def act(
    name: str, *, action: str | None = None, case_id: str | None = None, store: Store, keys: Keys, clock: Clock, actor: Actor,
    **payload: object,
) -> Iterator[Doing]:
    """Do something in one transaction, if this person may: the event is written with it or not at all.

    name: the act in `rights.RIGHTS`.   action: what the log calls it, if it is more exact ("faces merge").
    A Refused or WrongUsage raised inside (a rule says no; a basis of another case) rolls everything back, is recorded as an event
    of its own, and goes on to the caller; so does the act's own `refusal`, which rolls nothing back.
    """
    at, told, said = clock.now(), dict(payload), action or name
    try:
        with store.transaction() as rows:
            require(rows, actor, name, case_id=case_id)
            doing = Doing(rows, at, case_id, told)
            yield doing
            if doing.refusal is None and not doing.silent:
                audit.record(rows, action=said, actor=actor, at=at, keys=keys, case_id=doing.case_id, payload=told)
        if doing.refusal is not None:
            raise doing.refusal
    except (Refused, WrongUsage) as refusal:
        _record_refusal(said, refusal, told, at, case_id=case_id, store=store, keys=keys, actor=actor)
        raise


def check(name: str, *, case_id: str | None = None, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """Ask before doing: only a refusal is recorded. Raises Refused as `require` does."""
    try:
        with store.reader() as rows:
            require(rows, actor, name, case_id=case_id)
    except Refused as refusal:
        _record_refusal(name, refusal, {}, clock.now(), case_id=case_id, store=store, keys=keys, actor=actor)
        raise


def _record_refusal(
    action: str, refusal: Refused | WrongUsage, told: dict[str, object], at: datetime, *, case_id: str | None, store: Store,
    keys: Keys, actor: Actor,
) -> None:
    with store.transaction() as rows:
        audit.record(rows, action=action, actor=actor, at=at, keys=keys, case_id=case_id, outcome="refused",
                     payload={**told, "code": refusal.code, "why": refusal.message})


def require(rows: Connection, actor: Actor, name: str, *, case_id: str | None = None) -> None:
    """Raises Refused: `sign-in-needed`, `session-expired`, `not-allowed`, `change-password`, `not-a-member`."""
    signed_in = actor.user is not None
    verdict = rights.may(name, actor.roles, signed_in=signed_in, accounts=signed_in or records.any_accounts(rows))
    if isinstance(verdict, Denied):
        raise _refusal(verdict, actor)
    if actor.user is not None and name in rights.COUNTING:
        holder = rights.own_hands(name, actor.user, records.password_set_by(rows, actor.user))
        if isinstance(holder, Denied):
            raise _refusal(holder, actor)
    if case_id is not None and rights.needs_membership(name, actor.roles):
        require_member(rows, actor, case_id)


def require_member(rows: Connection, actor: Actor, case_id: str) -> None:
    """A case that has members is opened by them alone. One without was made where nobody signs in: it is open to whoever
    reaches this home, until a supervisor names its people. Raises Refused `sign-in-needed`, `session-expired`, `not-a-member`.
    """
    members = records.members(rows, case_id)
    if not members or actor.user in members:
        return
    if actor.user is None:
        closed = Denied("sign-in-needed", "This case is open to its members alone.", "Sign in: sporhund login NAME.")
        raise _refusal(closed, actor)
    raise Refused("not-a-member", "You are not a member of this case.",
                  f"A supervisor adds you: sporhund case member add CASE {actor.name}")


def _refusal(verdict: Denied, actor: Actor) -> Refused:
    if verdict.code == "sign-in-needed" and actor.lapsed:
        return Refused("session-expired", "Your sign-in is over, and this needs one.", "Sign in again: sporhund login NAME.")
    return Refused(verdict.code, verdict.missing, verdict.hint)
