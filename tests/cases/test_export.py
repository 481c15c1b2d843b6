"""What leaves the case can be checked, and cannot run."""
import csv
import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from tests.cases.conftest import Hands, Reviewed

from sporhund.audit import service as audit
from sporhund.cases.export import Sheet, export
from sporhund.cases.findings import Item
from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.store import tables

ONE = b"cam3/=1.mp4"


def test_an_export_holds_every_list_twice_with_its_digests(reviewed: Reviewed, hands: Hands, tmp_path: Path) -> None:
    reviewed.track(reviewed.run(), ONE, "face", [(1.0, 2, 3, 40, 50)])

    written = export(reviewed.case.name, tmp_path / "out", **hands)

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert sorted(one["name"] for one in manifest["files"]) == [
        "files.csv", "files.jsonl", "media.csv", "media.jsonl", "tracks.csv", "tracks.jsonl"]
    assert manifest["demonstration"] is True
    for one in written:
        assert hashlib.sha256((tmp_path / "out" / one.name).read_bytes()).hexdigest() == one.sha256
    with open(tmp_path / "out" / "tracks.csv", encoding="utf-8-sig", newline="") as sheet:
        (track,) = csv.DictReader(sheet)
    assert (track["kind"], track["best.box"]) == ("face", "2 3 40 50")
    assert len((tmp_path / "out" / "files.jsonl").read_text().splitlines()) == 3


def test_lists_of_other_rooms_are_of_the_same_moment(reviewed: Reviewed, hands: Hands, tmp_path: Path) -> None:
    """Else a mark could name a track that the tracks lack."""
    run = reviewed.run()
    marked = reviewed.track(run, ONE, "face", [(1.0, 2, 3, 40, 50)])

    def marks(rows: Connection) -> list[Sheet]:
        told = [{"track": track.id} for track in rows.execute(select(tables.track.c.id).where(
            tables.track.c.case_id == reviewed.case.id))]
        reviewed.track(run, ONE, "face", [(9.0, 2, 3, 40, 50)])          # a review goes on meanwhile
        return [Sheet("marks", ("track",), told)]

    export(reviewed.case.name, tmp_path / "out", further=marks, **hands)

    listed = {name: [json.loads(line) for line in (tmp_path / "out" / f"{name}.jsonl").read_text().splitlines()]
              for name in ("marks", "tracks")}
    assert [one["track"] for one in listed["marks"]] == [one["id"] for one in listed["tracks"]] == [marked]


def test_pictures_come_on_request_and_a_missing_one_has_its_reason(reviewed: Reviewed, hands: Hands, tmp_path: Path) -> None:
    run = reviewed.run()
    face = reviewed.track(run, ONE, "face", [(1.0, 2, 3, 40, 50)])
    motion = reviewed.track(run, ONE, "motion", [(1.0, 2, 3, 40, 50)])

    def crop(track: Item, to: Path) -> str | None:
        if track["kind"] == "motion":
            return "the original is gone"
        to.write_bytes(b"png")
        return None

    export(reviewed.case.name, tmp_path / "out", crop=crop, **hands)

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [one["name"] for one in manifest["files"] if one["name"].startswith("crops")] == [f"crops/{face}.png"]
    assert manifest["without_picture"] == {motion: "the original is gone"}


def test_an_export_never_overwrites(reviewed: Reviewed, hands: Hands, tmp_path: Path) -> None:
    export(reviewed.case.name, tmp_path / "out", **hands)

    with pytest.raises(WrongUsage) as said:
        export(reviewed.case.name, tmp_path / "out", **hands)

    assert said.value.code == "folder-not-empty"


def test_the_audit_speaks_before_anything_is_written_and_names_the_manifest(
    reviewed: Reviewed, hands: Hands, tmp_path: Path,
) -> None:
    written = export(reviewed.case.name, tmp_path / "out", **hands)

    events = [event for event in audit.show(hands["store"], hands["keys"], reviewed.case.id) if event.action == "export"]
    by_step = {event.payload["step"]: event.payload for event in events}
    assert by_step["begins"]["lists"] == ["files", "media", "tracks"]
    assert by_step["ends"]["manifest"] == written[-1].sha256


def test_an_export_that_breaks_off_is_in_the_audit_and_its_folder_is_refused(
    reviewed: Reviewed, hands: Hands, tmp_path: Path,
) -> None:
    reviewed.track(reviewed.run(), ONE, "face", [(1.0, 2, 3, 40, 50)])

    def full(track: Item, to: Path) -> str | None:
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentFault) as fault:
        export(reviewed.case.name, tmp_path / "out", crop=full, **hands)
    with pytest.raises(WrongUsage) as said:
        export(reviewed.case.name, tmp_path / "out", **hands)

    steps = {(event.payload["step"], event.outcome)
             for event in audit.show(hands["store"], hands["keys"], reviewed.case.id) if event.action == "export"}
    assert fault.value.code == "cannot-write" and said.value.code == "unfinished-export"
    assert steps == {("begins", "done"), ("breaks off", "failed")}
