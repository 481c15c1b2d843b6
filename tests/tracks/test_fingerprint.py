"""Fingerprints of boxes."""
import numpy as np

from sporhund.tracks.fingerprint import SIDE, distance, fingerprint

PICTURE = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)


def test_the_same_box_has_distance_zero_and_another_place_has_not() -> None:
    ours = fingerprint(PICTURE, (10.2, 20.7, 30.0, 30.0))

    assert len(ours) == SIDE * SIDE
    assert distance(ours, fingerprint(PICTURE, (10.2, 20.7, 30.0, 30.0))) == 0.0
    assert distance(ours, fingerprint(PICTURE, (60.0, 20.0, 30.0, 30.0))) > 0.02


def test_black_against_white_is_one_and_missing_is_one() -> None:
    white = fingerprint(np.full((5, 5, 3), 255, np.uint8), (0, 0, 5, 5))
    black = fingerprint(np.zeros((5, 5, 3), np.uint8), (0, 0, 5, 5))

    assert distance(black, white) == 1.0
    assert distance(b"", white) == 1.0


def test_a_box_over_the_edge_keeps_what_is_inside_and_one_outside_is_empty() -> None:
    assert len(fingerprint(PICTURE, (-10, -10, 30, 30))) == SIDE * SIDE
    assert len(fingerprint(PICTURE, (119.7, 89.7, 0.2, 0.2))) == SIDE * SIDE
    assert fingerprint(PICTURE, (500, 500, 10, 10)) == b""
