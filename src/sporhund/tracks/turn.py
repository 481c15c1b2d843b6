"""Places found in a picture that was turned counter-clockwise by 90, 180 or 270 degrees, in the upright picture."""
from collections.abc import Iterable
from dataclasses import replace

from sporhund.tracks.model import BestShot, Box, Observation, Track

Point = tuple[float, float]


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
