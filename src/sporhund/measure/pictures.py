"""The pictures of a folder of people, read in confined workers the same way as a case's: one template for each."""
import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sporhund.errors import Unreadable
from sporhund.evidence.names import text
from sporhund.jobs.local import Outcome, Task, Workers
from sporhund.measure.model import Picture, Usable
from sporhund.review import messages
from sporhund.review.hear import heard, lied

SECONDS = 120.0
CHUNK = 1 << 20


def pictures_in(folder: bytes) -> Iterator[Picture]:
    """Every file in every sub-folder, in the order of names. Links are not followed."""
    for person in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if person.is_dir(follow_symlinks=False):
            for picture in sorted(os.scandir(person.path), key=lambda entry: entry.name):
                if picture.is_file(follow_symlinks=False):
                    yield Picture(text(person.name), picture.path)


def templates(pictures: Sequence[Picture], pack: Path, workers: int) -> Iterator[tuple[int, Usable | str]]:
    """Index of each picture and what was made of it, or the reason why it cannot be compared; as they come."""
    setup = messages.encode(messages.Setup(pack=str(pack)))
    waiting = list(range(len(pictures)))[::-1]
    with Workers("sporhund.review.line", count=workers, config=setup, readable=[pack]) as pool:
        while waiting or pool.busy:
            while waiting and pool.free:
                index = waiting.pop()
                pool.submit(Task(key=str(index), seconds=SECONDS, request=messages.encode(messages.Portray()),
                                 files=partial(_opened, pictures[index].path)))
            if pool.busy and (outcome := pool.wait()) is not None:
                index = int(outcome.key)
                yield index, _usable_or_reason(outcome, pictures[index].path)


def _opened(path: bytes) -> list[int]:
    return [os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)]


def _usable_or_reason(outcome: Outcome, path: bytes) -> Usable | str:
    try:
        said = heard(outcome).portrayed
        if said is None:
            raise lied("portrait")
    except Unreadable as exc:
        return exc.message
    if said.vector is None or said.shot is None:
        return said.reason or "the face cannot be compared"
    vector = np.frombuffer(said.vector, "<f4")
    return Usable(vector, said.shot.box[2], said.shot.sharpness, _digest(path))


def _digest(path: bytes) -> bytes:
    """SHA-256 of the file."""
    digest = hashlib.sha256()
    [descriptor] = _opened(path)
    with open(descriptor, "rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.digest()
