"""The way of one unit through the looks. Runs in a confined worker: a file, models, and nothing else.

No store, no clock, no log in here; the shell around it (`review.service`) keeps those.
"""
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sporhund.errors import Unreadable
from sporhund.faces.look import FaceLook
from sporhund.media import archive, still
from sporhund.media.derive import derive
from sporhund.media.frame import Frame
from sporhund.media.model import Facts, Kind
from sporhund.media.probe import probe
from sporhund.media.reader import frame_at, open_media
from sporhund.media.slice import Slice
from sporhund.media.thumbnail import Sight, draw
from sporhund.motion.look import MotionLook
from sporhund.objects.look import ObjectLook
from sporhund.packs.runtime import Pack, load
from sporhund.review import messages, parcels
from sporhund.review.look import Look
from sporhund.review.messages import (
    Answer,
    Derive,
    Draw,
    Examine,
    ExtractMembers,
    Failed,
    ListMembers,
    Picture,
    Portray,
    Probe,
    Show,
)
from sporhund.review.model import LOOK_OF, Findings, LookResult, Plan, Unit
from sporhund.review.plan import EMBEDDED_STREAM
from sporhund.review.portray import portray
from sporhund.tracks.fingerprint import SIDE, fingerprint
from sporhund.tracks.model import Box, Track
from sporhund.tracks.turn import upright_track

SECOND_LOOK_DEGREES = (90, 180, 270)


def examine(file: BinaryIO, unit: Unit, plan: Plan, pack: Pack) -> Findings:
    """Look through one unit and say what was seen, where and when. A person decides who it is."""
    looks = [Guarded(look) for look in make_looks(plan, pack)]
    with open_media(file, unit, plan.sampling) as media:   # Unreadable: an outcome, not a crash
        for frame in media:                                # decoded once, front to back; knows its shot and its time
            for look in looks:
                look.accept(frame)                         # detect, follow; keeps its best frames, not all of them
    results = [look.result() for look in looks]
    turnable = unit.kind is Kind.STILL and len(media.shots) == 1 and set(plan.looks) != {"motion"}
    if turnable and not any(result.tracks for result in results):
        results = look_again_turned(file, unit, plan, pack) or results
    coverage = replace(media.coverage, smallest_face_px=max((look.smallest_face_px for look in looks), default=0.0))
    return Findings(unit.id, media.shots, tuple(results), coverage)


def make_looks(plan: Plan, pack: Pack) -> list[Look]:
    """The looks that the plan asks for."""
    wanted = {LOOK_OF[kind] for kind in plan.looks}
    kinds = [kind for kind in plan.looks if LOOK_OF[kind] == "object"]
    makers: dict[str, Callable[[], Look]] = {
        "face": lambda: FaceLook(pack, templates=plan.templates, thorough=plan.thorough),
        "object": lambda: ObjectLook(pack, kinds=kinds, thorough=plan.thorough),
        "motion": MotionLook,
    }
    return [make() for name, make in makers.items() if name in wanted]


class Guarded:
    """A look whose failure costs its own findings, not those of the others."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.error: str | None = None

    def accept(self, frame: Frame) -> None:
        if self.error is None:
            try:
                self.look.accept(frame)
            except Exception as exc:  # noqa: BLE001 - recorded as this look's state; the frame is sound, the others go on
                self.error = f"{type(exc).__name__} at {frame.t:.3f} s: {exc}"

    @property
    def smallest_face_px(self) -> float:
        """The narrowest face that this look could have found; 0 for looks that find none."""
        return float(getattr(self.look, "smallest_face_px", 0.0))

    def result(self) -> LookResult:
        tracks: list[Track] = []
        try:
            tracks = self.look.finish()
        except Exception as exc:  # noqa: BLE001 - as above
            self.error = self.error or f"{type(exc).__name__}: {exc}"
        return LookResult(self.look.name, tuple(tracks), self.error)


def look_again_turned(file: BinaryIO, unit: Unit, plan: Plan, pack: Pack) -> list[LookResult]:
    """A still in which nothing was found may lie on its side: look at it turned. Empty if that finds nothing either."""
    for degrees in SECOND_LOOK_DEGREES:
        looks = [Guarded(look) for look in make_looks(plan, pack)]
        size = (0, 0)
        with open_media(file, unit, plan.sampling) as media:
            for frame in media:
                size = (frame.width, frame.height)
                for look in looks:
                    look.accept(still.turned(frame, degrees))
        results = [look.result() for look in looks]
        if any(result.tracks for result in results):
            return [
                LookResult(r.look, tuple(upright_track(track, degrees, *size) for track in r.tracks), r.error)
                for r in results
            ]
    return []


def show(file: BinaryIO, ask: Show) -> Picture:
    """The picture at the stored moment, decoded again from the original."""
    frame = frame_at(file, within(ask.unit), t=ask.t, pts=ask.pts, page=ask.page, sampling=ask.plan.sampling)
    rgb = frame.rgb
    x, y, w, h = (0.0, 0.0, float(frame.width), float(frame.height)) if ask.whole else margin(ask.box, frame)
    crop = rgb[round(y):max(round(y + h), round(y) + 1), round(x):max(round(x + w), round(x) + 1)]
    taken = np.frombuffer(fingerprint(rgb, ask.box), np.uint8)
    if taken.size and ask.turned:   # it was taken of the turned picture
        taken = np.rot90(taken.reshape(SIDE, SIDE), ask.turned // 90)
    return Picture(still.encode_png(crop), taken.tobytes(), frame.width, frame.height)


def margin(box: Box, frame: Frame) -> Box:
    """The box with a quarter of its size around it, within the picture."""
    x, y, w, h = box
    left, top = max(0.0, x - w / 4), max(0.0, y - h / 4)
    right, bottom = min(float(frame.width), x + w * 1.25), min(float(frame.height), y + h * 1.25)
    return min(left, frame.width - 1.0), min(top, frame.height - 1.0), max(1.0, right - left), max(1.0, bottom - top)


def serve(config: bytes) -> Callable[[bytes, Sequence[int]], bytes]:
    """Answer requests: called once in a worker, after it has been confined."""
    setup = messages.decode_setup(config)
    pack = load(Path(setup.pack)) if setup.pack else None

    def handle(raw: bytes, files: Sequence[int]) -> bytes:
        try:
            return messages.encode(answer(messages.decode_request(raw), files, pack))
        except Unreadable as exc:
            return messages.encode(Answer(failed=Failed(exc.code, exc.message)))

    return handle


def answer(ask: messages.Request, files: Sequence[int], pack: Pack | None) -> Answer:
    """One request, one answer."""
    with os.fdopen(os.dup(files[0]), "rb") as original:
        match ask:
            case Probe():
                return Answer(facts=probe_with_clips(original, ask))
            case Examine() if pack is not None:
                file = part(original, ask.unit.offset, ask.unit.length)
                return Answer(findings=examine(file, within(ask.unit), ask.plan, pack))
            case ListMembers():
                return Answer(members=tuple(archive.members(original, ask.size)))
            case ExtractMembers():
                whole = archive.opened(original)
                return Answer(extracted=parcels.send(files[1], (archive.blocks(whole, index) for index in ask.indices)))
            case Portray() if pack is not None:
                return Answer(portrayed=portray(original, pack, ask))
            case Show():
                return Answer(picture=show(part(original, ask.unit.offset, ask.unit.length), ask))
            case Draw():
                sight = Sight(ask.side, ask.t, ask.pts, ask.page, ask.box, ask.margin, ask.whole, ask.quality, ask.veiled)
                return Answer(drawn=draw(part(original, ask.unit.offset, ask.unit.length), within(ask.unit), sight))
            case Derive():
                span = part(original, ask.unit.offset, ask.unit.length)
                return Answer(copied=derive(span, within(ask.unit), longest=ask.longest, with_sound=ask.sound))
    raise Unreadable("no-pack", "this worker was started without a pack and can examine nothing")


def probe_with_clips(original: BufferedReader, ask: Probe) -> Facts:
    """What the file is, and what the media behind its picture are."""
    facts = probe(original, ask.size, ask.name)
    return replace(facts, clips=tuple(
        probe(Slice(original, offset, length), length, b"") for offset, length, _ in facts.embedded))


def within(unit: Unit) -> Unit:
    """The unit as the file itself numbers its streams."""
    return replace(unit, stream=unit.stream % EMBEDDED_STREAM)


def part(file: BufferedReader, offset: int, length: int) -> BinaryIO:
    """The medium within the file: all of it, or the clip behind a picture."""
    return Slice(file, offset, length) if offset else file
