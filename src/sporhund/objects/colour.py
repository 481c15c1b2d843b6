"""The colours of a person's clothing, upper and lower half, and of a vehicle's body. Arrays only.

A guess from proportions: of the box the part that mostly shows cloth or paint, the middle counting more than the edges, and
what looks like the surroundings on both sides counting less. Light colours what it falls on: under a yellow lamp white cloth is
beige, and no camera says which lamp it was. So colour orders a list and never hides anything.
"""
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.media.frame import UInt8Array
from sporhund.objects.names import Lab, apart, name_of, oklab
from sporhund.tracks.boxes import pixels_within
from sporhund.tracks.model import Box, Colour

Region = tuple[float, float, float, float]
"""x from, x to, y from, y to, as shares of a box."""
UPRIGHT, UPPER_BODY = 1.9, 1.3
"""Height over width of a box from which a whole person stands in it; from which one down to the hips does."""
STANDING: dict[str, Region] = {"upper": (0.25, 0.75, 0.20, 0.45), "lower": (0.27, 0.73, 0.55, 0.85)}
TO_THE_HIPS: dict[str, Region] = {"upper": (0.22, 0.78, 0.42, 0.88)}
PORTRAIT: dict[str, Region] = {"upper": (0.22, 0.78, 0.68, 0.98)}
BODY: dict[str, Region] = {"body": (0.12, 0.88, 0.35, 0.80)}
"""Below the windows of most vehicles, above the road."""
WITHOUT_BODY = frozenset({"bicycle"})
"""Frames so thin that mostly the background would be named."""
SMALLEST_PX = 4
"""Least side of a region, pixels."""
LOOKED_AT = (16, 20)
"""Columns and rows a region is shrunk to."""
ONE_COLOUR = 7.0
"""Distance within which two pixels are of one colour: folds and shadows of one cloth stay together."""
LEAST_SHARE = 0.2
MOST = 3
"""Colours of one part."""
SURROUNDINGS = 0.3
"""How much a pixel still counts that looks like the surroundings: cloth may well be of their colour."""
COLOURLESS = 1.8
"""A picture of which 95 of 100 places lie nearer than this to its tint is grey or infrared."""
MIDDLING = 60.0
"""The lightness at which tints are compared."""

FloatArray = NDArray[np.float64]


def grey_picture(rgb: UInt8Array) -> bool:
    """Is the whole picture grey, infrared or of one tint (sepia)? Then no colour of a thing in it has a name.

    rgb: (height, width, 3).
    """
    small = cv2.resize(rgb, (48, 32), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    labs = oklab(small.reshape(-1, 3))
    tint = labs[:, 1:] * (MIDDLING / np.maximum(labs[:, :1], MIDDLING / 3))    # a tint is the stronger the lighter a place is
    return bool(np.percentile(np.linalg.norm(tint - np.median(tint, axis=0), axis=1), 95) < COLOURLESS)


def colours_of(rgb: UInt8Array, box: Box, kind: str, label: str | None, *, grey: bool) -> tuple[Colour, ...]:
    """The colours of what is in the box, part by part, most seen first; none where too little of a part is seen.

    rgb: (height, width, 3) the picture.   kind: person | vehicle; other things have none.   label: the vehicle's class.
    grey: see grey_picture; then only the lightness is given.
    """
    found: list[Colour] = []
    for part, region in regions(box, kind, label).items():
        pixels = pixels_within(rgb, within(box, region))
        if min(pixels.shape[:2]) >= SMALLEST_PX:
            found += [_named(part, lab, share, grey=grey) for lab, share in dominant(pixels, beside(rgb, box, region))]
    return tuple(found)


def regions(box: Box, kind: str, label: str | None) -> dict[str, Region]:
    """Which parts can be seen in a box of these proportions, and where in it they lie."""
    if kind == "vehicle":
        return {} if label in WITHOUT_BODY else BODY
    if kind != "person" or box[2] <= 0:
        return {}
    tall = box[3] / box[2]
    return STANDING if tall >= UPRIGHT else TO_THE_HIPS if tall >= UPPER_BODY else PORTRAIT


def within(box: Box, region: Region) -> Box:
    """The region's box."""
    x, y, width, height = box
    left, right, top, bottom = region
    return (x + left * width, y + top * height, (right - left) * width, (bottom - top) * height)


def beside(rgb: UInt8Array, box: Box, region: Region) -> UInt8Array:
    """(n, 3) pixels of the surroundings: a strip on each side of the box at the region's height."""
    _, y, _, height = within(box, region)
    width = 0.12 * box[2]
    strips = [pixels_within(rgb, (x, y, width, height)) for x in (box[0] - width, box[0] + box[2])]
    small = [cv2.resize(strip, (3, 8), interpolation=cv2.INTER_AREA).reshape(-1, 3) for strip in strips if strip.size]
    return np.concatenate(small).astype(np.uint8) if small else np.zeros((0, 3), np.uint8)


def dominant(pixels: UInt8Array, around: UInt8Array) -> list[tuple[Lab, float]]:
    """The colours that most of the pixels have, and the share of each, largest first.

    pixels: (h, w, 3) of one part.   around: (n, 3) of its surroundings.
    The pixel with most like it stands for a colour; what is like it is taken away, and so on.
    """
    columns, rows = min(LOOKED_AT[0], pixels.shape[1]), min(LOOKED_AT[1], pixels.shape[0])
    small = cv2.resize(np.ascontiguousarray(pixels), (columns, rows), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    labs = oklab(small.reshape(-1, 3))
    weights = _middle(rows, columns) * _unlike(labs, oklab(around))
    weights /= weights.sum()
    alike = apart(labs, labs) < ONE_COLOUR
    found: list[tuple[Lab, float]] = []
    while len(found) < MOST:
        support = alike @ weights
        chosen = int(np.argmax(support))
        if support[chosen] < LEAST_SHARE:
            break
        own = np.where(alike[chosen], weights, 0.0)
        lab = (own @ labs / own.sum()).tolist()
        found.append(((lab[0], lab[1], lab[2]), float(support[chosen])))
        weights = weights - own
    return found


def merged(looks: Sequence[tuple[Sequence[Colour], float]]) -> tuple[Colour, ...]:
    """The colours of one thing out of several looks at it, part by part, most seen first.

    looks: the colours of each, and how much it counts (over 0). A colour in one and its like in another are one. Where any look
    saw colour, those that saw grey (a camera that turned to infrared) say nothing.
    """
    coloured = any(colour.name is not None for colours, _ in looks for colour in colours)
    parts = dict.fromkeys(colour.part for colours, _ in looks for colour in colours)
    found: list[Colour] = []
    for part in parts:
        of_part = [([one for one in colours if one.part == part and (one.name is not None) == coloured], weight)
                   for colours, weight in looks]
        found += _merged_part(part, [look for look in of_part if look[0]], grey=not coloured)
    return tuple(found)


def _merged_part(part: str, looks: Sequence[tuple[Sequence[Colour], float]], *, grey: bool) -> list[Colour]:
    total = sum(weight for _, weight in looks)
    seen = sorted(((one.lab, one.share * weight / total) for colours, weight in looks for one in colours),
                  key=lambda one: -one[1])
    groups: list[tuple[Lab, float]] = []
    for lab, share in seen:
        away = [float(apart(np.array([group]), np.array([lab]))[0, 0]) for group, _ in groups]
        if away and min(away) < ONE_COLOUR:
            index = away.index(min(away))
            groups[index] = _mixed(groups[index], (lab, share))
        else:
            groups.append((lab, share))
    return [_named(part, lab, share, grey=grey) for lab, share in sorted(groups, key=lambda one: -one[1])[:MOST]]


def _mixed(one: tuple[Lab, float], other: tuple[Lab, float]) -> tuple[Lab, float]:
    share = one[1] + other[1]
    lab = ((np.array(one[0]) * one[1] + np.array(other[0]) * other[1]) / share).tolist()
    return (lab[0], lab[1], lab[2]), share


def _named(part: str, lab: Lab, share: float, *, grey: bool) -> Colour:
    rounded = (round(lab[0], 2), round(lab[1], 2), round(lab[2], 2))
    share = round(min(share, 1.0), 3)
    if grey:
        return Colour(part, rounded, share, None, None)
    colour = name_of(rounded)
    return Colour(part, rounded, share, colour.name, colour.danish)


def _middle(rows: int, columns: int) -> FloatArray:
    """(rows * columns,) how much each pixel counts for its place: the middle column four times as much as the edges."""
    across = 0.25 + 0.75 * np.cos(np.linspace(-np.pi / 2, np.pi / 2, columns)) ** 2
    return np.tile(across, rows)


def _unlike(labs: FloatArray, around: FloatArray) -> FloatArray:
    """(n,) how much each pixel counts for not looking like the surroundings."""
    if not len(around):
        return np.ones(len(labs))
    like = (apart(labs, around) < ONE_COLOUR / 2).mean(axis=1)
    return np.asarray(np.where(like > 0.2, SURROUNDINGS, 1.0))
