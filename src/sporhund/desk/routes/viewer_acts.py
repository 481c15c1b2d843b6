"""What is done with a track or a medium: to a subject, secure more, same face, the stored place shown again."""
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Path, Query
from pydantic import Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from sporhund.desk import securing
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
ShortField = Annotated[str, Form(max_length=200, pattern=_PLAIN)]
NoteField = Annotated[str, Form(max_length=1000, pattern=_PLAIN)]
BackField = Annotated[str, Form(max_length=4000)]


# ------------------------------------------------------------------ to a subject, secure more

@router.get("/case/{case_id}/media/{medium}/subject")
def subject_page(ask: Subjects, medium: Id, track: Track = "", part: bool = False, back: Back = "") -> Response:
    return _form(ask, "viewer_subject.html", medium, track, part, back, known_subjects=ask.case.persons.list_subjects())


@router.post("/case/{case_id}/tracks/subject")
def to_subject(
    ask: Subjects, things: Annotated[list[Short], Form()], subject: ShortField = "", label: ShortField = "", note: NoteField = "",
    back: BackField = "",
) -> Response:
    """Say that tracks are of one subject, or of a new one with a name of its own or the next number: an assertion of this person.

    Raises WrongUsage `no-track`.
    """
    tracks, _ = [one for one in things if one], ask.say
    if not tracks:
        raise WrongUsage("no-track", "A subject is made of tracks, and none is chosen.", "Choose a track first.")
    done = ask.case.persons.to_subject(tracks, subject=subject, label=label, note=note)
    told = {"subject": done["subject"], "label": done["label"], "said": _("added to {name}", name=done["label"])}
    return JSONResponse(told) if ask.wants_json else _back(ask, "", back, "joined")


@router.get("/case/{case_id}/media/{medium}/secure")
def secure_page(
    ask: CaseOpen, medium: Id, track: Track = "", part: bool = False, bare: bool = False, back: Back = "",
) -> Response:
    """bare: the form alone, below a heading that is there."""
    return _form(ask, "viewer_secure.html", medium, track, part, back, bare=bare,
                 proposal=securing.proposed(ask, track or medium))


@router.post("/case/{case_id}/tracks/secure")
def secure(
    ask: Secures, camera: Annotated[list[Short], Form()], wanted_from: ShortField, wanted_to: ShortField, things: ShortField = "",
    note: NoteField = "", zoned: Annotated[bool, Form()] = False, back: BackField = "",
) -> Response:
    """Note that these cameras' recordings should be fetched before they are lost. things: what it follows from."""
    for name in camera:
        ask.case.viewing.secure(name, securing.as_asked(ask, wanted_from, zoned), securing.as_asked(ask, wanted_to, zoned),
                                note=note, track=things or None)
    _ = ask.say
    told = {"cameras": camera, "said": _("On the list of recordings to be secured: {cameras}.", cameras=", ".join(camera))}
    return JSONResponse(told) if ask.wants_json else _back(ask, "", back, "secured")


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
