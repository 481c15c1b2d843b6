"""What is done from the viewer with a track or a medium: secure more, to the subject, same face, the stored place shown again."""
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import fill, inside, render, see
from sporhund.errors import WrongUsage

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Views = Annotated[Ask, Depends(Door("view"))]
Secures = Annotated[Ask, Depends(Door("secure"))]
Subjects = Annotated[Ask, Depends(Door("subject"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-z_]{1,64}$")]
Track = Annotated[str, Query(pattern=r"^[0-9a-z_]{0,64}$")]
Back = Annotated[str, Query(max_length=4000)]
_PLAIN = r"^[^\x00]*$"
Short = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Note = Annotated[str, Field(max_length=1000, pattern=_PLAIN)]


class Wanted(BaseModel):
    """Recordings to be secured."""

    camera: Short
    wanted_from: Short
    wanted_to: Short
    note: Note = ""
    track: Short = ""
    back: Annotated[str, Field(max_length=4000)] = ""


class Joined(BaseModel):
    """A track goes to a subject: one that is there, or a new one (with a name of its own, or the next "Ukendt N")."""

    track: Short = ""
    subject: Short = ""
    label: Short = ""
    note: Note = ""
    back: Annotated[str, Field(max_length=4000)] = ""


# ------------------------------------------------------------------ secure more

@router.get("/case/{case_id}/media/{medium}/secure")
def secure_page(ask: CaseOpen, medium: Id, track: Track = "", part: bool = False,
                back: Back = "") -> Response:
    proposed = ask.case.viewing.propose_securing(track or medium)
    return _form(ask, "viewer_secure.html", medium, track, part, back, proposed=proposed)


@router.post("/case/{case_id}/media/{medium}/secure")
def secure(ask: Secures, medium: Id, wanted: Annotated[Wanted, Form()]) -> Response:
    _secure(ask, wanted)
    return _back(ask, medium, wanted.back, "secured")


@router.post("/case/{case_id}/media/{medium}/secure.json")
def secure_json(ask: Secures, wanted: Wanted) -> Response:
    made, _ = _secure(ask, wanted), ask.say
    said = _("{camera} is on the list of recordings to be secured.", camera=made["camera"]["name"])
    return JSONResponse({"securing": made["securing"], "said": said})


def _secure(ask: Ask, wanted: Wanted) -> Any:
    return ask.case.viewing.secure(wanted.camera, wanted.wanted_from, wanted.wanted_to, note=wanted.note,
                                   track=wanted.track or None)


# ------------------------------------------------------------------ to the subject

@router.get("/case/{case_id}/media/{medium}/subject")
def subject_page(ask: Subjects, medium: Id, track: Track = "", part: bool = False,
                 back: Back = "") -> Response:
    return _form(ask, "viewer_subject.html", medium, track, part, back, subjects=ask.case.persons.list_subjects())


@router.post("/case/{case_id}/media/{medium}/subject")
def subject(ask: Subjects, medium: Id, joined: Annotated[Joined, Form()]) -> Response:
    _join(ask, joined)
    return _back(ask, medium, joined.back, "joined")


def _join(ask: Ask, joined: Joined) -> Any:
    if not joined.track:
        raise WrongUsage("no-track", "A subject is made of tracks, and none is chosen.", "Choose a track first.")
    return ask.case.persons.to_subject([joined.track], subject=joined.subject, label=joined.label, note=joined.note)


# ------------------------------------------------------------------ same face

@router.get("/case/{case_id}/media/{medium}/face")
def face_page(ask: CaseOpen, medium: Id, track: Track = "", part: bool = False,
              back: Back = "") -> Response:
    """How the same face is looked for, or why it cannot be: comparing has no page of its own yet."""
    found = ask.case.tracks(medium=medium, kind="face", limit=1000)["items"]
    chosen = next((one for one in found if one["id"] == track), None)
    live = [one for one in ask.case.bases.list() if one["standing"] == "live"]
    return _form(ask, "viewer_face.html", medium, track, part, back, chosen=chosen, bases=live)


# ------------------------------------------------------------------ the stored place, shown again

@router.post("/case/{case_id}/tracks/{track}/reproduce")
def reproduce(ask: Views, track: Id, back: Annotated[str, Form(max_length=4000)] = "") -> Response:
    found = ask.case.reproduce(track)
    return _back(ask, "", back, "same" if found["same"] else "differs")


@router.post("/case/{case_id}/tracks/{track}/reproduce.json")
def reproduce_json(ask: Views, track: Id) -> Response:
    found, _ = ask.case.reproduce(track), ask.say
    share = _.number(found["distance"] * 100, 2)
    said = _("The stored place gives another picture: decoded again, it differs by {share} %.", share=share)
    if found["same"]:
        said = _("The stored place gives the same picture: decoded again, it differs by {share} %.", share=share)
    return JSONResponse({"same": found["same"], "distance": found["distance"], "said": said})


def _form(ask: Ask, template: str, medium: Id, track: str, part: bool, back: str, **context: Any) -> Response:
    """The form for a dialog, or as a page of its own where there is no script."""
    there = inside(back, f"/case/{ask.case_id}/media/{medium}")
    filled = {"medium": medium, "track": track, "back": there, **context}
    if part:
        return HTMLResponse(fill(ask, template, **filled))
    return render(ask, "viewer_act.html", form=template, **filled)


def _back(ask: Ask, medium: str, back: str, said: str) -> Response:
    parts = urlsplit(inside(back, f"/case/{ask.case_id}" + (f"/media/{medium}" if medium else "")))
    return see(parts.path + (f"?{parts.query}" if parts.query else ""), said=said)
