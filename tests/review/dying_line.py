"""The line with a trap: the worker dies whenever it has decoded the moment 12.0 s of a video."""
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sporhund.review import line

DEADLY_S = 12.0
_open_media = line.open_media


class Deadly:
    def __init__(self, media: Any) -> None:
        self._media = media

    def __iter__(self) -> Iterator[Any]:
        for frame in self._media:
            if frame.t >= DEADLY_S and not frame.warmup and frame.t < DEADLY_S + 1:
                os.abort()
            yield frame

    def __getattr__(self, name: str) -> Any:
        return getattr(self._media, name)


@contextmanager
def open_media(*arguments: Any) -> Iterator[Any]:
    with _open_media(*arguments) as media:
        yield Deadly(media)


def serve(config: bytes) -> Callable[[bytes, Sequence[int]], bytes]:
    line.open_media = open_media
    return line.serve(config)
