"""Legal bases of a case, the offences they may stand on, and the policy they are recorded under."""
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sporhund.access import authorise, bases, grounds, offences, policies, records
from sporhund.access.model import Basis, Draft, Scope, Step
from sporhund.access.rules import standing
from sporhund.api.choices import parse_time
from sporhund.api.documents import Document, day, moment
from sporhund.errors import WrongUsage

if TYPE_CHECKING:
    from sporhund.api.case import Case


class Bases:
    """Legal bases of a case."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    def add(
        self, *, offence: str, journal: str, reason: str, necessity: str, proportionality: str, until: str, granted_by: str,
        begins: str | None = None, cases: Sequence[str] = (), period: tuple[str | None, str | None] = (None, None),
        places: Sequence[str] = (), persons: Sequence[str] = (), continues: str | None = None,
    ) -> Document:
        """Record a basis. Days and times are UTC where no zone is said; `until` a day includes it.

        cases: names of further cases that may be searched.   period: of the material, days or times.
        """
        start, end = period
        scope = Scope(tuple(self.case.place.case(name).id for name in cases), start_of(start), end_of(end),
                      tuple(places), tuple(persons))
        draft = Draft(offence, journal, reason, necessity, proportionality, _sure(end_of(until)), granted_by, start_of(begins),
                      scope, continues)
        basis = bases.add(self.case.id, draft, **self.case.place.hands)
        return self.show(basis.id)

    def list(self) -> list[Document]:
        """Every basis, oldest first, with how it stands now and why."""
        now = self.case.place.clock.now()
        with self.case.place.store.reader() as rows:
            known, steps = bases.of_case(rows, self.case.id), bases.steps_by_basis(rows, self.case.id)
            names = {user.id: user.name for user in records.users(rows)}
        return [basis_item(basis, known, steps.get(basis.id, []), names, now) for basis in known]

    def show(self, basis_id: str) -> Document:
        """One basis. Raises WrongUsage `unknown-basis`; Refused `basis-of-another-case`."""
        with self.case.place.store.reader() as rows:
            bases.named(rows, self.case.id, basis_id)
        return next(item for item in self.list() if item["basis"] == basis_id)

    def authorise(self, basis_id: str, step: str, *, authority: str, note: str = "") -> Document:
        """step: request | grant | refuse."""
        act = {"request": authorise.request, "grant": authorise.grant, "refuse": authorise.refuse}[step]
        act(self.case.id, basis_id, authority=authority, note=note, **self.case.place.hands)
        return self.show(basis_id)

    def end(self, basis_id: str, why: str) -> Document:
        """End a basis before its time."""
        bases.end(self.case.id, basis_id, why, **self.case.place.hands)
        return self.show(basis_id)


def start_of(said: str | None) -> datetime | None:
    """A day begins at midnight; a time is that time."""
    return parse_time(said, zoneless=True) if said else None


def end_of(said: str | None) -> datetime | None:
    """A day ends at the next midnight; a time is that time. Raises WrongUsage `bad-time`."""
    at = start_of(said)
    if at is None or not _is_day(str(said)):
        return at
    try:
        return at + timedelta(days=1)
    except OverflowError as exc:
        raise WrongUsage("bad-time", f"{said!r} is beyond what a calendar holds.", "Give an earlier day.") from exc


def _is_day(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def _sure(at: datetime | None) -> datetime:
    if at is None:
        raise WrongUsage("until-missing", "The basis has no end.", "Give it with --until.")
    return at


def basis_item(basis: Basis, known: Sequence[Basis], steps: Sequence[Step], names: dict[str, str], now: datetime) -> Document:
    """One basis as the contract prints it. names: account names by id."""
    scope = basis.scope
    return {
        "basis": basis.id, "purpose": basis.purpose, "offence": basis.offence, "journal": basis.journal,
        "reason": basis.reason, "necessity": basis.necessity, "proportionality": basis.proportionality,
        "scope": {"cases": list(scope.cases), "from": moment(scope.start), "to": moment(scope.end),
                  "places": list(scope.places), "persons": list(scope.persons)},
        "from": moment(basis.valid_from), "until": moment(basis.valid_until), "granted_by": basis.granted_by,
        "policy": basis.policy, "authorisation": basis.authorisation, "authorise_before": moment(basis.authorise_before),
        "steps": [{"step": step.step, "authority": step.authority, "note": step.note, "by": names.get(step.by, step.by),
                   "at": moment(step.at)} for step in steps],
        "continues": basis.continues, "by": names.get(basis.by, basis.by), "assurance": basis.assurance,
        "at": moment(basis.at), "ended": moment(basis.ended_at), "ended_by": names.get(basis.ended_by or "", basis.ended_by),
        "ended_why": basis.ended_why,
        "standing": standing(basis, now).value, "why": grounds.why_not(basis, now, steps),
        "results": "readable" if grounds.readable(basis, known, now) else "sealed"}


def offence_items() -> list[Document]:
    """The dated list."""
    return [{"offence": one.code, "danish": one.danish, "english": one.english, "paragraph": one.paragraph,
             "from": day(one.start), "until": day(one.until), "purposes": sorted(one.purposes)} for one in offences.offences()]


def policy_item(home: Path, name: str | None) -> Document:
    """A policy by its name, or the one that holds."""
    policy = policies.named(home, name) if name else policies.current(home)
    return {
        "policy": policy.name, "holds": policy.name == policies.chosen(home), "title": policy.title, "note": policy.note,
        "digest": policy.digest, "authorisation": policy.needed.value, "hours": policy.hours, "label": policy.label,
        "refusal_proposes_deletion": policy.refusal_proposes_deletion, "available": policies.available(home),
        "purposes": {purpose: {"retention_months": terms.retention_months, "scope": list(terms.scope)}
                     for purpose, terms in policy.purposes.items()}}
