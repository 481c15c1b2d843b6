"""The line as a hijacked or dying reader might be: what goes wrong is chosen by the side that is asked for."""
import os
import time
from collections.abc import Callable, Sequence

from sporhund.media.model import Drawn
from sporhund.review import line, messages
from sporhund.review.messages import Answer, Draw

DIES, SAYS_HTML, TOO_LARGE, HANGS = 120, 240, 320, 1111
HTML = b"<html><script>alert(1)</script></html>"


def serve(config: bytes) -> Callable[[bytes, Sequence[int]], bytes]:
    sound = line.serve(messages.encode(messages.Setup()))

    def handle(raw: bytes, files: Sequence[int]) -> bytes:
        ask = messages.decode_request(raw)
        if isinstance(ask, Draw):
            if ask.side == DIES:
                os.abort()
            if ask.side == HANGS:
                time.sleep(3600)
            if ask.side == SAYS_HTML:
                return messages.encode(Answer(drawn=Drawn(HTML, 240, 180, 640, 480)))
            if ask.side == TOO_LARGE:
                return messages.encode(Answer(drawn=Drawn(huge(), 5000, 4000, 5000, 4000)))
        return sound(raw, files)

    return handle


def huge() -> bytes:
    """The header of a JPEG of 5000 x 4000 pixels."""
    return b"\xff\xd8\xff\xc0\x00\x11\x08" + (4000).to_bytes(2, "big") + (5000).to_bytes(2, "big") + b"\x03" * 12 + b"\xff\xd9"
