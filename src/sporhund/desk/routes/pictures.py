"""Pictures of a case, and videos that play as they are. Behind the door like everything else, and never kept by a browser.

`no-store`: previews lie encrypted on disk with the case's key, and a copy in the cache of a shared machine would be in the clear,
outlive the sign-in and outlive the case. What it costs is bytes on a wire inside the house: the desk reads its shelf either way.
"""
import logging
from collections.abc import Callable
from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from sporhund.api.previews import CasePreviews, Ranged, Shown
from sporhund.desk import looked, ranges, reasons
from sporhund.desk.ask import Ask
from sporhund.desk.door import GONE, Door
from sporhund.errors import EnvironmentFault, Unreadable

router = APIRouter()
log = logging.getLogger("sporhund.desk")
CaseOpen = Annotated[Ask, Depends(Door("case open", turn=False))]
Id = Annotated[str, Path(pattern=r"^[0-9a-z_]{1,64}$")]
Time = Annotated[float, Query(allow_inf_nan=False)]
Whole = Annotated[int | None, Query(ge=0, le=100_000)]
Page = Annotated[int, Query(ge=0, le=1_000_000)]

HEADERS = {
    "cache-control": "private, no-store", "content-disposition": "inline", "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}
TYPES = frozenset({"image/jpeg", "video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/wav", "audio/flac", "audio/webm",
                   "audio/ogg"})
"""What the desk ever says that evidence is; anything else is bytes."""
AT_ONCE = CapacityLimiter(24)
"""Threads that wait for pictures: those of the pages stay free, however many tiles a gallery asks for."""


@router.get("/case/{case_id}/media/{medium}/thumb")
async def thumb(ask: CaseOpen, medium: Id, side: int = 160, page: Page = 0, veiled: bool = False) -> Response:
    def make(of: CasePreviews) -> Shown:
        return of.thumbnail(medium, side, page=page, veiled=veiled)

    return await _picture(ask, make, side, "" if veiled else medium)


@router.get("/case/{case_id}/tracks/{track}/crop")
async def crop(
    ask: CaseOpen, track: Id, side: Annotated[int, Query(ge=16, le=1920)] = 240, whole: bool = False, veiled: bool = False,
) -> Response:
    """A track's best shot; whole: the frame it is from, with the box in `x-picture-box`."""
    def make(of: CasePreviews) -> Shown:
        return of.crop(track, side, whole=whole, veiled=veiled)

    return await _picture(ask, make, side, "" if veiled else track, "crop" if whole else "")


@router.get("/case/{case_id}/media/{medium}/frame")
async def frame(
    ask: CaseOpen, medium: Id, t: Time, side: Annotated[int, Query(ge=16, le=1920)] = 1920, stream: Whole = None,
    clip: Whole = None, veiled: bool = False,
) -> Response:
    """The frame that stands on the screen at t; its own time in `x-picture-t`, its neighbours' in `-before` and `-after`."""
    def make(of: CasePreviews) -> Shown:
        return of.frame(medium, t, stream=stream, clip=clip, side=side, veiled=veiled)

    return await _picture(ask, make, side, medium, "frame")


@router.get("/case/{case_id}/media/{medium}/still")
async def still(ask: CaseOpen, medium: Id, page: Page = 0, veiled: bool = False) -> Response:
    def make(of: CasePreviews) -> Shown:
        return of.still(medium, page, veiled=veiled)

    return await _picture(ask, make, 640, medium, "still")


@router.get("/case/{case_id}/media/{medium}/original")
async def original(ask: CaseOpen, medium: Id, clip: Whole = None) -> Response:
    """The original's own bytes, where a browser plays them; whole or in parts. Raises as the case's previews do."""
    def find() -> Ranged:
        return told(ask, ask.case.previews.original(medium, clip=clip), medium, "original")

    return ranged(ask, await to_thread.run_sync(find, limiter=AT_ONCE))


def told(ask: Ask, found: Ranged, medium: str, how: str) -> Ranged:
    """What was found, once the log knows that it is given. In a thread, for it may write."""
    try:
        looked.of(ask).whole(ask, medium, how)
    except BaseException:
        found.close()
        raise
    return found


async def _picture(ask: Ask, make: Callable[[CasePreviews], Shown], side: int, thing: str, how: str = "") -> Response:
    """thing: what the log is told of, "" where the picture tells nothing.   how: of it whole; "" a small picture."""
    async with AT_ONCE:
        if await ask.request.is_disconnected():
            return Response(status_code=GONE)
        return await to_thread.run_sync(partial(_shown, ask, make, side, thing, how))


def _shown(ask: Ask, make: Callable[[CasePreviews], Shown], side: int, thing: str, how: str) -> Response:
    try:
        found = make(ask.case.previews)
        if thing and how:
            looked.of(ask).whole(ask, thing, how)
        elif thing:
            looked.of(ask).small(ask, thing)
    except Unreadable as fault:
        return unshowable(ask, fault, 422, side)
    except EnvironmentFault as fault:
        log.error("%s %s: %s: %s", ask.request.method, ask.request.url.path, fault.code, fault.message)
        return unshowable(ask, fault, 503, side)
    return Response(found.content, headers={**HEADERS, **_facts(found)}, media_type=_type(found.content_type))


def unshowable(ask: Ask, fault: Unreadable | EnvironmentFault, status: int, side: int) -> Response:
    """The reason, drawn where the picture would be."""
    _ = ask.say
    nothing = _("No picture:")
    said = f"{nothing} {_.fault(fault.code, fault.message)}"
    width = max(100, min(side, 640))
    content = reasons.drawn(said, width=width, height=width * 3 // 4)
    return Response(content, status, {**HEADERS, "x-reason": fault.code}, "image/svg+xml")


def _facts(found: Shown) -> dict[str, str]:
    """What a script has to know of the picture: sizes in pixels, times in seconds of the original."""
    told: dict[str, object] = {
        "size": f"{found.width},{found.height}", "whole": f"{found.whole_width},{found.whole_height}", "t": found.t,
        "before": found.before, "after": found.after, "damaged": 1 if found.damaged else None,
        "box": ",".join(f"{side:.2f}" for side in found.box) if found.box else None}
    return {f"x-picture-{name}": str(value) for name, value in told.items() if value is not None}


def ranged(ask: Ask, found: Ranged) -> Response:
    """The part of it that was asked for."""
    headers = ask.request.headers
    of = ranges.Bytes(found.size, _type(found.content_type), found.etag, found.read, found.close)
    return ranges.answer(of, headers.get("range"), headers.get("if-range"), HEADERS)


def _type(said: str) -> str:
    return said if said in TYPES else "application/octet-stream"
