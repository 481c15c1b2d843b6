"""Overlap of boxes."""
import numpy as np
import pytest

from sporhund.tracks.boxes import around, clipped, containment, distinct, iou, joined, widened


def test_half_overlapping_squares_share_a_third_of_their_joint_area() -> None:
    assert iou([[0, 0, 2, 2]], [[1, 0, 2, 2]])[0, 0] == pytest.approx(1 / 3)


def test_a_box_within_another_is_wholly_contained() -> None:
    assert containment([[0, 0, 10, 10]], [[4, 4, 2, 2]])[0, 0] == 1.0


def test_an_empty_box_overlaps_nothing() -> None:
    assert iou([[0, 0, 0, 0]], [[0, 0, 0, 0]])[0, 0] == 0.0


def test_of_duplicates_the_best_remains() -> None:
    boxes = [[0, 0, 10, 10], [1, 0, 10, 10], [40, 40, 5, 5]]

    assert distinct(boxes, [0.4, 0.9, 0.3], max_iou=0.5) == [1, 2]


def test_a_part_of_a_better_box_is_dropped_when_containment_is_asked_for() -> None:
    boxes = [[0, 0, 100, 100], [10, 10, 20, 20]]

    assert distinct(boxes, [0.9, 0.8], max_iou=0.5) == [0, 1]
    assert distinct(boxes, [0.9, 0.8], max_iou=0.5, max_containment=0.8) == [0]


def test_no_boxes_are_no_trouble() -> None:
    assert distinct([], [], max_iou=0.5) == []
    assert joined([], gap=3) == []
    assert widened([], 0.5).shape == (0, 4)


def test_a_box_is_cut_at_the_picture() -> None:
    assert clipped([[-5, -5, 20, 20], [100, 0, 5, 5]], 10, 12).tolist() == [[0, 0, 10, 12], [10, 0, 0, 5]]


def test_boxes_near_each_other_are_joined_through_others() -> None:
    boxes = [[0, 0, 10, 10], [30, 0, 10, 10], [14, 0, 12, 10], [200, 0, 5, 5]]

    assert joined(boxes, gap=5) == [[0, 1, 2], [3]]
    assert np.allclose(around([boxes[0], boxes[1]]), [0, 0, 40, 10])
