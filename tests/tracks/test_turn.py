"""Places found in a turned picture."""
import numpy as np
import pytest

from sporhund.tracks.model import BestShot, Observation, Track
from sporhund.tracks.turn import box_back, point_back, upright_track


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_marked_pixel_is_brought_back_to_where_it_was(degrees: int) -> None:
    picture = np.zeros((40, 70, 3), np.uint8)
    picture[12, 55] = 255

    y, x = np.argwhere(np.rot90(picture, degrees // 90)[:, :, 0])[0]

    assert point_back((x + 0.5, y + 0.5), degrees, 70, 40) == (55.5, 12.5)
    assert box_back((x, y, 1, 1), degrees, 70, 40) == (55, 12, 1, 1)


def test_a_track_of_the_turned_picture_says_how_far_it_was_turned() -> None:
    shot = BestShot(0.0, (10, 5, 20, 8), 0.9, landmarks=((12.0, 6.0),))
    track = Track("face", None, 0, (Observation(0.0, (10, 5, 20, 8), 0.9),), (shot,), 0.5)

    back = upright_track(track, 90, 70, 40)

    assert back.observations[0].box == (57, 10, 8, 20)
    assert back.best[0].landmarks == ((64.0, 12.0),)
    assert back.best[0].turned == 90
