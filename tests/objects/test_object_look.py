"""The look for persons, vehicles and things."""
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.packs.make import base_pack

from sporhund.media.frame import Frame, UInt8Array
from sporhund.objects.detect import Thing, find_things, merged
from sporhund.objects.look import ObjectLook
from sporhund.packs.runtime import Pack, load
from sporhund.tracks.boxes import iou

ALL = ("person", "vehicle", "object")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(base_pack())


def _frame(rgb: UInt8Array, *, t: float = 0.0, single: bool = True, warmup: bool = False) -> Frame:
    return Frame(
        t=t, shot=0, width=rgb.shape[1], height=rgb.shape[0], make_rgb=lambda: rgb, make_luma=lambda w: rgb[:, :, 0],
        single=single, warmup=warmup)


def _marked(shared: Path, label: str, least: int) -> list[tuple[UInt8Array, list[list[float]]]]:
    """Pictures with large things of a class, and where they are."""
    data = json.loads((shared / "data/objects/truth.json").read_text())
    number = next(c["id"] for c in data["categories"] if c["name"] == label)
    found = []
    for picture in data["images"]:
        boxes = [a["bbox"] for a in data["annotations"] if a["image_id"] == picture["id"] and a["category_id"] == number
                 and not a.get("iscrowd") and a["bbox"][2] * a["bbox"][3] > least]
        if boxes:
            path = next((shared / "data/objects").rglob(Path(picture["file_name"]).name))
            bgr = cv2.imread(str(path))
            assert bgr is not None
            found.append((np.ascontiguousarray(bgr[:, :, ::-1]).astype(np.uint8), boxes))
    return found


def test_most_large_persons_are_found_where_they_are(shared: Path, pack: Pack) -> None:
    seen = wanted = 0
    for rgb, boxes in _marked(shared, "person", 30_000)[:8]:
        look = ObjectLook(pack, kinds=["person"], thorough=False)
        look.accept(_frame(rgb))
        tracks = look.finish()
        assert {track.kind for track in tracks} <= {"person"}
        found = [track.best[0].box for track in tracks]
        wanted += len(boxes)
        seen += int((iou(boxes, found).max(axis=1) > 0.5).sum()) if found else 0

    assert seen >= 0.7 * wanted


def test_only_the_kinds_that_were_asked_for_are_reported(shared: Path, pack: Pack) -> None:
    rgb, _ = _marked(shared, "person", 30_000)[0]
    look = ObjectLook(pack, kinds=["vehicle"], thorough=False)
    look.accept(_frame(rgb))

    assert all(track.kind == "vehicle" for track in look.finish())


def test_a_person_who_moves_is_one_track_with_few_best_shots(shared: Path, pack: Pack) -> None:
    rgb, _ = _marked(shared, "person", 60_000)[0]
    look = ObjectLook(pack, kinds=["person"], thorough=False)
    for k in range(8):
        look.accept(_frame(np.roll(rgb, 6 * k, axis=1), t=k / 5, single=False, warmup=k < 2))

    tracks = look.finish()
    longest = max(tracks, key=lambda track: len(track.observations))

    assert len(longest.observations) >= 5
    assert longest.lead
    assert 1 <= len(longest.best) <= 3
    assert longest.label is None and longest.best[0].fingerprint


def test_a_person_within_anothers_box_is_a_person_of_his_own() -> None:
    group, child = Thing((0, 0, 100, 200), 0.9, "person"), Thing((30, 100, 40, 90), 0.6, "person")

    assert merged([child, group]) == [group, child]


def test_a_car_that_may_be_a_truck_is_one_vehicle_and_a_dog_beside_a_cat_is_two_things() -> None:
    car, truck = Thing((0, 0, 100, 50), 0.6, "car"), Thing((2, 0, 100, 52), 0.5, "truck")
    dog, cat = Thing((0, 0, 100, 50), 0.6, "dog"), Thing((2, 0, 100, 52), 0.5, "cat")

    assert merged([car, truck]) == [car]
    assert merged([dog, cat]) == [dog, cat]


def test_kinds_and_groups_follow_from_the_class() -> None:
    assert [Thing((0, 0, 1, 1), 1, label).kind for label in ("person", "truck", "knife")] == ["person", "vehicle", "object"]
    assert Thing((0, 0, 1, 1), 1, "knife").group == "object:knife"


def test_parts_find_nothing_twice(shared: Path, pack: Pack) -> None:
    rgb, _ = _marked(shared, "person", 60_000)[0]
    assert pack.object_detector is not None

    things = find_things(pack.object_detector, rgb, threshold=0.3, parts=True)
    persons = [thing.box for thing in things if thing.kind == "person"]
    overlap = iou(persons, persons) - np.eye(len(persons))

    assert persons and overlap.max() <= 0.45


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 300, 3), (1, 20000, 3), (33, 7, 3)])
@pytest.mark.parametrize("thorough", [False, True])
def test_odd_sizes_are_no_trouble(pack: Pack, shape: tuple[int, int, int], thorough: bool) -> None:
    look = ObjectLook(pack, kinds=ALL, thorough=thorough)
    look.accept(_frame(np.full(shape, 90, np.uint8)))

    look.finish()


def test_a_person_followed_in_colour_has_colours_and_in_grey_only_a_lightness(shared: Path, pack: Pack) -> None:
    rgb, _ = _marked(shared, "person", 60_000)[0]
    grey = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2).astype(np.uint8)
    named = []
    for picture in (rgb, grey):
        look = ObjectLook(pack, kinds=["person"], thorough=False)
        look.accept(_frame(picture))
        named.append({colour.name is None for track in look.finish() for colour in track.colours})

    assert named == [{False}, {True}]
