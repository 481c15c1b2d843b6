"""Destroy everything Sporhund holds of a case. The log keeps that it was there and that it was destroyed."""
import dataclasses
import hashlib
import shutil

from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import records, rules
from sporhund.cases.model import Case, Certificate
from sporhund.cases.service import find
from sporhund.errors import EnvironmentFault, Refused
from sporhund.store import partitions
from sporhund.store.service import Store

BACKUPS = "backups of this home made before now, and copies of its disk, still hold the case"


def erase(name: str, *, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Certificate:
    """Check the holds, drop the case's rows, destroy its key and its working copies, clear the database's log.

    The originals are not touched, and the chain of the audit log stays whole; what its events said can no longer be read.
    The certificate also stands in the log, outside the case. Raises WrongUsage `unknown-case`, `reason-missing`; Refused
    `held` (logged), `case-erased`. A command that was cut off in the middle is finished by giving it again.
    """
    why = rules.check_reason(reason, "Erasing a case")
    certificate = _drop(name, why, store, keys, clock, actor) or _unfinished(name, why, store, keys, clock, actor)
    shutil.rmtree(store.settings.spool / certificate.case_id, ignore_errors=True)
    remains = _clear(store)
    destroyed = keys.destroy(certificate.case_id)   # last: while the key is there, an erasure that was cut off is unfinished
    certificate = dataclasses.replace(certificate, keys=destroyed, remains=remains)
    with store.transaction() as rows:
        audit.record(rows, action="case erase", actor=actor, at=clock.now(), keys=keys, payload={
            "certificate": certificate, "step": "key and traces destroyed"})
    return certificate


def _drop(name: str, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Certificate | None:
    """Rows and event in one transaction; None for a case whose rows are gone already."""
    now, refusal = clock.now(), None
    with store.transaction() as rows:
        known = records.case_named(rows, name)
        if known is not None and known.state == "erased":
            return None
        case = find(rows, name)
        records.lock_case(rows, case.id)
        try:
            rules.may_erase(records.holds(rows, case.id))
        except Refused as said:
            refusal = said
            audit.record(rows, action="case erase", actor=actor, at=now, keys=keys, case_id=case.id, outcome="refused",
                         payload={"reason": reason, "why": said.message})
        else:
            certificate = _certificate(case, reason, records.row_counts(rows, case.id),
                                       records.content_digests(rows, case.id), now=clock, actor=actor)
            audit.record(rows, action="case erase", actor=actor, at=now, keys=keys, case_id=case.id, payload={"reason": reason})
            audit.record(rows, action="case erase", actor=actor, at=now, keys=keys, payload={
                "certificate": certificate, "step": "rows dropped"})
            partitions.drop_case(rows, case.id)
            records.blot_out(rows, case.id)
    if refusal is not None:
        raise refusal
    return certificate


def _certificate(
    case: Case, reason: str, counts: dict[str, int], sha256: list[str], *, now: Clock, actor: Actor,
) -> Certificate:
    return Certificate(
        case.name, case.id, now.now(), actor.name, reason, counts, len(sha256),
        hashlib.sha256("\n".join(sha256).encode()).hexdigest(), tuple(sha256), (), ())


def _unfinished(name: str, reason: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Certificate:
    """For a case whose rows are gone: what is left to destroy. Raises Refused `case-erased` where nothing is."""
    with store.transaction() as rows:
        case = records.case_named(rows, name)
    assert case is not None
    if not keys.has(case.id):
        raise Refused("case-erased", f"The case '{name}' was erased.", "Its certificate is in the log: sporhund audit show.")
    return _certificate(case, reason, {}, [], now=clock, actor=actor)


def _clear(store: Store) -> tuple[str, ...]:
    """Clear the database's log and statistics; what is left to somebody else, in sentences."""
    try:
        store.clear_traces()
    except EnvironmentFault as fault:
        if fault.code != "server-traces":
            raise
        return BACKUPS, f"{fault.message} {fault.hint}"
    return (BACKUPS,)
