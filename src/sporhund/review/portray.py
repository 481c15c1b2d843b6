"""A picture that somebody chose: a probe, a known person, a portrait to measure with. Runs in a confined worker.

A worker that only portrays is ready in a third of the time of one that can do everything (`line`): nothing is followed here, and
what following needs takes longer to import than a face takes to find.
"""
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sporhund.errors import Unreadable
from sporhund.faces.portrait import group, portrait
from sporhund.media import still
from sporhund.media.frame import Frame
from sporhund.media.model import Facts, Kind, Sampling
from sporhund.media.probe import probe
from sporhund.media.reader import frame_at, open_media, sniffed
from sporhund.packs.runtime import Pack, load
from sporhund.review import messages
from sporhund.review.messages import Answer, Failed, Portray, Portrayed
from sporhund.review.model import Unit
from sporhund.review.plan import picture_unit

LOOKED_AT = 60
"""Pictures of an animation, or pages, that are looked at for a face."""


def serve(config: bytes) -> Callable[[bytes, Sequence[int]], bytes]:
    """Answer requests to portray and no others: called once in a worker, after it has been confined."""
    pack = load(Path(messages.decode_setup(config).pack))
    _ = pack.face_detector, pack.embedders   # opened while the parent does something else

    def handle(raw: bytes, files: Sequence[int]) -> bytes:
        try:
            ask = messages.decode_request(raw)
            if not isinstance(ask, Portray):
                raise Unreadable("not-asked-here", "this worker only portrays")
            with os.fdopen(os.dup(files[0]), "rb") as file:
                return messages.encode(Answer(portrayed=portray(file, pack, ask)))
        except Unreadable as exc:
            return messages.encode(Answer(failed=Failed(exc.code, exc.message)))

    return handle


@dataclass(frozen=True, slots=True)
class _Shown:
    """One picture of the file."""

    frame: Frame
    note: str      #: which one it is, where there are several


def portray(file: BinaryIO, pack: Pack, ask: Portray) -> Portrayed:
    """The faces of the first picture that shows any, and the template of the chosen one.

    Raises Unreadable: "not-a-picture", "which-moment" for a video without a moment, "no-moment", or why it cannot be read.
    """
    if ask.choice == "prominent":
        return _prominent(file, pack)
    facts = probe(file, ask.size)
    last: _Shown | None = None
    for shown in _pictures(file, facts, ask):
        last = last or shown
        found = group(shown.frame, pack, choice=ask.choice)
        if found is None:
            continue
        turned = found.shots[0].turned
        turn = f"it does not stand upright and was turned by {turned} degrees" if turned else ""
        shot = found.shots[found.chosen] if found.chosen is not None else None
        made = found.embedded
        return Portrayed(
            shot, np.ascontiguousarray(made.vector, "<f4").tobytes() if made else None, made.norm if made else 0.0, found.reason,
            found.shots, shown.frame.width, shown.frame.height, "; ".join(part for part in (shown.note, turn) if part),
            facts.stated, _png(shown.frame, ask))
    if last is None:
        raise Unreadable(facts.code or "damaged", facts.reason or "nothing of it can be decoded")
    return Portrayed(None, None, 0.0, "no face was found", (), last.frame.width, last.frame.height, last.note, facts.stated,
                     _png(last.frame, ask))


def _prominent(file: BinaryIO, pack: Pack) -> Portrayed:
    """Of the first page, the largest and most central face."""
    with open_media(file, Unit("portrait", Kind.STILL), Sampling(max_pages=1)) as media:
        found = next((portrait(frame.rgb, pack) for frame in media), None)
    if found is None:
        unread = media.coverage.unread
        return Portrayed(None, None, 0.0, unread[0].why if unread else "no face was found")
    made = found.embedded
    return Portrayed(found.shot, np.ascontiguousarray(made.vector, "<f4").tobytes() if made else None,
                     made.norm if made else 0.0, found.reason, (found.shot,))


def _pictures(file: BinaryIO, facts: Facts, ask: Portray) -> Iterator[_Shown]:
    if sniffed(file).kind is Kind.STILL and (facts.kind is Kind.STILL or ask.at is None):
        yield from _pages(file, facts, ask.at)
    elif facts.kind is Kind.VIDEO and facts.streams:
        yield _moment(file, facts, ask.at)
    elif facts.kind in (Kind.STILL, Kind.VIDEO):
        raise Unreadable(facts.code or "damaged", facts.reason or f"{facts.name}: it cannot be read")
    else:
        raise Unreadable("not-a-picture", facts.reason or f"{facts.name}: neither a picture nor a video")


def _pages(file: BinaryIO, facts: Facts, at: float | None) -> Iterator[_Shown]:
    """The pages of a picture, or the sampled frames of an animation, from a moment on."""
    if at is not None and not facts.animated:
        raise Unreadable("no-moment", "it is a still picture: it has no moments")
    word = "frame" if facts.animated else "page"
    with open_media(file, Unit("probe", Kind.STILL), Sampling()) as media:
        seen = 0
        for frame in media:
            if at is not None and frame.t < at:
                continue
            several = facts.pages > 1
            yield _Shown(frame, f"{word} {frame.page + 1} of {facts.pages}, the first that shows a face" if several else "")
            seen += 1
            if seen == LOOKED_AT:
                return
    unread = media.coverage.unread
    if not seen:
        raise Unreadable(unread[0].code if unread else "no-moment", unread[0].why if unread else "it ends before that moment")


def _moment(file: BinaryIO, facts: Facts, at: float | None) -> _Shown:
    """One frame of a video."""
    if at is None:
        raise Unreadable("which-moment", f"{facts.name} of {facts.duration:.1f} s: a video has many pictures")
    frame = frame_at(file, picture_unit("probe", facts), t=at)
    return _Shown(frame, f"the picture at {frame.t:.3f} s")


def _png(frame: Frame, ask: Portray) -> bytes:
    return still.encode_png(frame.rgb) if ask.keep else b""
