"""What a colour is called, in English and in Danish, and how far two colours lie apart. Pure, but for the table that is read.

The table objects/data/colours.csv: shades out of the xkcd colour survey of 2010 (about 222,000 people named colours that they
saw on their screens; https://xkcd.com/color/rgb.txt, CC0), put under thirteen everyday names by this project.
"""
import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Lab = tuple[float, float, float]
"""OKLab times 100: lightness 0 to 100, then green to red and blue to yellow; equal distances look about equally different."""
LIGHTNESS = 0.5
"""How much a difference of lightness counts: shade and folds change how light a cloth is far more than what colour it has."""
WITHOUT_COLOUR = frozenset({"black", "grey", "white"})
COLOURLESS, BLACK, WHITE = 3.5, 35.0, 80.0
"""What lies nearer than this to the grey axis is black, grey or white, by its lightness."""
DARK, COLOURLESS_IN_THE_DARK, PITCH = 25.0, 5.0, 18.0
"""Where it is dark, more is needed to be a colour, and below PITCH everything is black: sensors tint the dark."""


@dataclass(frozen=True, slots=True)
class Shades:
    """One everyday name, and the shades that people call so."""

    name: str
    danish: str
    labs: tuple[Lab, ...]


@cache
def shades() -> dict[str, Shades]:
    """The everyday names, by the English one."""
    text = (files("sporhund.objects") / "data" / "colours.csv").read_text(encoding="utf-8")
    found: dict[str, Shades] = {}
    for row in csv.DictReader(text.splitlines()):
        value = int(row["rgb"][1:], 16)
        [lab] = oklab(np.array([[value >> 16, value >> 8 & 255, value & 255]], np.uint8)).tolist()
        before = found[row["name"]].labs if row["name"] in found else ()
        found[row["name"]] = Shades(row["name"], row["danish"], (*before, (lab[0], lab[1], lab[2])))
    return found


def named(word: str) -> Shades | None:
    """The shades of an English or Danish name; None for a word that is neither."""
    return next((one for one in shades().values() if word.casefold() in (one.name, one.danish)), None)


def name_of(lab: Lab) -> Shades:
    """The everyday name whose nearest shade is nearest; what has next to no colour is black, grey or white."""
    known = shades()
    if lab[0] < PITCH or np.hypot(lab[1], lab[2]) < (COLOURLESS_IN_THE_DARK if lab[0] < DARK else COLOURLESS):
        return known["black" if lab[0] < BLACK else "white" if lab[0] > WHITE else "grey"]
    return min((one for one in known.values() if one.name not in WITHOUT_COLOUR), key=lambda one: distance_to(lab, one))


def distance_to(lab: Lab, colour: Shades) -> float:
    """From a colour to the nearest shade of this name: 0 (it is one) to about 100 (black to white)."""
    return float(apart(np.array([lab]), np.array(colour.labs)).min())


def oklab(rgb: NDArray[np.uint8]) -> FloatArray:
    """(n, 3) the colours of (n, 3) sRGB values, as Lab.

    Source: B. Ottosson, A perceptual color space for image processing (2020), with the matrices given there.
    """
    plain = rgb.astype(np.float64) / 255
    linear = np.where(plain <= 0.04045, plain / 12.92, ((plain + 0.055) / 1.055) ** 2.4)
    return np.asarray(100 * (np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T))


def apart(one: FloatArray, other: FloatArray) -> FloatArray:
    """(n, m) how far colours lie apart: the distance of (n, 3) and (m, 3) Lab, lightness counting half."""
    scale = np.array([LIGHTNESS, 1.0, 1.0])
    left, right = one * scale, other * scale
    squares = (left ** 2).sum(axis=1)[:, None] + (right ** 2).sum(axis=1)[None, :] - 2 * left @ right.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


_TO_CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005]])
_TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660]])
