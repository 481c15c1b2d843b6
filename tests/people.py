"""Accounts and legal bases for tests: made in a line where a test is about something else."""
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sporhund.access import bases, records, rules, service
from sporhund.access.model import Basis, Role, Scope, User
from sporhund.actor import Actor
from sporhund.audit.keys import Keys
from sporhund.store.ids import new_id
from sporhund.store.service import Store

PASSWORD = "correct horse battery"
OFFICER = Actor("officer", "signed-in", "test", "u_officer", frozenset(role.value for role in Role), "default")
_KEPT = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8).derive_phc_encoded(PASSWORD.encode())
"""Cheap to try: what a password costs is a matter of its own test."""


def make_account(store: Store, actor: Actor) -> None:
    """The account behind an actor: nobody administers it, and its holder chose its password, which is PASSWORD."""
    user = User(str(actor.user), actor.name, actor.name.capitalize(), frozenset(map(Role, actor.roles)), actor.unit or "default",
                None, None, datetime(2026, 1, 1, tzinfo=UTC))
    with store.transaction() as rows:
        records.add_user(rows, user, _KEPT)
        records.add_act(rows, user.id, "password", by=user.id, at=user.created_at)


def signed_in(store: Store, keys: Keys, clock: Any, name: str, *roles: str, case_id: str | None = None) -> Actor:
    """Somebody new with these roles, signed in; a member of the case. The name gets a unique tail."""
    key = new_id("u")
    actor = Actor(f"{name}-{key[-12:]}", "signed-in", "test", key, frozenset(roles), "default")
    make_account(store, actor)
    if case_id is not None:
        join(store, clock, case_id, actor)
    return actor


def join(store: Store, clock: Any, case_id: str, *actors: Actor) -> None:
    """Make them members of the case."""
    with store.transaction() as rows:
        for actor in actors:
            records.add_member(rows, case_id, str(actor.user), by="test", at=clock.now())


def draft(clock: Any, **changed: Any) -> bases.Draft:
    """A complete draft, valid for thirty days."""
    whole: dict[str, Any] = {
        "offence": "stl-261", "journal": "0100-84210-00123-26", "reason": "A man was killed in the street on 14 February.",
        "necessity": "The recordings are the only trace of who was there.",
        "proportionality": "The offence weighs far more than the intrusion into two hours of recordings.",
        "valid_until": clock.now() + timedelta(days=30), "granted_by": "Politikommissær Jensen"}
    return bases.Draft(**whole | changed)


def live_basis(
    case_id: str, *, store: Store, keys: Keys, clock: Any, actor: Actor, **changed: Any,
) -> Basis:
    """A live basis of this case for thirty days; its purpose is switched on for its unit where it is off."""
    with store.transaction() as rows:
        purpose, unit = records.purpose_of_case(rows, case_id)
        on = service.templates_allowed(rows, case_id, clock.now().date()).allowed
    if not on and not rules.purpose_named(purpose).always_on:
        service.enable(purpose, unit=unit, assessment="KA-test", assessed_on=date(2026, 1, 1), store=store, keys=keys,
                       clock=clock, actor=OFFICER)
    if purpose == "state-security":
        changed = {"offence": "stl-114", **changed}
    if purpose == "manhunt":
        changed = {"scope": Scope(persons=("the man who fled",)), **changed}
    return bases.add(case_id, draft(clock, **changed), store=store, keys=keys, clock=clock, actor=actor)
