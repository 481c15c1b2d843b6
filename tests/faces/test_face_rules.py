"""Which faces may be compared, and the template of several."""
import numpy as np
import pytest

from sporhund.faces.rules import is_face, suitable, template_of
from sporhund.packs.model import Unsuitable
from sporhund.tracks.model import BestShot, Embedding

SPEC = Unsuitable(face_px=24, sharpness=0.12, norm=13.0, max_yaw=0.8)
POINTS = ((1.0, 1.0),) * 5


def _shot(*, width: float = 60, sharp: float = 0.4, yaw: float = 0.1) -> BestShot:
    return BestShot(0.0, (0, 0, width, 70), 0.9, landmarks=POINTS, sharpness=sharp, yaw=yaw)


def test_a_good_face_may_be_compared() -> None:
    assert suitable(_shot(), SPEC) is None
    assert suitable(_shot(), SPEC, norm=17.0) is None


def test_the_reason_is_said_in_plain_words() -> None:
    assert suitable(_shot(width=14), SPEC) == "the face is 14.0 pixels wide; below 24 it cannot be compared"
    assert "blurred" in (suitable(_shot(sharp=0.05), SPEC) or "")
    assert "turned away" in (suitable(_shot(yaw=-0.9), SPEC) or "")
    assert "shows too little" in (suitable(_shot(), SPEC, norm=11.0) or "")


def test_a_norm_is_asked_only_where_it_is_a_sign() -> None:
    assert suitable(_shot(), Unsuitable(24, 0.12), norm=0.3) is None


def _embedding(vector: list[float], *, norm: float, weight: float) -> Embedding:
    unit = np.array(vector, np.float32) / np.linalg.norm(vector)
    return Embedding(0.0, unit.astype("<f4").tobytes(), norm, weight)


def test_a_template_is_the_weighted_mean_of_unit_length() -> None:
    vector, norm = template_of([_embedding([1, 0], norm=10, weight=3), _embedding([0, 1], norm=20, weight=1)])

    assert np.allclose(vector, np.array([3, 1]) / np.sqrt(10))
    assert np.linalg.norm(vector) == pytest.approx(1.0)
    assert norm == pytest.approx(12.5)


def test_a_template_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        template_of([])


def test_what_is_seen_once_in_a_video_must_be_surer_than_in_a_still() -> None:
    assert is_face([0.52], 0.5, turned=0, single=True)
    assert not is_face([0.75], 0.5, turned=0, single=False)
    assert is_face([0.85], 0.5, turned=0, single=False)
    assert is_face([0.4, 0.7], 0.5, turned=0, single=False)
    assert not is_face([0.6, 0.6, 0.5], 0.5, turned=0, single=False)


def test_what_is_seen_in_profile_only_must_be_surer() -> None:
    assert not is_face([0.7, 0.6], 0.5, turned=1.0, single=False)
    assert is_face([0.7, 0.6], 0.5, turned=0.6, single=False)


def test_a_small_face_must_be_sharper_since_its_few_pixels_are_all_edge() -> None:
    spec = Unsuitable(face_px=20.0, sharpness=0.14, sharpness_small=0.37)

    assert [round(spec.least_sharpness(width), 3) for width in (80, 48, 36, 24, 20)] == [0.14, 0.14, 0.255, 0.37, 0.37]
    assert Unsuitable(face_px=20.0, sharpness=0.14).least_sharpness(24) == 0.14
