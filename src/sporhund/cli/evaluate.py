"""sporhund evaluate: measure a pack on one's own material."""
from collections.abc import Callable, Mapping
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
@click.option("--clusters", type=click.Path(path_type=Path, dir_okay=False), metavar="CSV",
              help="Write every picture's cluster by the default settings.")
@click.option("--extended", is_flag=True, help="With intervals, figures by size and blur, and a check of the pack's calibration.")
@click.option("--report", "report_to", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write a report of one page and its curves into a new folder.")
@common
def evaluate_faces(out: Output, home: Path | None, folder: Path, pack: str, **wanted: Any) -> None:
    """How well a pack tells people apart. FOLDER holds one folder of pictures for each person, at least 20 people."""
    with opened(home) as place, Display(out.err, quiet=out.as_json) as display:
        data = place.evaluate_faces(folder, pack=pack, report=display, **wanted)
    out.done(data, show_evaluation)


LEFT_OUT = 10
"""Pictures that were not compared and are named; `--json` has all."""


def show_evaluation(console: Console, data: Mapping[str, Any]) -> None:
    def say(line: str) -> None:
        console.print(line, markup=False)

    say(f"{data['pack']}: {data['people']} people, {data['pictures']} pictures, "
        f"{len(data['no_face'])} left out; {data['mated']} mated and {data['nonmated']} non-mated pairs")
    for name, why in list(data["left_out"].items())[:LEFT_OUT]:
        say(f"  left out: {name}: {why}")
    if len(data["left_out"]) > LEFT_OUT:
        say(f"  and {len(data['left_out']) - LEFT_OUT} more: --json names them all")
    sure = data.get("intervals", {})
    for rate, share in data["tar_at_far"].items():
        said = "too few pairs to say" if share is None else f"{share:.1%} of the mated pairs are accepted"
        say(f"  at a false accept rate of {rate}: {said}{between(sure.get(f'tar_at_far {rate}'))}")
    say(f"  equal error rate {data['eer']:.2%}{between(sure.get('eer'))}")
    if data["rank1"] is not None:
        say(f"  the most similar of all other pictures shows the same person: {data['rank1']:.1%}")
    if data["clusters"] is None:
        say(f"  clusters: none, {data['clusters_reason']}")
    else:
        show_clusters(say, data["clusters"], sure)
    for band in data.get("bands", ()):
        say(f"  {band['band']}: equal error rate {band['eer']:.2%} ({band['people']} people, {band['mated']} mated pairs)")
    if "chance" in data:
        show_chance(say, data)
    for file in data.get("report", ())[:1]:
        say(f"Report: {file}")


def show_clusters(say: Callable[[str], None], found: Mapping[str, Any], sure: Mapping[str, Any]) -> None:
    meaning = {"precision": "of the pairs put together, of one person", "recall": "of the pairs of one person, put together"}
    for name, words in meaning.items():
        share = "nothing to say" if found[name] is None else f"{found[name]:.1%}"
        say(f"  clusters by default settings: {words}: {share}{between(sure.get(f'clusters {name}'))}")


def show_chance(say: Callable[[str], None], data: Mapping[str, Any]) -> None:
    check = data["chance"]
    if check is None:
        say(f"  what a score is worth: not checked, {data['chance_reason']}")
        return
    found = check["people_with_expected_at_most_1"]
    say(f"  other people with E <= 1 per probe: {found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f}); it should be 1")


def between(interval: Mapping[str, float] | None) -> str:
    """The interval in brackets."""
    if interval is None:
        return ""
    same = interval["low"] == interval["high"]
    return " (no error seen)" if same else f" (95 %: {interval['low']:.2%} to {interval['high']:.2%})"


for measure in EVALUATIONS:
    evaluate.add_command(measure)

COMMANDS = (evaluate,)
