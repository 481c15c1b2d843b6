"""Candidates whose track lies in another case: only for those who may open that case too, and told in its log as well."""
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.access import gate
from sporhund.access import records as access
from sporhund.actor import Actor
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys


def closed_among(rows: Connection, case_id: str, found: Iterable[Row[Any]], actor: Actor) -> frozenset[str]:
    """Other cases in which some of these candidates lie and which are closed to this person. found: of this case."""
    others = {row.track_case for row in found} - {case_id}
    return access.closed_to(rows, actor.user) & others if others else frozenset()


def require_open(rows: Connection, case_id: str, row: Row[Any], actor: Actor) -> None:
    """The candidate's track is of this case, or of one that this person may open. Raises Refused as `gate.require_member`."""
    if row.track_case != case_id:
        gate.require_member(rows, actor, row.track_case)


def tell(doing: gate.Doing, action: str, rows: Iterable[Row[Any]], *, keys: Keys, actor: Actor) -> None:
    """Each other case in which these candidates lie has the act in its own log, in the same transaction."""
    touched: dict[str, list[Row[Any]]] = {}
    for row in rows:
        if row.track_case != doing.case_id:
            touched.setdefault(row.track_case, []).append(row)
    for case_id, some in sorted(touched.items()):
        audit.record(doing.rows, action=action, actor=actor, at=doing.at, keys=keys, case_id=case_id, payload={
            "from_case": doing.case_id, "candidates": [row.id for row in some], "tracks": [row.track_id for row in some]})
