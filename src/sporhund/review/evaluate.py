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
from sporhund.faces.evaluate import Measured, measure
from sporhund.faces.rules import template_of
from sporhund.jobs.local import Task, Workers
from sporhund.media.model import Kind
from sporhund.packs.model import FloatArray
from sporhund.review import drive, messages, plan
from sporhund.review.messages import Examine
from sporhund.review.model import Findings, Plan, Unit
from sporhund.review.progress import Progress, Report
from sporhund.tracks.model import Track

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
        raise Refused("too-few-people", f"{text(os.fsencode(folder))} holds pictures of {people} people; at least {LEAST_PEOPLE} are needed.",
                      "One folder for each person, with their pictures in it.")
    vectors: dict[int, FloatArray] = {}
    left_out: dict[int, str] = {}
    for done, (index, found) in enumerate(templates(portraits, pack, label, workers), start=1):
        if isinstance(found, str):
            left_out[index] = found
        else:
            vectors[index] = found
        report(Progress("reading", files=len(portraits), files_done=done, latest=text(portraits[index].path)))
    used = sorted(vectors)
    measured = measure(np.stack([vectors[i] for i in used]) if used else np.zeros((0, 1), np.float32), [portraits[i].person for i in used])
    names = [text(os.path.relpath(portrait.path, os.fsencode(folder))) for portrait in portraits]
    if scores is not None:
        write_scores(scores, [names[i] for i in used], [portraits[i].person for i in used], np.stack([vectors[i] for i in used]))
    return document(label, people, len(portraits), {names[i]: why for i, why in sorted(left_out.items())}, measured, monotonic() - started)


def document(label: str, people: int, pictures: int, left_out: dict[str, str], measured: Measured, seconds: float) -> dict[str, Any]:
    """As in the contract."""
    return {
        "pack": label, "people": people, "pictures": pictures, "no_face": list(left_out), "left_out": left_out,
        "mated": measured.mated, "nonmated": measured.nonmated, "tar_at_far": dict(measured.tar_at_far), "eer": measured.eer,
        "rank1": measured.rank1, "clusters": None, "clusters_state": "not-yet", "seconds": round(seconds, 3)}


def portraits_in(folder: bytes) -> Iterator[Portrait]:
    """Every file in every sub-folder, in the order of names. Links are not followed."""
    for person in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if person.is_dir(follow_symlinks=False):
            for picture in sorted(os.scandir(person.path), key=lambda entry: entry.name):
                if picture.is_file(follow_symlinks=False):
                    yield Portrait(text(person.name), picture.path)


def templates(portraits: Sequence[Portrait], pack: Path, label: str, workers: int) -> Iterator[tuple[int, FloatArray | str]]:
    """Index and template of each picture, or the reason why there is none; as they come."""
    asked = Plan(("face",), plan.sampling("normal"), label, templates=True)
    setup = messages.encode(messages.Setup(pack=str(pack)))
    waiting = list(range(len(portraits)))[::-1]
    with Workers("sporhund.review.line", count=workers, config=setup, readable=[pack]) as pool:
        while waiting or pool.busy:
            while waiting and pool.free:
                index = waiting.pop()
                pool.submit(Task(
                    key=str(index), seconds=120.0, request=messages.encode(Examine(Unit(str(index), Kind.STILL), asked)),
                    files=partial(opened, portraits[index].path)))
            if pool.busy and (outcome := pool.wait()) is not None:
                yield int(outcome.key), template_or_reason(drive.reply(outcome))


def opened(path: bytes) -> list[int]:
    return [os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)]


def template_or_reason(said: Findings | Unreadable | tuple[str, str]) -> FloatArray | str:
    """The template of the face that the picture is of: the largest, near the middle."""
    if isinstance(said, Unreadable):
        return said.message
    if isinstance(said, tuple):
        return said[1]
    tracks = [track for result in said.results for track in result.tracks if track.kind == "face"]
    if not tracks:
        return "no face was found"
    width, height = said.coverage.sizes[0]
    main = max(tracks, key=lambda track: prominence(track, width, height))
    if not main.embeddings:
        return main.reason or "the face cannot be compared"
    return template_of(main.embeddings)[0].astype(np.float32)


def prominence(track: Track, width: float, height: float) -> float:
    """Large and central: area of the box, less where its middle lies towards the edge."""
    x, y, w, h = track.best[0].box
    off = max(abs(x + w / 2 - width / 2) / width, abs(y + h / 2 - height / 2) / height)
    return w * h * (1.0 - off)


def write_scores(out: Path, names: Sequence[str], people: Sequence[str], vectors: FloatArray) -> None:
    """Every pair once: picture_a, picture_b, mated, score (cosine)."""
    try:
        with out.open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["picture_a", "picture_b", "mated", "score"])
            for i in range(len(names)):
                row = vectors[i + 1:] @ vectors[i]
                lines.writerows([names[i], names[j], int(people[i] == people[j]), f"{row[j - i - 1]:.6f}"] for j in range(i + 1, len(names)))
    except OSError as fault:
        raise EnvironmentFault("cannot-write", f"{out} cannot be written: {fault.strerror}.", "Name another place.") from fault
