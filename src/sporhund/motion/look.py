"""The look for movement: needs no model and is always there. Where it moves and nothing was recognised, a person should look."""
from collections import deque
from math import inf
from statistics import median

from sporhund.media.frame import Frame, UInt8Array
from sporhund.motion.background import Background
from sporhund.motion.rules import Mover, is_movement, movers, while_it_moved
from sporhund.tracks.fingerprint import fingerprint
from sporhund.tracks.follow import Follower, Following, Trail
from sporhund.tracks.model import BestShot, Box, Track

WIDTH = 320
"""Movement is looked for at this width: it costs less than decoding, and a person 20 pixels high is still seen."""
RESTS_S = 10.0
"""What has not changed for so long is followed no more; a person standing moves a little every few seconds."""
BETTER = 1.2
"""A sighting becomes the best one only if it is better by this factor: each costs the conversion of a frame."""
FOLLOWING = Following(begin=0.0, patience_s=1.0, widen=0.3, overlap=0.05, within=0.1, growth=60.0)


class MotionLook:
    """Learns what stands still in each shot and follows what does not. Stills have no movement."""

    name = "motion"

    def __init__(self) -> None:
        self._follower = Follower(FOLLOWING)
        self._background: Background | None = None
        self._scene: tuple[int, tuple[int, ...]] | None = None
        self._last_t = 0.0
        self._intervals: deque[float] = deque(maxlen=25)
        self._best: dict[int, BestShot] = {}
        self._moved_until: dict[int, float] = {}
        self._tracks: list[Track] = []

    def accept(self, frame: Frame) -> None:
        """Look at one frame."""
        if frame.single:
            return
        grey = frame.luma(WIDTH)
        found = self._differences(grey, frame)
        boxes = [_enlarged(mover.box, frame, grey) for mover in found]
        owners = self._follower.update(
            frame.t, frame.shot, boxes, [mover.share for mover in found], warmup=frame.warmup)
        for mover, box, trail in zip(found, boxes, owners, strict=True):
            if trail is not None and mover.rested_s == 0:
                self._moved_until[trail.number] = frame.t
                if not frame.warmup:
                    self._remember(frame, box, mover.share, trail.number)
        self._close(self._follower.take_ended())

    def finish(self) -> list[Track]:
        """The tracks of this unit, in the order in which they began."""
        self._close(self._follower.finish())
        return sorted(self._tracks, key=lambda track: track.observations[0].t)

    def _differences(self, grey: UInt8Array, frame: Frame) -> list[Mover]:
        """What moves in this frame; a new shot, another size or time that goes back begins a new background."""
        scene = (frame.shot, grey.shape)
        if self._background is None or scene != self._scene or frame.t <= self._last_t:
            self._background, self._scene, self._last_t = Background(grey, frame.t), scene, frame.t
            return []
        self._intervals.append(frame.t - self._last_t)
        self._last_t = frame.t
        patches = self._background.patches(grey, frame.t)
        return [mover for mover in movers(patches, grey.shape[1], grey.shape[0]) if mover.rested_s < RESTS_S]

    def _remember(self, frame: Frame, box: Box, share: float, number: int) -> None:
        """Keep the sighting that shows most of what moves."""
        quality = min(1.0, (box[2] * box[3] * share / (frame.width * frame.height)) ** 0.5)
        known = self._best.get(number)
        if known is None or quality > BETTER * known.quality:
            self._best[number] = BestShot(
                frame.t, box, share, frame.pts, frame.time_base, quality=quality, fingerprint=fingerprint(frame.rgb, box))

    def _close(self, trails: list[Trail]) -> None:
        usual = median(self._intervals) if self._intervals else 0.0
        for trail in trails:
            best = self._best.pop(trail.number, None)
            seen = while_it_moved(trail.seen, self._moved_until.pop(trail.number, -inf))
            if best is not None and is_movement([*trail.warmed, *seen], usual):
                self._tracks.append(Track(
                    self.name, None, trail.shot, seen, (best,), best.quality, lead=tuple(trail.warmed)))


def _enlarged(box: Box, frame: Frame, grey: UInt8Array) -> Box:
    """A box of the grey picture in upright pixels."""
    x, y = frame.width / grey.shape[1], frame.height / grey.shape[0]
    return (box[0] * x, box[1] * y, box[2] * x, box[3] * y)
