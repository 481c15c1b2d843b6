"""Each layout finds what is there, where it is."""
from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks import objects
from tests.packs.make import make_pack

from sporhund.packs.model import UInt8Array
from sporhund.packs.runtime import FaceDetector, load


@pytest.fixture(scope="module", params=["centerface", "yunet"])
def detector(
    request: pytest.FixtureRequest, shared: Path, base_pack: Path, tmp_path_factory: pytest.TempPathFactory
) -> FaceDetector:
    """Both face detectors."""
    models = tmp_path_factory.mktemp("models")
    folder = base_pack if request.param == "centerface" else make_pack(shared, models, "yunet-mobilefacenet")
    found = load(folder).face_detector
    assert found is not None
    return found


@pytest.fixture(scope="module")
def face(shared: Path) -> UInt8Array:
    """A picture of one face, 128 pixels wide."""
    path = sorted((shared / "data/faces-identities/images").rglob("*.jpg"))[0]
    picture = np.asarray(cv2.imread(str(path))[:, :, ::-1])
    scale = 128 / picture.shape[1]
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def placed(face: UInt8Array, x: int, y: int, width: int = 500, height: int = 333) -> UInt8Array:
    """The face on a grey sheet whose sides are no multiples of 32."""
    sheet = np.full((height, width, 3), 127, np.uint8)
    sheet[y : y + face.shape[0], x : x + face.shape[1]] = face
    return sheet


def test_a_face_is_found_where_it_was_put(detector: FaceDetector, face: UInt8Array) -> None:
    """A shift of the face is the shift of its points, within three pixels, and of its box, within a tenth."""
    here, there = detector.detect(placed(face, 40, 30)), detector.detect(placed(face, 251, 117))

    assert len(here.boxes) == len(there.boxes) == 1
    assert objects.overlap(there.boxes[0], here.boxes[0] + [211, 87, 0, 0]) > 0.9
    assert here.landmarks is not None and there.landmarks is not None
    assert (there.landmarks - here.landmarks)[0].mean(axis=0) == pytest.approx([211, 87], abs=3)


def test_the_points_are_eyes_nose_and_mouth_as_seen_in_the_picture(detector: FaceDetector, face: UInt8Array) -> None:
    found = detector.detect(placed(face, 100, 100))

    assert found.landmarks is not None
    left_eye, right_eye, nose, left_mouth, right_mouth = found.landmarks[0]
    assert left_eye[0] < nose[0] < right_eye[0] and left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    x, y, width, height = found.boxes[0]
    assert np.all(found.landmarks[0] >= [x, y]) and np.all(found.landmarks[0] <= [x + width, y + height])


def test_both_scales_of_a_large_picture_are_undone(detector: FaceDetector, face: UInt8Array) -> None:
    """The same sheet at three times the size gives the same face at three times the size (points within a twentieth)."""
    sheet = placed(face, 251, 117)
    large = np.asarray(cv2.resize(sheet, None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR))

    small_found, large_found = detector.detect(sheet), detector.detect(large)

    assert small_found.landmarks is not None and large_found.landmarks is not None
    assert objects.overlap(large_found.boxes[0] / 3, small_found.boxes[0]) > 0.85
    assert large_found.landmarks[0] / 3 == pytest.approx(small_found.landmarks[0], abs=6.4)


def test_an_empty_sheet_holds_no_face(detector: FaceDetector) -> None:
    found = detector.detect(np.full((333, 500, 3), 127, np.uint8))

    assert found.boxes.shape == (0, 4) and found.landmarks is not None and found.landmarks.shape == (0, 5, 2)


@pytest.mark.parametrize("size", [(1, 1), (7, 900), (2000, 3)])
def test_pictures_of_any_shape_are_taken(detector: FaceDetector, size: tuple[int, int]) -> None:
    assert len(detector.detect(np.zeros((*size, 3), np.uint8)).scores) == 0


def test_the_smallest_face_grows_with_the_picture_and_shrinks_with_the_input(detector: FaceDetector) -> None:
    at_640 = detector.smallest_face(640, 480)

    assert detector.smallest_face(1920, 1080) == pytest.approx(3 * at_640)
    assert detector.smallest_face(1920, 1080, 1920) == pytest.approx(at_640)
    assert detector.smallest_face(320, 240) == pytest.approx(at_640), "nothing is enlarged unless asked for"
    assert detector.smallest_face(320, 240, 640) == pytest.approx(at_640 / 2)
    assert detector.smallest_face(320, 240, 6400) == pytest.approx(at_640 / 2), "and never more than twice"


@pytest.mark.parametrize(
    ("name", "every_class", "person", "vehicle"),
    [("base", 0.442, 0.60, 0.387), ("nanodet-m", 0.463, 0.69, 0.313), ("yolox-nano", 0.49, 0.67, 0.46)],
)
def test_objects_are_found_as_well_as_when_the_networks_were_chosen(
    shared: Path, base_pack: Path, tmp_path: Path, name: str, every_class: float, person: float, vehicle: float
) -> None:
    """AP at an overlap of 0.5 on data/objects."""
    detector = load(base_pack if name == "base" else make_pack(shared, tmp_path, name)).object_detector
    pictures = objects.truths(shared / "data/objects")
    assert detector is not None

    found, _ = objects.run(pictures, lambda picture, least: detector.detect(picture, threshold=least), 0.02)

    assert objects.every_class(pictures, found, 0.35) >= every_class
    assert objects.measure(pictures, found, frozenset({"person"}), 0.35).average_precision >= person
    assert objects.measure(pictures, objects.merged(found), objects.VEHICLES, 0.35).average_precision >= vehicle
