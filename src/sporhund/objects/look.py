"""The look for persons, vehicles and things: found, and followed as one of a kind."""
from collections.abc import Sequence

from sporhund.errors import EnvironmentFault
from sporhund.media.frame import Frame
from sporhund.objects.colour import colours_of, grey_picture, merged
from sporhund.objects.detect import Thing, find_things
from sporhund.packs.runtime import Pack
from sporhund.tracks.fingerprint import fingerprint
from sporhund.tracks.follow import Follower, Following, Trail
from sporhund.tracks.model import BestShot, Colour, Track

SHOTS = 3
WEAK = 0.5
"""Share of the detector's threshold from which a sighting may go on with a track that is already there."""
SURE_WHEN_SEEN_ONCE = 1.3
"""Times the threshold that something seen in a single frame of a video must reach."""


class ObjectLook:
    """Finds persons, vehicles and things in every sampled frame and follows them.

    kinds: which of person, vehicle, object are asked for; at least one.
    thorough: overlapping parts besides the whole.
    """

    name = "object"

    def __init__(self, pack: Pack, *, kinds: Sequence[str], thorough: bool) -> None:
        if pack.object_detector is None or pack.manifest.objects is None:
            found = f"The pack {pack.manifest.label} finds no objects."
            raise EnvironmentFault("missing-role", found, "Name a pack that does.")
        self._detector = pack.object_detector
        self._threshold = pack.manifest.objects.threshold
        self._kinds, self._thorough = frozenset(kinds), thorough
        self._followers: dict[str, Follower] = {}
        self._shots: dict[tuple[str, int], list[tuple[BestShot, tuple[Colour, ...]]]] = {}
        self._classes: dict[tuple[str, int], dict[str, float]] = {}
        self._tracks: list[Track] = []
        self._grey: tuple[tuple[float, int], bool] | None = None    #: of which frame, and is it grey

    def accept(self, frame: Frame) -> None:
        """Look at one frame."""
        found = find_things(self._detector, frame.rgb, threshold=WEAK * self._threshold, parts=self._thorough)
        groups: dict[str, list[Thing]] = {group: [] for group in self._followers}
        for thing in found:
            if thing.kind in self._kinds:
                groups.setdefault(thing.group, []).append(thing)
        for group, things in groups.items():
            self._follow(frame, group, things)

    def finish(self) -> list[Track]:
        """The tracks of this unit, in the order in which they began."""
        for group, follower in self._followers.items():
            self._close(group, follower.finish(), single=False)
        return sorted(self._tracks, key=lambda track: (track.page, track.observations[0].t))

    def _follow(self, frame: Frame, group: str, things: list[Thing]) -> None:
        rules = Following(begin=self._threshold, weak=WEAK * self._threshold)
        follower = self._followers.setdefault(group, Follower(rules))
        owners = follower.update(
            frame.t, frame.shot, [thing.box for thing in things], [thing.score for thing in things], warmup=frame.warmup)
        for thing, trail in zip(things, owners, strict=True):
            if trail is not None and not frame.warmup:
                self._remember(frame, thing, (group, trail.number))
        self._close(group, follower.finish() if frame.single else follower.take_ended(), single=frame.single)

    def _remember(self, frame: Frame, thing: Thing, key: tuple[str, int]) -> None:
        """Count its class, and keep the shot if it is among the best."""
        classes = self._classes.setdefault(key, {})
        classes[thing.label] = classes.get(thing.label, 0.0) + thing.score
        shots = self._shots.setdefault(key, [])
        quality = _quality(frame, thing)
        if len(shots) < SHOTS or quality > shots[-1][0].quality:
            shot = BestShot(
                frame.t, thing.box, thing.score, frame.pts, frame.time_base, frame.page,
                quality=quality, fingerprint=fingerprint(frame.rgb, thing.box))
            colours = colours_of(frame.rgb, thing.box, thing.kind, thing.label, grey=self._is_grey(frame))
            shots.append((shot, colours))
            shots.sort(key=lambda kept: -kept[0].quality)
            del shots[SHOTS:]

    def _is_grey(self, frame: Frame) -> bool:
        """Asked once a frame."""
        moment = (frame.t, frame.page)
        if self._grey is None or self._grey[0] != moment:
            self._grey = (moment, grey_picture(frame.rgb))
        return self._grey[1]

    def _close(self, group: str, trails: list[Trail], *, single: bool) -> None:
        for trail in trails:
            shots = self._shots.pop((group, trail.number), [])
            classes = self._classes.pop((group, trail.number), {})
            if shots and self._surely_there(trail, single=single):
                kind = group.split(":")[0]
                label = None if kind == "person" else max(classes, key=lambda each: classes[each])
                best = tuple(shot for shot, _ in shots)
                self._tracks.append(Track(
                    kind, label, trail.shot, tuple(trail.seen), best, best[0].quality, lead=tuple(trail.warmed),
                    page=best[0].page, colours=merged([(colours, 1.0) for _, colours in shots])))

    def _surely_there(self, trail: Trail, *, single: bool) -> bool:
        """Seen in one sample of a video alone it must be surer: most false alarms are."""
        strongest = max(seen.score for seen in trail.seen)
        once = len(trail.seen) == 1 and not trail.warmed and not single
        return strongest >= self._threshold * (SURE_WHEN_SEEN_ONCE if once else 1.0)


def _quality(frame: Frame, thing: Thing) -> float:
    """How good a picture of the thing this is, 0 to 1: sure, large, and not cut by the picture's edge."""
    x, y, width, height = thing.box
    whole = x > 1 and y > 1 and x + width < frame.width - 1 and y + height < frame.height - 1
    size = min(1.0, (width * height / max(1, frame.width * frame.height)) / 0.1) ** 0.25
    return float(min(1.0, thing.score * size * (1.0 if whole else 0.7)))
