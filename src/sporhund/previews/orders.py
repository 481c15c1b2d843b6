"""What a worker is asked for, worked out from what the database knows. Nothing is opened here."""
from dataclasses import dataclass, replace

from sporhund.errors import Unreadable, WrongUsage
from sporhund.media.model import Facts, Kind, VideoStream
from sporhund.previews import rules
from sporhund.previews.model import How, Part, Playable
from sporhund.previews.records import Source
from sporhund.previews.trust import MP4
from sporhund.review.messages import Derive, Draw
from sporhund.review.model import OPEN, Unit
from sporhund.review.plan import EMBEDDED_STREAM, picture_unit

_OTHER_PLAYS = {"audio/mpeg": "audio/mpeg", "audio/mp4": "audio/mp4", "audio/wav": "audio/wav", "audio/flac": "audio/flac",
                "audio/webm": "audio/webm", "audio/ogg": "audio/ogg"}


@dataclass(frozen=True, slots=True)
class Media:
    """A medium, or the clip behind it, as it is opened."""

    facts: Facts
    offset: int = 0
    length: int = 0            #: 0: to the end of the file

    @property
    def clip(self) -> bool:
        return self.offset > 0


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a picture is found."""

    unit: Unit
    of_type: str
    t: float = 0.0
    pts: int | None = None
    page: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One picture to be made."""

    medium_id: str
    of_type: str
    ask: Draw


def media(source: Source) -> Media:
    """The medium itself. Raises Unreadable where nothing of it can be decoded."""
    facts = source.facts
    if facts is None:
        raise Unreadable(source.code or "not-read", source.reason or "nobody has looked at what this file is yet")
    if facts.kind not in (Kind.STILL, Kind.VIDEO) or (facts.kind is Kind.VIDEO and not facts.streams):
        raise Unreadable(facts.code or source.code or "not-media", facts.reason or source.reason or f"{facts.name}: no picture")
    return Media(facts)


def moving(source: Source, clip: int | None) -> Media:
    """The video: the medium itself, or the clip behind it. Raises Unreadable, WrongUsage `no-clip`."""
    facts = source.facts
    if clip is None and facts is not None and facts.kind is Kind.STILL and facts.clips:
        clip = 0
    if clip is None:
        return media(source)
    if facts is None or not 0 <= clip < len(facts.clips):
        raise WrongUsage("no-clip", "There is no such clip behind this medium.")
    offset, length, _ = facts.embedded[clip]
    return Media(facts.clips[clip], offset, length)


def of_stream(media: Media, stream: VideoStream) -> Unit:
    """The whole stream as a unit."""
    facts = media.facts
    first = EMBEDDED_STREAM if media.clip else 0
    return Unit("preview", Kind.VIDEO, first + stream.index, untimed_rate=(stream.rate or 25.0) if facts.untimed else 0.0,
                ignore_edit_list=facts.ignore_edit_list, offset=media.offset, length=media.length)


def at(unit: Unit, facts: Facts, t: float) -> Unit:
    """The unit from the keyframe before `t`: what is decoded for one picture."""
    stream = next((one for one in facts.streams if one.index == unit.stream % EMBEDDED_STREAM), None)
    if unit.kind is not Kind.VIDEO or unit.untimed_rate or stream is None:
        return replace(unit, start=-OPEN, warm_from=-OPEN, end=OPEN)
    key = rules.keyframe_before(stream.keyframes, t)
    return replace(unit, start=key, warm_from=key, end=OPEN)


def still(media: Media) -> Unit:
    return replace(picture_unit("preview", media.facts), offset=media.offset, length=media.length)


def stream_of(media: Media, index: int | None) -> VideoStream:
    """Raises Unreadable `no-picture`, WrongUsage `no-stream`."""
    found = rules.playing_stream(media.facts, index)
    if found is None and index is not None:
        raise WrongUsage("no-stream", f"There is no video stream {index} in this medium.")
    if found is None:
        raise Unreadable(media.facts.code or "no-picture", media.facts.reason or "there is no moving picture in it")
    return found


def playable(source: Source, index: int | None, clip: int | None) -> Playable:
    """How it is played. Never raises for bad bytes: then it is impossible, with the reason."""
    facts = source.facts
    if facts is not None and facts.kind is Kind.AUDIO and clip is None and facts.code is None and facts.type in _OTHER_PLAYS:
        return Playable(How.ORIGINAL, content_type=_OTHER_PLAYS[facts.type], end=facts.duration)
    try:
        found = moving(source, clip)
        stream = stream_of(found, index)
    except Unreadable as exc:
        return Playable(How.IMPOSSIBLE, exc.code, exc.message)
    known = found.facts
    start = stream.start or 0.0
    end = stream.end if stream.end is not None else start + (stream.frames / stream.rate if stream.rate else known.duration)
    code, why = rules.keeps_from_playing(known, stream)
    whole = stream.upright_width, stream.upright_height
    if not code:
        return Playable(How.ORIGINAL, "", "", known.type, stream.index, start, end, *whole, *whole, stream.codec, stream.codec)
    return Playable(How.DERIVED, code, why, MP4, stream.index, start, end, *rules.copy_size(*whole, rules.PLAY_SIDE), *whole,
                    "H.264", stream.codec, rules.parts_of(stream, untimed=known.untimed))


def part(media: Media, stream: VideoStream, part: Part) -> Derive:
    """The order for one part of a copy."""
    unit = replace(of_stream(media, stream), start=part.start, end=part.end, warm_from=part.warm_from,
                   seconds=part.shown_to - part.shown_from)
    return Derive(unit, rules.PLAY_SIDE)
