"""What an officer sees of a case while it is looked through, and after."""
import shutil
from pathlib import Path

from tests.catalogue.test_columns import by_id

from sporhund.api.case import Case
from sporhund.api.home import Sporhund
from sporhund.catalogue import records
from sporhund.catalogue.columns import Columns
from sporhund.catalogue.shelf import Shelf
from sporhund.review.progress import Progress


def test_what_was_taken_in_is_in_the_catalogue_as_it_becomes_known(
    case: Case, sporhund: Sporhund, shared: Path, tmp_path: Path,
) -> None:
    folder = tmp_path / "K1" / "cam1"
    folder.mkdir(parents=True)
    shutil.copy(shared / "data/video/lin-manuel-miranda.png", folder / "20260131_221405.png")
    shutil.copy(shared / "data/video/lin-manuel-miranda.png", folder / "copy.png")
    for clip in sorted((shared / "data/video/people").glob("*.mkv"))[:2]:
        shutil.copy(clip, folder)
    (folder / "note.txt").write_text("words")
    totals = set[int]()

    def watched(progress: Progress) -> None:
        totals.add(case.catalogue.page()["total"])

    done = case.analyse([tmp_path / "K1"], find=["faces", "motion"], report=watched)

    catalogue = case.catalogue
    page = catalogue.page()
    assert totals >= {4}
    assert (page["total"], catalogue.facets()["kind"]) == (4, {"still": 1, "video": 2, "audio": 0, "other": 1})
    assert catalogue.standing()["files"] == done["files"]
    assert catalogue.standing()["tracks"] == case.status()["tracks"] | {"person": 0, "vehicle": 0, "object": 0}
    assert sum(tile["counts"]["face"] for tile in page["items"]) == len(case.tracks(kind="face", limit=1000)["items"])
    assert sum(tile["unrecognised"] for tile in page["items"]) == len(case.tracks(unrecognised=True, limit=1000)["items"])
    assert {tile["copies"] for tile in page["items"] if tile["kind"] == "still"} == {2}
    assert len(catalogue.timeline()["rows"]) == 1
    held = Columns(sporhund.store, case.id, Shelf()).now()
    with sporhund.store.transaction() as rows:   # what was kept on the way is what would be derived now
        assert records.outdated(rows, case.id) == []
        records.refresh(rows, case.id, [tile["id"] for tile in page["items"]])
    again = Columns(sporhund.store, case.id, Shelf()).now()
    assert [row | {"changed": 0} for row in map(dict, by_id(held))].__repr__() == [
        row | {"changed": 0} for row in map(dict, by_id(again))].__repr__()
