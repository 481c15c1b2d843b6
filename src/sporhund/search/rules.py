"""What may be searched with, and what is shown of it. Pure."""
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import printable
from sporhund.faces.chance import Chance
from sporhund.media.model import Stated
from sporhund.search.model import Candidate, Probe
from sporhund.tracks.model import BestShot

_MOMENT = re.compile(rb"(.+)@([0-9]{1,9}(?:\.[0-9]{1,9})?)", re.DOTALL)
"""No video has a moment beyond nine digits: what goes on longer is the name of a file."""
_FACE = re.compile("[1-9][0-9]{0,3}")
_SHOWN = 40
FACES = ("largest", "central")
UNFIT = "unsuitable"


def moment_in(typed: bytes) -> tuple[bytes, float] | None:
    """The file and the second that "clip.mp4@12.4" means; None where no moment is named."""
    found = _MOMENT.fullmatch(typed)
    return (found[1], float(found[2])) if found else None


def check_face(face: str | None) -> None:
    """Raises WrongUsage `bad-face`."""
    if face is not None and face not in FACES and not _FACE.fullmatch(face):
        hint = "--face takes a number from 1, counted from the left, largest or central."
        raise WrongUsage("bad-face", f"{printable(face[:_SHOWN])!r} chooses no face.", hint)


def which_face(name: str, faces: Sequence[BestShot], face: str | None) -> Refused:
    """What is said where several faces are there and none, or none of theirs, was chosen."""
    listed = "; ".join(
        f"{number}: at ({shot.box[0]:.0f}, {shot.box[1]:.0f}), {shot.box[2]:.0f} x {shot.box[3]:.0f} pixels"
        for number, shot in enumerate(faces, start=1))
    said = f"{name} shows {_faces(len(faces))}, from left to right {listed}."
    if face is not None:
        said = f"There is no face {face}: {said}"
    refusal = Refused("which-face", said, "Choose one: --face N, --face largest or --face central.")
    refusal.data = {"path": name, "faces": [
        {"face": number, "box": list(shot.box), "quality": shot.quality} for number, shot in enumerate(faces, start=1)]}
    return refusal


def _faces(count: int) -> str:
    return "one face" if count == 1 else f"{count} faces"


def unfit(name: str, probe: Probe) -> Refused:
    """What is said where nothing can be compared; it is recorded as an outcome."""
    hints = {
        "no-face": "Give a picture in which the face is larger, or cut it out.",
        UNFIT: "Give a larger, sharper or more frontal picture. That this one is unsuitable is recorded.",
        "which-moment": "Name one, in seconds: FILE@12.4",
        "not-a-picture": "Give a picture, or a moment of a video as FILE@SECONDS.",
    }
    code = probe.code or UNFIT
    said = f"{name}: {probe.reason}."
    return Refused(code, said, hints.get(code, "Give another picture."))


def split(ranked: Sequence[Candidate], max_chance: float | None) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """(shown, left out): only a candidate whose number is known to be beyond the limit is left out.

    Without a number, or with no more than a bound ("fewer than"), nobody knows that; such a candidate always stays.
    """
    if max_chance is None:
        return tuple(ranked), ()
    out = [one for one in ranked if _beyond(one.chance, max_chance)]
    kept = [one for one in ranked if not _beyond(one.chance, max_chance)]
    return tuple(kept), tuple(out)


def _beyond(chance: Chance | None, limit: float) -> bool:
    return chance is not None and not chance.floor and chance.expected > limit


def taken(stated: Sequence[Stated]) -> datetime | None:
    """When a picture says that it was taken; no more than its word. Without a zone it is read as UTC: for years, not hours."""
    for one in stated:
        if one.what == "time" and not one.note:
            try:
                said = datetime.fromisoformat(one.value)
            except ValueError:
                continue
            return said if said.tzinfo else said.replace(tzinfo=UTC)
    return None
