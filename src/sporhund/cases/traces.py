"""What deleted rows leave behind outside of their tables: cleared where the server is ours, said where it is not."""
from collections.abc import Sequence

from sporhund.errors import EnvironmentFault
from sporhund.store.service import Store

BACKUPS = "backups of this home made before now, and copies of its disk, still hold what was deleted"


def clear(store: Store, content: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """Clear the database's log, statistics and pages; what is left to somebody else, in sentences.

    content: (case id, content table) where single rows were deleted. Raises EnvironmentFault `database-busy`: try again.
    """
    try:
        store.clear_traces(content)
    except EnvironmentFault as fault:
        if fault.code != "server-traces":
            raise
        return BACKUPS, f"{fault.message} {fault.hint}"
    return (BACKUPS,)
