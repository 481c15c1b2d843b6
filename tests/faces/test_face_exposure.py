"""What size and sharpness do not tell: light and compression. Such pictures get no number."""
import cv2
import numpy as np
import pytest

from sporhund.faces.chance import Chance, NoChance, covered_by, where_covered
from sporhund.faces.exposure import blocks, contrast
from sporhund.faces.model import Seen
from sporhund.tracks.model import Box

FACE: Box = (21.0, 13.0, 70.0, 80.0)
NUMBER = Chance(0.1, 0.05, 0.2, False, 212, 50)


def picture() -> np.ndarray:
    """(120, 120, 3) light and shadow over fine detail, from fixed chance."""
    chance = np.random.default_rng(3)
    large = cv2.resize(chance.uniform(40, 210, (5, 5)).astype(np.float32), (120, 120), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(chance.normal(0, 30, (120, 120)).astype(np.float32), (0, 0), 1.5)
    return np.repeat(np.clip(large + fine, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def jpeg(rgb: np.ndarray, quality: int) -> np.ndarray:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR))


def test_a_darkened_face_has_as_much_less_contrast_whatever_its_noise() -> None:
    bright = picture()
    noise = np.random.default_rng(4).normal(0, 6, bright.shape)
    dark = np.clip(bright * 0.3 + noise, 0, 255).astype(np.uint8)

    assert contrast(dark) == pytest.approx(0.3 * (contrast(bright) or 0), rel=0.1)


@pytest.mark.parametrize("box", [FACE, (20.0, 16.0, 71.0, 79.0), (-5.0, -5.0, 90.0, 90.0)])
def test_the_borders_of_blocks_show_wherever_the_face_lies_in_the_picture(box: Box) -> None:
    plain = picture()

    assert (blocks(plain, box) or 0) < 1.2
    assert (blocks(jpeg(plain, 5), box) or 0) > 1.75


def test_nothing_is_measured_where_there_is_nothing() -> None:
    assert contrast(np.zeros((0, 0, 3), np.uint8)) is None
    assert blocks(picture(), (0.0, 0.0, 10.0, 10.0)) is None
    assert blocks(picture(), (500.0, 500.0, 40.0, 40.0)) is None


@pytest.mark.parametrize(("seen", "word"), [
    (Seen(80, 0.4, contrast=9.0, blocks=1.0), "dark"), (Seen(80, 0.4, contrast=37.0, blocks=2.5), "compressed")])
def test_a_picture_beyond_the_calibration_takes_the_number_away_on_either_side(seen: Seen, word: str) -> None:
    good = Seen(80, 0.4, contrast=37.0, blocks=1.0)

    assert where_covered(NUMBER, good, good) is NUMBER
    for pair in ((good, seen), (seen, good)):
        found = where_covered(NUMBER, *pair)
        assert isinstance(found, NoChance) and word in found.reason


def test_an_older_picture_without_the_measures_keeps_its_number() -> None:
    assert covered_by(Seen(80, 0.4)) is None
