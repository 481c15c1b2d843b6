"""Overlap of boxes: how much, which are the same, what is left when duplicates are dropped."""
import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def as_boxes(boxes: ArrayLike) -> FloatArray:
    """(n, 4) float64 x, y, width, height; an empty list gives (0, 4)."""
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4)


def intersections(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """(n, m) shared area of every box of a with every box of b, in square pixels."""
    left, right = as_boxes(a)[:, None, :], as_boxes(b)[None, :, :]
    low = np.maximum(left[..., :2], right[..., :2])
    high = np.minimum(left[..., :2] + left[..., 2:], right[..., :2] + right[..., 2:])
    sides = np.clip(high - low, 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1])


def areas(boxes: ArrayLike) -> FloatArray:
    """(n,) square pixels."""
    rows = as_boxes(boxes)
    return np.asarray(rows[:, 2] * rows[:, 3])


def iou(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """(n, m) shared area over joint area, 0 to 1; 0 where both boxes are empty."""
    shared = intersections(a, b)
    joint = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.divide(shared, joint, out=np.zeros_like(shared), where=joint > 0)


def containment(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """(n, m) shared area over the smaller box's area, 0 to 1: 1 where one box lies within the other."""
    shared = intersections(a, b)
    smaller = np.minimum(areas(a)[:, None], areas(b)[None, :])
    return np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)


def widened(boxes: ArrayLike, share: float) -> FloatArray:
    """The boxes with each side moved outwards by `share` of its length: what moves fast overlaps itself again."""
    rows = as_boxes(boxes).copy()
    rows[:, :2] -= share * rows[:, 2:]
    rows[:, 2:] *= 1 + 2 * share
    return rows


def clipped(boxes: ArrayLike, width: float, height: float) -> FloatArray:
    """The part of each box within a picture of this size; a box outside becomes empty."""
    rows = as_boxes(boxes)
    low = np.clip(rows[:, :2], 0, (width, height))
    high = np.clip(rows[:, :2] + rows[:, 2:], 0, (width, height))
    return np.concatenate([low, high - low], axis=1)


def distinct(boxes: ArrayLike, scores: ArrayLike, *, max_iou: float, max_containment: float = 1.1) -> list[int]:
    """Indices of the boxes that remain, best score first, when duplicates of a better one are dropped.

    A duplicate overlaps a better box by more than max_iou (of the joint area) or max_containment (of the smaller area;
    above 1: not asked).
    """
    rows, order = as_boxes(boxes), np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    same = (iou(rows, rows) > max_iou) | (containment(rows, rows) > max_containment)
    kept: list[int] = []
    for candidate in order.tolist():
        if not same[candidate, kept].any():
            kept.append(candidate)
    return kept


def around(boxes: ArrayLike) -> FloatArray:
    """(4,) the smallest box that holds all of them. boxes: at least one."""
    rows = as_boxes(boxes)
    low, high = rows[:, :2].min(axis=0), (rows[:, :2] + rows[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])


def joined(boxes: ArrayLike, *, gap: float) -> list[list[int]]:
    """Groups of boxes that lie no further apart than `gap` pixels, directly or through others."""
    rows = as_boxes(boxes)
    grown = np.concatenate([rows[:, :2] - gap / 2, rows[:, 2:] + gap], axis=1)
    near = intersections(grown, grown) > 0
    groups: list[list[int]] = []
    left = set(range(len(rows)))
    while left:
        group, edge = [], [left.pop()]
        while edge:
            member = edge.pop()
            group.append(member)
            reached = [other for other in left if near[member, other]]
            left.difference_update(reached)
            edge.extend(reached)
        groups.append(sorted(group))
    return sorted(groups)


def pixels_within(rgb: NDArray[np.uint8], box: ArrayLike) -> NDArray[np.uint8]:
    """(h, w, ...) the whole pixels of a picture that a box covers; empty where it covers none."""
    height, width = rgb.shape[:2]
    x, y, w, h = as_boxes(box)[0].tolist()
    left, right = max(0, round(x)), min(width, round(x + w))
    top, bottom = max(0, round(y)), min(height, round(y + h))
    return rgb[top:max(bottom, top), left:max(right, left)]
