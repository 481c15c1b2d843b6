"""What became of a medium, and what each look came to: pure, from facts and coverage."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sporhund.evidence.rules import LARGE
from sporhund.media.model import Coverage, Facts, Kind
from sporhund.review.model import LOOK_OF

MEDIA_NAMES = frozenset(
    b"jpg jpeg jpe jfif png gif bmp tif tiff webp heic heif avif jp2 mp4 m4v mov avi mkv webm mpg mpeg mts m2ts ts 3gp 3g2 "
    b"wmv asf flv vob dav h264 h265 264 265 mjpeg mjpg ogv mxf dv rm rmvb f4v divx".split()
)
"""Endings that promise a picture or a video: a file so named that holds neither is a loss, not a by-catch."""

TELLING = frozenset({"unknown-format", "damaged", "truncated", "encrypted", "empty"})
"""Codes of the reader that say more than that the name promised something else."""

UNREADABLE = frozenset({"too-large", "encrypted", "no-picture", "unknown-format", "empty", "damaged", "playlist"})
"""Codes of the reader after which there is nothing to look at."""

PASSING = frozenset({"gone", "changed-since-intake", "no-permission"})
"""Troubles of the place, not of the file: tried again by the next run."""

FATES = PASSING | {"reader-died", "reader-hung", "too-much-memory", "reader-failed", "reader-lied", "archive-member"}
"""Nothing is known of the file, because nobody survived reading it or it was not there: never "not a medium"."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a medium with its reason. A code and reason are there unless it was analysed whole."""

    state: str
    code: str | None = None
    reason: str | None = None


def judge_unexamined(facts: Facts, *, name: bytes, size: int, among_camera_files: bool) -> Verdict | None:
    """The verdict on a medium in which there is nothing to look at; None if there is something."""
    if facts.kind in (Kind.STILL, Kind.VIDEO) and (facts.kind is Kind.STILL or facts.streams) and not refused(facts):
        return None
    if facts.code in FATES:
        return Verdict("failed", facts.code, facts.reason)
    if facts.kind is Kind.AUDIO:
        return Verdict("skipped", "sound-only", f"{facts.name}: sound without a picture")
    if facts.kind is not Kind.OTHER and facts.kind is not Kind.ARCHIVE:
        return Verdict("failed", facts.code or "unreadable", facts.reason or f"{facts.name}: cannot be read")
    if facts.kind is Kind.ARCHIVE:
        state = "failed" if size > LARGE else "skipped"
        return Verdict(state, facts.code or "archive-not-opened", facts.reason or f"{facts.name}: was not opened")
    promised = b"." in name and name.rsplit(b".", 1)[-1].lower() in MEDIA_NAMES
    if promised or among_camera_files or size > LARGE:
        code = facts.code if facts.code in TELLING else "not-what-it-says" if promised else "unknown-format"
        return Verdict("failed", code, unread_reason(facts, promised, among_camera_files, size))
    return Verdict("skipped", "not-media", facts.reason or f"{facts.name}: neither a picture nor a video")


def refused(facts: Facts) -> bool:
    """The file is a picture or a video, and nothing of it can be read."""
    if facts.kind is Kind.VIDEO and not facts.streams:
        return True
    return facts.code in UNREADABLE and not (facts.code == "damaged" and facts.streams)


def unread_reason(facts: Facts, promised: bool, among_camera_files: bool, size: int) -> str:
    """Why a file that is not a medium counts as lost."""
    why = facts.reason or f"{facts.name}: neither a picture nor a video that can be read"
    if promised:
        return f"the name promises a picture or a video, but the content does not: {why}"
    if among_camera_files:
        return f"it lies among a camera's files and cannot be read: {why}"
    return f"it is large ({size / 1e6:.1f} MB) and cannot be read: {why}"


def judge_archive(troubles: Sequence[str | None]) -> Verdict:
    """The verdict on an archive, from what became of each member: each has a row and a state of its own."""
    if troubles and all(troubles):
        return Verdict("failed", "archive-refused", f"none of its {len(troubles)} members could be taken out: {troubles[0]}")
    return Verdict("analysed")


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """How one unit ended: done or failed, with what it covered."""

    state: str
    coverage: Coverage
    code: str | None = None
    reason: str | None = None


def judge_examined(facts: Facts, units: Sequence[UnitOutcome]) -> Verdict:
    """The verdict on a medium whose units have all ended."""
    decoded = sum(unit.coverage.decoded_frames for unit in units)
    losses = [loss for unit in units for loss in unit.coverage.unread]
    failed = next((unit for unit in units if unit.state == "failed"), None)
    corrupt = sum(unit.coverage.corrupt_frames for unit in units)
    if not any(unit.coverage.sampled_frames for unit in units):
        code, why = (failed.code, failed.reason) if failed else (None, None)
        first = losses[0] if losses else None
        return Verdict(
            "failed", code or facts.code or (first.code if first else "no-picture"),
            why or facts.reason or (first.why if first else "no picture could be decoded"))
    if facts.code:                                   # what the file's structure says explains what the decoder met
        return Verdict("partly", facts.code, facts.reason)
    if failed:
        return Verdict("partly", failed.code, failed.reason)
    if losses:
        return Verdict("partly", losses[0].code, losses[0].why)
    if corrupt:
        return Verdict("partly", "damaged", f"{corrupt} of {decoded} frames are damaged")
    return Verdict("analysed")


def skipped_looks(facts: Facts, looks: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Looks for which there is nothing in such a medium to look at."""
    still = facts.kind is Kind.STILL and not facts.animated and not facts.clips
    return {"motion": ("skipped", "a still picture holds no movement")} if still and "motion" in looks else {}


def look_states(
    looks: Sequence[str], found: set[str], verdict: Verdict, errors: Mapping[str, str],
) -> dict[str, tuple[str, str | None]]:
    """Per kind looked for: found | nothing | failed (why). A part that was not read is in the medium's state and coverage."""
    states: dict[str, tuple[str, str | None]] = {}
    for kind in looks:
        error = errors.get(LOOK_OF[kind])
        if kind in found:
            states[kind] = ("found", error)
        elif error:
            states[kind] = ("failed", error)
        elif verdict.state == "failed":
            states[kind] = ("failed", verdict.reason)
        else:
            states[kind] = ("nothing", verdict.reason)   # of a medium only partly read: in what was read
    return states
