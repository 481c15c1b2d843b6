"""The files that somebody asked for: scores, clusters, and the folder of the report."""
import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.measure import draw
from sporhund.measure.page import page
from sporhund.measure.service import Outcome
from sporhund.packs.model import Manifest

FILES = ("report.html", "det.png", "det.svg", "scores.png", "scores.svg")


def write_scores(out: Path, outcome: Outcome) -> None:
    """Every pair once: picture_a, picture_b, mated, score (cosine)."""
    names, pairs = _names(outcome), outcome.pairs
    _write(out, ("picture_a", "picture_b", "mated", "score"), (
        (names[i], names[j], int(mated), f"{score:.6f}")
        for i, j, mated, score in zip(pairs.first, pairs.second, pairs.mated, pairs.scores, strict=True)))


def write_clusters(out: Path, outcome: Outcome) -> None:
    """Every picture that could be compared once: picture, cluster (a number; whoever is alone has one of their own)."""
    labels = [] if outcome.labels is None else outcome.labels.tolist()
    _write(out, ("picture", "cluster"), zip(_names(outcome), labels, strict=False))


def require_free(folder: Path) -> None:
    """Raises WrongUsage `folder-not-empty`: a report never overwrites another."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage("folder-not-empty", f"{folder} is not empty.", "Name a new folder.")


def write_report(folder: Path, outcome: Outcome, manifest: Manifest, *, cache: Path, at: datetime, version: str) -> list[Path]:
    """The report and its curves, into a new folder.   cache: where matplotlib may keep its list of fonts.

    Raises EnvironmentFault `cannot-write`.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        draw.det(outcome.measured.pairs, outcome.measured.bands, folder, cache)
        draw.histogram(outcome.pairs, folder, cache)
        plots = [(folder / name).read_text("utf-8") for name in ("det.svg", "scores.svg")]
        (folder / "report.html").write_text(page(outcome, manifest, plots, at=at, version=version), "utf-8")
    return [folder / name for name in FILES]


def _names(outcome: Outcome) -> list[str]:
    return [outcome.looked.names[index] for index in outcome.looked.used]


def _write(out: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with _writing(out), out.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(head)
        lines.writerows(rows)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise EnvironmentFault("cannot-write", f"{out} cannot be written: {fault.strerror}.", "Name another place.") from fault
