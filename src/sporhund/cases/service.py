"""Open a case, show it, place and lift holds."""
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from sporhund.access import gate
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
    name: str, *, title: str, purpose: str, unit: str | None = None, ends: date | None = None,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Case:
    """Open a case: its row, its part of every content table, its key, its first audit event; who signed in is its first member.

    unit: None: that of who opens it. Purposes are on or off for a unit, so nobody opens a case for another than their own.
    Raises WrongUsage `bad-name`, `bad-title`, `unknown-purpose`, `ends-in-past`, `case-exists`; Refused `sign-in-needed`,
    `not-allowed`, `other-unit`. A purpose that is switched off refuses nothing here: without templates the material can still
    be looked through.
    """
    now = clock.now()
    access_rules.purpose_named(purpose)
    if ends is not None and ends < now.date():
        raise WrongUsage("ends-in-past", f"The day of review, {ends.isoformat()}, is over.", "Give a later --ends.")
    unit = unit or actor.unit or DEFAULT_UNIT
    case = Case(new_id("c"), rules.check_name(name), rules.check_title(title), purpose, unit, ends, now, actor.name, "open")
    with gate.act("case create", store=store, keys=keys, clock=clock, actor=actor) as doing:
        if actor.user is not None and unit != actor.unit:
            raise Refused("other-unit", f"You are of the unit '{actor.unit}', not of '{unit}'.", "Leave --unit out.")
        if not records.add_case(doing.rows, case):
            raise WrongUsage("case-exists", f"There is a case '{name}' already.", "See: sporhund case list.")
        doing.case_id = case.id
        # Its title is told only now: what is refused before is sealed with the home's key, and outlives the case.
        doing.tell(name=name, title=case.title, purpose=purpose, unit=unit, ends=ends)
        partitions.open_case(doing.rows, case.id)
        if actor.user is not None:
            access_records.add_member(doing.rows, case.id, actor.user, by=actor.mark, at=now)
    return case


def find(rows: Connection, name: str) -> Case:
    """The open case of that name. Raises WrongUsage `unknown-case`, Refused `case-erased`."""
    case = records.case_named(rows, name)
    if case is None:
        hint = "See: sporhund case list; or open it: sporhund case create."
        raise WrongUsage("unknown-case", f"There is no case '{printable(name)}'.", hint)
    return _there(case)


def find_id(rows: Connection, case_id: str) -> Case:
    """The open case of this id. Raises as `find`."""
    return _there(_with_id(rows, case_id))


def _there(case: Case) -> Case:
    if case.state == "erased":
        raise Refused("case-erased", f"The case '{case.name}' was erased.",
                      "What was done to it is in the log: sporhund audit show.")
    return case


def name_of(rows: Connection, case_id: str) -> str:
    """The name of the case of this id, erased ones too. Raises WrongUsage `unknown-case`."""
    return _with_id(rows, case_id).name


def _with_id(rows: Connection, case_id: str) -> Case:
    case = records.case_with_id(rows, case_id)
    if case is None:
        raise WrongUsage("unknown-case", "There is no case at this address.", "See the list of cases.")
    return case


def list_cases(*, store: Store, actor: Actor) -> list[Case]:
    """The cases this person is on and those that have no members, in the order in which they were opened, erased ones too.
    Nobody learns of the others."""
    with store.reader() as rows:
        closed = access_records.closed_to(rows, actor.user)
        return [case for case in records.cases(rows) if case.id not in closed]


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
    """Place a hold: nothing of the case may be deleted until it is lifted. Raises WrongUsage `reason-missing`; Refused."""
    reason, case = rules.check_reason(reason, "A hold"), _found(store, name)
    with gate.act("case hold", case_id=case.id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        records.lock_case(doing.rows, case.id)
        key = records.add_hold(doing.rows, case.id, reason=reason, by=actor.name, at=doing.at)
        doing.tell(hold=key, reason=reason)
    return Hold(key, reason, actor.name, doing.at)


def lift_hold(
    name: str, hold_id: str, *, reason: str = "", store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> None:
    """Lift one hold. Raises Refused `not-held` where no such hold stands."""
    case, said = _found(store, name), {"hold": printable(hold_id), "reason": printable(reason)}
    with gate.act("case hold", action="case hold lift", case_id=case.id, store=store, keys=keys, clock=clock, actor=actor,
                  **said) as doing:
        records.lock_case(doing.rows, case.id)
        if not hold_id.isprintable() or not records.lift_hold(doing.rows, case.id, hold_id, by=actor.name, at=doing.at):
            raise Refused("not-held", f"No hold '{printable(hold_id)}' stands on '{name}'.", "See: sporhund case show.")


def _found(store: Store, name: str) -> Case:
    with store.reader() as rows:
        return find(rows, name)
