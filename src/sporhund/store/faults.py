"""What PostgreSQL's faults mean to the caller."""

import contextlib
from collections.abc import Iterator

import psycopg
from sqlalchemy.exc import DBAPIError

from sporhund.errors import EnvironmentFault

_DOWN_HINT = "Run the command again; what was finished is kept. `sporhund doctor` shows the state of the database."


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Within: what the environment did to the database becomes an EnvironmentFault; a fault of our own stays what it is."""
    try:
        yield
    except DBAPIError as fault:
        meant = meaning(fault.orig) if isinstance(fault.orig, psycopg.Error) else None
        if meant is None:
            raise
        raise meant from fault
    except psycopg.Error as fault:
        meant = meaning(fault)
        if meant is None:
            raise
        raise meant from fault


def meaning(fault: psycopg.Error) -> EnvironmentFault | None:
    """The environment's fault behind an error of the driver, or None when it is the statement's."""
    state = fault.sqlstate
    said = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
    if state in ("53100", "58030"):  # disk_full, io_error
        return EnvironmentFault(
            "disk-full",
            f"The database could not write: {said}",
            "Free some space on the database's disk and run the command again.",
        )
    if state in ("40001", "40P01", "55P03"):  # serialization, deadlock, lock not available
        return EnvironmentFault("database-busy", f"Another command was in the way: {said}", "Run the command again.")
    if state in ("28P01", "28000", "3D000"):
        return EnvironmentFault(
            "database-login",
            f"The database did not let us in: {said}",
            "Check SPORHUND_DATABASE_URL, or the folder `database` of the home.",
        )
    lost = state is None and isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError)
    if lost or (state or "").startswith(("08", "57P", "53")):
        return EnvironmentFault("database-down", f"The database is not there, or went away: {said}", _DOWN_HINT)
    return None
