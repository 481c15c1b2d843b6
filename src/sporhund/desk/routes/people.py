"""Who is on a case."""
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.errors import SporhundError

router = APIRouter()
Name = Annotated[str, Form(max_length=100)]


@router.get("/case/{case_id}/people")
def people(ask: Annotated[Ask, Depends(Door("case open"))]) -> Response:
    return _page(ask)


@router.post("/case/{case_id}/people")
def change(
    ask: Annotated[Ask, Depends(Door("case member"))], name: Name, what: Annotated[str, Form(pattern="add|remove")],
) -> Response:
    """Put somebody on the case, or take them off: a supervisor's act."""
    members = ask.case.members
    try:
        (members.add if what == "add" else members.remove)(name.strip())
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault)
    return see(f"/case/{ask.case_id}/people")


def _page(ask: Ask, *, status: int = 200, fault: SporhundError | None = None) -> Response:
    known = ask.place.people.list() if "supervisor" in ask.actor.roles else []
    return render(ask, "people.html", status=status, members=ask.case.members.list(), known=known, fault=fault)
