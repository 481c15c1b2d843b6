"""Findings come from a process that has had hostile bytes in its hands: what they may say, and no more. Pure.

msgspec has checked the types. Here: places, times and numbers that can be, kinds that were asked for, and no template that
the case's purpose does not allow.
"""
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isfinite

import numpy as np

from sporhund.errors import Unreadable
from sporhund.media.model import Coverage
from sporhund.objects.names import name_of
from sporhund.review.model import LOOK_OF, OPEN, Findings, Plan, Unit
from sporhund.tracks.model import BestShot, Colour, Embedding, Observation, Track

MOST_TRACKS = 200_000      #: of one unit; three minutes of a crowd have some thousands
LONGEST_LABEL = 100
MOST_COLOURS = 6           #: three of each half of a person's clothing
PARTS = {"person": ("upper", "lower"), "vehicle": ("body",)}
UNIT_LENGTH = 1e-3         #: how far a template may be from length 1


def checked(findings: Findings, unit: Unit, plan: Plan) -> Findings:
    """The findings, if they can be of this unit. Raises Unreadable `reader-lied`, which names what cannot be."""
    said = next(iter(problems(findings, unit, plan)), None)
    if said is not None:
        raise Unreadable("reader-lied", f"the reader's answer cannot be true: {said}")
    return findings


def problems(findings: Findings, unit: Unit, plan: Plan) -> Iterable[str]:
    """What cannot be, one sentence each."""
    if findings.unit != unit.id:
        yield "it speaks of another unit"
    if sum(len(result.tracks) for result in findings.results) > MOST_TRACKS:
        yield f"more than {MOST_TRACKS} tracks"
    if not all(finite(shot.start, shot.end) and shot.start <= shot.end for shot in findings.shots):
        yield "a shot that ends before it begins"
    yield from wrong_coverage(findings.coverage)
    for result in findings.results:
        if result.look not in LOOK_OF.values():
            yield "a look that nobody asked for"
        for track in result.tracks:
            yield from wrong_track(track, result.look, len(findings.shots), unit, plan)


def wrong_coverage(coverage: Coverage) -> Iterable[str]:
    moments = [moment for moment in (coverage.first, coverage.last) if moment is not None]
    numbers = [coverage.start, coverage.end, coverage.smallest_face_px, *moments]
    if not finite(*numbers, *(side for part in coverage.unread for side in (part.start, part.end))):
        yield "a coverage that is no number"
    if not 0 <= coverage.sampled_frames <= max(coverage.decoded_frames, 0):
        yield "more frames looked at than decoded"


def wrong_track(track: Track, look: str, shots: int, unit: Unit, plan: Plan) -> Iterable[str]:
    if track.kind not in plan.looks or LOOK_OF[track.kind] != look:
        yield f"a track of the kind {track.kind[:20]!r}, which was not asked for"
    if not 0 <= track.shot < shots:
        yield "a track in a shot that is not there"
    if not track.observations or not track.best:
        yield "a track without a sighting"
    if track.label is not None and (len(track.label) > LONGEST_LABEL or not track.label.isprintable()):
        yield "a class that is no word"
    if track.reason is not None and not track.reason.isprintable():
        yield "a reason that is no sentence"
    if not finite(track.quality) or track.page < 0:
        yield "a quality or page that is no number"
    yield from wrong_sightings(track.observations, unit)
    if not all(possible(seen) for seen in track.lead):
        yield "a sighting that is no place"
    if not all(possible_shot(shot) for shot in track.best):
        yield "a best shot that is no place"
    yield from wrong_embeddings(track.embeddings, plan)
    if len(track.colours) > MOST_COLOURS or not all(possible_colour(colour, track.kind) for colour in track.colours):
        yield "a colour that is none"


def wrong_sightings(seen: Sequence[Observation], unit: Unit) -> Iterable[str]:
    if not all(possible(one) for one in seen):
        yield "a sighting that is no place"
    elif any(one.t > next_.t for one, next_ in pairwise(seen)):
        yield "sightings that run backwards"
    elif seen and not (unit.start - 1e-6 <= seen[0].t and (seen[-1].t < unit.end or unit.end >= OPEN)):
        yield "a sighting outside of the unit"


def wrong_embeddings(parts: Sequence[Embedding], plan: Plan) -> Iterable[str]:
    if parts and not plan.templates:
        yield "a template, which the case's purpose does not allow"
    if len({len(part.vector) for part in parts}) > 1 or any(not part.vector or len(part.vector) % 4 for part in parts):
        yield "a template of no length"
        return
    for part in parts:
        length = float(np.linalg.norm(np.frombuffer(part.vector, "<f4")))
        if not finite(part.t, part.norm, part.weight, length) or abs(length - 1) > UNIT_LENGTH or part.weight < 0:
            yield "a template that is none"


def possible(seen: Observation) -> bool:
    return finite(seen.t, seen.score, *seen.box) and seen.box[2] >= 0 and seen.box[3] >= 0


def possible_shot(shot: BestShot) -> bool:
    points = [side for point in shot.landmarks for side in point]
    numbers = (shot.t, shot.score, shot.sharpness, shot.yaw, shot.quality, *shot.box, *points)
    measured = [number for number in (shot.chroma, shot.covered, shot.contrast, shot.blocks) if number is not None]
    return finite(*numbers) and len(shot.landmarks) in (0, 5) and len(shot.fingerprint) <= 4096 and (
        finite(*measured) and all(number >= 0 for number in measured))


def possible_colour(colour: Colour, kind: str) -> bool:
    """Named as its numbers are named here, or not at all."""
    if colour.part not in PARTS.get(kind, ()) or not finite(*colour.lab, colour.share) or not 0 <= colour.share <= 1:
        return False
    if colour.name is None:
        return colour.danish is None
    called = name_of(colour.lab)
    return (colour.name, colour.danish) == (called.name, called.danish)


def finite(*numbers: float) -> bool:
    return all(isfinite(number) for number in numbers)
