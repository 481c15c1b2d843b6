"""The list of cases, and a new one."""
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.errors import SporhundError

router = APIRouter()
Text = Annotated[str, Form(max_length=400)]


@router.get("/")
def cases(ask: Annotated[Ask, Depends(Door("case list"))]) -> Response:
    return render(ask, "cases.html", cases=ask.place.overview(), others=ask.place.cases_to_staff())


@router.get("/cases/new")
def new_page(ask: Annotated[Ask, Depends(Door("case create"))]) -> Response:
    return render(ask, "case_new.html", purposes=ask.place.list_purposes(), fault=None, said={})


@router.post("/cases/new")
def new(
    ask: Annotated[Ask, Depends(Door("case create"))], name: Text, title: Text, purpose: Text, unit: Text = "",
) -> Response:
    try:
        ask.place.create_case(name, title=title, purpose=purpose, unit=unit or None)
        made = ask.place.case(name.strip())
    except SporhundError as fault:
        said = {"name": name, "title": title, "purpose": purpose, "unit": unit}
        return render(ask, "case_new.html", status=400, purposes=ask.place.list_purposes(), fault=fault, said=said)
    return see(f"/case/{made.id}/intake", said="case-open")
