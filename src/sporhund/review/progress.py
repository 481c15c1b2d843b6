"""How far a run is, and how long it will take: with its uncertainty. Pure."""
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

PROBE_UNITS = 3
"""Finished units before time left is estimated; the first span of a video is a minute, so this is the 60-second probe."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a run that is going on."""

    stage: str                     #: intake | reading | looking
    files: int = 0                 #: seen so far
    files_done: int = 0
    bytes_done: int = 0
    units: int = 0
    units_done: int = 0
    video_s: float = 0.0           #: seconds of video to look at
    video_done_s: float = 0.0
    tracks: int = 0
    wall_s: float = 0.0
    left: tuple[float, float] | None = None   #: seconds left, from and to (95 %); None until the probe is done
    latest: str = ""               #: for the eye: the file worked on


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """For callers that want no progress."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished unit: how large it was and how long a worker took."""

    kind: str
    size: float                    #: seconds of video; 1 for a still
    seconds: float


def time_left(done: list[Done], waiting: list[tuple[str, float]], workers: int) -> tuple[float, float] | None:
    """Seconds until all is done, as a 95 % range; None while too little is known.

    Per kind the rate is a ratio estimate, sum(seconds) / sum(size); its standard error is that of the residuals
    (Cochran, Sampling Techniques, 3rd ed., section 6.4). Kinds not yet seen take the widest known rate and its full width.
    """
    if len(done) < PROBE_UNITS or not waiting:
        return None if waiting else (0.0, 0.0)
    mean, variance = 0.0, 0.0
    for kind in {kind for kind, _ in waiting}:
        size = sum(s for k, s in waiting if k == kind)
        sample = [d for d in done if d.kind == kind]
        rate, error = _rate(sample or done)
        mean += rate * size
        variance += (error * size) ** 2 + (0.0 if sample else (rate * size) ** 2)
    spread = 1.96 * sqrt(variance)
    return max(0.0, mean - spread) / workers, (mean + spread) / workers


def _rate(sample: list[Done]) -> tuple[float, float]:
    size = sum(max(d.size, 1e-3) for d in sample)
    rate = sum(d.seconds for d in sample) / size
    if len(sample) < 2:
        return rate, rate
    residual = sum((d.seconds - rate * d.size) ** 2 for d in sample) / (len(sample) - 1)
    return rate, sqrt(residual * len(sample)) / size
