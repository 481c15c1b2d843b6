"""What can go wrong, as a page: what happened, what was kept, what to do next. The same for scripts as JSON."""
import logging
import re
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sporhund.actor import Actor
from sporhund.api.viewing import choices_item
from sporhund.desk import session
from sporhund.desk.ask import Ask, wants_page
from sporhund.desk.page import inside, render, see
from sporhund.errors import EnvironmentFault, Refused, SporhundError, Unreadable, WrongUsage
from sporhund.viewing.model import Choices

log = logging.getLogger("sporhund.desk")

_SIGN_IN = ("sign-in-needed", "session-expired")
_STATUS = {"disk-full": 507, "forged": 403, "too-many": 429, "sign-in-needed": 401, "session-expired": 401, "case-erased": 410,
           "copies-busy": 503}
_AGAIN = {"copies-busy": {"retry-after": "5"}}
"""What may be asked again, and after how many seconds."""


def install(app: FastAPI) -> None:
    """Let every fault be answered here."""
    app.add_exception_handler(SporhundError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def status_of(fault: SporhundError) -> int:
    match fault:
        case _ if fault.code in _STATUS:
            return _STATUS[fault.code]
        case WrongUsage():
            return 404 if fault.code.startswith("unknown-") else 400
        case Refused():
            return 403
        case Unreadable():
            return 422
        case EnvironmentFault():
            return 503
    return 500


async def _known(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, SporhundError)
    if fault.code in _SIGN_IN and wants_page(request):
        # A link followed or a page reloaded goes on where it was; a form sent too late does not: its change was not made.
        goes_on = request.method == "GET"
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        answer = see("/sign-in?" + urlencode({"next": inside(there)} if goes_on else {"late": 1}))
        if session.token_of(request):          # who followed a link from elsewhere brought none, and keeps their own
            session.forget(answer)
        return answer
    if isinstance(fault, EnvironmentFault):
        log.error("%s %s: %s: %s", request.method, request.url.path, fault.code, fault.message)
    return await _answer(request, status_of(fault), fault.code, fault.message, fault.hint, _AGAIN.get(fault.code))


async def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    said = "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in fault.errors()[:5])
    return await _answer(request, 422, "bad-request", f"The address or the form says something that cannot be: {said}.",
                         "Nothing was changed. Go back and correct it.")


async def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if fault.status_code == 404:
        return await _answer(request, 404, "not-found", "There is nothing at this address.", "Go back, or to the list of cases.")
    if fault.status_code == 405:
        return await _answer(request, 405, "not-allowed-here", "This address does not take what was sent.",
                             "Go back and try again.", fault.headers)
    return await _answer(request, fault.status_code, "bad-request", str(fault.detail), "Go back and try again.", fault.headers)


async def _unforeseen(request: Request, fault: Exception) -> Response:
    log.error("%s %s", request.method, request.url.path, exc_info=fault)
    return await _answer(request, 500, "internal-error", f"The desk met something it does not know: {type(fault).__name__}.",
                         "What was finished is kept. Tell the administrator: the desk's terminal shows where it was.")


async def _answer(
    request: Request, status: int, code: str, message: str, hint: str, headers: object = None,
) -> Response:
    kept = dict(headers) if isinstance(headers, dict) else None
    if not wants_page(request):
        return JSONResponse({"ok": False, "error": {"code": code, "message": message, "hint": hint}}, status, kept)
    answer = await run_in_threadpool(_page, request, status, code, message, hint)      # it asks the store who is there
    answer.headers.update(kept or {})
    return answer


def _page(request: Request, status: int, code: str, message: str, hint: str) -> Response:
    ask = _asked(request)
    back = re.match(r"/case/(c_[0-9a-z]+)/.", request.url.path) if ask.actor.user is not None else None
    return render(ask, "fault.html", status=status, code=code, message=message, hint=hint, back=back[1] if back else None)


def _asked(request: Request) -> Ask:
    """Who was asking, as far as the store can tell: it may be what has failed."""
    desk, token = request.app.state.desk, session.token_of(request)
    csrf = session.csrf_of(token or session.visit_of(request).key, desk.secret)
    nobody = desk.place.acting(Actor("desk", "local", desk.host))
    try:
        actor = desk.place.people.holder(token, desk.host, use=False) if token else None
        if actor is not None:
            place = desk.place.acting(actor)
            return Ask(request, place, csrf, choices=desk.choices(place))
    except EnvironmentFault as fault:
        log.error("nobody could be asked for: %s", fault.message)
    return Ask(request, nobody, csrf, choices=choices_item(Choices()))
