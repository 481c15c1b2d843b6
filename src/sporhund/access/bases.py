"""Legal bases: without a live one no face is clustered or searched, and no conclusion counts."""
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from sporhund.access import gate, rules
from sporhund.access.model import Basis, Scope, Standing
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked of somebody who records a basis."""

    offence: str
    journal: str
    reason: str
    necessity: str
    proportionality: str
    valid_until: datetime
    granted_by: str
    valid_from: datetime | None = None
    scope: Scope = field(default_factory=Scope)
    continues: str | None = None


def add(case_id: str, draft: Draft, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Basis:
    """Record a basis for a case, under its purpose and the policy of the home."""
    with gate.act("basis add", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        purpose = doing.rows.scalar(select(tables.case.c.purpose).where(tables.case.c.id == case_id))
        basis = Basis(
            new_id("b"), case_id, str(purpose), draft.offence, draft.journal, draft.reason, draft.necessity,
            draft.proportionality, draft.scope, draft.valid_from or doing.at, draft.valid_until, draft.granted_by, "dk", "none",
            None, draft.continues, actor.mark, actor.assurance, doing.at)
        values: dict[str, Any] = asdict(basis) | {"scope": msgspec.to_builtins(basis.scope)}
        doing.rows.execute(insert(tables.basis).values(values))
        doing.tell(basis=basis.id, offence=basis.offence, journal=basis.journal, valid_until=basis.valid_until)
    return basis


def of_case(rows: Connection, case_id: str) -> list[Basis]:
    """Every basis of a case, oldest first."""
    b = tables.basis
    found = rows.execute(select(b).where(b.c.case_id == case_id).order_by(b.c.at, b.c.id)).mappings()
    return [Basis(**{**row, "scope": msgspec.convert(row["scope"], Scope)}) for row in found]


def named(rows: Connection, case_id: str, basis_id: str) -> Basis:
    """Raises WrongUsage `unknown-basis`; a basis of another case is unknown here."""
    for basis in of_case(rows, case_id):
        if basis.id == basis_id:
            return basis
    raise WrongUsage("unknown-basis", f"There is no basis {basis_id!r} in this case.", "See: sporhund basis list --case CASE.")


def require_live(rows: Connection, case_id: str, basis_id: str | None, *, at: datetime) -> Basis:
    """The basis under which faces may be compared now: the one named, else any of the case that is live.

    The case's purpose must allow templates and be switched on besides. Raises Refused `no-live-basis`, `purpose-off`, ... naming
    what is missing.
    """
    chosen = [named(rows, case_id, basis_id)] if basis_id else of_case(rows, case_id)
    live = [basis for basis in chosen if rules.standing(basis, at) is Standing.LIVE]
    if not live:
        raise Refused("no-live-basis", "No legal basis of this case is live.", "Record one: sporhund basis add --case CASE …")
    return live[-1]


def require_readable(rows: Connection, case_id: str, basis_id: str, *, at: datetime) -> None:
    """Raises Refused `sealed` where results under this basis may not be seen or decided on."""
    basis = named(rows, case_id, basis_id)
    if rules.standing(basis, at) is not Standing.LIVE:
        said = "These results are sealed: their legal basis is not live."
        raise Refused("sealed", said, "See: sporhund basis list --case CASE.")


