"""Intake: what is taken in and looked through, and how that goes on."""
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from starlette.responses import Response

from sporhund.api.exhibits import labels, troubles
from sporhund.api.glance import first_troubles
from sporhund.desk import session
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.desk.routes import works
from sporhund.desk.routes.uploads import Id
from sporhund.desk.streams import Events, events
from sporhund.desk.times import moment
from sporhund.errors import Refused, SporhundError, WrongUsage
from sporhund.evidence.names import unshown
from sporhund.review.model import KINDS
from sporhund.work.rules import MODES

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Works = Annotated[Ask, Depends(Door("work"))]
Watching = Annotated[Ask, Depends(Door("case open", use=False))]
Text = Annotated[str, Form(max_length=4000, pattern=r"^[^\x00]*$")]
Word = Annotated[str, Query(max_length=400)]
WITHIN_MINUTES = "30"
LISTED = 50
"""Files that could not be read, on one page."""


@dataclass
class Said:
    """What the form says, or says again after a fault."""

    exhibit: str = ""
    mode: str = "normal"
    find: Sequence[str] = field(default_factory=lambda: list(KINDS))
    camera: str = ""
    around: str = ""
    minutes: str = WITHIN_MINUTES
    first_camera: str = ""
    batch: str = ""
    chosen: Sequence[str] = ()


@router.get("/case/{case_id}/intake")
def page(
    ask: CaseOpen, source: Annotated[str, Query(alias="from", pattern="^(|folder|files)$")] = "",
    path: Annotated[str, Query(max_length=16_000)] = "", batch: Word = "", after: Word = "", said: Word = "",
    left_out: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    return _page(ask, Said(batch=batch), source=source or ("files" if batch else ""), path=path, after=after or None, said=said,
                 left_out=left_out)


@router.post("/case/{case_id}/intake")
def take_in(
    ask: Works, exhibit: Text = "", mode: Text = "normal", find: Annotated[list[str] | None, Form()] = None, camera: Text = "",
    around: Text = "", minutes: Text = WITHIN_MINUTES, first_camera: Text = "", batch: Text = "",
    chosen: Annotated[list[str] | None, Form()] = None, whole: Annotated[str, Form(max_length=16_000)] = "",
    source: Text = "folder",
) -> Response:
    """Have what was chosen taken in and looked through, behind what waits already."""
    said = Said(exhibit, mode, find or [], camera, around, minutes, first_camera, batch, chosen or [])
    try:
        left_out = _ask(ask, said, [*said.chosen] or ([whole] if whole else []))
    except SporhundError as fault:
        return _page(ask, said, status=400, source=source, path=whole, fault=fault)
    return see(f"/case/{ask.case_id}/intake?said=asked" + (f"&left_out={left_out}" if left_out else ""))


def _ask(ask: Ask, said: Said, paths: Sequence[str]) -> int:
    """How many files of an upload never came, and are left out."""
    case, around, within_s = ask.case, moment(said.around, ask.zone), _seconds(said.minutes)
    if not said.find:
        raise WrongUsage("nothing-to-find", "Nothing was named to look for.", "Tick what to look for.")
    work = case.work.ask(
        [unshown(one) for one in paths], batch=said.batch or None, exhibit=said.exhibit.strip() or None, mode=said.mode,
        find=list(said.find), camera=said.camera or None, around=around, within_s=within_s,
        focus_camera=said.first_camera or None)
    return int(work["left_out"])


@router.get("/case/{case_id}/intake/events")
def live(ask: Watching) -> Response:
    """Works as they change, as server-sent events. Over when the session, the role or the membership is."""
    desk, token, said = ask.request.app.state.desk, session.token_of(ask.request), ask.say
    case = ask.case
    seen: dict[str, Any] = {}

    def allowed() -> None:
        holder = desk.place.people.holder(token, desk.host, use=False) if token is not None else None
        if holder is None:
            raise Refused("session-expired", "Your sign-in is over.")
        desk.place.acting(holder).check("case open", case.id)       # with the roles of now, not those of when it was opened

    def news() -> str | None:
        changed = case.work.news(seen)
        counted = troubles(case) if changed else {}
        return json.dumps([works.told(said, one, counted) for one in changed], ensure_ascii=False) if changed else None

    return Events(events(news, allowed, desk.streams), desk.streams, str(ask.actor.user))


@router.get("/case/{case_id}/intake/works/{work}")
def one(ask: CaseOpen, work: Id, after: Word = "") -> Response:
    return _one(ask, work, after=after or None)


@router.post("/case/{case_id}/intake/works/{work}")
def change(
    ask: Works, work: Id, what: Annotated[str, Form(pattern="^(pause|resume|cancel|retry|up|down|focus|unfocus)$")],
    around: Text = "", minutes: Text = WITHIN_MINUTES, first_camera: Text = "", back: Text = "",
) -> Response:
    """Pause, go on, cancel, once more; another place in the order; something else first."""
    room = ask.case.work
    try:
        match what:
            case "up" | "down":
                room.move(work, before=works.before(room.list(), work, what))
            case "focus":
                wanted = moment(around, ask.zone)
                if wanted is None:
                    raise WrongUsage("bad-focus", "No time was given to look at first.", "Give the time, or choose nothing.")
                room.focus(work, around=wanted, within_s=_seconds(minutes), camera=first_camera or None)
            case "unfocus":
                room.focus(work, around=None)
            case _:
                getattr(room, what)(work)
    except SporhundError as fault:
        if fault.code == "unknown-work" or back != "one":
            return _page(ask, Said(), status=400, fault=fault)
        return _one(ask, work, status=400, fault=fault)
    return see(f"/case/{ask.case_id}/intake" + (f"/works/{work}" if back == "one" else ""))


# ------------------------------------------------------------------ the pages

def _page(
    ask: Ask, form: Said, *, status: int = 200, source: str = "", path: str = "", after: str | None = None, said: str = "",
    left_out: int = 0, fault: SporhundError | None = None,
) -> Response:
    case = ask.case
    listing, outside = _browse(ask, path)
    counted = troubles(case)
    every = [one | {"told": works.told(ask.say, one, counted)} for one in case.work.list()]
    chosen = source or ("folder" if path or (listing and (listing["items"] or listing["path"])) else "files")
    return render(
        ask, "intake.html", status=status, form=form, source=chosen, listing=listing, fault=fault or outside, said=said,
        left_out=left_out, stands_still=ask.request.app.state.desk.fault(),
        works=[one for one in every if one["state"] in works.LIVE], over=[one for one in every if one["state"] not in works.LIVE],
        exhibits=labels(case),
        cameras=[one["name"] for one in case.cameras()], templates=case.templates_today(), kinds=KINDS, modes=MODES,
        troubles=case.troubles(limit=LISTED, after=after) if after else first_troubles(case, LISTED), after=after,
        uploads=case.work.uploads.list(form.batch) if form.batch else [])


def _one(
    ask: Ask, work: str, *, status: int = 200, after: str | None = None, fault: SporhundError | None = None,
) -> Response:
    case = ask.case
    found = case.work.show(work)
    return render(
        ask, "intake_work.html", status=status, work=found | {"told": works.told(ask.say, found, troubles(case))}, fault=fault,
        cameras=[one["name"] for one in case.cameras()], after=after,
        exhibit=labels(case).get(found["exhibit"]),
        troubles=case.work.troubles(work, limit=100, after=after))


def _browse(ask: Ask, path: str) -> tuple[Any, SporhundError | None]:
    """What lies in the folder of the address; the list of roots and why, where it may not be seen."""
    room = ask.case.work
    try:
        return room.browse(unshown(path) if path else None), None
    except SporhundError as fault:
        return (room.browse(None), fault) if path else (None, fault)


def _seconds(minutes: str) -> float:
    """Raises WrongUsage `bad-focus`."""
    try:
        return float(minutes.replace(",", ".")) * 60
    except ValueError as exc:
        raise WrongUsage("bad-focus", f"'{minutes}' is no number of minutes.", "Write it as 30.") from exc
