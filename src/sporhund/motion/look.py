"""The look for movement: needs no model and is always there. Where it moves and nothing was recognised, a person should look."""
from collections import deque
from statistics import median

from sporhund.media.frame import Frame, UInt8Array
from sporhund.motion.background import Background
from sporhund.motion.rules import is_movement, moving
from sporhund.tracks.fingerprint import fingerprint
from sporhund.tracks.follow import Follower, Following, Trail
from sporhund.tracks.model import BestShot, Box, Track

WIDTH = 320
"""Movement is looked for at this width: it costs less than decoding, and a person 20 pixels high is still seen."""
BETTER = 1.2
"""A sighting becomes the best one only if it is better by this factor: each costs the conversion of a frame."""
FOLLOWING = Following(begin=0.0, patience_s=1.0, widen=0.3, overlap=0.05, growth=8.0)


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
        self._tracks: list[Track] = []

    def accept(self, frame: Frame) -> None:
        """Look at one frame."""
        if frame.single:
            return
        grey = frame.luma(WIDTH)
        found = self._differences(grey, frame)
        scale_x, scale_y = frame.width / grey.shape[1], frame.height / grey.shape[0]
        boxes: list[Box] = [(x * scale_x, y * scale_y, w * scale_x, h * scale_y) for (x, y, w, h), _ in found]
        shares = [share for _, share in found]
        owners = self._follower.update(frame.t, frame.shot, boxes, shares, warmup=frame.warmup)
        for box, share, trail in zip(boxes, shares, owners, strict=True):
            if trail is not None and not frame.warmup:
                self._remember(frame, box, share, trail.number)
        self._close(self._follower.take_ended())

    def finish(self) -> list[Track]:
        """The tracks of this unit, in the order in which they began."""
        self._close(self._follower.finish())
        return sorted(self._tracks, key=lambda track: track.observations[0].t)

    def _differences(self, grey: UInt8Array, frame: Frame) -> list[tuple[Box, float]]:
        """What moves in this frame; a new shot, another size or time that goes back begins a new background."""
        scene = (frame.shot, grey.shape)
        if self._background is None or scene != self._scene or frame.t <= self._last_t:
            self._background, self._scene, self._last_t = Background(grey, frame.t), scene, frame.t
            return []
        self._intervals.append(frame.t - self._last_t)
        self._last_t = frame.t
        patches = self._background.patches(grey, frame.t)
        return moving([(patch.box, patch.pixels) for patch in patches], grey.shape[1], grey.shape[0])

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
            if best is not None and is_movement([*trail.warmed, *trail.seen], usual):
                self._tracks.append(Track(
                    self.name, None, trail.shot, tuple(trail.seen), (best,), best.quality, lead=tuple(trail.warmed)))
