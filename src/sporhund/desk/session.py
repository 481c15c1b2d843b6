"""Who is asking: the cookie of a session, and the token that a change has to bring along."""
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "sporhund"
VISIT = "sporhund-visit"
"""Of a browser at which nobody is signed in yet: what a form of the sign-in page belongs to."""
FIELD, HEADER = "csrf", "x-csrf"
TIMER = "x-timer"
"""A script asks because time has passed: no person used the session."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ELSEWHERE = ("cross-site", "same-site")


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser before anybody has signed in."""

    key: str
    new: bool            #: the browser has to be told


def token_of(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


def visit_of(request: Request) -> Visit:
    """This browser's visit; a new one where it brought none: whatever it sends along then belongs to no page of ours."""
    kept = request.cookies.get(VISIT)
    return Visit(kept, False) if kept else Visit(secrets.token_urlsafe(24), True)


def keep(response: Response, token: str, *, secure: bool) -> None:
    """The browser brings it to this desk alone, no script reads it, and it goes with the browser."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    response.delete_cookie(VISIT, path="/")


def keep_visit(response: Response, key: str, *, secure: bool) -> None:
    response.set_cookie(VISIT, key, httponly=True, samesite="strict", secure=secure, path="/")


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")


def csrf_of(key: str, secret: bytes) -> str:
    """What a form or a script of this session or visit sends back. Derived: nothing more has to be kept."""
    return hmac.new(secret, b"change " + key.encode(), hashlib.sha256).hexdigest()


def brought(expected: str, said: object) -> bool:
    """Whether a change brought the token along."""
    return isinstance(said, str) and hmac.compare_digest(expected.encode(), said.encode())


def from_elsewhere(request: Request) -> bool:
    """Whether the browser itself says that a page of another place sends this. What says nothing of it has the token to bring.

    "null" says nothing: it is what our own pages send with a form, for they tell nobody where they are (no-referrer).
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site in _ELSEWHERE:
        return True
    return origin != "null" and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
