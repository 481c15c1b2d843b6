"""Aligning a face."""
import cv2
import numpy as np
import pytest

from sporhund.faces.align import align, similarity

TARGETS = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


def _placed(scale: float, degrees: float, x: float, y: float) -> list[tuple[float, float]]:
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [(px, py) for px, py in (np.array(TARGETS) @ turn.T + (x, y)).tolist()]


def test_a_turn_scale_and_shift_is_found_again() -> None:
    points = _placed(1.7, 23.0, 40.0, -12.0)

    matrix = similarity(points, TARGETS)

    assert np.allclose(np.array(points) @ matrix[:, :2].T + matrix[:, 2], TARGETS, atol=1e-6)
    assert np.hypot(matrix[0, 0], matrix[1, 0]) == pytest.approx(1 / 1.7)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    mirrored = [(112 - x, y) for x, y in TARGETS]

    matrix = similarity(mirrored, TARGETS)

    assert np.linalg.det(matrix[:, :2]) > 0


def test_points_that_coincide_are_refused() -> None:
    with pytest.raises(ValueError, match="coincide"):
        similarity([(3.0, 3.0)] * 5, TARGETS)


@pytest.mark.parametrize("scale", [0.7, 1.0, 1.9, 2.6, 5.3])
def test_marks_on_a_face_of_any_size_land_on_the_targets_to_a_third_of_a_pixel(scale: float) -> None:
    """The size at which the picture is shrunk by area first lies at 2."""
    points = _placed(scale, 9.0, 60.0, 45.0)
    picture = np.zeros((800, 900, 3), np.uint8)
    rows, columns = np.mgrid[0:800, 0:900]
    blobs = sum(np.exp(-((columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2) / (2 * (3 * scale) ** 2)) for x, y in points)
    picture[:] = (250 * np.clip(blobs, 0, 1)).astype(np.uint8)[:, :, None]

    chip = align(picture, points, TARGETS, side_px=112).astype(float)[:, :, 0]

    for x, y in TARGETS:
        left, top = round(x) - 8, round(y) - 8
        part = chip[top:top + 17, left:left + 17]
        moments = cv2.moments(part)
        found = (left + moments["m10"] / moments["m00"], top + moments["m01"] / moments["m00"])
        assert np.hypot(found[0] - x, found[1] - y) < 0.34


def test_what_lies_outside_the_picture_is_black() -> None:
    picture = np.full((40, 40, 3), 200, np.uint8)

    chip = align(picture, [(x + 300.0, y + 300.0) for x, y in TARGETS], TARGETS, side_px=112)

    assert chip.shape == (112, 112, 3)
    assert not chip.any()
