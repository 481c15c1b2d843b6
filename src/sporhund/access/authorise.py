"""An authorisation from outside: requested, granted, refused. The clock is the policy's; a refusal seals for good."""
from dataclasses import replace
from datetime import timedelta

from sporhund.access import bases, gate, grounds, users
from sporhund.access.model import Basis, Step
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import WrongUsage
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def request(
    case_id: str, basis_id: str, *, authority: str, note: str = "", store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Basis:
    """Ask for an authorisation, or say of whom it was asked. The clock that runs already goes on; a new one starts now.

    Raises WrongUsage `authority-missing`; Refused `no-authorisation-here`, `basis-over`, `granted-already`.
    """
    with gate.act("basis request", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor, basis=basis_id) as doing:
        basis = bases.locked(doing.rows, case_id, basis_id)
        policy = bases.policy_of(basis, store.settings.home)
        bases.require(grounds.may_request(basis, policy, doing.at))
        before = basis.authorise_before
        if basis.authorisation == "none" and policy.hours:
            before = doing.at + timedelta(hours=policy.hours)
        return _step(doing, replace(basis, authorisation="requested", authorise_before=before), authority, note, actor)


def grant(
    case_id: str, basis_id: str, *, authority: str, note: str = "", store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Basis:
    """Record that it was granted; by somebody else than who asked.

    Raises Refused `not-requested`, `same-person`, `basis-over`, `granted-already`.
    """
    with gate.act("basis authorise", action="basis grant", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  basis=basis_id) as doing:
        basis = bases.locked(doing.rows, case_id, basis_id)
        bases.require(grounds.may_grant(basis, doing.at, same_person=_asked(doing, basis, actor)))
        return _step(doing, replace(basis, authorisation="granted"), authority, note, actor)


def refuse(
    case_id: str, basis_id: str, *, authority: str, note: str = "", store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Basis:
    """Record that it was refused, by somebody else than who asked: results are sealed, and where the policy says so their
    deletion is proposed. Raises Refused `not-requested`, `same-person`, `refused-already`."""
    with gate.act("basis authorise", action="basis refuse", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  basis=basis_id) as doing:
        basis = bases.locked(doing.rows, case_id, basis_id)
        bases.require(grounds.may_refuse(basis, doing.at, same_person=_asked(doing, basis, actor)))
        refused = _step(doing, replace(basis, authorisation="refused"), authority, note, actor)
        why = f"{basis_id}: {grounds.why_not(refused, doing.at, bases.steps(doing.rows, case_id, basis_id))}"
        doing.tell(deletion=bases.propose_deletion(doing.rows, refused, why, doing.at, store.settings.home))
        return refused


def _asked(doing: gate.Doing, basis: Basis, actor: Actor) -> bool:
    """Whether who acts asked for it: recorded the basis, or requested its authorisation, also through another account."""
    asked = [step.by for step in bases.steps(doing.rows, basis.case_id, basis.id) if step.step == "requested"]
    return grounds.same_person([basis.by, *asked], users.answers_for(doing.rows, actor.mark))


def _step(doing: gate.Doing, basis: Basis, authority: str, note: str, actor: Actor) -> Basis:
    if not authority.strip():
        raise WrongUsage("authority-missing", "The court or authority is not named.", "Name it with --authority.")
    bases.change(doing.rows, basis, authorisation=basis.authorisation, authorise_before=basis.authorise_before)
    step = Step(new_id("au"), basis.id, basis.authorisation, authority.strip(), note.strip(), actor.mark, doing.at)
    bases.add_step(doing.rows, basis.case_id, step)
    doing.tell(authority=step.authority, note=step.note, authorise_before=basis.authorise_before)
    return basis
