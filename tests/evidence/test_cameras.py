"""Cameras, in a real database."""
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from tests.evidence.conftest import TakeIn

from sporhund.errors import Refused, WrongUsage
from sporhund.evidence import account, cameras, service
from sporhund.evidence.find import medium_named
from sporhund.evidence.service import NewMember
from sporhund.store import tables
from sporhund.store.service import Store


def make_videos(store: Store, case_id: str, seconds: float = 60.0) -> dict[bytes, str]:
    """As the review would: what was taken in are videos of a minute that begin at 0."""
    m = tables.medium
    with store.transaction() as rows:
        rows.execute(update(m).where(m.c.case_id == case_id).values(
            kind="video", facts={"duration": seconds, "streams": [{"start": 0.0, "end": seconds}], "stated": []}))
        return {file.path: file.medium for file in account.status_files(rows, case_id).items}


def files(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())


def test_a_camera_takes_its_files_before_and_after_it_is_added(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str, hands: dict[str, Any],
) -> None:
    files(tmp_path, "cam3/1.mp4", "cam4/1.mp4")
    take(tmp_path)
    camera = cameras.add(case_id, "Kiosk", files="cam3/*", **hands)
    files(tmp_path, "cam3/2.mp4")
    take(tmp_path)

    o = tables.occurrence.c
    with store.transaction() as rows:
        mine = set(rows.scalars(tables.occurrence.select().with_only_columns(o.path).where(
            o.case_id == case_id, o.camera_id == camera.id)))
    assert mine == {b"cam3/1.mp4", b"cam3/2.mp4"}


def test_a_medium_with_an_anchor_is_found_by_the_time_of_the_world(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str, hands: dict[str, Any],
) -> None:
    files(tmp_path, "cam3/1.mp4", "cam3/2.mp4")
    cameras.add(case_id, "Kiosk", files="cam3", **hands)
    take(tmp_path)
    media = make_videos(store, case_id)
    cameras.anchor(case_id, "Kiosk", t=10.0, shows="2026-01-31T22:14:05", zone="+01:00", medium="cam3/1.mp4", **hands)

    with store.transaction() as rows:
        found = cameras.media_around(rows, case_id, datetime(2026, 1, 31, 21, 14, 30, tzinfo=UTC), timedelta(minutes=1), "Kiosk")
        late = cameras.media_around(rows, case_id, datetime(2026, 1, 31, 23, 0, tzinfo=UTC), timedelta(minutes=1))

    assert [(one.medium, one.distance_s, one.start.origin) for one in found] == [(media[b"cam3/1.mp4"], 0.0, "anchor")]
    assert late == []


def test_without_an_anchor_a_stated_time_places_a_medium_and_is_named(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    files(tmp_path, "20260131_221400.mp4")
    said = {"what": "time", "value": "2026-01-31T22:14:00", "origin": "file-name", "zone": "unknown", "note": ""}
    take(tmp_path, stated=lambda path: [said])
    make_videos(store, case_id)

    with store.transaction() as rows:
        (found,) = cameras.media_around(rows, case_id, datetime(2026, 1, 31, 22, 30), timedelta(minutes=20))

    assert found.start.origin == "file-name"
    assert found.distance_s == pytest.approx(14 * 60)


@pytest.mark.parametrize(("changed", "code"), [
    ({"shows": "half past ten"}, "bad-time"), ({"shows": "2026-01-31T22:14:05+01:00"}, "bad-time"),
    ({"zone": "CET"}, "bad-zone"), ({"medium": None}, "anchor-incomplete"), ({"medium": "nowhere.mp4"}, "unknown-medium"),
    ({"true_time": datetime(2026, 1, 1)}, "bad-time"), ({"uncertainty_s": -1.0}, "bad-time"), ({"t": float("nan")}, "bad-time"),
])
def test_an_anchor_that_ties_nothing_is_not_taken(
    tmp_path: Path, take: TakeIn, case_id: str, hands: dict[str, Any], changed: dict[str, Any], code: str,
) -> None:
    files(tmp_path, "1.mp4")
    take(tmp_path)
    cameras.add(case_id, "Kiosk", **hands)

    with pytest.raises(WrongUsage) as said:
        cameras.anchor(case_id, "Kiosk", **{"t": 1.0, "shows": "2026-01-31T22:14:05", "medium": "1.mp4", **changed}, **hands)

    assert said.value.code == code


def test_two_cameras_of_one_name_are_refused(case_id: str, hands: dict[str, Any]) -> None:
    cameras.add(case_id, "Kiosk", **hands)

    with pytest.raises(WrongUsage):
        cameras.add(case_id, "Kiosk", **hands)


def test_a_medium_is_found_by_id_path_ending_place_and_member(
    tmp_path: Path, take: TakeIn, store: Store, case_id: str,
) -> None:
    files(tmp_path, "a/1.mp4", "b/1.mp4", "c/x.zip")
    taken = take(tmp_path)
    inside = service.digest(bytes(tmp_path / "a/1.mp4"))
    service.add_members(case_id, taken.occurrences[2], [NewMember(0, b"in/2.mp4", 1, inside)], store=store)
    with store.transaction() as rows:
        media = {file.path: file.medium for file in account.status_files(rows, case_id).items}
        first = media[b"a/1.mp4"]

        for said in (first, "a/1.mp4", str(tmp_path / "a" / "1.mp4"), "c/x.zip/in/2.mp4", "in/2.mp4"):
            assert medium_named(rows, case_id, said) == first
        with pytest.raises(Refused) as several:
            medium_named(rows, case_id, "1.mp4")
        with pytest.raises(WrongUsage):
            medium_named(rows, case_id, "2.avi")

    assert several.value.code == "which-medium"
