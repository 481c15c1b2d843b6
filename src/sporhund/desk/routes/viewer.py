"""The viewer: one medium before the eyes, with what was found in it, when it was, and what can be done with it."""
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from sporhund.desk import looked, showing
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import fill, render
from sporhund.desk.showing import At, apart
from sporhund.desk.view import for_script, view
from sporhund.desk.words.speech import Speech
from sporhund.desk.words.things import thing

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Views = Annotated[Ask, Depends(Door("view"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-z_]{1,64}$")]
Track = Annotated[str, Query(pattern=r"^[0-9a-z_]{0,64}$")]
Time = Annotated[float | None, Query(allow_inf_nan=False)]
Whole = Annotated[int | None, Query(ge=0, le=100_000)]
PER_ANSWER = 200
"""Tracks with every sighting that a script gets at once."""


class Adjusted(BaseModel):
    """How the picture is changed now: brightness, contrast, rotation, zoom, speed."""

    t: Annotated[float, Field(allow_inf_nan=False)] | None = None
    adjustments: Annotated[dict[str, float], Field(max_length=10)]


def standing(
    ask: CaseOpen, medium: Id, t: Time = None, track: Track = "", page: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    clip: Whole = None, stream: Whole = None, clear: bool = False, sort: Annotated[str, Query(max_length=100)] = "",
    timeline: Annotated[str | None, Query(max_length=2000, pattern=r"^[\x20-\x7e]*$")] = None,
) -> At:
    """Where the address says that the viewer stands. Raises WrongUsage `bad-filter`, `bad-sort`."""
    query = ask.request.query_params
    rest = {name: query.getlist(name) for name in query if name not in showing.OWN}
    catalogue = ask.catalogue
    return At(ask.case.id, medium, t, track or None, showing.chosen_kinds(query.getlist("show")), page, clip, stream, clear,
              catalogue.address(catalogue.parse(rest)), sort, timeline)


Standing = Annotated[At, Depends(standing)]


@router.get("/case/{case_id}/media/{medium}")
def viewer(ask: CaseOpen, at: Standing) -> Response:
    """One medium. Opening it is an event of the log."""
    shown = view(ask, at)
    ask.case.viewing.viewed(shown.item["id"], t=shown.t)
    looked.of(ask).opened(ask, at.medium, shown.item["id"])
    return render(ask, "viewer.html", v=shown, apart=partial(apart, ask.say), for_script=for_script(ask, shown),
                  said=ask.request.query_params.get("said", ""))


@router.get("/case/{case_id}/media/{medium}/panel.html")
def panel(ask: CaseOpen, at: Standing) -> Response:
    """What is known of the chosen track, again: another one was chosen, or a mark was made."""
    looked.of(ask).whole(ask, at.medium, "panel")
    return HTMLResponse(fill(ask, "viewer_known.html", v=view(ask, at, whole=False), apart=partial(apart, ask.say)))


@router.get("/case/{case_id}/media/{medium}/tracks.json")
def tracks(ask: CaseOpen, medium: Id, after: Annotated[str | None, Query(max_length=2000)] = None) -> Response:
    """Tracks with every sighting: `path` as [t, x, y, width, height], seconds and pixels of the upright picture."""
    found = ask.case.tracks(medium=medium, observations=True, clusters=False, limit=PER_ANSWER, after=after)
    looked.of(ask).whole(ask, medium, "tracks")
    return JSONResponse({"items": [_with_path(ask.say, one) for one in found["items"]], "next": found["next"]})


def _with_path(_: Speech, one: Mapping[str, Any]) -> dict[str, Any]:
    word = thing(one["class"], _.language) if one["class"] else _(one["kind"])
    path = [[round(number, 3) for number in sighting] for sighting in one["path_of_track"]]
    return {"id": one["id"], "kind": one["kind"], "word": word, "page": one["page"], "stream": one["stream"],
            "from": one["from"], "to": one["to"], "best": one["best"]["t"], "path": path}


@router.post("/case/{case_id}/media/{medium}/adjusted.json")
def adjusted(ask: Views, medium: Id, body: Adjusted) -> Response:
    """The picture was changed: the log says how, and who looked at it so."""
    ask.case.viewing.viewed(medium, t=body.t, adjustments=body.adjustments)
    return JSONResponse({"kept": body.adjustments})
