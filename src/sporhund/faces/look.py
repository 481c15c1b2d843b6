"""The look for faces: found, followed, and the few best shots of each embedded for one template."""
from collections import deque
from dataclasses import dataclass
from statistics import median

from sporhund.errors import EnvironmentFault
from sporhund.faces.best import Candidate, Shortlist
from sporhund.faces.detect import Density, find_faces, smallest_face_px
from sporhund.faces.embed import embed
from sporhund.faces.model import Face
from sporhund.faces.quality import quality, sharpness
from sporhund.faces.refine import cut_out, refined
from sporhund.faces.rules import is_face, suitable
from sporhund.faces.shot import shot_of
from sporhund.media.frame import Frame
from sporhund.packs.runtime import Pack
from sporhund.tracks.boxes import pixels_within
from sporhund.tracks.follow import Follower, Following, Trail
from sporhund.tracks.model import Embedding, Track

SHOTS = 5
"""Best shots of a track: more bring little to a template, and each costs as much as a detection."""
ENOUGH_SHOTS = 3
"""With so many shots the trembling of the landmarks averages out; with fewer they are looked for again (faces.refine)."""
SPARSE_S = 0.5
"""Where samples lie further apart than this, a face that is seen only once is no surprise."""
WEAK = 0.7
"""Share of the detector's threshold from which a sighting may go on with a track that is already there."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How finely pictures and video frames are looked at."""

    still: Density
    video: Density


NORMAL = Effort(still=Density(1280), video=Density(640))
THOROUGH = Effort(still=Density(1920, parts=True, enlarge=True), video=Density(1280, enlarge=True))


class FaceLook:
    """Finds faces in every sampled frame, follows them, and says at the end which may be compared.

    templates: make embeddings; False where the case's purpose does not allow it: boxes, best shots, quality and suitability
    are given all the same, and no embedder is run.
    """

    name = "face"

    def __init__(self, pack: Pack, *, templates: bool, thorough: bool) -> None:
        if pack.face_detector is None or pack.manifest.faces is None:
            found = f"The pack {pack.manifest.label} finds no faces."
            raise EnvironmentFault("missing-role", found, "Name a pack that does.")
        self._detector = pack.face_detector
        self._unsuitable = pack.manifest.unsuitable
        self._embedders = pack.embedders if templates else []
        self._effort = THOROUGH if thorough else NORMAL
        self._threshold = pack.manifest.faces.threshold
        self._weakest = WEAK * self._threshold
        self._follower = Follower(Following(begin=self._threshold, weak=self._weakest, widen=0.5))
        self._shortlists: dict[int, Shortlist] = {}
        self._tracks: list[Track] = []
        self._last_t: float | None = None
        self._intervals: deque[float] = deque(maxlen=25)
        self.smallest_face_px = 0.0  #: narrowest face that could be found in every frame so far, upright pixels

    def accept(self, frame: Frame) -> None:
        """Look at one frame."""
        density = self._effort.still if frame.single else self._effort.video
        smallest = smallest_face_px(self._detector, frame.width, frame.height, density)
        self.smallest_face_px = max(self.smallest_face_px, smallest)
        faces = find_faces(self._detector, frame.rgb, threshold=self._weakest, density=density)
        owners = self._follower.update(
            frame.t, frame.shot, [face.box for face in faces], [face.score for face in faces], warmup=frame.warmup)
        for face, trail in zip(faces, owners, strict=True):
            if trail is not None and not frame.warmup:
                self._consider(frame, face, self._shortlists.setdefault(trail.number, Shortlist()))
        if self._last_t is not None and not frame.single:
            self._intervals.append(frame.t - self._last_t)
        self._last_t = frame.t
        self._close(self._follower.finish() if frame.single else self._follower.take_ended(), single=frame.single)

    def finish(self) -> list[Track]:
        """The tracks of this unit, in the order in which they began."""
        self._close(self._follower.finish())
        return sorted(self._tracks, key=lambda track: (track.page, track.observations[0].t))

    def _sparse(self) -> bool:
        return bool(self._intervals) and median(self._intervals) > SPARSE_S

    def _consider(self, frame: Frame, face: Face, shortlist: Shortlist) -> None:
        """Put the sighting on its track's short list if it is better than what is there."""
        sharp = sharpness(pixels_within(frame.rgb, face.box))
        worth = quality(face, sharp=sharp)
        if shortlist.wants(frame.t, worth):
            shot = shot_of(
                frame.rgb, face, t=frame.t, pts=frame.pts, time_base=frame.time_base, page=frame.page, sharp=sharp)
            shortlist.offer(Candidate(shot, cut_out(frame.rgb, face) if self._embedders else None))

    def _close(self, trails: list[Trail], *, single: bool = False) -> None:
        """Make tracks of what is no longer followed; drop what was probably no face."""
        for trail in trails:
            shortlist = self._shortlists.pop(trail.number, None)
            if shortlist is None:
                continue
            scores = [seen.score for seen in (*trail.warmed, *trail.seen)]
            turned = min(abs(each.shot.yaw) for each in shortlist.kept.values())
            if is_face(scores, self._threshold, turned=turned, single=single or self._sparse()):
                self._tracks.append(self._track(trail, shortlist))

    def _track(self, trail: Trail, shortlist: Shortlist) -> Track:
        candidates = shortlist.best(SHOTS)
        alone = sum(suitable(candidate.shot, self._unsuitable) is None for candidate in candidates) < ENOUGH_SHOTS
        verdicts = [self._compare(candidate, alone=alone) for candidate in candidates]
        reasons = [reason for reason, _ in verdicts if reason is not None]
        comparable = len(reasons) < len(verdicts)
        best = tuple(candidate.shot for candidate in candidates)
        return Track(
            self.name, None, trail.shot, tuple(trail.seen), best, best[0].quality, comparable,
            None if comparable else reasons[0],
            tuple(embedding for reason, embedding in verdicts if reason is None and embedding is not None),
            tuple(trail.warmed), best[0].page)

    def _compare(self, candidate: Candidate, *, alone: bool) -> tuple[str | None, Embedding | None]:
        """Why this shot may not be compared; else what comparing needs, where templates may be made.

        alone: few shots make this template, so each should be as good as can be.
        """
        reason = suitable(candidate.shot, self._unsuitable)
        if reason is not None or candidate.cut is None:
            return reason, None
        points = refined(self._detector, candidate.cut) if alone else candidate.cut.face.landmarks
        embedded = embed(candidate.cut.rgb, points, self._embedders)
        reason = suitable(candidate.shot, self._unsuitable, norm=embedded.norm)
        vector = embedded.vector.astype("<f4").tobytes()
        return reason, Embedding(candidate.shot.t, vector, embedded.norm, max(candidate.shot.quality, 0.01))
