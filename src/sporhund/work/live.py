"""What changed since one last looked: for pages that show work as it goes on."""
from sporhund.store.service import Store
from sporhund.work import records
from sporhund.work.model import Work


def news(case_id: str, told: dict[str, Work], *, store: Store, ended: int = 20) -> list[Work]:
    """Works of the case that are not as `told` has them; `told` has them then. One short query."""
    with store.reader() as rows:
        now = records.listed(rows, case_id, ended=ended)
    changed = [work for work in now if told.get(work.id) != work]
    told.update({work.id: work for work in changed})
    return changed
