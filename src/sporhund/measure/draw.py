"""The DET curve and the histogram of scores, as PNG and SVG. The only place where matplotlib is loaded.

Nothing is shown on a screen, fetched, or written elsewhere than into the folders named: letters are drawn as outlines of the font
that comes with matplotlib, and its cache of fonts lies where `prepared` puts it.
"""
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from sporhund.faces.evaluate import Evaluation, Pairs
from sporhund.measure.model import Band

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, OTHER, FAINT = "#1d2d44", "#c8553d", "#9aa5b1"
COLOURS = ("#1b6ca8", "#2a9d8f", "#e9a23b", "#8e5ea2", "#c8553d", "#6b705c")
TICKS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5)
BARS = 60
SIZE_IN = (4.6, 3.3)


def det(figures: Evaluation, bands: Sequence[Band], out: Path, cache: Path) -> None:
    """FNMR over FMR on normal deviates (ISO/IEC 19795-1), all pairs and each band: det.png and det.svg in `out`."""
    lowest = 0.5 / figures.nonmated, 0.5 / figures.mated
    with _figure(out / "det", cache) as axes:
        for number, band in enumerate(bands if len(bands) > 1 else ()):
            _curve(axes, band.figures, COLOURS[number % len(COLOURS)], 1.1, f"{band.name} ({band.people} people)", lowest)
        _curve(axes, figures, INK, 2.0, "all pairs", lowest)
        for axis, limit, least in ((axes.xaxis, axes.set_xlim, lowest[0]), (axes.yaxis, axes.set_ylim, lowest[1])):
            marks = [tick for tick in TICKS if tick >= least]
            axis.set_ticks(ndtri(marks), [f"1 in {round(1 / tick):,}" for tick in marks])
            limit(ndtri(least) - 0.1, ndtri(TICKS[-1]))
        axes.xaxis.set_tick_params(rotation=35)
        axes.set_xlabel("false match rate (two people taken for one)")
        axes.set_ylabel("false non-match rate (one taken for two)")
        axes.legend(frameon=False, fontsize=7)


def histogram(pairs: Pairs, out: Path, cache: Path) -> None:
    """How the scores of mated and of non-mated pairs lie: scores.png and scores.svg in `out`."""
    edges = np.linspace(float(pairs.scores.min()), float(pairs.scores.max()) + 1e-9, BARS + 1)
    with _figure(out / "scores", cache) as axes:
        for mated, colour, words in ((False, FAINT, "two people"), (True, OTHER, "one person")):
            scores = pairs.scores[pairs.mated == mated]
            shares = np.histogram(scores, edges)[0] / len(scores)
            axes.stairs(shares, edges, fill=True, alpha=0.7, color=colour, label=f"{words} ({len(scores):,} pairs)")
        axes.set_xlabel("score (cosine)")
        axes.set_ylabel("share of the pairs")
        axes.legend(frameon=False, fontsize=7)


def _curve(axes: "Axes", figures: Evaluation, colour: str, width: float, label: str, lowest: tuple[float, float]) -> None:
    """Rates below half a pair are drawn as half a pair: there the data end."""
    rates = np.clip(np.array([point[:2] for point in figures.det]), lowest, 1 - 1e-9)
    axes.plot(ndtri(rates[:, 0]), ndtri(rates[:, 1]), color=colour, linewidth=width, label=label)


@contextmanager
def _figure(out: Path, cache: Path) -> Iterator["Axes"]:
    """A figure to draw into; written as PNG and SVG afterwards."""
    matplotlib = _matplotlib(cache)
    from matplotlib.figure import Figure

    with matplotlib.rc_context({
        "font.family": "DejaVu Sans", "font.size": 8, "axes.spines.top": False, "axes.spines.right": False,
        "axes.edgecolor": FAINT, "svg.fonttype": "path", "svg.hashsalt": out.name,
    }):
        figure = Figure(figsize=SIZE_IN, layout="constrained")
        axes = figure.add_subplot()
        axes.grid(color="#e6e9ed", linewidth=0.6)
        axes.set_axisbelow(True)
        yield axes
        figure.savefig(out.with_suffix(".png"), dpi=200, metadata={"Software": None})
        figure.savefig(out.with_suffix(".svg"), metadata={"Date": None, "Creator": None})


def _matplotlib(cache: Path) -> Any:
    """matplotlib, told before it is loaded where its own files may lie."""
    cache.mkdir(parents=True, exist_ok=True)
    os.environ["MPLCONFIGDIR"] = str(cache)  # noqa: TID251 - the one setting that must stand before this import
    os.environ["MPLBACKEND"] = "agg"  # noqa: TID251
    import matplotlib

    return matplotlib
