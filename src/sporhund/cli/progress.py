"""Progress on a terminal: files, video time, rate, time left with its uncertainty. Plain lines where there is no terminal."""
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from sporhund.cli.output import length, size
from sporhund.evidence.names import printable
from sporhund.review.progress import Progress

STAGES = {"intake": "Taking in", "reading": "Reading", "looking": "Looking"}
PLAIN_EVERY_S = 10.0


class Display:
    """Shows the progress of one run on standard error. A callable: `review` reports to it."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console, self._quiet = console, quiet
        self._live = Live(console=console, refresh_per_second=8, transient=True) if console.is_terminal and not quiet else None
        self._said = time.monotonic()
        self._stage = ""

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, progress: Progress) -> None:
        if self._live:
            self._live.update(drawing(progress))
        elif not self._quiet and (progress.stage != self._stage or time.monotonic() - self._said > PLAIN_EVERY_S):
            self._said, self._stage = time.monotonic(), progress.stage
            self._console.print(sentence(progress), markup=False)


def sentence(progress: Progress) -> str:
    """One line: what, how far, how fast, how long still."""
    said = [STAGES.get(progress.stage, progress.stage)]
    if progress.stage == "looking":
        said.append(f"{progress.units_done} of {progress.units} parts")
        if progress.video_s:
            said.append(f"{length(progress.video_done_s)} of {length(progress.video_s)} video")
        if progress.wall_s > 1 and progress.video_done_s:
            said.append(f"{progress.video_done_s / progress.wall_s:.1f} times real time")
        said.append(f"{progress.tracks} tracks")
    else:
        said.append(f"{progress.files_done} of {progress.files} files")
        if progress.bytes_done:
            said.append(size(progress.bytes_done))
    if progress.left:
        said.append(between(*progress.left))
    return " · ".join(said)


def between(least: float, most: float) -> str:
    """Time left with its uncertainty."""
    if most < 5:
        return "nearly done"
    low, high = coarse(least), coarse(most)
    return f"{low} left" if low == high else f"{low} to {high} left"


def coarse(seconds: float) -> str:
    """A length that is not known to the second."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def drawing(progress: Progress) -> Table:
    """A bar above the sentence."""
    done, total = (progress.units_done, progress.units) if progress.stage == "looking" else (progress.files_done, progress.files)
    grid = Table.grid(padding=(0, 1))
    grid.add_row(ProgressBar(total=max(total, 1), completed=done, width=40), escape(sentence(progress)))
    if progress.latest:
        grid.add_row("", f"[dim]{escape(printable(progress.latest[-70:]))}[/dim]")
    return grid
