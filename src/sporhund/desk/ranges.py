"""Bytes of which a browser asks for parts: which part it wants (pure), and the answer that gives it in pieces."""
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from anyio import to_thread
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

PIECE = 256 << 10
"""Bytes read at once: one second of most surveillance video; a browser that goes away has cost no more than this."""
_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Bytes:
    """What can be had in parts. `read(start, length)` gives at most so many bytes; `close` is called exactly once."""

    size: int
    content_type: str
    etag: str
    read: Callable[[int, int], bytes]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) bytes of the whole."""

    start: int
    end: int


def wanted(header: str | None, size: int) -> Span | None:
    """The span that a Range header asks for; None for the whole. Raises ValueError where nothing of it is there.

    What is no single range of bytes is answered with the whole, as HTTP has it.
    """
    found = _ONE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        count = int(found[2])
        if count == 0 or size == 0:
            raise ValueError("an empty range")
        return Span(max(0, size - count), size)
    start, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < start:
        return None
    if start >= size:
        raise ValueError("behind the end")
    return Span(start, min(last + 1, size))


def answer(of: Bytes, asked: str | None, if_range: str | None, headers: dict[str, str]) -> Response:
    """206 with the part, 200 with the whole, 416 where there is nothing. A part of other bytes than before is the whole again."""
    tag = f'"{of.etag}"'
    told = {**headers, "accept-ranges": "bytes", "etag": tag}
    if if_range is not None and if_range.strip() != tag:
        asked = None
    try:
        span = wanted(asked, of.size)
    except ValueError:
        of.close()
        return Response(status_code=416, headers={**told, "content-range": f"bytes */{of.size}"})
    part = span or Span(0, of.size)
    told["content-length"] = str(part.end - part.start)
    if span is not None:
        told["content-range"] = f"bytes {part.start}-{part.end - 1}/{of.size}"
    return _Pieces(of, part, 206 if span is not None else 200, told)


class _Pieces(StreamingResponse):
    """Piece by piece; what was opened is closed when all was sent, and when the browser goes away."""

    def __init__(self, of: Bytes, part: Span, status: int, headers: dict[str, str]) -> None:
        super().__init__(_pieces(of, part), status, headers, of.content_type)
        self._close = of.close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


async def _pieces(of: Bytes, part: Span) -> AsyncIterator[bytes]:
    at = part.start
    while at < part.end:
        piece = await to_thread.run_sync(of.read, at, min(PIECE, part.end - at))
        if not piece:                    # shorter than when it was opened: the browser sees an answer cut off, never other bytes
            return
        yield piece
        at += len(piece)
