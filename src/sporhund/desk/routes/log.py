"""The log: for auditors of everything, for supervisors of their cases; filtered, exported, verified."""
import os
import secrets
from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from sporhund.desk import ranges
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render
from sporhund.desk.times import day
from sporhund.errors import WrongUsage

router = APIRouter()
Reads = Annotated[Ask, Depends(Door("audit read"))]
ReadsAll = Annotated[Ask, Depends(Door("audit read all"))]
Word = Annotated[str, Query(max_length=100)]
PAGE = 100


@router.get("/log")
def whole(
    ask: ReadsAll, actor: Word = "", action: Word = "", outcome: Word = "", since: Word = "", until: Word = "",
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Every event, newest first."""
    return _page(ask, {"actor": actor, "action": action, "outcome": outcome, "since": since, "until": until}, after)


@router.get("/case/{case_id}/log")
def of_case(
    ask: Reads, actor: Word = "", action: Word = "", outcome: Word = "", since: Word = "", until: Word = "",
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """The events of one case."""
    return _page(ask, {"actor": actor, "action": action, "outcome": outcome, "since": since, "until": until}, after)


@router.post("/log/verify")
def verify(ask: ReadsAll) -> Response:
    """Check every event, link and payload."""
    return render(ask, "log_verified.html", found=ask.place.audit_verify(), checkpoint=ask.place.audit_checkpoint())


@router.get("/log/export")
def export(ask: ReadsAll) -> Response:
    """The log in a file that can be checked anywhere, with Python alone."""
    return _exported(ask, None)


@router.get("/case/{case_id}/log/export")
def export_case(ask: Reads) -> Response:
    return _exported(ask, _name(ask))


def _page(ask: Ask, chosen: dict[str, str], after: str | None) -> Response:
    asked = {"by": chosen["actor"] or None, "action": chosen["action"] or None, "outcome": chosen["outcome"] or None,
             "since": _begin(ask, chosen["since"]), "until": _begin(ask, chosen["until"], after_it=True)}
    case = _name(ask) if ask.case_id else None
    page = ask.place.audit_show(case, limit=PAGE, after=after, **asked)
    on = urlencode({name: value for name, value in chosen.items() if value})
    return render(ask, "log.html", page=page, chosen=chosen, on=on, case_name=case)


def _name(ask: Ask) -> str:
    """The case's name for the log: an auditor reads it without opening the case."""
    assert ask.case_id is not None
    return ask.place.case_name(ask.case_id)


def _begin(ask: Ask, said: str, *, after_it: bool = False) -> str | None:
    """The first moment of a day on the wall, or of the day after it. Raises WrongUsage `bad-day`."""
    if not said:
        return None
    try:
        return datetime.combine(day(said) + timedelta(days=after_it), time(), ask.zone).isoformat()
    except OverflowError as exc:
        raise WrongUsage("bad-day", f"'{said}' is the last day of the calendar.", "Write it as 2026-01-31.") from exc


def _exported(ask: Ask, case: str | None) -> Response:
    """From a file that has no name, so that no copy of the log stays behind: not of an answer that breaks off either."""
    file = ask.place.audit_file(case)
    fd = file.fileno()
    of = ranges.Bytes(os.fstat(fd).st_size, "application/x-ndjson", secrets.token_hex(8),
                      lambda start, length: os.pread(fd, length, start), file.close)
    name = f"log-{ask.case_id}.jsonl" if case else "log.jsonl"
    return ranges.answer(of, None, None, {"content-disposition": f'attachment; filename="{name}"'})
