"""Draw demo.svg anew: `.venv/bin/python docs/pictures/draw.py`.

Runs the demo in a passing home and renders what a terminal shows: the command, the account and the first lines of each part.
The picture loads no font and nothing else from anywhere.
"""
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from sporhund.cli.demo import show

HERE = Path(__file__).resolve().parent
COLUMNS = 112
PLACES = 2  # lines per kind, where a terminal shows more

# The desk's colours: ground, text; then the sixteen of a terminal.
THEME = TerminalTheme((20, 23, 26), (215, 220, 225), [
    (46, 52, 58), (229, 130, 122), (127, 182, 133), (224, 164, 88),
    (138, 164, 214), (192, 139, 196), (111, 179, 210), (215, 220, 225)])

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="Terminal: sporhund demo">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px;
  line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    summary = demo()
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor",
                      highlight=False)
    console.print("$ sporhund demo", style="bold cyan")
    show.show_summary(console, {"summary": summary})
    svg = console.export_svg(title="", theme=THEME, code_format=SVG, unique_id="demo")
    (HERE / "demo.svg").write_text(svg, encoding="utf-8")


def demo() -> str:
    """The summary of a demo run now, with fewer lines for each kind."""
    program = f"""
from sporhund.cli.demo import show
from sporhund.cli.main import main
show.PLACES = {PLACES}
main(["demo", "--json"])
"""
    with tempfile.TemporaryDirectory(prefix="sporhund-picture-") as home:
        environment = {**os.environ, "SPORHUND_HOME": home}  # noqa: TID251 - handed on
        done = subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, check=False)
    return str(json.loads(done.stdout)["data"]["summary"])


if __name__ == "__main__":
    main()
