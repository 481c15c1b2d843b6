"""The review list: what of the cases may not be kept without somebody saying so, and what to do about each."""
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.access import records as access
from sporhund.access import rules as access_rules
from sporhund.access.model import Basis, Standing
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.cases.model import Case, Hold
from sporhund.retention import records, rules
from sporhund.retention.model import Deletion, Matter, State
from sporhund.retention.service import standing
from sporhund.store.service import Store

_OVER = (Standing.REFUSED, Standing.LAPSED, Standing.EXPIRED, Standing.ENDED)


def matters(*, store: Store, keys: Keys, clock: Clock, actor: Actor) -> tuple[list[Matter], int]:
    """What a supervisor has to look at, case by case, the earliest end first; and how many cases are closed to them.

    Looking is logged. Raises Refused as the gate does.
    """
    with gate.act("retention list", store=store, keys=keys, clock=clock, actor=actor) as doing:
        closed = access.closed_to(doing.rows, actor.user)
        everyone = records.open_cases(doing.rows)
        mine = [case for case in everyone if case.id not in closed]
        return [matter for case in mine for matter in of_case(doing.rows, case, doing.at)], len(everyone) - len(mine)


def of_case(rows: Connection, case: Case, now: datetime) -> Iterator[Matter]:
    """The matters of one case."""
    holds = standing(rows, case.id)
    said = tuple(f"{hold.id}: {hold.reason} (since {hold.placed_at:%Y-%m-%d})" for hold in holds)
    deletions = records.of_case(rows, case.id)
    yield from _end(rows, case, now, deletions, said)
    for basis in bases.of_case(rows, case.id):
        yield from _basis(case, basis, now, deletions, said)
    for deletion in deletions:
        yield from _deletion(rows, case, deletion, holds, said)


def _end(
    rows: Connection, case: Case, now: datetime, deletions: Sequence[Deletion], holds: tuple[str, ...],
) -> Iterator[Matter]:
    state = rules.end_state(case.ends, now.date())
    if state is None:
        return
    due = datetime.combine(case.ends, time.max, UTC) if case.ends else None
    sentence = {"not-set": "nobody has said how long it is kept", "coming": "its day of review comes",
                "over": "its day of review is over"}[state]
    kept = [one for one in deletions if one.what == "case" and one.decided == "keep"]
    if state == "over" and kept:
        by = access.user_of(rows, str(kept[-1].decided_by))
        sentence += f"; kept by {by.name if by else '?'} on {kept[-1].decided_at:%Y-%m-%d}: {kept[-1].decided_why}"
    do = f"sporhund case ends {case.name} DATE --why …"
    if state != "not-set":
        do += f"; or: sporhund case erase {case.name} --reason …"
    yield Matter(case.name, "end-date", state, due, sentence, do, holds=holds)


def _basis(case: Case, basis: Basis, now: datetime, deletions: Sequence[Deletion], holds: tuple[str, ...]) -> Iterator[Matter]:
    stands = access_rules.standing(basis, now)
    if stands is Standing.LIVE and basis.valid_until - now <= rules.COMING:
        yield Matter(case.name, "basis", "coming", basis.valid_until, f"the basis {basis.journal} ends: its results are sealed",
                     f"sporhund basis add --case {case.name} --continues {basis.id} …", basis=basis.id, holds=holds)
    taken = any(one.basis == basis.id and (one.decided is None or one.decided == "delete") for one in deletions)
    if stands in _OVER and not taken:
        yield Matter(case.name, "basis", stands.value, basis.ended_at or basis.valid_until,
                     f"the basis {basis.journal} is not live: its results are sealed",
                     f"sporhund retention propose --case {case.name} --what results --basis {basis.id} --why …; or continue it: "
                     f"sporhund basis add --case {case.name} --continues {basis.id} …", basis=basis.id, holds=holds)


_DO = {
    State.PROPOSED: "sporhund retention decide {id} --delete|--keep --why …",
    State.HELD: "nothing now: it is done once the last hold is lifted",
    State.DUE: "sporhund retention sweep",
}


def _deletion(
    rows: Connection, case: Case, deletion: Deletion, holds: Sequence[Hold], said: tuple[str, ...],
) -> Iterator[Matter]:
    state = rules.state_of(deletion, held=bool(holds))
    if state not in _DO:
        return
    sentence, do = f"of {deletion.what.value}: {deletion.why}", _DO[state].format(id=deletion.id)
    yield Matter(case.name, "deletion", state.value, deletion.decided_at or deletion.proposed_at, sentence, do, deletion.id,
                 deletion.basis, said, records.takes(rows, deletion))
