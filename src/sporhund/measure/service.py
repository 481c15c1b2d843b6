"""The shell around measuring: read, refuse what is too little, measure. Who may do it and that it is logged, further up."""
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from sporhund.errors import Refused
from sporhund.evidence.names import text
from sporhund.faces.calibration import calibration_of
from sporhund.faces.evaluate import Pairs, all_pairs, evaluate_pairs
from sporhund.measure import figures, rules
from sporhund.measure.clusters import clusters
from sporhund.measure.model import Measured, Picture, Usable
from sporhund.measure.pictures import pictures_in, templates
from sporhund.packs.model import Manifest
from sporhund.review.progress import Progress, Report

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Looked:
    """A folder of people after every picture was read."""

    names: tuple[str, ...]          #: of each picture, within the folder
    people: tuple[str, ...]         #: whose each picture is
    left_out: dict[int, str]        #: pictures that cannot be compared, and why
    used: tuple[int, ...]           #: the others
    usable: tuple[Usable, ...]      #: of each used one
    vectors: NDArray[np.float32]    #: (used, dimensions)

    @property
    def who(self) -> list[str]:
        """The person of each used picture."""
        return [self.people[index] for index in self.used]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured, and what it was measured on."""

    looked: Looked
    pairs: Pairs
    labels: IntArray | None         #: cluster of each used picture
    measured: Measured
    seconds: float


def faces(folder: Path, pack: Path, manifest: Manifest, *, extended: bool, report: Report, workers: int) -> Outcome:
    """Measure a pack on one folder of pictures for each person.

    extended: with intervals, bands and the check of chance.
    Raises Refused `too-few-people`, `nothing-to-measure`.
    """
    started = monotonic()
    pictures = list(pictures_in(os.fsencode(folder)))
    _require_folders(pictures, folder)
    looked = _look(pictures, folder, pack, workers, report)
    rules.require_people(figures.by_person(looked.who, looked.usable), strangers=_strangers(looked, manifest))
    pairs = all_pairs(looked.vectors, looked.who)
    labels = clusters(looked.vectors, looked.usable, manifest)
    measured = _measured(looked, pairs, labels, pack, manifest, extended=extended)
    return Outcome(looked, pairs, labels, measured, round(monotonic() - started, 3))


def _require_folders(pictures: Sequence[Picture], folder: Path) -> None:
    """Before anything is read: fewer folders than people are needed cannot be enough."""
    people = len({picture.person for picture in pictures})
    if people < rules.LEAST_PEOPLE:
        few = f"{text(os.fsencode(folder))} holds pictures of {people} people; at least {rules.LEAST_PEOPLE} are needed."
        raise Refused("too-few-people", few, "One folder for each person, with their pictures in it.")


def _look(pictures: Sequence[Picture], folder: Path, pack: Path, workers: int, report: Report) -> Looked:
    found: dict[int, Usable] = {}
    left_out: dict[int, str] = {}
    for done, (index, said) in enumerate(templates(pictures, pack, workers), start=1):
        if isinstance(said, str):
            left_out[index] = said
        else:
            found[index] = said
        report(Progress("reading", files=len(pictures), files_done=done, latest=text(pictures[index].path)))
    used = tuple(sorted(found))
    names = tuple(text(os.path.relpath(picture.path, os.fsencode(folder))) for picture in pictures)
    vectors = np.stack([found[index].vector for index in used]) if used else np.zeros((0, 1), np.float32)
    return Looked(names, tuple(picture.person for picture in pictures), dict(sorted(left_out.items())), used,
                  tuple(found[index] for index in used), vectors)


def _strangers(looked: Looked, manifest: Manifest) -> float:
    """Mean score of two people: as the pack states it, else as it is here."""
    if manifest.clustering is not None:
        return manifest.clustering.centre
    scores = looked.vectors @ looked.vectors.T
    return float(np.median(scores)) if scores.size else 0.0


def _measured(
    looked: Looked, pairs: Pairs, labels: IntArray | None, pack: Path, manifest: Manifest, *, extended: bool,
) -> Measured:
    people = figures.numbered(looked.who)
    try:
        plain = evaluate_pairs(pairs, len(looked.used))
    except ValueError as nothing:
        said = f"Too few pictures could be compared: {nothing}."
        raise Refused("nothing-to-measure", said, "Two pictures of some of the people are needed.") from nothing
    grouping = None if labels is None else figures.grouping(pairs, labels)
    count = int(people.max()) + 1
    if not extended:
        return Measured(count, plain, grouping)
    checked = figures.chance_check(looked.vectors, people, looked.usable, calibration_of(pack, manifest))
    return Measured(
        count, plain, grouping, figures.intervals(pairs, people, labels), figures.bands(pairs, people, looked.usable),
        None if isinstance(checked, str) else checked, checked if isinstance(checked, str) else None)
