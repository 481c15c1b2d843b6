"""Exhibits and cameras: who took in what, what is still to be fetched, how far clocks are off, what is unchanged."""
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.responses import Response

from sporhund.api.exhibits import bytes_to_verify, clocks, exhibits
from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.desk.routes.uploads import Id
from sporhund.desk.times import day, moment
from sporhund.errors import SporhundError, WrongUsage

router = APIRouter()
CaseOpen = Annotated[Ask, Depends(Door("case open"))]
Cameras = Annotated[Ask, Depends(Door("camera ask"))]
Text = Annotated[str, Form(max_length=1000, pattern=r"^[^\x00]*$")]
Word = Annotated[str, Query(max_length=40)]
MOST_BYTES = 20_000_000_000
"""That are hashed while somebody waits for the page: a minute or two from a good disk. More would take hours in one request."""


@router.get("/case/{case_id}/exhibits")
def page(ask: CaseOpen, said: Word = "") -> Response:
    return _page(ask, said=said)


@router.post("/case/{case_id}/exhibits/cameras")
def add_camera(
    ask: Cameras, name: Text, place: Text = "", owner: Text = "", files: Text = "", overwritten_on: Text = "",
) -> Response:
    try:
        ask.case.add_camera(name.strip(), place=place.strip() or None, owner=owner.strip() or None, files=files.strip() or None,
                            overwritten_on=_day(overwritten_on))
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault, form={
            "name": name, "place": place, "owner": owner, "files": files, "overwritten_on": overwritten_on})
    return _changed(ask, "camera", "cameras")


@router.post("/case/{case_id}/exhibits/cameras/noted")
def note_camera(ask: Cameras, on: Text = "", asked: Text = "", received: Text = "") -> Response:
    """A camera's owner was asked for its recordings, or they came, on that day; without a day, today."""
    viewing = ask.case.viewing
    try:
        if received:
            viewing.camera_received(received, _day(on))
        else:
            viewing.ask_camera(asked, _day(on))
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault)
    return _changed(ask, "noted", "cameras")


@router.post("/case/{case_id}/exhibits/anchors")
def add_anchor(
    ask: Cameras, camera: Text, shows: Text, t: Text = "0", medium: Text = "", zone: Text = "unknown", true_time: Text = "",
    uncertainty: Text = "1",
) -> Response:
    """At a moment of a recording its picture shows this clock; and what a checked clock said then, if anybody looked."""
    try:
        ask.case.anchor(camera, t=_position(t), shows=shows.strip().replace(" ", "T"), zone=zone.strip() or "unknown",
                        medium=medium.strip() or None, true_time=moment(true_time, ask.zone), uncertainty_s=_number(uncertainty))
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault, form={
            "camera": camera, "shows": shows, "t": t, "medium": medium, "zone": zone, "true_time": true_time,
            "uncertainty": uncertainty})
    return _changed(ask, "anchor", "clocks")


@router.post("/case/{case_id}/exhibits/securings/{securing}")
def secured(ask: Annotated[Ask, Depends(Door("secure"))], securing: Id) -> Response:
    """These recordings were fetched."""
    try:
        ask.case.viewing.secured(securing)
    except SporhundError as fault:
        return _page(ask, status=400, fault=fault)
    return _changed(ask, "secured", "secure")


@router.post("/case/{case_id}/exhibits/verify")
def verify(ask: CaseOpen) -> Response:
    """Hash every original again: are they still what was taken in? Where that takes hours, the page says how else."""
    count = bytes_to_verify(ask.case)
    if count > MOST_BYTES:
        return _page(ask, status=400, too_many_bytes=count)
    return render(ask, "exhibits_verified.html", found=ask.case.verify())


def _changed(ask: Ask, said: str, part: str) -> Response:
    return see(f"/case/{ask.case_id}/exhibits?said={said}#{part}")


def _page(
    ask: Ask, *, status: int = 200, said: str = "", fault: SporhundError | None = None, form: dict[str, str] | None = None,
    too_many_bytes: int = 0,
) -> Response:
    case = ask.case
    securings = case.viewing.securings()
    return render(
        ask, "exhibits.html", status=status, said=said, fault=fault, form=form or {}, most_bytes=MOST_BYTES,
        too_many_bytes=too_many_bytes, exhibits=exhibits(case),
        cameras=case.viewing.camera_states(), clocks=clocks(case), today=ask.place.clock.now().astimezone(ask.zone).date(),
        secure=[one for one in securings if one["done_at"] is None], done=[one for one in securings if one["done_at"]])


def _day(said: str) -> date | None:
    """None where no day is said. Raises WrongUsage `bad-day`."""
    return day(said) if said.strip() else None


def _position(said: str) -> float:
    """Seconds of a place in a recording: 312.24, 5:12.24, 0:05:12,24. Raises WrongUsage `bad-time`."""
    parts = said.strip().replace(",", ".").split(":")
    if len(parts) > 3:
        raise WrongUsage("bad-time", f"'{said}' is no place in a recording.", "Write it as 0:05:12.")
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + _number(part)
    return seconds


def _number(said: str) -> float:
    """Raises WrongUsage `bad-time`."""
    try:
        return float(said.strip().replace(",", ".") or 0)
    except ValueError as exc:
        raise WrongUsage("bad-time", f"'{said}' is no number of seconds.", "Write it as 1.5.") from exc
