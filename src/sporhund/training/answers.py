"""Whether what was planted was found: the known answers, compared with what the case says. Pure."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sporhund.evidence.names import text
from sporhund.training.planted import Box, Exhibit, PlantedFile, Sight

OVERLAP = 0.4
"""Intersection over union from which a box is where it was planted (the planted ones are rounded to a few pixels)."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A planted truth that was not found."""

    path: str
    expected: str
    found: str


def missed(exhibit: Exhibit, files: Sequence[Mapping[str, Any]], tracks: Sequence[Mapping[str, Any]]) -> list[Missed]:
    """Every planted truth that the case does not show; empty when all was found.

    files: the items of `status --files`; tracks: the items of `tracks`. Paths may begin with the folder that was analysed.
    """
    told: list[Missed] = []
    for planted in exhibit.files:
        path = text(planted.path)
        item = next((item for item in files if _is(item["path"], path)), None)
        if item is None:
            told.append(Missed(path, planted.state, "not in the account"))
            continue
        if not _state_fits(planted, item, exhibit, files):
            told.append(Missed(path, _worded(planted.state, planted.code), _worded(item["state"], item.get("code"))))
        here = [track for track in tracks if _is(track["path"], path)]
        told += [_missed_sight(path, sight, here) for sight in planted.sights if not any(_shows(sight, track) for track in here)]
    return told


def _is(found: str, path: str) -> bool:
    return found == path or found.endswith("/" + path)


def _state_fits(planted: PlantedFile, item: Mapping[str, Any], exhibit: Exhibit, files: Sequence[Mapping[str, Any]]) -> bool:
    """Of two files with the same bytes either may be the one that is counted as the duplicate."""
    twin = next((other for other in exhibit.files if planted.path == other.same_bytes_as or other.path == planted.same_bytes_as),
                None)
    if twin is None:
        return bool(planted.state == item["state"] and planted.code in (None, item.get("code")))
    states = {each["state"] for each in files if _is(each["path"], text(twin.path))} | {item["state"]}
    return states == {planted.state, twin.state}


def _shows(sight: Sight, track: Mapping[str, Any]) -> bool:
    """A still must show it at its place, a clip within its time."""
    if track["kind"] != sight.kind or track["from"] > sight.to_s or track["to"] < sight.from_s:
        return False
    return sight.box is None or sight.to_s > 0 or overlap(sight.box, track["best"]["box"]) >= OVERLAP


def overlap(one: Box, other: Sequence[float]) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def _missed_sight(path: str, sight: Sight, here: Sequence[Mapping[str, Any]]) -> Missed:
    when = f" from {sight.from_s:g} to {sight.to_s:g} s" if sight.to_s else ""
    others = sum(track["kind"] == sight.kind for track in here)
    return Missed(path, f"{sight.kind}{when}", f"{others} elsewhere" if others else "none")


def _worded(state: str, code: str | None) -> str:
    return f"{state} ({code})" if code else state
