"""One's own page: how the desk looks, what one has looked at today, one's own look-ups in the log; and totals for supervisors."""
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.errors import SporhundError

router = APIRouter()
SignedIn = Annotated[Ask, Depends(Door("own password"))]
Said = Annotated[str, Form(max_length=40)]


@router.get("/me")
def me(ask: SignedIn, said: Annotated[str, Query(max_length=40)] = "") -> Response:
    return _page(ask, said=said)


async def _form(request: Request) -> FormData:
    return await request.form()


@router.post("/me")
def choose(ask: SignedIn, form: Annotated[FormData, Depends(_form)]) -> Response:
    """Keep how this person wants the desk."""
    keys = {name.removeprefix("key-"): str(value).strip() for name, value in form.items() if name.startswith("key-")}
    wanted: dict[str, Any] = {name: str(form[name]) or None for name in ("language", "theme", "veil", "thumbs") if name in form}
    if "page" in form:
        wanted["page"] = int(page) if (page := str(form["page"])).isdecimal() and len(page) < 5 else page
    if "own" in form:
        wanted["own_marks"] = [said for one in form.getlist("own") if (said := str(one).strip())]
    try:
        ask.place.own.choose(**wanted, muted="muted" in form, keys=keys)
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault)
    return see("/me?said=kept")


@router.get("/me/log")
def lookups(ask: SignedIn, after: Annotated[str | None, Query(max_length=40)] = None) -> Response:
    """My own look-ups, as the log has them."""
    return render(ask, "my_log.html", page=ask.place.own.my_lookups(limit=100, after=after))


@router.get("/welfare")
def welfare(ask: Annotated[Ask, Depends(Door("exposure read"))]) -> Response:
    """What the people of a supervisor's cases looked at: hours, not contents."""
    return render(ask, "welfare.html", totals=ask.place.own.totals(days=14))


def _page(ask: Ask, *, status: int = 200, said: str = "", fault: SporhundError | None = None) -> Response:
    own = ask.place.own
    return render(ask, "me.html", status=status, who=ask.place.people.whoami(), today=own.exposure_today(),
                  days=own.my_exposure(days=14), said=said, fault=fault)
