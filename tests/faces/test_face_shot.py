"""A drawn face whose eyes, nose and mouth lie where we put them."""
import cv2
import numpy as np
import pytest

from sporhund.faces.cover import covered
from sporhund.faces.model import Face
from sporhund.faces.quality import chroma, quality, sharpness
from sporhund.faces.shot import seen_of, shot_of
from sporhund.faces.warnings import COVERED
from sporhund.tracks.boxes import pixels_within

SKIN, MIDDLE = (205, 160, 135), (100, 100)
POINTS = ((82.0, 90.0), (118.0, 90.0), (100.0, 110.0), (85.0, 131.0), (115.0, 131.0))
FACE = Face((60.0, 45.0, 80.0, 110.0), 0.9, POINTS)


def drawn() -> np.ndarray:
    rgb = np.full((200, 200, 3), 90, np.uint8)
    cv2.ellipse(rgb, MIDDLE, (44, 60), 0, 0, 360, SKIN, -1)
    for x, y in POINTS[:2]:
        cv2.circle(rgb, (int(x), int(y)), 4, (40, 30, 25), -1)
    cv2.line(rgb, (85, 131), (115, 131), (150, 70, 70), 4)
    return rgb


def test_a_shot_says_what_was_measured_and_where():
    rgb = drawn()

    shot = shot_of(rgb, FACE, t=3.5, pts=84, time_base=(1, 24), page=2, turned=90)

    sharp = sharpness(pixels_within(rgb, FACE.box))
    assert (shot.t, shot.pts, shot.time_base, shot.page, shot.turned) == (3.5, 84, (1, 24), 2, 90)
    assert (shot.box, shot.score, shot.landmarks) == (FACE.box, 0.9, POINTS)
    assert shot.sharpness == sharp
    assert shot.quality == quality(FACE, sharp=sharp)
    assert len(shot.fingerprint) == 256


def test_a_coloured_face_is_colourful_and_its_grey_copy_is_not():
    rgb = drawn()
    grey = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)

    assert chroma(pixels_within(rgb, FACE.box)) > 12
    assert chroma(pixels_within(grey, FACE.box)) < 1


def test_coloured_noise_is_no_colour():
    noise = np.random.default_rng(1).normal(90, 12, (80, 80, 3)).clip(0, 255).astype(np.uint8)

    assert chroma(noise) < 5


def test_a_face_without_pixels_has_no_colour():
    shot = shot_of(drawn(), Face((500.0, 500.0, 20.0, 20.0), 0.5, POINTS))

    assert shot.chroma is None


def test_a_free_face_shows_no_sign_of_something_before_it():
    assert covered(drawn(), POINTS) < 0.2


@pytest.mark.parametrize("turn", [0, 30, 90])
def test_dark_glasses_and_masks_are_seen_however_the_head_is_held(turn):
    glasses, mask = drawn(), drawn()
    for x, y in POINTS[:2]:
        cv2.ellipse(glasses, (int(x), int(y)), (15, 11), 0, 0, 360, (15, 15, 15), -1)
    cv2.rectangle(mask, (60, 105), (140, 165), (110, 160, 225), -1)
    matrix = cv2.getRotationMatrix2D(MIDDLE, turn, 1.0)
    points = tuple((x, y) for x, y in (np.array(POINTS) @ matrix[:, :2].T + matrix[:, 2]).tolist())

    signs = [covered(cv2.warpAffine(rgb, matrix, (200, 200)), points) for rgb in (glasses, mask)]

    assert min(signs) > COVERED


def test_no_sign_is_given_where_eyes_and_mouth_have_no_place():
    assert covered(drawn(), ()) is None
    assert covered(drawn(), ((5.0, 5.0),) * 5) is None


def test_what_warnings_need_is_taken_from_the_shot():
    shot = shot_of(drawn(), FACE)

    seen = seen_of(shot, child=True)

    assert (seen.width_px, seen.sharpness, seen.yaw, seen.chroma, seen.covered) == (
        80.0, shot.sharpness, shot.yaw, shot.chroma, shot.covered)
    assert seen.child is True
    assert seen.taken is None
