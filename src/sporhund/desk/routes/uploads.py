"""Files that come through the browser: announced, streamed to the disk, told how they stand."""
from contextlib import AbstractContextManager
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import see
from sporhund.errors import Unreadable

router = APIRouter()
Uploader = Annotated[Ask, Depends(Door("upload"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-z_]{1,64}$")]
BLOCK = 1 << 20
"""Bytes gathered before they are handed to the disk: the network brings 64 kB at a time."""


class Announced(BaseModel):
    """A file that a browser is about to send."""

    name: str = Field(min_length=1, max_length=4000, description="its path within what was chosen")
    bytes: int = Field(ge=0, le=1 << 50)
    batch: str | None = Field(None, max_length=60, description="files that are taken in together; none: a new one")


@router.post("/case/{case_id}/uploads.json")
def announce(ask: Uploader, file: Announced) -> Response:
    """Say that a file comes. `upload` of the answer is what its bytes are sent to."""
    uploads = ask.case.work.uploads
    return JSONResponse(uploads.begin(file.batch or uploads.new_batch(), file.name, file.bytes))


@router.get("/case/{case_id}/uploads/{upload}.json")
def show(ask: Annotated[Ask, Depends(Door("case open"))], upload: Id) -> Response:
    """How it stands: for a page that was cut off."""
    return JSONResponse(ask.case.work.uploads.show(upload))


@router.post("/case/{case_id}/uploads/{upload}/give-up.json")
def give_up(ask: Uploader, upload: Id) -> Response:
    """A file that was announced will not come."""
    return JSONResponse(ask.case.work.uploads.give_up(upload))


@router.post("/case/{case_id}/uploads/{upload}/give-up")
def give_up_on_page(ask: Uploader, upload: Id) -> Response:
    """As `give_up`, of a page without its script; the batch is shown again."""
    gone = ask.case.work.uploads.give_up(upload)
    return see(f"/case/{ask.case_id}/intake?from=files&batch={gone['batch']}")


@router.put("/case/{case_id}/uploads/{upload}")
async def receive(ask: Uploader, upload: Id) -> Response:
    """Take its bytes as they come: they are hashed and written block by block and never held as a whole."""
    case = await run_in_threadpool(lambda: ask.case)
    whole = case.work.uploads.receive(upload)
    into = await run_in_threadpool(whole.__enter__)
    held = bytearray()
    try:
        try:
            async for part in ask.request.stream():
                held += part
                if len(held) >= BLOCK:
                    await run_in_threadpool(into.take, bytes(held))
                    held.clear()
        finally:
            await run_in_threadpool(into.take, bytes(held))
    except BaseException as fault:
        await _broken(whole, fault)
        if isinstance(fault, ClientDisconnect):
            raise Unreadable("upload-cut", "The connection ended before the whole file had come.",
                             "Send this file again: what had come of it was removed.") from fault
        raise
    await run_in_threadpool(whole.__exit__, None, None, None)
    return JSONResponse(await run_in_threadpool(case.work.uploads.show, upload))


async def _broken(whole: AbstractContextManager[Any], fault: BaseException) -> None:
    """The upload is over, whatever ended it: also when the desk itself is closed while a file comes."""
    with anyio.CancelScope(shield=True):
        await run_in_threadpool(whole.__exit__, type(fault), fault, fault.__traceback__)
