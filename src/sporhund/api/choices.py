"""What a caller asks for, in the program's words; wrong words are said at once."""
import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sporhund.audit.model import Checkpoint
from sporhund.errors import Refused, WrongUsage
from sporhund.packs.model import Manifest
from sporhund.review.model import KINDS, LOOK_OF

PLURALS = {f"{kind}s": kind for kind in KINDS if kind != "motion"} | {"motion": "motion"} | {kind: kind for kind in KINDS}
_PLACE = re.compile(r"[0-9]{1,18}")
"""No list is longer, and a database counts to 19 digits."""
LATER = {"text": "text recognition is not built yet", "elements": "search for elements is not built yet"}


def wanted_kinds(find: Sequence[str]) -> tuple[list[str], list[str]]:
    """Kinds to look for, in the order of KINDS, and those of rooms that are not built yet."""
    unknown = [word for word in find if word not in PLURALS and word not in LATER]
    if unknown or not find:
        known = ", ".join([word for word in PLURALS if word not in KINDS or word == "motion"])
        said = ", ".join(map(repr, unknown)) or "nothing"
        raise WrongUsage("unknown-look", f"Nothing here can look for {said}.", f"--find takes: {known}.")
    kinds = {PLURALS[word] for word in find if word in PLURALS}
    if not kinds:
        raise Refused("not-yet", LATER[find[0]] + ".", "Look for: faces, persons, vehicles, objects, motion.")
    return [kind for kind in KINDS if kind in kinds], [word for word in find if word in LATER]


def able(kinds: Sequence[str], manifest: Manifest) -> tuple[list[str], dict[str, str]]:
    """Kinds that the pack can find, and why it cannot find the others."""
    roles = {"face": manifest.faces, "object": manifest.objects, "motion": True}
    missing = {kind: f"the pack {manifest.label} has no detector for it" for kind in kinds if roles[LOOK_OF[kind]] is None}
    return [kind for kind in kinds if kind not in missing], missing


def parse_time(said: str, *, zoneless: bool = False) -> datetime:
    """Aware UTC. zoneless: a time without a zone is taken as UTC. Raises WrongUsage `bad-time`."""
    hint = "Write it as in 2026-01-31T22:14:05+01:00."
    try:
        at = datetime.fromisoformat(said)
        if at.tzinfo is None and not zoneless:
            raise WrongUsage("bad-time", f"{said!r} has no zone.", hint)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as exc:           # of the first and the last day of the calendar there is no other zone
        raise WrongUsage("bad-time", f"{said!r} is no time.", hint) from exc


def cursor(after: str | None) -> int | None:
    """The place in a list that a page ended at. Raises WrongUsage `bad-cursor`."""
    if after and not _PLACE.fullmatch(after):
        raise WrongUsage("bad-cursor", f"{after!r} is no cursor.", "Take `next` of the page before.")
    return int(after) if after else None


def read_checkpoint(path: Path) -> Checkpoint:
    try:
        said = json.loads(path.read_text("utf-8"))
        said = said.get("data", said)
        return Checkpoint(int(said["position"]), str(said["head"]), said.get("case_id"))
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        hint = "Keep what `sporhund audit checkpoint --json` prints."
        raise WrongUsage("bad-checkpoint", f"{path} is no checkpoint.", hint) from exc


def processors() -> int:
    """How many processors this process may use."""
    return max(1, len(os.sched_getaffinity(0)))


def zone_said(said: str) -> bool:
    """Whether a time was given with its zone."""
    return datetime.fromisoformat(said).tzinfo is not None


def refuse_overwriting(out: Path) -> None:
    """Raises WrongUsage `exists`: no command writes over a file, which may be evidence."""
    if out.exists() or out.is_symlink():
        raise WrongUsage("exists", f"{out} is there already.", "Name a new file: nothing is written over.")
