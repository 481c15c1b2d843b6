"""What became of the packets and frames of a span: the figures behind `Coverage`."""
from collections.abc import Iterable
from dataclasses import replace
from math import inf

import av

from sporhund.media.container import VideoPacket, plain
from sporhund.media.model import Coverage, Span, Unread

OPEN = 1e11           #: a bound beyond this is none
_CUT_S = 1.0          #: seconds before an early end in which faults are put down to it
_TAIL_S = 0.05        #: an end earlier than expected by less is rounding
_LOST_TOGETHER = 2    #: frames in a row that make a loss; a single one is a field of a picture or a hidden frame


class Account:
    """Told of every packet and frame; says at the end what was read and what was not."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.decoded = self.sampled = self.corrupt = 0
        self.first: float | None = None
        self.last: float | None = None
        self._highest = -inf                       # times may run backwards
        self._step = 0.0                           # between the last two frames
        self._reached = -inf                       # time of the last packet found
        self._furthest: VideoPacket | None = None  # and that packet: its duration is asked for at the end only
        self._unread: list[Unread] = []
        self._sizes: list[tuple[int, int]] = []
        self._complete = False
        self._open_error: tuple[float | None, str] | None = None
        self._promised: dict[int, float] = {}      # packets of the span that have not come out as frames

    def found(self, packet: VideoPacket, t: float) -> None:
        """A packet was found at `t`; it may be left undecoded (quick mode)."""
        if self._reached < t < self._span.end and t >= self._span.start:
            self._reached, self._furthest = t, packet

    def promise(self, packet: VideoPacket, pts: int, t: float) -> None:
        """A packet goes into the decoder: a frame with its time should come out."""
        if self._span.start <= t < self._span.end:
            self._promised[pts] = t
            if t > self._reached:
                self._reached, self._furthest = t, packet

    def count(self, t: float, frame: av.VideoFrame) -> None:
        """A frame came out."""
        if frame.pts is not None:
            self._promised.pop(frame.pts, None)
        if not self._span.start <= t < self._span.end:
            return
        if self._open_error is not None:
            self._close_error(t)
        self.decoded += 1
        self.corrupt += frame.is_corrupt
        if self.last is None:
            self.first = t
        elif t > self.last:
            self._step = t - self.last
        self.last = t
        self._highest = max(self._highest, t)

    def sample(self, t: float, size: tuple[int, int]) -> None:
        """A frame was handed to the looks."""
        self.sampled += t >= self._span.start
        if size not in self._sizes:
            self._sizes.append(size)

    def fail(self, exc: BaseException) -> None:
        """Demuxer or decoder refused something; what is lost ends with the next frame."""
        if self._open_error is None:
            self._open_error = (None if self.last is None else self.last + self._step, plain(exc))

    def goes_on(self) -> None:
        """A frame behind the span was reached: the span has all that there is, even if it ends with a long pause."""
        self._complete = True

    def finish(self) -> None:
        """The span is over: what was promised and never came is lost."""
        start, end = self.bounds()
        read_to = min(end, max(self._found_to(), start))
        expected = self._span.expected_end
        early = not self._complete and expected is not None and expected - read_to > max(_TAIL_S, 2 * self._step)
        if self._open_error is not None:
            self._close_error(expected if early and expected is not None else read_to, "truncated" if early else "damaged")
        elif early and expected is not None:
            self._unread.append(Unread(read_to, expected, "the video ends earlier than its header says", "truncated"))
        if early:   # what the decoder stumbled over just before is the cut itself
            self._unread = [replace(loss, code="truncated") if loss.end > read_to - _CUT_S else loss for loss in self._unread]
        for lost_from, lost_to in runs(self._promised.values(), self._step):
            if not any(loss.start <= lost_from + self._step and lost_to <= loss.end + self._step for loss in self._unread):
                self._unread.append(
                    Unread(lost_from, lost_to, "these frames are in the file, but the decoder gave none", "damaged"))
        if self.decoded == 0 and not self._unread:
            self._unread.append(Unread(start, end, "no frame could be decoded", "no-picture"))
        self._unread.sort(key=lambda loss: loss.start)

    def _close_error(self, until: float, code: str = "damaged") -> None:
        assert self._open_error is not None
        since, why = self._open_error
        self._open_error = None
        begin = since if since is not None else self.bounds()[0]
        self._unread.append(Unread(min(begin, until), until, f"could not be decoded: {why}", code))

    def bounds(self) -> tuple[float, float]:
        """[start, end) of the span, open ends replaced by what was found."""
        lowest = min([*self._promised.values(), *([] if self.first is None else [self.first])], default=0.0)
        start = self._span.start if self._span.start > -OPEN else lowest
        found = max(self._found_to(), start)
        end = self._span.end if self._span.end < OPEN else max(found, self._span.expected_end or found)
        return start, max(start, end)

    def _found_to(self) -> float:
        """Where the last frame or packet ends: by the packet's own duration, else by the last step."""
        packet = self._furthest
        if packet is None or self._highest > self._reached:
            return self._highest + self._step
        base = packet.time_base
        return self._reached + (float(packet.duration * base) if packet.duration and base else self._step)

    def coverage(self) -> Coverage:
        """The figures as they stand."""
        start, end = self.bounds()
        return Coverage(
            start=start, end=end, decoded_frames=self.decoded, sampled_frames=self.sampled, corrupt_frames=self.corrupt,
            first=self.first, last=self.last, unread=tuple(self._unread), sizes=tuple(self._sizes))


def runs(times: Iterable[float], step: float) -> list[tuple[float, float]]:
    """Times of frames lost one after the other, joined to [start, end)."""
    joined: list[tuple[float, float, int]] = []
    for t in sorted(times):
        if joined and t - joined[-1][1] <= 0.5 * step + 1e-3:
            joined[-1] = (joined[-1][0], t + step, joined[-1][2] + 1)
        else:
            joined.append((t, t + step, 1))
    return [(start, end) for start, end, number in joined if number >= _LOST_TOGETHER]
