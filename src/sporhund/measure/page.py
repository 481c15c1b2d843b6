"""One page that an agency can put into its file: what was measured, on whom, how sure it is, and what it does not say. Pure.

Plain HTML without a script and with nothing outside of itself; prints on one sheet of A4.
"""
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from sporhund.measure.model import Band, ChanceCheck, Interval, Measured
from sporhund.measure.service import Outcome
from sporhund.packs.model import Manifest

STYLE = """
@page { size: A4; margin: 9mm 13mm }
* { box-sizing: border-box }
body { font: 8.2pt/1.27 "Liberation Sans", Arial, sans-serif; color: #1d2d44; max-width: 184mm; margin: 0 auto }
h1 { font-size: 14pt; margin: 0 } h2 { font-size: 9.4pt; margin: 2.2mm 0 0.8mm; border-bottom: 0.3mm solid #c9d1d9 }
p { margin: 0.8mm 0 } ul { margin: 0.5mm 0; padding-left: 4.5mm }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 0.4mm 2mm 0.4mm 0; vertical-align: top }
th { font-weight: 600; color: #52616f; font-size: 7.6pt }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.facts td:first-child { width: 27mm; color: #52616f } .plots { display: flex; gap: 4mm; margin-top: 2mm }
.plots svg { width: 50%; height: 53mm }
.small { font-size: 7.4pt; color: #52616f } .two { display: flex; gap: 7mm } .two > div { flex: 1 }
"""
LEGEND = "Left: both errors as the threshold moves (DET); down and left is better. Right: how the scores lie."
NOT_SAID = (
    "How the pack does on other people, other cameras, light, age or quality than these. A threshold carried to other people "
    "drifts by a factor of 2 to 3 in its false match rate.",
    "How likely it is that two pictures show the same person. A score, a rate or E never says that; people decide.",
    "Anything of relatives and look-alikes, or of children, unless they are among these people and were looked at apart.",
    "Anything of a search in a larger gallery: there accidents grow with the number of people.",
)


def page(outcome: Outcome, manifest: Manifest, plots: Sequence[str], *, at: datetime, version: str) -> str:
    """The page as HTML. plots: SVG documents, shown side by side."""
    measured = outcome.measured
    body = [
        f"<h1>How well {escape(manifest.label)} tells people apart</h1>",
        f'<p class="small">Measured with Sporhund {escape(version)} on {at:%Y-%m-%d %H:%M} UTC. No picture and no template was '
        "kept.</p>",
        "<h2>What was measured, on whom</h2>", _facts(outcome, manifest),
        "<h2>Figures</h2>", _figures(measured),
        '<div class="plots">' + "".join(map(inline, plots)) + "</div>",
        f'<p class="small">{LEGEND}</p>',
        "<h2>By size and sharpness of the worse picture</h2>", _bands(measured.bands),
        '<div class="two"><div><h2>What a score is worth here</h2>' + _chance(measured) + "</div>",
        "<div><h2>Clusters by default settings</h2>" + _clusters(measured) + "</div></div>",
        "<h2>What this does not say</h2>", "<ul>" + "".join(f"<li>{escape(said)}</li>" for said in NOT_SAID) + "</ul>"]
    title = f"{manifest.label}: how well it tells people apart"
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f"<style>{STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n")


def inline(svg: str) -> str:
    """The SVG element alone, without the document's head, so that it can stand in a page."""
    return svg[svg.index("<svg"):]


def _facts(outcome: Outcome, manifest: Manifest) -> str:
    looked, plain = outcome.looked, outcome.measured.pairs
    left = len(looked.left_out)
    rows = [
        ("Pack", f"{manifest.label}, pack.toml SHA-256 {manifest.digest[:16]}…"), ("Licence", manifest.licence),
        ("Trained on", manifest.training_data),
        ("People", f"{outcome.measured.people} of {len(set(looked.people))} with a picture that can be compared"),
        ("Pictures", f"{len(looked.used)} compared, {left} left out ({left / len(looked.names):.1%}): no face, or too small or "
                     "blurred for this pack"),
        ("Pairs", f"{plain.mated:,} of one person, {plain.nonmated:,} of two"),
    ]
    lines = "".join(f"<tr><td>{escape(name)}</td><td>{escape(said)}</td></tr>" for name, said in rows)
    return f'<table class="facts">{lines}</table>'


def _figures(measured: Measured) -> str:
    plain, sure = measured.pairs, measured.intervals
    rows = []
    for rate, name in (("1e-3", "tar_1e-03"), ("1e-4", "tar_1e-04")):
        limit = plain.thresholds[rate]
        at = f" (score over {limit:.3f})" if limit is not None else ""
        said = f"Pairs of one person accepted where 1 in {round(1 / float(rate)):,} pairs of two is{at}"
        rows.append((said, percent(plain.tar_at_far[rate]), between(sure.get(name))))
    rows.append(("Equal error rate: one person refused as often as two accepted", percent(plain.eer), between(sure.get("eer"))))
    rows.append(("The most similar of all other pictures shows the same person", percent(plain.rank1), ""))
    return _table(("", "", "95 %, drawn over people"), rows)


def _bands(bands: Sequence[Band]) -> str:
    if not bands:
        return "<p>Too few pairs in every band.</p>"
    rows = [(band.name, f"{band.people}", f"{band.figures.mated:,}", f"{band.figures.nonmated:,}", percent(band.figures.eer),
             percent(band.figures.tar_at_far["1e-3"])) for band in bands]
    return _table(("", "people", "pairs of one", "pairs of two", "equal error", "accepted at 1 in 1,000"), rows)


def _chance(measured: Measured) -> str:
    check = measured.chance
    if check is None:
        return f"<p>Not checked: {escape(measured.no_chance or 'not asked for')}.</p>"
    return f"<p>{escape(chance_sentence(check))}</p>"


def chance_sentence(check: ChanceCheck) -> str:
    """What the check of the pack's calibration found, and how to read it."""
    found = check.found
    hidden = (f" For {check.hidden} probes no E can be as low as 1 in a gallery of this size: the calibration ends before it."
              if check.hidden else "")
    verdict = "the calibration fits these people" if 0.5 <= found.value <= 2 else (
        "accidents are commoner here than the calibration says: measure your own" if found.value > 2
        else "accidents are rarer here than the calibration says")
    return (f"Each of {check.probes} pictures of {check.people} people was looked for among all the others. On the average "
            f"{found.value:.2f} other people had E ≤ 1 ({found.low:.2f} to {found.high:.2f}); it should be 1, and 0.5 to 2 is "
            f"good: {verdict}.{hidden}")


def _clusters(measured: Measured) -> str:
    group, sure = measured.grouping, measured.intervals
    if group is None:
        return "<p>The pack states no clustering: it makes none.</p>"
    return _table(("", "", "95 %"), [
        ("Of the pairs put together, of one person", percent(group.precision), between(sure.get("precision"))),
        ("Of the pairs of one person, put together", percent(group.recall), between(sure.get("recall"))),
        ("F1", percent(group.f1), "")])


def percent(share: float | None) -> str:
    return "too few pairs" if share is None else f"{share:.2%}"


def between(one: Interval | None) -> str:
    """The interval; where drawing other people changes nothing, only that no error was seen can be said."""
    if one is None:
        return ""
    return "no error seen" if one.low == one.high else f"{one.low:.2%} to {one.high:.2%}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(f'<{tag}{" class=n" if place else ""}>{escape(cell)}</{tag}>' for place, cell in enumerate(row))
    return "<table><tr>" + cells("th", head) + "</tr>" + "".join(f"<tr>{cells('td', row)}</tr>" for row in rows) + "</table>"
