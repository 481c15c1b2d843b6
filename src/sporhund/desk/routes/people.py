"""Who is on a case."""
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from sporhund.api.people import Members
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.errors import SporhundError

router = APIRouter()
Supervises = Annotated[Ask, Depends(Door("case member"))]
Name = Annotated[str, Form(max_length=100)]


@router.get("/case/{case_id}/people")
def people(ask: Annotated[Ask, Depends(Door("case open"))]) -> Response:
    return _page(ask)


@router.get("/case/{case_id}/members")
def members(ask: Supervises) -> Response:
    """The same from outside: whoever opened a case cannot put people on it, and their supervisor need not be on it."""
    return _page(ask)


@router.post("/case/{case_id}/members")
def change(ask: Supervises, name: Name, what: Annotated[str, Form(pattern="add|remove")]) -> Response:
    """Put somebody on the case, or take them off."""
    named = _members(ask)
    try:
        (named.add if what == "add" else named.remove)(name.strip())
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault)
    return see(f"/case/{ask.case_id}/members")


def _members(ask: Ask) -> Members:
    assert ask.case_id is not None
    return ask.place.members(ask.place.case_name(ask.case_id))


def _page(ask: Ask, *, status: int = 200, fault: SporhundError | None = None) -> Response:
    named = _members(ask)
    known = ask.place.people.list() if "supervisor" in ask.actor.roles else []
    return render(ask, "people.html", status=status, members=named.list(), known=known, fault=fault, name=named.case.name)
