"""Hash the originals again: are they still what was taken in?"""
from collections import Counter
from collections.abc import Callable
from typing import Any

from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases.model import Checked
from sporhund.cases.service import find
from sporhund.errors import Unreadable
from sporhund.evidence import digest, records
from sporhund.evidence.model import Digests
from sporhund.evidence.names import shown
from sporhund.store.service import Store


def verify(
    name: str, *, report: Callable[[int, int], None] = lambda done, of: None,
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> list[Checked]:
    """Every file of the case that has a content, hashed again. `report` gets the files done and how many there are.

    Members of archives are covered by their archive. Nothing is changed, whatever is found; the event holds what differs.
    """
    with store.transaction() as rows:
        case = find(rows, name)
        files = records.files_with_digest(rows, case.id)
    checked = []
    for done, file in enumerate(files, start=1):
        checked.append(_check(file))
        report(done, len(files))
    counts = Counter(one.state for one in checked)
    with store.transaction() as rows:
        audit.record(rows, action="case verify", actor=actor, at=clock.now(), keys=keys, case_id=case.id, payload={
            "files": len(checked), "counts": dict(counts),
            "differ": [{"path": shown(one.location), "state": one.state} for one in checked if one.state != "ok"]},
            outcome="done" if set(counts) <= {"ok"} else "failed")
    return checked


def _check(file: Any) -> Checked:
    known = Digests(file.sha256, file.sha1, file.md5, file.bytes)
    try:
        state = digest.verify(file.location, known)
    except Unreadable as trouble:
        return Checked(file.path, file.location, file.medium_id, "unreadable", trouble.message)
    reasons = {"changed": "its bytes are no longer those that were taken in", "missing": "it is no longer where it was"}
    return Checked(file.path, file.location, file.medium_id, state, reasons.get(state))
