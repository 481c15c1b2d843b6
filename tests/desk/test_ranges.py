"""Parts of bytes, as browsers ask for them; and what was opened is closed, whatever happens."""
import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from sporhund.desk.ranges import PIECE, Bytes, Span, answer, wanted

SIZES = st.integers(1, 10_000)


class Held:
    """Bytes that know how often they were closed and how much was read of them."""

    def __init__(self, content: bytes) -> None:
        self.content, self.closed, self.read = content, 0, 0

    def bytes(self) -> Bytes:
        return Bytes(len(self.content), "video/mp4", "abc", self._read, self._close)

    def _read(self, start: int, length: int) -> bytes:
        part = self.content[start:start + length]
        self.read += len(part)
        return part

    def _close(self) -> None:
        self.closed += 1


def sent(response: Response, *, leaves_after: int | None = None) -> bytes:
    """The body that a browser got; it goes away after so many pieces."""
    got: list[bytes] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        got.append(message.get("body", b""))
        if leaves_after is not None and len(got) > leaves_after:
            gone.set()
            await asyncio.sleep(0.05)

    async def run() -> None:
        await response({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)

    asyncio.run(run())
    return b"".join(got)


@given(SIZES, st.data())
def test_a_range_inside_is_given_as_it_was_asked_for(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))

    assert wanted(f"bytes={first}-{last}", size) == Span(first, last + 1)


@given(SIZES, st.integers(0, 20_000), st.integers(0, 20_000))
def test_no_range_leaves_the_bytes_that_are_there(size: int, first: int, last: int) -> None:
    try:
        span = wanted(f"bytes={first}-{last}", size)
    except ValueError:
        assert first >= size
        return
    assert span is None or 0 <= span.start < span.end <= size


@given(SIZES, st.integers(1, 20_000))
def test_the_last_bytes_can_be_asked_for(size: int, count: int) -> None:
    assert wanted(f"bytes=-{count}", size) == Span(max(0, size - count), size)


@given(st.text(max_size=30), SIZES)
def test_nonsense_is_answered_with_the_whole_or_refused_and_never_an_error(said: str, size: int) -> None:
    try:
        span = wanted(said, size)
    except ValueError:
        return
    assert span is None or 0 <= span.start < span.end <= size


def test_several_ranges_at_once_are_answered_with_the_whole() -> None:
    assert wanted("bytes=0-1,4-5", 10) is None


@pytest.mark.parametrize("said", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_had(said: str) -> None:
    held = Held(b"0123456789")

    response = answer(held.bytes(), said, None, {})

    assert (response.status_code, response.headers["content-range"], held.closed) == (416, "bytes */10", 1)


def test_a_part_says_where_it_lies_and_is_closed_when_it_was_sent() -> None:
    held = Held(b"0123456789")

    response = answer(held.bytes(), "bytes=2-4", None, {"x-of": "us"})

    assert sent(response) == b"234"
    assert (response.status_code, response.headers["content-range"], response.headers["content-length"]) == (
        206, "bytes 2-4/10", "3")
    assert (response.headers["x-of"], response.headers["content-type"], held.closed) == ("us", "video/mp4", 1)


def test_a_part_of_what_has_changed_since_is_the_whole_again() -> None:
    held = Held(b"0123456789")

    same = answer(held.bytes(), "bytes=2-4", '"abc"', {})
    other = answer(held.bytes(), "bytes=2-4", '"older"', {})

    assert (same.status_code, other.status_code, sent(other)) == (206, 200, b"0123456789")


def test_a_browser_that_goes_away_costs_no_more_than_a_few_pieces() -> None:
    held = Held(bytes(40 * PIECE))

    sent(answer(held.bytes(), None, None, {}), leaves_after=2)

    assert held.closed == 1
    assert held.read <= 5 * PIECE


def test_what_is_shorter_than_it_was_ends_and_is_closed() -> None:
    held = Held(b"0123456789")
    of = held.bytes()
    held.content = b"0123"

    assert sent(answer(of, None, None, {})) == b"0123"
    assert held.closed == 1
