"""Accounts, and purposes with their units: for the administrator, who sees no case."""
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.responses import Response

from sporhund.access.accounts import known_roles
from sporhund.access.passwords import SHORTEST
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.desk.times import day
from sporhund.errors import SporhundError

router = APIRouter()
Users = Annotated[Ask, Depends(Door("user"))]
Text = Annotated[str, Form(max_length=400)]


@router.get("/admin/users")
def users(ask: Users, said: Annotated[str, Query(max_length=40)] = "") -> Response:
    return _users(ask, said=said)


@router.post("/admin/users")
def add(
    ask: Users, name: Text, full_name: Text, password: Text, roles: Annotated[list[str] | None, Form()] = None, unit: Text = "",
    district: Text = "",
) -> Response:
    try:
        ask.place.people.add(name.strip(), full_name=full_name, password=password, roles=roles or [], unit=unit or "default",
                             district=district or None)
    except SporhundError as fault:
        return _users(ask, status=400, fault=fault)
    return see("/admin/users?said=made")


@router.post("/admin/users/{name}")
def change(
    ask: Users, name: str, what: Annotated[str, Form(pattern="disable|enable|roles|password")],
    roles: Annotated[list[str] | None, Form()] = None, password: Text = "",
) -> Response:
    people = ask.place.people
    try:
        match what:
            case "disable":
                people.disable(name)
            case "enable":
                people.enable(name)
            case "roles":
                people.set_roles(name, roles or [])
            case "password":
                people.reset_password(name, password)
    except SporhundError as fault:
        return _users(ask, status=400, fault=fault)
    return see("/admin/users?said=changed")


def _users(ask: Ask, *, status: int = 200, said: str = "", fault: SporhundError | None = None) -> Response:
    return render(ask, "admin_users.html", status=status, users=ask.place.people.list(), roles=known_roles(), shortest=SHORTEST,
                  said=said, fault=fault)


# ------------------------------------------------------------------ purposes

@router.get("/admin/purposes")
def purposes(ask: Annotated[Ask, Depends(Door("purpose enable"))]) -> Response:
    return _purposes(ask)


@router.post("/admin/purposes")
def switch(
    ask: Annotated[Ask, Depends(Door("purpose enable"))], purpose: Text, what: Annotated[str, Form(pattern="on|off")],
    unit: Text = "default", assessment: Text = "", assessed_on: Text = "", until: Text = "",
) -> Response:
    """Switch a purpose on for a unit, on an impact assessment; or off."""
    try:
        if what == "on":
            ask.place.enable_purpose(purpose, unit=unit or "default", assessment=assessment, assessed_on=day(assessed_on),
                                     until=day(until) if until else None)
        else:
            ask.place.disable_purpose(purpose, unit=unit or "default")
    except SporhundError as fault:
        return _purposes(ask, status=400, fault=fault)
    return see("/admin/purposes")


def _purposes(ask: Ask, *, status: int = 200, fault: SporhundError | None = None) -> Response:
    return render(ask, "admin_purposes.html", status=status, purposes=ask.place.list_purposes(), fault=fault)
