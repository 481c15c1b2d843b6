"""The sound of a span, laid out by its times and encoded as AAC: gaps are silence, so that it stays with the picture."""
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer, OutputContainer
from numpy.typing import NDArray

from sporhund.media.decode import FAULTS

RATE = 48_000
_BLOCK = 1024          #: samples of an AAC frame
_JITTER_S = 0.05       #: times are rounded in many containers: a smaller step between two frames is none
_TRIES = 32
_BACK_S = 1.0          #: decoded before the span, so that a codec has settled


@dataclass(frozen=True, slots=True)
class Heard:
    """Samples from the span's first frame on."""

    samples: NDArray[np.float32]     #: (2, n), 48,000 a second


def heard(container: InputContainer, start: float, end: float) -> Heard | None:
    """The first sound stream in [start, end); None where there is none that can be decoded."""
    stream = next((s for s in container.streams.audio if getattr(s, "codec_context", None) is not None), None)
    if stream is None or end <= start:
        return None
    length = int((end - start) * RATE)
    laid = np.zeros((2, length), np.float32)
    try:
        container.seek(floor((start - _BACK_S) * 1_000_000), backward=True)
    except FAULTS:
        return None
    reached = _lay(container, stream, laid, start, end)
    return Heard(laid[:, :reached]) if reached else None


def _lay(container: InputContainer, stream: Any, laid: NDArray[np.float32], start: float, end: float) -> int:
    """Put every decoded piece at its time; how many samples were reached."""
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE)
    next_at, reached, failed = 0, 0, 0
    packets = container.demux(stream)
    while failed < _TRIES:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            for frame in packet.decode():
                t = frame.time
                at = next_at if t is None or abs(t - start - next_at / RATE) < _JITTER_S else round((t - start) * RATE)
                for piece in resampler.resample(frame):
                    samples = np.asarray(piece.to_ndarray(), np.float32)
                    reached = max(reached, _put(laid, samples, at))
                    at += samples.shape[1]
                next_at = at
            if next_at > (end - start) * RATE:
                break
            failed = 0
        except FAULTS:
            failed += 1
    return reached


def _put(laid: NDArray[np.float32], samples: NDArray[np.float32], at: int) -> int:
    """Those samples that lie within; the number of the last."""
    first, last = max(0, at), min(int(laid.shape[1]), at + int(samples.shape[1]))
    if last <= first:
        return 0
    laid[:, first:last] = samples[:, first - at:last - at]
    return last


def encoded(out: OutputContainer, sound: Heard) -> list[Any]:
    """The packets of a new AAC stream of `out`."""
    stream: Any = out.add_stream("aac", rate=RATE)
    stream.layout = "stereo"
    stream.bit_rate = 96_000
    packets: list[Any] = []
    for at in range(0, sound.samples.shape[1], _BLOCK):
        block = np.ascontiguousarray(sound.samples[:, at:at + _BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        packets += stream.encode(frame)
    return [*packets, *stream.encode(None)]
