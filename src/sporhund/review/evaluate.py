"""Measure a pack on one's own pictures: one folder per person. The same way as a case's pictures, and nothing is kept."""
import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from sporhund.errors import EnvironmentFault, Refused, Unreadable
from sporhund.evidence.names import text
from sporhund.faces.evaluate import Pairs, all_pairs, evaluate
from sporhund.jobs.local import Outcome, Task, Workers
from sporhund.packs.model import FloatArray
from sporhund.review import messages
from sporhund.review.hear import heard, lied
from sporhund.review.progress import Progress, Report

SECONDS = 120.0
LEAST_PEOPLE = 20
"""Fewer would be a back door to comparing two faces without a legal basis (DESIGN section 9)."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """One picture of one person."""

    person: str
    path: bytes


def faces(folder: Path, pack: Path, label: str, *, scores: Path | None, report: Report, workers: int) -> dict[str, Any]:
    """The document of `evaluate faces`. Raises Refused `too-few-people`."""
    started = monotonic()
    portraits = list(portraits_in(os.fsencode(folder)))
    people = len({portrait.person for portrait in portraits})
    if people < LEAST_PEOPLE:
        few = f"{text(os.fsencode(folder))} holds pictures of {people} people; at least {LEAST_PEOPLE} are needed."
        raise Refused("too-few-people", few, "One folder for each person, with their pictures in it.")
    vectors: dict[int, FloatArray] = {}
    left_out: dict[int, str] = {}
    for done, (index, found) in enumerate(templates(portraits, pack, workers), start=1):
        if isinstance(found, str):
            left_out[index] = found
        else:
            vectors[index] = found
        report(Progress("reading", files=len(portraits), files_done=done, latest=text(portraits[index].path)))
    used = sorted(vectors)
    who = [portraits[index].person for index in used]
    try:
        measured = evaluate(np.stack([vectors[index] for index in used]), who)
    except ValueError as nothing:
        said = f"Too few pictures could be compared: {nothing}."
        raise Refused("nothing-to-measure", said, "See that each shows a face.") from nothing
    names = [text(os.path.relpath(portrait.path, os.fsencode(folder))) for portrait in portraits]
    if scores is not None:
        write_scores(scores, [names[index] for index in used], all_pairs(np.stack([vectors[index] for index in used]), who))
    return {
        "pack": label, "people": people, "pictures": len(portraits), "no_face": [names[index] for index in sorted(left_out)],
        "left_out": {names[index]: why for index, why in sorted(left_out.items())}, "mated": measured.mated,
        "nonmated": measured.nonmated, "tar_at_far": measured.tar_at_far, "thresholds": measured.thresholds,
        "eer": measured.eer, "rank1": measured.rank1, "det": measured.det, "histogram": measured.histogram,
        "clusters": None, "clusters_state": "not-yet", "seconds": round(monotonic() - started, 3)}


def portraits_in(folder: bytes) -> Iterator[Portrait]:
    """Every file in every sub-folder, in the order of names. Links are not followed."""
    for person in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if person.is_dir(follow_symlinks=False):
            for picture in sorted(os.scandir(person.path), key=lambda entry: entry.name):
                if picture.is_file(follow_symlinks=False):
                    yield Portrait(text(person.name), picture.path)


def templates(portraits: Sequence[Portrait], pack: Path, workers: int) -> Iterator[tuple[int, FloatArray | str]]:
    """Index and template of each picture, or the reason why there is none; as they come."""
    setup = messages.encode(messages.Setup(pack=str(pack)))
    waiting = list(range(len(portraits)))[::-1]
    with Workers("sporhund.review.line", count=workers, config=setup, readable=[pack]) as pool:
        while waiting or pool.busy:
            while waiting and pool.free:
                index = waiting.pop()
                pool.submit(Task(key=str(index), seconds=SECONDS, request=messages.encode(messages.Portray()),
                                 files=partial(opened, portraits[index].path)))
            if pool.busy and (outcome := pool.wait()) is not None:
                yield int(outcome.key), template_or_reason(outcome)


def opened(path: bytes) -> list[int]:
    return [os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)]


def template_or_reason(outcome: Outcome) -> FloatArray | str:
    """The template of the face that the picture is of."""
    try:
        said = heard(outcome)
        if said.portrayed is None:
            raise lied("portrait")
    except Unreadable as exc:
        return exc.message
    if said.portrayed.vector is None:
        return said.portrayed.reason or "the face cannot be compared"
    return np.frombuffer(said.portrayed.vector, "<f4")


def write_scores(out: Path, names: Sequence[str], pairs: Pairs) -> None:
    """Every pair once: picture_a, picture_b, mated, score (cosine)."""
    try:
        with out.open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["picture_a", "picture_b", "mated", "score"])
            for i, j, mated, score in zip(pairs.first, pairs.second, pairs.mated, pairs.scores, strict=True):
                lines.writerow([names[i], names[j], int(mated), f"{score:.6f}"])
    except OSError as fault:
        raise EnvironmentFault("cannot-write", f"{out} cannot be written: {fault.strerror}.", "Name another place.") from fault
