"""Movement in which nothing was recognised."""
import numpy as np
import pytest

from sporhund.tracks.beside import recognised


def path(*sightings: tuple[float, ...]) -> np.ndarray:
    return np.array([(*one, 1.0) for one in sightings], float).reshape(-1, 6)


MOVING = path((0, 0, 0, 50, 50), (1, 10, 0, 50, 50), (2, 20, 0, 50, 50))


@pytest.mark.parametrize(("other", "known"), [
    (path((1, 20, 10, 20, 30)), True),         # a person within the movement
    (path((1, 200, 200, 20, 30)), False),      # somebody elsewhere in the picture
    (path((9, 20, 10, 20, 30)), False),        # there, but long after
    (path((1.4, 20, 10, 20, 30)), True),       # between two sightings
    (path((1, 55, 0, 50, 50)), False),         # touching a corner only
    (path(), False),
])
def test_movement_is_recognised_where_something_lies_over_it(other: np.ndarray, known: bool) -> None:
    assert recognised(MOVING, [other]) == known
