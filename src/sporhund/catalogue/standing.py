"""How a case stands: the account and what was found, counted by whoever changes it, so that no page counts 400,000 files."""
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from sporhund.actor import Clock
from sporhund.catalogue.derive import COUNTED
from sporhund.catalogue.records import ensure
from sporhund.evidence import account
from sporhund.evidence.records import among
from sporhund.store import tables
from sporhund.store.service import Store

NAMES = ("files", "video", "tracks", "exhibits", "troubles")
EVERY_S = 2.0
"""While an analysis runs the counts are made anew so often at most: pages that are open ask every five seconds."""
SHARE = 0.05
"""Of the time that may be spent on counting: where it takes long it is done less often."""


def keep(rows: Connection, case_id: str, at: datetime) -> dict[str, Any]:
    """Count anew and keep it. Returns it as `read` does."""
    came_to = asdict(account.account(rows, case_id))
    found = {"video": came_to.pop("video"), "files": came_to, "tracks": tracks(rows, case_id),
             "exhibits": account.files_by_exhibit(rows, case_id), "troubles": account.troubles_by_exhibit(rows, case_id)}
    added = insert(tables.standing).values(case_id=case_id, at=at)
    news = {"value": added.excluded.value, "at": added.excluded.at}
    rows.execute(added.on_conflict_do_update(index_elements=["case_id", "name"], set_=news),
                 [{"name": name, "value": found[name]} for name in NAMES])
    return {**found, "at": at}


def tracks(rows: Connection, case_id: str) -> dict[str, int]:
    """Tracks of the runs that count, by kind."""
    i = tables.item.c
    sums = [func.coalesce(func.sum(i[column]), 0).label(kind) for kind, column in COUNTED.items()]
    row = rows.execute(select(*sums).where(i.case_id == case_id)).one()
    return {kind: int(getattr(row, kind)) for kind in COUNTED}


def of_cases(rows: Connection, case_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Per case `{"files", "video", "tracks", "exhibits", "at"}` as last counted; a case that nobody has counted is not in it."""
    s = tables.standing.c
    found: dict[str, dict[str, Any]] = {}
    for row in rows.execute(select(s.case_id, s.name, s.value, s.at).where(among(s.case_id, list(case_ids)), s.name.in_(NAMES))):
        of = found.setdefault(row.case_id, {"at": row.at})
        of[row.name], of["at"] = row.value, min(of["at"], row.at)
    return {case_id: of for case_id, of in found.items() if of.keys() >= set(NAMES)}


def read(store: Store, case_id: str, clock: Clock) -> dict[str, Any]:
    """Files by state, seconds of video (evidence.model.Account), tracks by kind; as last counted, and when. Where nobody has
    counted, it is done now."""
    with store.reader() as rows:
        found = of_cases(rows, [case_id]).get(case_id)
    if found is None:
        ensure(store, case_id)
        with store.transaction() as rows:
            found = keep(rows, case_id, clock.now())
    return found


class Keeper:
    """Counts while work goes on, seldom enough not to hold it up."""

    def __init__(self, store: Store, case_id: str, clock: Clock) -> None:
        self._store, self._case_id, self._clock = store, case_id, clock
        self._next = 0.0

    def close(self) -> None:
        """The last count, also of work that was broken off."""
        self.now()

    def now(self) -> None:
        started = time.monotonic()
        with self._store.transaction() as rows:
            keep(rows, self._case_id, self._clock.now())
        ended = time.monotonic()
        self._next = ended + max(EVERY_S, (ended - started) / SHARE)

    def soon(self) -> None:
        """If the last count is old enough."""
        if time.monotonic() >= self._next:
            self.now()
