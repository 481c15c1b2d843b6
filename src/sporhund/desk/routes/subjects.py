"""Subjects: tracks of any kind over cameras that somebody takes for one person or vehicle. An assertion, never an identity."""
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.desk.routes.uploads import Id
from sporhund.errors import SporhundError, WrongUsage

router = APIRouter()
Subjects = Annotated[Ask, Depends(Door("subject"))]
Text = Annotated[str, Form(max_length=20_000, pattern=r"^[^\x00]*$")]
Track = Annotated[str, Field(pattern=r"^[0-9a-z_]{1,64}$")]
Word = Annotated[str, Query(max_length=40)]


class Tracks(BaseModel):
    """Tracks that are said to be of one subject."""

    tracks: list[Track] = Field(min_length=1, max_length=1000)
    note: str = Field("", max_length=2000, pattern=r"^[^\x00]*$")


class New(Tracks):
    """A new subject."""

    label: str | None = Field(None, min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="none: the next free one")


# ------------------------------------------------------------------ for scripts: the timeline and the viewer

@router.get("/case/{case_id}/subjects.json")
def listed(ask: Subjects) -> Response:
    """Every subject: its label, its id, its tracks."""
    return JSONResponse([{"subject": one["subject"], "label": one["label"], "tracks": one["tracks"], "by": one["by"],
                          "withheld": one["withheld"]} for one in ask.case.persons.list_subjects()])


@router.post("/case/{case_id}/subjects.json")
def made(ask: Subjects, new: New) -> Response:
    label = new.label.strip() if new.label else None
    return JSONResponse(ask.case.persons.add_subject(new.tracks, label=label or None, note=new.note), 201)


@router.get("/case/{case_id}/subjects/{subject}.json")
def shown(ask: Subjects, subject: Id) -> Response:
    """With its route."""
    return JSONResponse(ask.case.persons.show_subject(subject))


@router.post("/case/{case_id}/subjects/{subject}/tracks.json")
def joined(ask: Subjects, subject: Id, more: Tracks) -> Response:
    return JSONResponse(ask.case.persons.join_subject(subject, more.tracks, note=more.note))


# ------------------------------------------------------------------ for people

@router.get("/case/{case_id}/subjects")
def page(ask: Subjects) -> Response:
    return _page(ask)


@router.post("/case/{case_id}/subjects")
def make(ask: Subjects, tracks: Text, label: Text = "", note: Text = "") -> Response:
    try:
        subject = ask.case.persons.add_subject(_named(tracks), label=label.strip() or None, note=note)
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault, form={"tracks": tracks, "label": label, "note": note})
    return see(f"/case/{ask.case_id}/subjects/{subject['subject']}?said=made")


@router.get("/case/{case_id}/subjects/{subject}")
def one(ask: Subjects, subject: Id, said: Word = "") -> Response:
    return _one(ask, subject, said=said)


@router.post("/case/{case_id}/subjects/{subject}")
def change(
    ask: Subjects, subject: Id, what: Annotated[str, Form(pattern="^(rename|add|remove)$")], label: Text = "", tracks: Text = "",
    note: Text = "",
) -> Response:
    """Another label; say that tracks are of it too; take that back."""
    persons = ask.case.persons
    try:
        match what:
            case "rename":
                persons.rename_subject(subject, label.strip())
            case "add":
                persons.join_subject(subject, _named(tracks), note=note)
            case "remove":
                persons.leave_subject(subject, _named(tracks))
    except SporhundError as fault:
        if fault.code == "unknown-subject":
            raise
        return _one(ask, subject, status=400, fault=fault)
    return see(f"/case/{ask.case_id}/subjects/{subject}?said={what}")


def _page(
    ask: Ask, *, status: int = 200, fault: SporhundError | None = None, form: dict[str, str] | None = None,
) -> Response:
    return render(ask, "subjects.html", status=status, fault=fault, form=form or {},
                  subjects=ask.case.persons.list_subjects())


def _one(ask: Ask, subject: str, *, status: int = 200, said: str = "", fault: SporhundError | None = None) -> Response:
    found = ask.case.persons.show_subject(subject)
    said_of: dict[str, list[Any]] = {}
    for one in found["assertions"]:
        said_of.setdefault(one["track"], []).append(one)
    return render(ask, "subject.html", status=status, said=said, fault=fault, subject=found, said_of=said_of,
                  contradictions=_contradictions(ask, found),
                  taken_back=[one for one in found["assertions"] if one["removed_at"]])


def _contradictions(ask: Ask, subject: dict[str, Any]) -> list[str]:
    """By the numbers of the page instead of ids; what a row says itself ("also in") is not said twice."""
    stops = [*subject["route"], *subject["time_unknown"]]
    _ = ask.say
    rows = {stop["track"]: _("no. {number}", number=number) for number, stop in enumerate(stops, 1)}
    told = [one for one in subject["contradictions"]
            if not any(stop["also_in"] and one.startswith(f"{stop['track']} is also ") for stop in stops)]
    return [re.sub(r"t_[0-9a-z]+", lambda found: rows.get(found[0], found[0]), one) for one in told]


def _named(said: str) -> list[str]:
    """Ids of tracks, apart by spaces, commas or lines. Raises WrongUsage `no-track`."""
    found = [one for one in re.split(r"[\s,;]+", said) if one]
    if not found:
        raise WrongUsage("no-track", "No track was named.", "Give ids of tracks, or choose them on the timeline.")
    return found
