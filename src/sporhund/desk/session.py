"""Who is asking: the cookie of a session, and the token that a change has to bring along."""
import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "sporhund"
FIELD, HEADER = "csrf", "x-csrf"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def token_of(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


def keep(response: Response, token: str, *, secure: bool) -> None:
    """The browser brings it to this desk alone, no script reads it, and it goes with the browser."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")


def csrf_of(token: str | None, secret: bytes) -> str:
    """What a form or a script of this session sends back. Derived: nothing more has to be kept."""
    return hmac.new(secret, b"change " + (token or "").encode(), hashlib.sha256).hexdigest()


def brought(expected: str, said: object) -> bool:
    """Whether a change brought the token along."""
    return isinstance(said, str) and hmac.compare_digest(expected.encode(), said.encode())
