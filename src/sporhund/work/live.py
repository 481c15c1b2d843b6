"""What changed since one last looked: for pages that show work as it goes on."""
import threading
from collections.abc import Iterator

from sporhund.store.service import Store
from sporhund.work import records
from sporhund.work.model import Work

EVERY_S = 1.0


def news(case_id: str, told: dict[str, Work], *, store: Store, ended: int = 20) -> list[Work]:
    """Works of the case that are not as `told` has them; `told` has them then. One short query."""
    with store.reader() as rows:
        now = records.listed(rows, case_id, ended=ended)
    changed = [work for work in now if told.get(work.id) != work]
    told.update({work.id: work for work in changed})
    return changed


def changes(
    case_id: str, *, store: Store, over: threading.Event, told: dict[str, Work] | None = None, every_s: float = EVERY_S,
) -> Iterator[list[Work]]:
    """Works as they change, looked at once a second, until `over` is set. An empty list: nothing changed, and we are there."""
    seen: dict[str, Work] = {} if told is None else told
    while not over.is_set():
        yield news(case_id, seen, store=store)
        over.wait(every_s)
