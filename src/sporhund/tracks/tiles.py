"""Overlapping parts of a picture, for things too small for the whole to show them to a detector."""

SHARE = 0.6
"""Of each side: four parts overlap by a fifth, so that what lies on a seam is whole in one of them (vision.md §1)."""


def tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Four parts as x, y, width, height; fewer where the picture is too small to be cut."""
    columns, rows = _starts(width), _starts(height)
    return [(x, y, w, h) for y, h in rows for x, w in columns]


def _starts(length: int) -> list[tuple[int, int]]:
    part = max(1, round(SHARE * length))
    return [(0, part), (length - part, part)] if length > part else [(0, length)]
