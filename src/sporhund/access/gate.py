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
from sporhund.errors import Refused
from sporhund.store.service import Store


@dataclass(slots=True)
class Doing:
    """An act under way."""

    rows: Connection                   #: the transaction it is done in
    at: datetime
    told: dict[str, object] = field(default_factory=dict)

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
    A Refused raised inside rolls everything back, is recorded as an event of its own, and goes on to the caller.
    """
    at, told, said = clock.now(), dict(payload), action or name
    try:
        with store.transaction() as rows:
            require(rows, actor, name, case_id=case_id)
            doing = Doing(rows, at, told)
            yield doing
            audit.record(rows, action=said, actor=actor, at=at, keys=keys, case_id=case_id, payload=told)
    except Refused as refusal:
        with store.transaction() as rows:
            audit.record(rows, action=said, actor=actor, at=at, keys=keys, case_id=case_id, outcome="refused",
                         payload={**told, "code": refusal.code, "why": refusal.message})
        raise


def require(rows: Connection, actor: Actor, name: str, *, case_id: str | None = None) -> None:
    """Raises Refused: `sign-in-needed`, `not-allowed`, `not-a-member`."""
    verdict = rights.may(name, actor.roles, signed_in=actor.user is not None, accounts=records.any_accounts(rows))
    if isinstance(verdict, Denied):
        raise Refused(verdict.code, verdict.missing, verdict.hint)
    if case_id is not None:
        require_member(rows, actor, case_id)


def require_member(rows: Connection, actor: Actor, case_id: str) -> None:
    """A case that has members is opened by them alone; one that has none, by whoever owns the machine."""
    members = records.members(rows, case_id)
    if members and actor.user is None:
        raise Refused("sign-in-needed", "This case is open to its members alone.", "Sign in: sporhund login NAME.")
    if actor.user is not None and actor.user not in members:
        raise Refused("not-a-member", "You are not a member of this case.", "A supervisor adds members: sporhund case member.")
