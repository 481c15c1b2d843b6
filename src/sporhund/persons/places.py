"""Tracks as places on a route: before which camera, and when in the world."""
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from sporhund.evidence import cameras
from sporhund.evidence.medium_clock import clock_of_files
from sporhund.evidence.model import Anchor
from sporhund.persons import records
from sporhund.persons.model import Stop


def stops(
    rows: Connection, case_id: str, tracks: Sequence[str], *, also_in: Mapping[str, Sequence[str]],
) -> list[Stop]:
    """One stop for each of these tracks.

    also_in: per track the other subjects that it is said to be of.
    """
    known = cameras.cameras(rows, case_id)
    names = {camera.id: camera.name for camera, _ in known}
    anchors = [anchor for _, of in known for anchor in of]
    found = groupby(records.places(rows, case_id, tracks), key=lambda row: row.id)
    return [_stop(list(files), names, anchors, tuple(also_in.get(track, ()))) for track, files in found]


def _stop(files: Sequence[Any], names: Mapping[str, str], anchors: Sequence[Anchor], also_in: tuple[str, ...]) -> Stop:
    row = files[0]
    own = {file.camera_id for file in files if file.camera_id is not None}
    clock = clock_of_files(row.medium_id, files, anchors)
    begins, ends = clock.at(row.start), clock.at(row.end)
    return Stop(row.id, row.kind, row.label, row.medium_id, row.path, tuple(sorted(names[one] for one in own)), row.start,
                row.end, begins, ends, also_in)
