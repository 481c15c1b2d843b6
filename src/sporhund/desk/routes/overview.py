"""The case at a glance: the account, exhibits and cameras, what waits, who works on it."""
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from sporhund.api.exhibits import exhibits
from sporhund.api.glance import first_troubles
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]


@router.get("/case/{case_id}")
def overview(ask: CaseOpen) -> Response:
    case = ask.case
    return render(ask, "overview.html", account=case.catalogue.standing(), exhibits=exhibits(case), bases=case.bases.list(),
                  cameras=case.viewing.camera_states(), securings=case.viewing.securings(open_only=True),
                  works=case.work.list(), troubles=first_troubles(case, 20))


@router.get("/case/{case_id}/glance.html")
def strip(ask: Annotated[Ask, Depends(Door("case open", use=False))]) -> Response:
    """The account's strip again, for pages that stay open."""
    return render(ask, "strip.html")
