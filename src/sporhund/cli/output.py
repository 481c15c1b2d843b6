"""What goes to standard output: one JSON document, or text for people. Messages and progress go to standard error."""
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sporhund import __version__
from sporhund.errors import SporhundError
from sporhund.evidence.names import printable


@dataclass
class Output:
    """Where one command writes, and how."""

    command: str
    as_json: bool
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self.err = Console(stderr=True, highlight=False)

    def warn(self, message: str) -> None:
        """Said at once to people, and kept for the document."""
        self.warnings.append(message)
        if not self.as_json:
            self.err.print(f"[yellow]Note:[/yellow] {escape(message)}")

    def say(self, message: str) -> None:
        """What goes on: for people alone."""
        if not self.as_json:
            self.err.print(message, style="dim", markup=False)

    def done(self, data: Mapping[str, Any], show: Callable[[Console, Mapping[str, Any]], None]) -> None:
        """The result: as a document, or shown."""
        if self.as_json:
            self._document({"ok": True, "data": data})
        else:
            show(self.out, data)

    def failed(self, error: SporhundError) -> None:
        """One line what happened, one line what to do."""
        said: dict[str, Any] = {"code": error.code, "message": error.message, "hint": error.hint}
        if error.data is not None:
            said["data"] = error.data
        if self.as_json:
            self._document({"ok": False, "error": said})
            return
        self.err.print(f"[bold red]{error.code}:[/bold red] {escape(error.message)}")
        if error.hint:
            self.err.print(f"  {escape(error.hint)}")

    def _document(self, rest: Mapping[str, Any]) -> None:
        document = {"sporhund": __version__, "command": self.command, **rest, "warnings": self.warnings}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str, allow_nan=False) + "\n")
        sys.stdout.flush()      # who reads it may wait for it while the command goes on: `serve`


def table(console: Console, title: str, columns: Iterable[str], lines: Iterable[Iterable[object]]) -> None:
    """A table on a terminal; tab-separated lines elsewhere. No name of the evidence can steer the terminal or forge a line."""
    rows = [["" if cell is None else printable(str(cell)) for cell in line] for line in lines]
    names = list(columns)
    if not console.is_terminal:
        if title:
            console.print(title, markup=False)
        for line in [names, *rows]:
            console.print("\t".join(line), markup=False, soft_wrap=True)
        return
    drawn = Table(title=title or None, title_justify="left", title_style="bold", box=None, header_style="bold", pad_edge=False)
    for name in names:
        drawn.add_column(name, overflow="fold")
    for line in rows:
        drawn.add_row(*(escape(cell) for cell in line))
    console.print(drawn)


def clock(seconds: float) -> str:
    """1:02:03.4 or 2:03.4"""
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{int(hours)}:{int(minutes):02d}:{left:04.1f}" if hours >= 1 else f"{sign}{int(minutes)}:{left:04.1f}"


def length(seconds: float) -> str:
    """For people: 40 s, 2 min 29 s, 3 h 07 min. Cut, never rounded up."""
    whole = int(seconds)
    if whole < 90:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(count: float) -> str:
    """1.2 GB"""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
