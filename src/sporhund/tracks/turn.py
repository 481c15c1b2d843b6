"""Pictures turned by quarters, and places found in them brought back to the upright picture."""
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from sporhund.media.frame import Frame, UInt8Array
from sporhund.tracks.model import BestShot, Box, Observation, Track

TURNS = (90, 180, 270)
"""Degrees counter-clockwise tried on a still in which nothing was found."""

Point = tuple[float, float]


def turned(picture: UInt8Array, degrees: int) -> UInt8Array:
    """The picture turned counter-clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(picture, degrees // 90))


def turned_frame(frame: Frame, degrees: int) -> Frame:
    """The same moment, turned: what a second look gets."""
    sideways = degrees % 180 == 90
    width, height = (frame.height, frame.width) if sideways else (frame.width, frame.height)

    def luma(wanted: int) -> UInt8Array:
        upright = frame.luma(max(1, round(wanted * frame.width / frame.height)) if sideways else wanted)
        return turned(upright, degrees)

    return Frame(
        t=frame.t, shot=frame.shot, width=width, height=height, make_rgb=lambda: turned(frame.rgb, degrees), make_luma=luma,
        pts=frame.pts, time_base=frame.time_base, page=frame.page, warmup=frame.warmup, single=frame.single,
    )


def point_back(point: Point, degrees: int, width: float, height: float) -> Point:
    """A point of the turned picture in the upright one. width, height: of the upright picture."""
    x, y = point
    return {0: (x, y), 90: (width - y, x), 180: (width - x, height - y), 270: (y, height - x)}[degrees]


def box_back(box: Box, degrees: int, width: float, height: float) -> Box:
    """A box of the turned picture in the upright one. width, height: of the upright picture."""
    corners = [point_back((box[0] + dx, box[1] + dy), degrees, width, height) for dx, dy in ((0.0, 0.0), (box[2], box[3]))]
    (x1, y1), (x2, y2) = corners
    return (min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def upright_track(track: Track, degrees: int, width: float, height: float) -> Track:
    """A track found in the turned picture, in the upright one's pixels; its best shots say how far it was turned."""
    def observation(seen: Observation) -> Observation:
        return replace(seen, box=box_back(seen.box, degrees, width, height))

    def best(shot: BestShot) -> BestShot:
        points = tuple(point_back(point, degrees, width, height) for point in shot.landmarks)
        return replace(shot, box=box_back(shot.box, degrees, width, height), landmarks=points, turned=degrees)

    def each(sightings: Iterable[Observation]) -> tuple[Observation, ...]:
        return tuple(observation(seen) for seen in sightings)

    return replace(
        track, observations=each(track.observations), lead=each(track.lead), best=tuple(best(shot) for shot in track.best))
