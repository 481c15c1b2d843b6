"""Open a case, show it, place and lift holds."""
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from sporhund.access import records as access_records
from sporhund.access import rules as access_rules
from sporhund.access import service as access
from sporhund.access.model import DEFAULT_UNIT, Verdict
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import records, rules
from sporhund.cases.model import Case, Hold
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence import account
from sporhund.evidence.model import Account
from sporhund.evidence.names import printable
from sporhund.store import partitions
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Overview:
    """A case with what became of its files."""

    case: Case
    holds: tuple[Hold, ...]    #: lifted ones too
    account: Account | None    #: None once it is erased
    exhibits: tuple[str, ...]
    on: bool                   #: its purpose is switched on for its unit
    templates: Verdict         #: whether faces may be made into templates today


def create(
    name: str, *, title: str, purpose: str, unit: str = DEFAULT_UNIT, ends: date | None = None,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Case:
    """Open a case: its row, its part of every content table, its key, its first audit event.

    Raises WrongUsage `bad-name`, `bad-title`, `unknown-purpose`, `ends-in-past`, `case-exists`. A purpose that is switched
    off refuses nothing here: without templates the material can still be looked through.
    """
    now = clock.now()
    access_rules.purpose_named(purpose)
    if ends is not None and ends < now.date():
        raise WrongUsage("ends-in-past", f"The day of review, {ends.isoformat()}, is over.", "Give a later --ends.")
    case = Case(new_id("c"), rules.check_name(name), rules.check_title(title), purpose, unit, ends, now, actor.name, "open")
    with store.transaction() as rows:
        if not records.add_case(rows, case):
            raise WrongUsage("case-exists", f"There is a case '{name}' already.", "See: sporhund case list.")
        audit.record(rows, action="case create", actor=actor, at=now, keys=keys, case_id=case.id, payload={
            "name": name, "title": case.title, "purpose": purpose, "unit": unit, "ends": ends})
        partitions.open_case(rows, case.id)
    return case


def find(rows: Connection, name: str) -> Case:
    """The open case of that name. Raises WrongUsage `unknown-case`, Refused `case-erased`."""
    case = records.case_named(rows, name)
    if case is None:
        hint = "See: sporhund case list; or open it: sporhund case create."
        raise WrongUsage("unknown-case", f"There is no case '{printable(name)}'.", hint)
    if case.state == "erased":
        raise Refused("case-erased", f"The case '{name}' was erased.", "What was done to it is in the log: sporhund audit show.")
    return case


def list_cases(*, store: Store) -> list[Case]:
    """Every case, in the order in which they were opened, erased ones too."""
    with store.transaction() as rows:
        return records.cases(rows)


def show(name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Overview:
    """A case with its holds and its account. Looking is logged."""
    now = clock.now()
    with store.transaction() as rows:
        case = find(rows, name)
        audit.record(rows, action="case show", actor=actor, at=now, keys=keys, case_id=case.id)
        purpose = access_rules.purpose_named(case.purpose)
        return Overview(
            case, tuple(records.holds(rows, case.id)), account.account(rows, case.id),
            tuple(exhibit.label for exhibit in account.exhibits(rows, case.id)),
            access_rules.is_on(purpose, case.unit, access_records.enabled(rows, unit=case.unit), now.date()),
            access.templates_allowed(rows, case.id, now.date()))


def place_hold(name: str, *, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Hold:
    """Place a hold: nothing of the case may be deleted until it is lifted. Raises WrongUsage `reason-missing`."""
    now, reason = clock.now(), rules.check_reason(reason, "A hold")
    with store.transaction() as rows:
        case = find(rows, name)
        records.lock_case(rows, case.id)
        key = records.add_hold(rows, case.id, reason=reason, by=actor.name, at=now)
        audit.record(rows, action="case hold", actor=actor, at=now, keys=keys, case_id=case.id,
                     payload={"hold": key, "reason": reason})
    return Hold(key, reason, actor.name, now)


def lift_hold(
    name: str, hold_id: str, *, reason: str = "", store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> None:
    """Lift one hold. Raises Refused `not-held` where no such hold stands."""
    now = clock.now()
    with store.transaction() as rows:
        case = find(rows, name)
        records.lock_case(rows, case.id)
        lifted = hold_id.isprintable() and records.lift_hold(rows, case.id, hold_id, by=actor.name, at=now)
        audit.record(rows, action="case hold lift", actor=actor, at=now, keys=keys, case_id=case.id,
                     outcome="done" if lifted else "refused", payload={"hold": printable(hold_id), "reason": printable(reason)})
    if not lifted:
        raise Refused("not-held", f"No hold '{printable(hold_id)}' stands on '{name}'.", "See: sporhund case show.")
