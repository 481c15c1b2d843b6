"""Workers that take members out as a hijacked or dying reader might. The configuration says how."""
import os
from collections.abc import Callable, Sequence

from sporhund.review import line, messages, parcels
from sporhund.review.messages import Answer, ExtractMembers

WHOLE = b"x" * 10
TROUBLED = 2               #: the index of the member over which it goes wrong


def serve(config: bytes) -> Callable[[bytes, Sequence[int]], bytes]:
    def handle(raw: bytes, files: Sequence[int]) -> bytes:
        ask = messages.decode_request(raw)
        if not isinstance(ask, ExtractMembers):
            return line.serve(messages.encode(messages.Setup()))(raw, files)
        for index in ask.indices:
            if index == TROUBLED:
                go_wrong(config, files[1])
            parcels.send(files[1], [iter([WHOLE])])
        return messages.encode(Answer(extracted=len(ask.indices)))

    return handle


def go_wrong(how: bytes, pipe: int) -> None:
    match how:
        case b"die":
            os.write(pipe, parcels._HEADER.pack(parcels.DATA, 10) + b"xxx")
            os.abort()
        case b"grow":
            parcels.send(pipe, [iter([b"y" * 11])])
        case b"claim":
            os.write(pipe, parcels._HEADER.pack(parcels.DATA, 0xFFFFFFFF))
        case b"babble":
            os.write(pipe, b"\xff" * 100)
        case b"explain":
            os.write(pipe, parcels._HEADER.pack(parcels.FAILED, 5) + b"words")
        case b"leave":
            raise RuntimeError("gone for lunch")
