"""The page and its curves: whole in themselves, readable without us."""
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.measure.test_figures import people

from sporhund.errors import WrongUsage
from sporhund.faces.evaluate import all_pairs, evaluate_pairs
from sporhund.measure import figures, takeout
from sporhund.measure.document import document
from sporhund.measure.model import ChanceCheck, Interval, Measured
from sporhund.measure.page import between, chance_sentence, page
from sporhund.measure.service import Looked, Outcome
from sporhund.packs.model import Manifest, Unsuitable

PACK = Manifest("strange", "2", "CC <0> & more", "somewhere", "40 people & their cats", {}, None, None, (), Unsuitable(24.0, 0.1),
                digest="ab" * 32)
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    names, usable = people(40, 3, noise=1.2)
    vectors = np.stack([one.vector for one in usable])
    count = len(names)
    looked = Looked(tuple(f"{name}/{place}.jpg" for place, name in enumerate([*names, "p000"])), (*names, "p000"),
                    {count: "no face"}, tuple(range(count)), tuple(usable), vectors)
    pairs = all_pairs(vectors, names)
    labels = figures.numbered(names)
    measured = Measured(40, evaluate_pairs(pairs, count), figures.grouping(pairs, labels),
                        figures.intervals(pairs, labels, labels), figures.bands(pairs, labels, usable), None, "no calibration")
    return Outcome(looked, pairs, labels, measured, 1.5)


@pytest.fixture
def written(outcome: Outcome, tmp_path: Path) -> Path:
    takeout.write_report(tmp_path / "report", outcome, PACK, cache=tmp_path / "fonts", at=AT, version="1.2.3")
    return tmp_path / "report"


def test_the_page_says_what_was_measured_on_whom_and_what_it_does_not_say(written: Path) -> None:
    said = (written / "report.html").read_text("utf-8")

    for words in ("strange@2", "CC &lt;0&gt; &amp; more", "40 people &amp; their cats", "40 of 40", "120 compared, 1 left out",
                  "120 of one person", "2026-11-22 12:00 UTC", "drawn over people", "What this does not say"):
        assert words in said


def test_the_page_needs_nothing_outside_of_itself_and_runs_nothing(written: Path) -> None:
    said = (written / "report.html").read_text("utf-8")

    assert "<script" not in said
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", said)
    assert said.count("<svg") == 2


def test_curve_and_histogram_are_there_as_pixels_and_as_lines(written: Path) -> None:
    assert sorted(file.name for file in written.iterdir()) == sorted(takeout.FILES)
    for name in ("det", "scores"):
        assert cv2.imread(str(written / f"{name}.png")).shape[0] > 300
        assert "<svg" in (written / f"{name}.svg").read_text("utf-8")


def test_the_same_figures_draw_the_same_files(outcome: Outcome, written: Path, tmp_path: Path) -> None:
    takeout.write_report(tmp_path / "again", outcome, PACK, cache=tmp_path / "fonts", at=AT, version="1.2.3")

    for name in takeout.FILES:
        assert (tmp_path / "again" / name).read_bytes() == (written / name).read_bytes(), name


def test_a_report_overwrites_nothing(written: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage):
        takeout.require_free(written)
    takeout.require_free(tmp_path / "new")


def test_the_drawing_library_is_loaded_by_nobody_else() -> None:
    script = ("import sys, sporhund.cli.main, sporhund.cli.evaluate, sporhund.api.measure, sporhund.measure.takeout\n"
              "sys.exit('matplotlib' in sys.modules)")

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_its_list_of_fonts_lies_in_the_home_and_nothing_is_written_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "user").mkdir()
    script = ("from pathlib import Path\nfrom sporhund.measure import draw\n"
              "with draw._figure(Path('curve'), Path('fonts')): pass\n")
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env={"HOME": str(tmp_path / "user")}, check=True)

    assert {file.name for file in tmp_path.iterdir()} == {"user", "fonts", "curve.png", "curve.svg"}
    assert not list((tmp_path / "user").iterdir())


def test_scores_and_clusters_name_every_picture_that_could_be_compared(outcome: Outcome, tmp_path: Path) -> None:
    takeout.write_scores(tmp_path / "s.csv", outcome)
    takeout.write_clusters(tmp_path / "c.csv", outcome)

    scores, clusters = ((tmp_path / name).read_text("utf-8").splitlines() for name in ("s.csv", "c.csv"))
    assert (scores[0], len(scores)) == ("picture_a,picture_b,mated,score", 1 + 120 * 119 // 2)
    assert (clusters[0], clusters[1], len(clusters)) == ("picture,cluster", "p000/0.jpg,0", 121)


def test_the_document_holds_what_the_contract_promises(outcome: Outcome) -> None:
    said = document("strange@2", outcome, extended=True)

    assert {"pack", "people", "pictures", "no_face", "mated", "nonmated", "tar_at_far", "eer", "rank1", "clusters",
            "seconds"} <= said.keys()
    assert said["clusters"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert said["no_face"] == ["p000/120.jpg"]
    assert said["intervals"]["eer"]["low"] <= said["eer"] + 0.003
    assert "bands" not in document("strange@2", outcome, extended=False)


@pytest.mark.parametrize(("found", "words"), [
    (1.1, "the calibration fits"), (3.0, "commoner here"), (0.2, "rarer here"),
])
def test_the_check_of_chance_says_whether_the_calibration_holds_here(found: float, words: str) -> None:
    assert words in chance_sentence(ChanceCheck(Interval(found, found - 0.1, found + 0.1), 60, 30, 0))


def test_where_drawing_other_people_changes_nothing_only_that_no_error_was_seen_is_said() -> None:
    assert between(Interval(1.0, 1.0, 1.0)) == "no error seen"


def test_a_pack_without_clusters_or_calibration_still_has_its_page(outcome: Outcome) -> None:
    bare = replace(outcome, labels=None, measured=replace(outcome.measured, grouping=None, bands=(), intervals={}))

    said = page(bare, PACK, [], at=AT, version="1")

    assert "states no clustering" in said
    assert "Not checked: no calibration." in said
