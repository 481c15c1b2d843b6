"""sporhund evaluate: measure a pack on one's own material."""
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sporhund.cli.context import common, opened
from sporhund.cli.later import EVALUATIONS
from sporhund.cli.output import Output
from sporhund.cli.progress import Display


@click.group()
def evaluate() -> None:
    """Measure Sporhund on one's own material. Nothing is kept but the audit event."""


@evaluate.command("faces")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--pack", default="base", show_default=True)
@click.option("--scores", type=click.Path(path_type=Path, dir_okay=False), metavar="CSV", help="Write every pair's score.")
@common
def evaluate_faces(out: Output, home: Path | None, folder: Path, pack: str, scores: Path | None) -> None:
    """How well a pack tells people apart. FOLDER holds one folder of pictures for each person, at least 20 people."""
    with opened(home) as place, Display(out.err, quiet=out.as_json) as display:
        data = place.evaluate_faces(folder, pack=pack, scores=scores, report=display)
    out.done(data, show_evaluation)


def show_evaluation(console: Console, data: Mapping[str, Any]) -> None:
    console.print(f"{data['pack']}: {data['people']} people, {data['pictures']} pictures, "
                  f"{len(data['no_face'])} left out; {data['mated']} mated and {data['nonmated']} non-mated pairs", markup=False)
    for rate, share in data["tar_at_far"].items():
        said = "too few pairs to say" if share is None else f"{share:.1%} of the mated pairs are accepted"
        console.print(f"  at a false accept rate of {rate}: {said}", markup=False)
    console.print(f"  equal error rate {data['eer']:.2%}", markup=False)
    console.print(f"  the most similar of all other pictures shows the same person: {data['rank1']:.1%}", markup=False)


for measure in EVALUATIONS:
    evaluate.add_command(measure)

COMMANDS = (evaluate,)
