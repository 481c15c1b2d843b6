"""Playable copies, part by part. One that is there is given at once; a few at a time are made while somebody waits."""
from collections.abc import Callable
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, WouldBlock, to_thread
from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import JSONResponse, Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.routes import pictures
from sporhund.errors import Refused

router = APIRouter()
T = TypeVar("T")
CaseOpen = Annotated[Ask, Depends(Door("case open", turn=False))]
Id = Annotated[str, Path(pattern=r"^[0-9a-z_]{1,64}$")]
Whole = Annotated[int | None, Query(ge=0, le=100_000)]
MAKING = CapacityLimiter(4)
"""Threads that wait minutes for a copy, neither the pages' nor the pictures'. Who comes later is told to come again."""


@router.get("/case/{case_id}/media/{medium}/part/{number:int}.json")
async def about(ask: CaseOpen, medium: Id, number: int, stream: Whole = None, clip: Whole = None) -> Response:
    """How the times of a part lie in the original; the part is made now if need be. Raises Refused `copies-busy`."""
    previews = ask.case.previews
    return JSONResponse(await _made(
        lambda: previews.made(medium, number, stream=stream, clip=clip),
        lambda: previews.part_item(medium, number, stream=stream, clip=clip)))


@router.get("/case/{case_id}/media/{medium}/part/{number:int}")
async def part(ask: CaseOpen, medium: Id, number: int, stream: Whole = None, clip: Whole = None) -> Response:
    """Its bytes, whole or a range of them; made now if need be. Raises Refused `copies-busy`."""
    previews = ask.case.previews
    return pictures.ranged(ask, await _made(
        lambda: previews.made(medium, number, stream=stream, clip=clip),
        lambda: pictures.told(ask, previews.part(medium, number, stream=stream, clip=clip), medium, "part")))


async def _made(there: Callable[[], bool], find: Callable[[], T]) -> T:
    """What was asked for: among the pictures where it is there, else in one of the few turns."""
    if await to_thread.run_sync(there, limiter=pictures.AT_ONCE):
        return await to_thread.run_sync(find, limiter=pictures.AT_ONCE)
    turn = object()
    try:
        MAKING.acquire_on_behalf_of_nowait(turn)
    except WouldBlock:
        raise Refused("copies-busy", "Other copies are being made.", "Its turn comes: ask again in some seconds.") from None
    try:
        return await to_thread.run_sync(find, limiter=CapacityLimiter(1))
    finally:
        MAKING.release_on_behalf_of(turn)
