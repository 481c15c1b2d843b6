"""Destroy everything Sporhund holds of a case. The log keeps that it was there and that it was destroyed."""
import dataclasses
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import elsewhere, records, rules, traces
from sporhund.cases.elsewhere import Elsewhere
from sporhund.cases.model import Case, Certificate, Review
from sporhund.cases.service import find
from sporhund.errors import Refused
from sporhund.store import partitions
from sporhund.store.service import Store


def review(name: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Review:
    """What erasing a case would destroy, and what stands in its way: to be read before it is said. Destroys nothing.

    Raises WrongUsage `unknown-case`; Refused as the gate does for the act itself.
    """
    case = _named(name, store)
    if case.state == "erased":                             # cut off in the middle, or done: there are no rows any more
        gate.check("case erase", store=store, keys=keys, clock=clock, actor=actor)
        return Review({}, (), {})
    with gate.act("case erase", action="case erase review", case_id=case.id, store=store, keys=keys, clock=clock,
                  actor=actor) as doing:
        counts = {table: count for table, count in records.row_counts(doing.rows, case.id).items() if count}
        standing = tuple(hold for hold in records.holds(doing.rows, case.id) if hold.lifted_at is None)
        return Review(counts, standing, elsewhere.counts(doing.rows, case.id))


def erase(name: str, *, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Certificate:
    """Check the right and the holds, drop the case's rows, destroy its key and its working copies, clear the database's log.

    Originals are not touched, but those that were uploaded lie in the home and are destroyed. The chain of the audit log stays
    whole; what its events said can no longer be read.
    The certificate also stands in the log, outside the case, so its reason should name nobody. Raises WrongUsage `unknown-case`,
    `reason-missing`; Refused `held`, `not-allowed`, `not-a-member`, `sign-in-needed` (logged), `case-erased`. A command that was
    cut off in the middle is finished by giving it again.
    """
    why = rules.check_reason(reason, "Erasing a case")
    case = _named(name, store)
    if case.state == "erased":
        return _go_on(case, why, store, keys, clock, actor)
    with gate.act("case erase", case_id=case.id, store=store, keys=keys, clock=clock, actor=actor, reason=why) as doing:
        dropped = _drop(doing.rows, case.id, why, store, keys, clock, actor)
    return _finish(*dropped, store=store, keys=keys, clock=clock, actor=actor)


def erase_decided(case_id: str, *, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Certificate:
    """As `erase`, for a sweep that carries out what a named supervisor decided (act "deletion decide").

    Raises Refused `held`: nothing is done.
    """
    with store.transaction() as rows:
        audit.record(rows, action="case erase", actor=actor, at=clock.now(), keys=keys, case_id=case_id,
                     payload={"reason": reason})
        dropped = _drop(rows, case_id, reason, store, keys, clock, actor)
    return _finish(*dropped, store=store, keys=keys, clock=clock, actor=actor)


def _named(name: str, store: Store) -> Case:
    """The case, an erased one too. Raises WrongUsage `unknown-case`."""
    with store.reader() as rows:
        known = records.case_named(rows, name)
        return known if known is not None and known.state == "erased" else find(rows, name)


def finish_begun(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> int:
    """Finish what was cut off after its rows were dropped, by a kill or a table that was in use; how many cases."""
    count = 0
    for begun in sorted(_begun(store).glob("*")):
        with store.transaction() as rows:
            records.lock_case(rows, begun.name)            # whoever is at it ends first
            case = records.case_of(rows, begun.name)
        if case.state == "erased" and keys.has(case.id):
            certificate = _certificate(case, "begun before, and cut off", clock, actor, rows={}, sha256=[], others=Elsewhere())
            _finish(certificate, [], store=store, keys=keys, clock=clock, actor=actor)
            count += 1
        begun.unlink(missing_ok=True)
    return count


def any_begun(store: Store) -> bool:
    """Whether an erasure was begun of which nobody knows that it is finished."""
    return any(_begun(store).glob("*"))


def _begun(store: Store) -> Path:
    """A folder with an empty file for each case whose erasure is under way."""
    return store.settings.home / "erasing"


def _drop(
    rows: Connection, case_id: str, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> tuple[Certificate, list[tuple[str, str]]]:
    """Rows of the case, and what names it in others, in this transaction; the certificate so far, and pages to write anew."""
    records.lock_case(rows, case_id)
    case = records.case_of(rows, case_id)
    rules.may_erase(records.holds(rows, case_id))
    begun = _begun(store) / case_id
    begun.parent.mkdir(mode=0o700, exist_ok=True)
    begun.touch()
    others = elsewhere.destroy(rows, case_id)
    certificate = _certificate(case, reason, clock, actor, rows=records.row_counts(rows, case_id),
                               sha256=records.content_digests(rows, case_id), others=others)
    audit.record(rows, action="case erase", actor=actor, at=clock.now(), keys=keys, payload={
        "certificate": certificate, "step": "rows dropped"})
    partitions.drop_case(rows, case_id)
    records.blot_out(rows, case_id, by=actor.mark, at=clock.now())
    return certificate, list(others.pages)


def _certificate(
    case: Case, reason: str, clock: Clock, actor: Actor, *, rows: Mapping[str, int], sha256: list[str], others: Elsewhere,
) -> Certificate:
    return Certificate(
        case.name, case.id, clock.now(), actor.name, reason, rows, len(sha256),
        hashlib.sha256("\n".join(sha256).encode()).hexdigest(), tuple(sha256), (), others.stays, others.destroyed)


def _go_on(case: Case, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Certificate:
    """For a case whose rows are gone: finish what was begun, if anything is left. Raises Refused `case-erased`."""
    gate.check("case erase", store=store, keys=keys, clock=clock, actor=actor)      # of its members none is left
    if not keys.has(case.id):
        raise Refused("case-erased", f"The case '{case.name}' was erased.", "Its certificate is in the log: sporhund audit show.")
    certificate = _certificate(case, reason, clock, actor, rows={}, sha256=[], others=Elsewhere())
    return _finish(certificate, [], store=store, keys=keys, clock=clock, actor=actor)


def _finish(
    certificate: Certificate, pages: list[tuple[str, str]], *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Certificate:
    """Everything that lies outside of the rows; the key last: while it is there, an erasure that was cut off is unfinished."""
    for folder in (store.settings.spool, store.settings.matrices, store.settings.previews, store.settings.uploads):
        shutil.rmtree(folder / certificate.case_id, ignore_errors=True)
    remains = certificate.remains + traces.clear(store, pages)
    destroyed = keys.destroy(certificate.case_id)
    # A desk that runs may have laid a picture there in between; without the key it lays no more.
    shutil.rmtree(store.settings.previews / certificate.case_id, ignore_errors=True)
    certificate = dataclasses.replace(certificate, keys=destroyed, remains=remains)
    with store.transaction() as rows:
        audit.record(rows, action="case erase", actor=actor, at=clock.now(), keys=keys, payload={
            "certificate": certificate, "step": "key and traces destroyed"})
    (_begun(store) / certificate.case_id).unlink(missing_ok=True)
    return certificate
