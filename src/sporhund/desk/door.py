"""The one door: every route names the act it needs, and nobody gets past without it."""
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from sporhund.actor import Actor
from sporhund.desk import plain, session
from sporhund.desk.ask import Ask
from sporhund.desk.turns import TURN
from sporhund.errors import Refused

GONE = 499
"""The browser went away before its turn came."""
LOOKING = ("view",)
"""Acts that tell what was looked at, every few seconds: they change nothing that everybody sees."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class Door:
    """What a route needs: an act of `access.rights`, or None where anybody may come in (signing in, the look of the page).

    Use it as the dependency that hands the `Ask`: `ask: Ask = Depends(Door("case open"))`. Where the address holds a case, the
    act is asked of that case; a change has to bring the token of its session.
    Raises Refused `sign-in-needed`, `session-expired`, `not-allowed`, `not-a-member`, `change-password`, `forged`; WrongUsage
    `bad-characters`.
    """

    act: str | None
    use: bool = True                         #: asking counts as use of the session; what an open page asks by itself does not
    turn: bool = True                        #: a page waits for its turn (desk.turns); not what has a limit of its own

    async def __call__(self, request: Request) -> Ask:
        plain.check_address(request.path_params, request.query_params.multi_items())
        said = await _csrf_said(request) if request.method in session.UNSAFE else None
        if request.method not in session.UNSAFE and self.turn:
            await request.scope[TURN].begin()
            if await request.is_disconnected():
                raise HTTPException(GONE, "The browser went away.")      # those behind need not wait for it
        elif request.method in session.UNSAFE and self.act not in LOOKING:
            request.scope[TURN].then(lambda: _changed(request))
        return await run_in_threadpool(self.enter, request, said)

    def enter(self, request: Request, said: object) -> Ask:
        """Who asks, let in; called in a thread, for it asks the store."""
        desk = request.app.state.desk
        token = session.token_of(request)
        visit = session.visit_of(request)
        csrf = session.csrf_of(token or visit.key, desk.secret)
        use = self.use and session.TIMER not in request.headers
        actor = desk.place.people.holder(token, desk.host, use=use) if token else None
        if actor is None and self.act is not None:
            code = "session-expired" if token else "sign-in-needed"
            raise Refused(code, "Your sign-in is over." if token else "Nobody is signed in here.", "Sign in to go on.")
        if request.method in session.UNSAFE and (session.from_elsewhere(request) or not session.brought(csrf, said)):
            raise Refused("forged", "This change did not come from a page of this desk, or the page is older than your sign-in.",
                          "Nothing was changed. Open the page again and repeat it.")
        place = desk.place.acting(actor or Actor("desk", "local", desk.host))
        ask = Ask(request, place, csrf, request.path_params.get("case_id"), desk.choices(place),
                  visit=visit.key if visit.new and not token else None)
        if self.act == "case open":
            _ = ask.case                                         # the case's own door asks, and records a refusal
        elif self.act is not None:
            place.check(self.act, ask.case_id)
        return ask


def _changed(request: Request) -> None:
    """Whoever looks after a change sees it, and so does everybody else."""
    case_id = request.path_params.get("case_id")
    if case_id is not None:
        request.app.state.desk.place.lately.forget(case_id)


async def _csrf_said(request: Request) -> object:
    form = None
    if request.method == "POST" and request.headers.get("content-type", "").startswith(_FORMS):
        found: FormData = await request.form()
        form = found
        plain.check_form(form.multi_items())
    if session.HEADER in request.headers:
        return request.headers[session.HEADER]
    return form.get(session.FIELD) if form is not None else None
