"""Signing in and out, the first account, one's own password.

Another way to know who somebody is (OpenID Connect) is another router beside this one that ends in `session.keep`.
"""
import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.responses import Response

from sporhund.access.passwords import SHORTEST
from sporhund.desk import session
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import inside, render, see
from sporhund.errors import Refused, SporhundError

router = APIRouter()
Anybody = Annotated[Ask, Depends(Door(None))]
SignedIn = Annotated[Ask, Depends(Door("own password"))]
Text = Annotated[str, Form(max_length=2000)]
WORKS_ALONE = ("investigator", "supervisor")
"""What somebody with a machine of their own may do beside administering it; examining takes two people anyway."""


@router.get("/sign-in")
def sign_in_page(ask: Anybody, next: Annotated[str, Query()] = "/", late: Annotated[str, Query()] = "") -> Response:
    if not ask.place.people.any():
        return render(ask, "first_closed.html")
    return render(ask, "signin.html", next=inside(next), late=late, fault=None, name="")


@router.post("/sign-in")
def sign_in(ask: Anybody, name: Text, password: Text, next: Text = "/") -> Response:
    try:
        token, _ = ask.place.people.sign_in(name.strip(), password)
    except Refused as fault:
        return render(ask, "signin.html", status=403, next=inside(next), late="", fault=fault, name="")
    return _entered(ask, token, inside(next))


@router.post("/sign-out")
def sign_out(ask: Annotated[Ask, Depends(Door("logout"))]) -> Response:
    token = session.token_of(ask.request)
    assert token is not None                    # the door let somebody in
    ask.request.app.state.desk.looked.settle(ask=ask)       # what was looked at stands before the end of it
    ask.place.people.sign_out(token)
    answer = see("/sign-in")
    session.forget(answer)
    return answer


# ------------------------------------------------------------------ the first account

@router.get("/first")
def first_page(ask: Anybody, key: Annotated[str, Query()] = "") -> Response:
    _check_first(ask, key)
    return render(ask, "first.html", key=key, fault=None, name="", full_name="", shortest=SHORTEST)


@router.post("/first")
def first(
    ask: Anybody, key: Text, name: Text, full_name: Text, password: Text, again: Text, alone: Text = "",
) -> Response:
    """The first account of a home: an administrator, by whoever reads the terminal of the desk."""
    roles = ["administrator", *(WORKS_ALONE if alone else ())]
    _check_first(ask, key)
    try:
        if password != again:
            raise Refused("passwords-differ", "The two passwords are not the same.", "Type the same one twice.")
        ask.place.people.add(name.strip(), full_name=full_name, password=password, roles=roles)
    except SporhundError as fault:
        return render(ask, "first.html", status=400, key=key, fault=fault, name=name, full_name=full_name, shortest=SHORTEST)
    ask.request.app.state.desk.first_key = None
    token, _ = ask.place.people.sign_in(name.strip(), password)
    return _entered(ask, token, "/" if alone else "/admin/users")


def _check_first(ask: Ask, key: str) -> None:
    """The link holds once: until there is an account. Raises Refused `link-used`."""
    expected = ask.request.app.state.desk.first_key
    if expected is None or ask.place.people.any() or not hmac.compare_digest(expected.encode(), key.encode()):
        raise Refused("link-used", "This link makes the first account of a home, once; it is used up, or it is another's.",
                      "Sign in, or ask an administrator for an account.")


# ------------------------------------------------------------------ one's own password

@router.get("/password")
def password_page(ask: SignedIn) -> Response:
    return render(ask, "password.html", fault=None, shortest=SHORTEST)


@router.post("/password")
def password(ask: SignedIn, before: Text, password: Text, again: Text) -> Response:
    try:
        if password != again:
            raise Refused("passwords-differ", "The two passwords are not the same.", "Type the same one twice.")
        ask.place.people.choose_password(before, password)
    except SporhundError as fault:
        return render(ask, "password.html", status=400, fault=fault, shortest=SHORTEST)
    token, _ = ask.place.people.sign_in(ask.actor.name, password)   # all sessions have ended with the old password
    return _entered(ask, token, "/me?said=password")


def _entered(ask: Ask, token: str, address: str) -> Response:
    answer = see(address)
    session.keep(answer, token, secure=ask.request.app.state.desk.secure)
    return answer
