"""One span of one video stream: decoded once, front to back; what was lost is said."""
from collections.abc import Iterator

import cv2
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from sporhund.errors import Unreadable
from sporhund.media.account import Account
from sporhund.media.container import decodable
from sporhund.media.decode import decoded
from sporhund.media.frame import Frame, UInt8Array
from sporhund.media.grid import Grid
from sporhund.media.model import Coverage, Sampling, ShotSpan, Span
from sporhund.media.pixels import Converter
from sporhund.media.sample import Sampler
from sporhund.media.shots import TINY, CutFinder, Seen

_FINE = (160, 90)      #: columns and rows of the copy that tells a standing picture from a moving one
_MOVING = 3.0          #: mean grey levels of the tiny copy that are movement without a finer look
_MOVED = 12            #: grey levels that a pixel must change at least to have moved
_MOVED_PIXELS = 4      #: pixels of the fine copy that make a movement


class VideoMedia:
    """Iterate once for the sampled frames; then `coverage` and `shots` are true."""

    def __init__(self, container: InputContainer, span: Span, sampling: Sampling) -> None:
        self._span, self._sampling = span, sampling
        self._container = container
        self._stream = video_stream(container, span.stream)
        self._converter = Converter(self._stream.sample_aspect_ratio)
        self._tiny, self._fine = Grid(*TINY), Grid(*_FINE)
        self._account = Account(span)
        self._cuts: list[tuple[float, bool]] = []   # (start of each shot, whether it began before the span)
        self._last: Seen | None = None              # the last sample, against which standing still is measured

    def __iter__(self) -> Iterator[Frame]:
        yield from self._sampled(CutFinder()(self._seen()))

    @property
    def coverage(self) -> Coverage:
        """What was decoded, sampled and lost so far."""
        return self._account.coverage()

    @property
    def shots(self) -> tuple[ShotSpan, ...]:
        """One per shot index. A shot that ended within the warm-up has no length."""
        begin, end = self._account.bounds()
        result = []
        for index, (start, continues) in enumerate(self._cuts):
            stop = self._cuts[index + 1][0] if index + 1 < len(self._cuts) else end
            start, stop = max(start, begin), max(stop, begin)
            result.append(ShotSpan(start, max(start, stop), continues and stop > begin))
        return tuple(result)

    def _seen(self) -> Iterator[Seen]:
        for frame, t, key in decoded(self._container, self._stream, self._span, self._sampling, self._account):
            yield Seen(frame, t, frame.pts, key, self._tiny(frame))

    def _sampled(self, frames: Iterator[Seen]) -> Iterator[Frame]:
        sampler = Sampler(self._sampling)
        shot, fresh, spare = -1, True, None
        for seen in frames:
            if seen.cut or shot < 0:
                shot, fresh, spare = shot + 1, True, None
                self._cuts.append((seen.t, seen.t < self._span.start))
            if seen.frame.is_corrupt:
                spare = (seen, shot)
                if not (sampler.overdue(seen.t) and self._account.sampled):
                    continue
            if not self._wanted(sampler, seen, fresh):
                continue
            sampler.taken(seen.t)
            fresh, spare = False, None
            yield self._frame(seen, shot)
        if spare is not None and not self._account.sampled:
            yield self._frame(*spare)

    def _wanted(self, sampler: Sampler, seen: Seen, fresh: bool) -> bool:
        """Whether this frame is sampled: it is due, and the picture moves or a longer pause is over."""
        due = sampler.due(seen.t, first_of_shot=fresh, key=seen.key)
        if self._sampling.mode != "normal":
            return due
        if not due and not (sampler.still and seen.change > 2.0):
            return False
        sampler.still = self._last is not None and not fresh and not self._moved(self._last, seen)
        if sampler.still and not sampler.must(seen.t, first_of_shot=fresh):
            sampler.passed(seen.t)
            return False
        self._last = seen
        return True

    def _moved(self, last: Seen, now: Seen) -> bool:
        """Whether anything moved since the last sample: the tiny copies say so, or finer ones made only then."""
        if last.tiny.shape != now.tiny.shape or cv2.norm(last.tiny, now.tiny, cv2.NORM_L1) > _MOVING * now.tiny.size:
            return True
        last.fine = self._fine(last.frame) if last.fine is None else last.fine
        now.fine = self._fine(now.frame)
        return last.fine.shape != now.fine.shape or moved(last.fine, now.fine)

    def _frame(self, seen: Seen, shot: int) -> Frame:
        frame, converter = seen.frame, self._converter
        width, height = converter.size(frame)
        self._account.sample(seen.t, (width, height))
        base = frame.time_base
        return Frame(
            t=seen.t, shot=shot, width=width, height=height, pts=seen.pts,
            make_rgb=lambda: converter.rgb(frame), make_luma=lambda wanted: converter.luma(frame, wanted),
            time_base=(base.numerator, base.denominator) if base else None, warmup=seen.t < self._span.start,
        )


def moved(last: UInt8Array, now: UInt8Array) -> bool:
    """Whether more than noise changed between two fine copies: a few pixels far beyond the usual difference."""
    change = cv2.absdiff(last, now)
    limit = max(_MOVED, 5.0 * cv2.mean(change)[0])
    return int(np.count_nonzero(change > limit)) >= _MOVED_PIXELS


def video_stream(container: InputContainer, index: int) -> VideoStream:
    """The video stream with this index in the container. Raises Unreadable if it is none."""
    for stream in decodable(container):
        if stream.index == index:
            return stream
    raise Unreadable("no-picture", f"the file has no video stream {index} that can be decoded")
