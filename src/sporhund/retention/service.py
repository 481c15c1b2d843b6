"""Propose a deletion, decide on one, set the day on which keeping a case is reviewed."""
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from sporhund.access import bases, gate, policies
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.cases import records as cases
from sporhund.cases.model import Hold
from sporhund.cases.rules import check_reason
from sporhund.errors import WrongUsage
from sporhund.evidence.names import printable
from sporhund.retention import records, rules
from sporhund.retention.model import Deletion, What
from sporhund.store.ids import new_id
from sporhund.store.service import Store


def propose(
    case_id: str, what: str, *, basis: str | None = None, why: str, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Deletion:
    """Put a deletion to a supervisor: "results" of a basis, "templates" or the whole "case".

    Raises WrongUsage `unknown-basis`, `basis-missing`, `reason-missing`; Refused `proposed-already`, `deleted-already`.
    """
    with gate.act("deletion propose", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        cases.lock_case(doing.rows, case_id)
        deletion = Deletion(new_id("d"), case_id, What(what), basis, check_reason(why, "A deletion"), doing.at)
        rules.may_propose(deletion.what, basis, records.of_case(doing.rows, case_id))
        if basis is not None:
            bases.named(doing.rows, case_id, basis)
        records.add(doing.rows, deletion)
        doing.tell(deletion=deletion.id, what=what, basis=basis, why=deletion.why)
    return deletion


def decide(
    deletion_id: str, *, delete: bool, why: str, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> tuple[Deletion, tuple[Hold, ...]]:
    """Decide, by name, that something is deleted or kept; and the holds that a deletion waits for.

    Carrying it out is `sweep.carry_out`, now or once the last hold is lifted. Raises WrongUsage `unknown-deletion`,
    `reason-missing`; Refused `decided-already`, `sign-in-needed`, `not-allowed`, `not-a-member`.
    """
    with store.reader() as rows:
        case_id = find(rows, deletion_id).case_id
    with gate.act("deletion decide", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  deletion=deletion_id) as doing:
        cases.lock_case(doing.rows, case_id)                # two supervisors at once: one wins, the other is told
        deletion = find(doing.rows, deletion_id)
        rules.may_decide(deletion)
        said, reason = "delete" if delete else "keep", check_reason(why, "Deciding on a deletion")
        records.decide(doing.rows, deletion, decided=said, by=actor.mark, why=reason, at=doing.at)
        doing.tell(what=deletion.what.value, basis=deletion.basis, decided=said, why=reason)
        return find(doing.rows, deletion_id), standing(doing.rows, case_id)


def takes(deletion_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> dict[str, int]:
    """Rows that a deletion would destroy, by kind: for whoever has to decide. Raises WrongUsage `unknown-deletion`."""
    with store.reader() as rows:
        case_id = find(rows, deletion_id).case_id
    gate.check("deletion decide", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor)
    with store.reader() as rows:
        return records.takes(rows, find(rows, deletion_id))


def default_ends(home: Path, purpose: str, today: date) -> date | None:
    """When keeping a new case of this purpose must be reviewed, as the policy says; None where it says nothing."""
    months = policies.current(home).terms(purpose).retention_months
    return rules.months_later(today, months) if months is not None else None


def set_ends(
    case_id: str, ends: date, *, why: str, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> None:
    """Set the day on which keeping a case must be reviewed. Raises WrongUsage `ends-in-past`, `reason-missing`."""
    with gate.act("case ends", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        cases.lock_case(doing.rows, case_id)
        rules.check_ends(ends, doing.at.date())
        records.set_ends(doing.rows, case_id, ends)
        doing.tell(ends=ends, why=check_reason(why, "Another day of review"))


def standing(rows: Connection, case_id: str) -> tuple[Hold, ...]:
    """Holds of a case that nobody has lifted."""
    return tuple(hold for hold in cases.holds(rows, case_id) if hold.lifted_at is None)


def find(rows: Connection, deletion_id: str) -> Deletion:
    """Raises WrongUsage `unknown-deletion`."""
    found = records.named(rows, deletion_id)
    if found is None:
        hint = "See: sporhund retention list."
        raise WrongUsage("unknown-deletion", f"There is no proposal of a deletion '{printable(deletion_id)}'.", hint)
    return found
