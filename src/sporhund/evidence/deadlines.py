"""How far the recordings of a camera are, and how long they are still there to be fetched. Pure."""
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sporhund.errors import WrongUsage
from sporhund.evidence.model import Camera

SOON_DAYS = 3
"""Days left at which a camera is about to be overwritten."""


class Recordings(StrEnum):
    """How far the recordings of a camera are."""

    KNOWN = "known"              #: that it is there; nobody has asked for them
    ASKED = "asked"              #: its owner was asked
    RECEIVED = "received"        #: they are here
    OVERWRITTEN = "overwritten"  #: they never came, and the recorder has lost them


@dataclass(frozen=True, slots=True)
class Deadline:
    """A camera's recordings on one day."""

    state: Recordings
    days_left: int | None        #: until they are lost, 0: today is the last day; None: nothing to lose, or nobody knows when
    soon: bool                   #: about to be overwritten


def deadline(camera: Camera, *, files: bool, today: date) -> Deadline:
    """files: there are files of it in the case: they came, whatever anybody noted."""
    if files or camera.received_on is not None:
        return Deadline(Recordings.RECEIVED, None, False)
    if camera.overwritten_on is not None and camera.overwritten_on < today:
        return Deadline(Recordings.OVERWRITTEN, None, False)
    state = Recordings.ASKED if camera.asked_on is not None else Recordings.KNOWN
    left = None if camera.overwritten_on is None else (camera.overwritten_on - today).days
    return Deadline(state, left, left is not None and left <= SOON_DAYS)


def check_past(on: date, today: date) -> date:
    """Raises WrongUsage `bad-day` for a day that has not come."""
    if on > today:
        raise WrongUsage("bad-day", f"{on.isoformat()} has not come yet.", "Give the day on which it happened.")
    return on
