"""Measuring on one's own material: who may, what is logged, what is written."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sporhund
from sporhund.access import gate
from sporhund.api.choices import processors, refuse_overwriting
from sporhund.api.documents import Document
from sporhund.errors import Refused, WrongUsage
from sporhund.measure import service, takeout
from sporhund.measure.document import document
from sporhund.review.progress import Report

if TYPE_CHECKING:
    from sporhund.api.packs import PackActs

ACT = "evaluate faces"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for besides the figures."""

    extended: bool = False           #: intervals, bands, the check of chance
    scores: Path | None = None       #: CSV of every pair
    clusters: Path | None = None     #: CSV of every picture's cluster
    report_to: Path | None = None    #: new folder for the report of one page and its curves


def evaluate_faces(place: "PackActs", folder: Path, pack: str, wanted: Wanted, report: Report) -> Document:
    """The document of `evaluate faces`. Nothing is kept but the event in the log.

    Raises Refused `too-few-people`, `nothing-to-measure`; WrongUsage `no-clustering`, or where something would be overwritten.
    """
    for out in (wanted.scores, wanted.clusters):
        if out is not None:
            refuse_overwriting(out)
    if wanted.report_to is not None:
        takeout.require_free(wanted.report_to)
    gate.check(ACT, **place.hands)
    models, manifest = place.pack(pack, lambda said: None)
    if wanted.clusters is not None and manifest.clustering is None:
        raise WrongUsage("no-clustering", f"{manifest.label} states no clustering: it makes none.", "Name another pack.")
    extended = wanted.extended or wanted.report_to is not None
    told: dict[str, Any] = {"pack": manifest.label, "folder": str(folder)}
    with _refusals_logged(place, told):
        outcome = service.faces(folder, models, manifest, extended=extended, report=report, workers=processors())
    said = document(manifest.label, outcome, extended=extended)
    with gate.act(ACT, **place.hands, **told) as doing:
        doing.tell(people=said["people"], pictures=said["pictures"], written=_written(wanted))
    if wanted.scores is not None:
        takeout.write_scores(wanted.scores, outcome)
    if wanted.clusters is not None:
        takeout.write_clusters(wanted.clusters, outcome)
    if wanted.report_to is not None:
        files = takeout.write_report(
            wanted.report_to, outcome, manifest, cache=place.settings.fonts, at=doing.at, version=sporhund.__version__)
        said["report"] = [str(file) for file in files]
    return said


@contextmanager
def _refusals_logged(place: "PackActs", told: dict[str, Any]) -> Iterator[None]:
    """Measuring takes minutes and is no transaction; that it was refused is logged all the same."""
    try:
        yield
    except Refused:
        with gate.act(ACT, **place.hands, **told):
            raise


def _written(wanted: Wanted) -> list[str]:
    return [str(out) for out in (wanted.scores, wanted.clusters, wanted.report_to) if out is not None]
