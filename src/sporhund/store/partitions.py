"""The partitions that hold one case's content: made when a case is opened, dropped whole when it is erased."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from sporhund.errors import Refused


def open_case(rows: Connection, case_id: str) -> None:
    """Make the case's partition of every content table; those that are there are left alone.

    For the rest of the transaction other writers of content wait, so it should be short.
    """
    rows.execute(text("select public.open_case(:case_id)"), {"case_id": case_id})


def drop_case(rows: Connection, case_id: str) -> None:
    """Drop the case's partitions with everything in them. Nothing happens when there are none.

    Raises Refused("held") while a hold stands. What lies in the write-ahead log goes with `Store.clear_traces`.
    """
    try:
        rows.execute(text("select public.drop_case(:case_id)"), {"case_id": case_id})
    except OperationalError as fault:
        if getattr(fault.orig, "sqlstate", None) == "55006":  # object_in_use: see guards.py
            raise Refused(
                "held",
                "A hold stands on this case: nothing of it may be deleted.",
                "Lift the hold first: sporhund case hold.",
            ) from fault
        raise
