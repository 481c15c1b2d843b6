"""The clock of a medium: which anchors hold for it, and when each of its moments was. Pure; everybody who tells a time asks here.

One recording has one clock, however many files hold it, and these may be of several cameras. Anchors of the medium itself hold
always: its picture was read. What a checked clock said is taken from one camera: of those that its anchors name, then those of
its files, the original first, the first one whose clock was checked. Where another of them was checked too and would put a moment
elsewhere by more than both may be wrong, one of the two is wrong and nobody here knows which: the time stays that of the first,
its uncertainty reaches to the other, and its origin says CONTRADICTED.
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sporhund.evidence import clock as times
from sporhund.evidence.model import Anchor, WorldTime

ORIGINS = ("container", "exif", "file-name")
"""Of stated times that a medium may be placed by, the likeliest first; others follow."""
CONTRADICTED = "+contradicted"
"""Stands in an origin before "+checked-clock": another checked clock says otherwise."""

Said = Sequence[Any] | None
"""What a medium, or a file's name, states (media.model.Stated, as JSON)."""


@dataclass(frozen=True, slots=True)
class MediumClock:
    """What a medium's moments are tied to."""

    medium: str
    first: float                                #: presentation time of its first frame, seconds
    said: tuple[Any, ...]                       #: stated times and all else: the medium's own, then its files'
    tied: tuple[Anchor, ...]                    #: the medium's own anchors, and those of the camera that counts
    others: tuple[tuple[Anchor, ...], ...] = ()  #: as `tied`, by each other camera that was checked

    def at(self, t: float) -> WorldTime | None:
        """When moment `t` was, as its anchors have it, else the likeliest of its stated times; None where nobody knows."""
        return self._sure(_when(self.medium, t, self.first, self.said, self.tied),
                          [_when(self.medium, t, self.first, self.said, tied) for tied in self.others])

    def own(self, t: float) -> WorldTime | None:
        """What its own clock said then, uncorrected: the one in the picture where it was tied to the medium, else what the
        file states."""
        unchecked = [replace(one, true_time=None) for one in self.tied if one.medium_id is not None]
        return _when(self.medium, t, self.first, self.said, unchecked)

    def spans(self, length: float) -> Iterable[tuple[WorldTime, WorldTime]]:
        """First and last moment: one pair by its anchors, else one for each stated time, for none is known to be true."""
        end = self.first + length
        if times.world_time(self.medium, self.first, self.tied) is not None:
            chosen = [self.said]
        else:
            chosen = [(one,) for one in sorted(_stated_times(self.said), key=_likeliness)]
        for said in chosen:
            begins, ends = (replace(self, said=said).at(t) for t in (self.first, end))
            if begins is not None and ends is not None:
                yield begins, ends

    @staticmethod
    def _sure(found: WorldTime | None, others: Sequence[WorldTime | None]) -> WorldTime | None:
        for other in others:
            if found is None or other is None:
                continue
            one, two = times.comparable([found.at, other.at])
            apart = abs((one - two).total_seconds())
            if apart > found.uncertainty_s + other.uncertainty_s:
                origin = found.origin.replace(CONTRADICTED, "").replace(_CHECKED, CONTRADICTED + _CHECKED)
                found = replace(found, origin=origin, uncertainty_s=max(found.uncertainty_s, apart + other.uncertainty_s))
        return found


_CHECKED = "+checked-clock"


def clock_of(medium: str, first: float | None, inside: Said, files: Iterable[tuple[str | None, Said]],
             anchors: Sequence[Anchor]) -> MediumClock:
    """The clock of a medium.

    first: presentation time of its first frame.   inside: what it states itself.   files: camera, and what its name states, of
    every file that holds it: the original first, then as they were taken in.   anchors: all of the case, or at least all that
    are of this medium or of these cameras.
    """
    files = list(files)
    own = [one for one in anchors if one.medium_id == medium]
    named = [one.camera_id for one in own]
    held = [camera for camera, _ in files if camera is not None]
    cameras = list(dict.fromkeys([*(one for one in held if one in named), *named, *held]))
    ties = {camera: _tied(camera, own, anchors) for camera in cameras}
    checked = [camera for camera in cameras if any(one.true_time is not None for one in ties[camera])]
    counts = next(iter(checked or cameras), None)
    said = [*(inside or ()), *(one for _, stated in files for one in stated or ())]
    return MediumClock(medium, first or 0.0, tuple(said), tuple(ties[counts]) if counts is not None else (),
                       tuple(tuple(ties[one]) for one in checked if one != counts))


def clock_of_files(medium: str, files: Sequence[Any], anchors: Sequence[Anchor]) -> MediumClock:
    """As `clock_of`, from rows of a query: one for each file, with `first`, `said_inside`, `camera_id`, `said_by_name`."""
    first, inside = (files[0].first, files[0].said_inside) if files else (None, None)
    return clock_of(medium, first, inside, [(file.camera_id, file.said_by_name) for file in files], anchors)


def _tied(camera: str, own: Sequence[Anchor], anchors: Sequence[Anchor]) -> list[Anchor]:
    """What holds if this camera's clock is the medium's: of its own anchors under another camera only what the picture shows."""
    mine = [one if one.camera_id == camera else replace(one, true_time=None) for one in own]
    kept = {one.id for one in own}
    return [*mine, *(one for one in anchors if one.camera_id == camera and one.id not in kept)]


def _when(medium: str, t: float, first: float, said: Sequence[Any], tied: Sequence[Anchor]) -> WorldTime | None:
    shown = times.world_time(medium, t, tied)
    if shown is not None:
        return shown
    stated = sorted(_stated_times(said), key=_likeliness)
    begins = (times.stated_time(one["value"], one.get("zone", "unknown"), one["origin"], tied) for one in stated)
    known = next((one for one in begins if one is not None), None)
    return times.later(known, t - first) if known is not None else None


def _stated_times(said: Sequence[Any]) -> list[Any]:
    return [one for one in said if one["what"] == "time" and not one.get("note")]


def _likeliness(said: Any) -> int:
    return next((place for place, origin in enumerate(ORIGINS) if said["origin"].startswith(origin)), len(ORIGINS))
