"""How usable a face is."""
import cv2
import numpy as np
import pytest

from sporhund.faces.model import Face
from sporhund.faces.quality import quality, sharpness, yaw
from sporhund.media.frame import UInt8Array

FRONTAL = ((30.0, 40.0), (60.0, 40.0), (45.0, 58.0), (33.0, 75.0), (57.0, 75.0))


def _texture(side: int) -> UInt8Array:
    """Edges at every scale: filled polygons."""
    chance = np.random.default_rng(5)
    picture = np.full((side, side, 3), 128, np.uint8)
    for _ in range(160):
        corners = (chance.random((4, 2)) * side * 0.25 + chance.random(2) * side).astype(np.int32)
        cv2.fillPoly(picture, [corners], chance.integers(20, 235, 3).tolist())
    return picture


def test_sharpness_falls_with_blur() -> None:
    face = _texture(100)

    values = [sharpness(cv2.GaussianBlur(face, (0, 0), sigma)) for sigma in (0.5, 2.0, 3.0, 4.0)]

    assert values == sorted(values, reverse=True)
    assert values[0] > 0.3 and values[-1] < 0.12


def test_sharpness_does_not_depend_on_how_large_the_face_is() -> None:
    large = _texture(512)
    small = cv2.resize(large, (128, 128), interpolation=cv2.INTER_AREA)

    assert sharpness(large) == pytest.approx(sharpness(small), abs=0.03)


def test_a_face_of_which_three_grey_levels_are_left_is_not_sharp() -> None:
    assert sharpness((_texture(100) // 60).astype(np.uint8)) < 0.12


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 300, 3), (0, 0, 3), (400, 3, 3)])
def test_slivers_are_not_sharp_and_no_trouble(shape: tuple[int, int, int]) -> None:
    assert sharpness(np.zeros(shape, np.uint8)) == 0.0


def test_yaw_is_zero_for_a_frontal_face_and_negative_to_the_left() -> None:
    to_the_left = (*FRONTAL[:2], (34.0, 58.0), *FRONTAL[3:])
    profile = (*FRONTAL[:2], (90.0, 58.0), *FRONTAL[3:])

    assert yaw(FRONTAL) == pytest.approx(0.0)
    assert -1 < yaw(to_the_left) < -0.5
    assert yaw(profile) == 1.0


def test_a_rolled_head_is_not_a_turned_one() -> None:
    angle = np.deg2rad(35)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rolled = [(x, y) for x, y in (np.array(FRONTAL) @ turn.T).tolist()]

    assert yaw(rolled) == pytest.approx(0.0, abs=1e-9)


def test_larger_sharper_and_more_frontal_is_better() -> None:
    good = quality(Face((0, 0, 90, 110), 0.9, FRONTAL), sharp=0.4)

    assert good > 0.8
    assert quality(Face((0, 0, 30, 40), 0.9, FRONTAL), sharp=0.4) < good
    assert quality(Face((0, 0, 90, 110), 0.9, FRONTAL), sharp=0.1) < good
    assert quality(Face((0, 0, 90, 110), 0.9, (*FRONTAL[:2], (34.0, 58.0), *FRONTAL[3:])), sharp=0.4) < good
