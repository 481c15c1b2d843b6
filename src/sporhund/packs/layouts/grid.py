"""Cells of several strides, row by row, one after the other."""
import numpy as np

from sporhund.packs.model import FloatArray


def cells(side_px: int, strides: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """Column and row of each cell (n, 2) and its stride (n, 1) for a square input."""
    where, sizes = [], []
    for stride in strides:
        count = -(-side_px // stride)
        rows, columns = np.divmod(np.arange(count * count), count)
        where.append(np.stack([columns, rows], axis=1))
        sizes.append(np.full((count * count, 1), stride))
    return np.concatenate(where).astype(np.float32), np.concatenate(sizes).astype(np.float32)
