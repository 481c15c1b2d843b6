"""Legal bases: without a live one no face is clustered or searched, and no conclusion counts.

Time runs on while a search does: who compares asks `require_live` before, and again in the transaction that records what was
found; who shows or decides asks `require_readable` in the same transaction.
"""
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from sporhund.access import gate, grounds, offences, policies, records, service
from sporhund.access.model import Basis, Denied, Draft, Needed, Policy, Scope, Standing, Step, Verdict
from sporhund.access.rules import standing
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import Refused, WrongUsage
from sporhund.store import tables
from sporhund.store.ids import new_id
from sporhund.store.service import Store

_B, _S = tables.basis, tables.authorisation
_ADD = "Record one: sporhund basis add --case CASE …"
_LIST = "See: sporhund basis list --case CASE."


def add(case_id: str, draft: Draft, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Basis:
    """Record a basis for a case, under its purpose and the policy of the home.

    Where the policy always asks for an authorisation, recording the basis asks for it and starts its clock. Raises WrongUsage
    naming what is not said; Refused `purpose-off`, `purpose-without-templates`, `not-a-member` (of a case in its scope),
    `sealed-for-good`, `sign-in-needed`, ...
    """
    policy = policies.current(store.settings.home)
    with gate.act("basis add", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        rows, at = doing.rows, doing.at
        purpose = _purpose_on(rows, case_id, at)
        grounds.check_draft(draft, policy, purpose, at)
        start = draft.valid_from or at
        offence = offences.offence_for(draft.offence, purpose, start.date())
        _scope_is_ours(rows, actor, draft.scope.cases)
        if draft.continues is not None:
            grounds.may_continue(named(rows, case_id, draft.continues), at)
        if policy.needed is Needed.ALWAYS and actor.user is None:
            raise Refused("sign-in-needed", f"The policy '{policy.name}' asks for an authorisation: who asks has to be known.",
                          "Sign in: sporhund login NAME.")
        state, before = grounds.asked_at_once(policy, max(start, at))
        basis = Basis(
            new_id("b"), case_id, purpose, offence.code, draft.journal.strip(), draft.reason.strip(), draft.necessity.strip(),
            draft.proportionality.strip(), draft.scope, start, draft.valid_until, draft.granted_by.strip(), policy.stamp, state,
            before, draft.continues, actor.mark, actor.assurance, at)
        rows.execute(insert(_B).values(asdict(basis) | {"scope": msgspec.to_builtins(basis.scope)}))
        if state == "requested":
            add_step(rows, case_id, Step(new_id("au"), basis.id, state, "not named yet", policy.label, actor.mark, at))
        doing.tell(**{name: value for name, value in asdict(basis).items() if value is not None})
    return basis


def end(case_id: str, basis_id: str, why: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
    """End a basis before its time: nothing new under it, its results are sealed unless another continues it.

    Raises WrongUsage `sentence-missing`, `unknown-basis`; Refused `basis-over`.
    """
    with gate.act("basis end", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor, basis=basis_id,
                  why=why) as doing:
        basis = locked(doing.rows, case_id, basis_id)
        if not grounds.is_sentence(why):
            raise WrongUsage("sentence-missing", "Ending a basis needs a reason.", "Say it in a sentence with --why.")
        require(grounds.may_end(basis, doing.at))
        change(doing.rows, basis, ended_at=doing.at, ended_by=actor.mark, ended_why=why.strip())


# ------------------------------------------------------------------ asking

def require_live(rows: Connection, case_id: str, basis_id: str | None, *, at: datetime) -> Basis:
    """The basis under which faces may be compared now: the one named, else the last of the case that is live.

    Call it again in the transaction that records the result: a basis may end while a search runs. The case's purpose must
    allow templates and be switched on besides. Raises Refused `no-live-basis`, `purpose-off`, `purpose-without-templates`,
    `basis-of-another-case`, naming what is missing; WrongUsage `unknown-basis`.
    """
    _purpose_on(rows, case_id, at)
    known = of_case(rows, case_id)
    chosen = [named(rows, case_id, basis_id)] if basis_id else known
    live = [basis for basis in chosen if standing(basis, at) is Standing.LIVE]
    if live:
        return live[-1]
    if not known:
        raise Refused("no-live-basis", "No legal basis is recorded for this case.", _ADD)
    said = "; ".join(f"{basis.id}: {grounds.why_not(basis, at, steps(rows, case_id, basis.id))}" for basis in chosen[-3:])
    raise Refused("no-live-basis", f"No legal basis is live here. {said}.", _ADD)


def require_readable(rows: Connection, case_id: str, basis_id: str, *, at: datetime) -> None:
    """Raises Refused `sealed` where results under this basis may not be seen or decided on."""
    basis = named(rows, case_id, basis_id)
    if not grounds.readable(basis, of_case(rows, case_id), at):
        why = grounds.why_not(basis, at, steps(rows, case_id, basis_id))
        final = standing(basis, at) in grounds.FINAL
        raise Refused("sealed", f"These results are sealed. Their legal basis {basis_id}: {why}.",
                      _LIST if final else f"A new basis may take them over: sporhund basis add … --continues {basis_id}")


def of_case(rows: Connection, case_id: str) -> list[Basis]:
    """Every basis of a case, oldest first."""
    return _found(rows, _B.c.case_id == case_id)


def of_cases(rows: Connection, case_ids: Sequence[str]) -> list[Basis]:
    """Every basis of these cases, oldest first."""
    return _found(rows, _B.c.case_id.in_(case_ids)) if case_ids else []


def named(rows: Connection, case_id: str, basis_id: str) -> Basis:
    """Raises Refused `basis-of-another-case`, WrongUsage `unknown-basis`."""
    found = _found(rows, _B.c.id == basis_id) if basis_id.isprintable() else []
    for basis in found:
        if basis.case_id == case_id:
            return basis
    if found:
        raise Refused("basis-of-another-case", f"The basis {basis_id} is of another case: it holds for that one alone.", _LIST)
    raise WrongUsage("unknown-basis", f"There is no basis {basis_id!r} in this case.", _LIST)


def steps(rows: Connection, case_id: str, basis_id: str | None = None) -> list[Step]:
    """What became of authorisations, oldest first."""
    c = _S.c
    wanted = select(c.id, c.basis_id, c.step, c.authority, c.note, c.by, c.at).where(c.case_id == case_id)
    if basis_id is not None:
        wanted = wanted.where(c.basis_id == basis_id)
    return [Step(*row) for row in rows.execute(wanted.order_by(c.at, c.id))]


# ------------------------------------------------------------------ the clock

@dataclass(frozen=True, slots=True)
class Over:
    """A basis whose time has run out since somebody last looked."""

    basis: Basis
    standing: Standing         #: lapsed | expired
    deletion: str | None       #: id of the deletion that was proposed


def sweep(store: Store, keys: Keys, clock: Clock, actor: Actor) -> list[Over]:
    """Write down what the clock did: one event for each basis that lapsed or expired, and a proposal to delete its results
    where the policy asks for one. Done again it does nothing. It seals nothing: `standing` does, at the moment itself.
    """
    now = clock.now()
    with store.transaction() as rows:
        return [over for basis in _run_out(rows, now) if (over := _note(rows, basis, now, store.settings.home, keys, actor))]


def _run_out(rows: Connection, now: datetime) -> list[Basis]:
    def noted(*said: str) -> ColumnElement[bool]:
        return exists().where(_S.c.case_id == _B.c.case_id, _S.c.basis_id == _B.c.id, _S.c.step.in_(said))

    lapsed = and_(_B.c.authorisation == "requested", _B.c.authorise_before <= now, ~noted("lapsed"))
    expired = and_(_B.c.valid_until <= now, _B.c.ended_at.is_(None), ~noted("lapsed", "expired"))
    return _found(rows, or_(lapsed, expired))


def _note(rows: Connection, basis: Basis, now: datetime, home: Path, keys: Keys, actor: Actor) -> Over | None:
    stands = standing(basis, now)
    if stands not in (Standing.LAPSED, Standing.EXPIRED):
        return None
    why = grounds.why_not(basis, now)
    if not add_step(rows, basis.case_id, Step(f"{basis.id}.{stands}", basis.id, stands, "", why, actor.mark, now)):
        return None   # another start was quicker
    deletion = propose_deletion(rows, basis, f"{basis.id}: {why}", now, home) if stands is Standing.LAPSED else None
    audit.record(rows, action=f"basis {stands}", actor=actor, at=now, keys=keys, case_id=basis.case_id, payload={
        "basis": basis.id, "why": why, "deletion": deletion})
    return Over(basis, stands, deletion)


def propose_deletion(rows: Connection, basis: Basis, why: str, at: datetime, home: Path) -> str | None:
    """Propose to delete the results of a refused or lapsed basis, where its policy asks for that; a named person decides."""
    if not policy_of(basis, home).refusal_proposes_deletion:
        return None
    key = f"d.{basis.id}"   # one for each basis, however often it is asked for
    added = rows.execute(postgresql.insert(tables.deletion).values(
        case_id=basis.case_id, id=key, what="results", basis_id=basis.id, why=why, proposed_at=at,
    ).on_conflict_do_nothing().returning(tables.deletion.c.id))
    return key if added.first() else None


def policy_of(basis: Basis, home: Path) -> Policy:
    """The policy under which it was recorded; where its file is gone, the one that holds."""
    name = basis.policy.partition("@")[0]
    return policies.named(home, name) if name in policies.available(home) else policies.current(home)


# ------------------------------------------------------------------ rows

def locked(rows: Connection, case_id: str, basis_id: str) -> Basis:
    """As `named`; nobody else changes it until the end of the transaction."""
    rows.execute(select(_B.c.id).where(_B.c.case_id == case_id, _B.c.id == basis_id).with_for_update())
    return named(rows, case_id, basis_id)


def change(rows: Connection, basis: Basis, **values: Any) -> None:
    rows.execute(update(_B).where(_B.c.case_id == basis.case_id, _B.c.id == basis.id).values(**values))


def add_step(rows: Connection, case_id: str, step: Step) -> bool:
    """False where it is there already."""
    written = postgresql.insert(_S).values(case_id=case_id, **asdict(step)).on_conflict_do_nothing()
    added = rows.execute(written.returning(_S.c.id))
    return added.first() is not None


def steps_by_basis(rows: Connection, case_id: str) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    for step in steps(rows, case_id):
        found[step.basis_id].append(step)
    return found


def require(verdict: Verdict) -> None:
    """Raises Refused where a rule said no."""
    if isinstance(verdict, Denied):
        raise Refused(verdict.code, verdict.missing, verdict.hint)


def _found(rows: Connection, which: ColumnElement[bool]) -> list[Basis]:
    found = rows.execute(select(_B).where(which).order_by(_B.c.at, _B.c.id)).mappings()
    return [Basis(**{**row, "scope": msgspec.convert(row["scope"], Scope)}) for row in found]


def _purpose_on(rows: Connection, case_id: str, at: datetime) -> str:
    """The case's purpose, if faces may be compared under it now. Raises Refused."""
    require(service.templates_allowed(rows, case_id, at.date()))
    return records.purpose_of_case(rows, case_id)[0]


def _scope_is_ours(rows: Connection, actor: Actor, cases: Sequence[str]) -> None:
    """Nobody reaches through a basis into a case that is closed to them."""
    for case_id in cases:
        if rows.scalar(select(tables.case.c.state).where(tables.case.c.id == case_id)) != "open":
            raise WrongUsage("unknown-case", f"There is no open case {case_id!r}.", "See: sporhund case list.")
        gate.require_member(rows, actor, case_id)
