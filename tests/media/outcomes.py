"""What a file comes to when it is probed and read as the line does it, in the words of the corpus' manifest."""
import resource
import signal
from dataclasses import dataclass
from math import inf
from pathlib import Path

from sporhund.errors import Unreadable
from sporhund.media.model import Facts, Kind, Sampling
from sporhund.media.probe import probe
from sporhund.media.reader import open_media
from sporhund.media.slice import Slice


@dataclass(frozen=True)
class Whole:
    """All of one stream, or a still."""

    kind: Kind
    stream: int = 0
    start: float = -inf
    end: float = inf
    warm_from: float = -inf
    untimed_rate: float = 0.0
    ignore_edit_list: bool = False
    expected_end: float | None = None


@dataclass(frozen=True)
class Outcome:
    state: str            #: ok | partial | broken | refused | other
    frames: int           #: of the first stream
    code: str | None
    reason: str | None
    notes: tuple[str, ...] = ()
    sampled: int = 0


def wholes(facts: Facts) -> list[Whole]:
    """One span for each stream, or the still."""
    if facts.kind is Kind.STILL:
        return [Whole(Kind.STILL)]
    return [
        Whole(Kind.VIDEO, stream.index, untimed_rate=stream.rate or 25.0 if stream.start is None else 0.0,
              ignore_edit_list=facts.ignore_edit_list, expected_end=stream.announced_end or stream.end)
        for stream in facts.streams]


def outcome(path: Path, mode: str = "normal") -> Outcome:
    """Probe and read one file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        facts = probe(file, size, bytes(path))
        if facts.kind not in (Kind.STILL, Kind.VIDEO):
            state = "other" if facts.code in (None, "not-media", "archive-not-opened") else "broken"
            return Outcome("refused" if facts.code == "playlist" else state, 0, facts.code, facts.reason)
        if facts.code == "too-large":
            return Outcome("refused", 0, facts.code, facts.reason)
        frames, sampled, losses, corrupt = [], 0, [], 0
        for span in wholes(facts):
            try:
                with open_media(file, span, Sampling(mode=mode)) as media:
                    sampled += sum(frame.rgb.ndim == 3 for frame in media)
            except Unreadable as exc:
                return Outcome("broken", 0, exc.code, exc.message)
            frames.append(media.coverage.decoded_frames)
            losses += media.coverage.unread
            corrupt += media.coverage.corrupt_frames
        for offset, length, _ in facts.embedded:
            assert probe(Slice(file, offset, length), length).kind is Kind.VIDEO
    code, reason = (losses[0].code, losses[0].why) if losses else (facts.code, facts.reason)
    if not sum(frames):
        return Outcome("broken", 0, code, reason, facts.notes)
    state = "partial" if losses or corrupt or facts.code else "ok"
    return Outcome(state, frames[0], code, reason or (f"{corrupt} corrupt" if corrupt else None), facts.notes, sampled)


def confined(path: str) -> Outcome | str:
    """`outcome` with the limits of a worker: 10 s, 1.5 GiB more than at the start."""
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(10)
    try:
        return outcome(Path(path))
    except TimeoutError:
        return "hang"
    except Exception as exc:  # noqa: BLE001 - any is the finding
        import traceback
        return f"raised {type(exc).__name__}: {exc} {traceback.format_exc()[-600:]}"
    finally:
        signal.alarm(0)


def _late(signum: int, frame: object) -> None:
    raise TimeoutError
