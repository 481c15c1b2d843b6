"""What the parent asks a confined worker, and what it answers: plain typed values, checked on arrival.

The worker has had hostile bytes in its hands, so its answers are decoded by type (msgspec) and never unpickled.
"""
from dataclasses import dataclass

import msgspec

from sporhund.media.model import Copied, Drawn, Facts, Member, Stated
from sporhund.review.model import Findings, Plan, Unit
from sporhund.tracks.model import BestShot, Box


class Probe(msgspec.Struct, frozen=True, tag=True):
    """What is this file? Files: the original."""

    size: int
    name: bytes = b""


class Examine(msgspec.Struct, frozen=True, tag=True):
    """Look through this unit. Files: the original."""

    unit: Unit
    plan: Plan


class ListMembers(msgspec.Struct, frozen=True, tag=True):
    """What is in this archive? Files: the archive."""

    size: int


class ExtractMembers(msgspec.Struct, frozen=True, tag=True):
    """Write these members to the pipe, as `parcels` says. Files: the archive, the writing end of a pipe."""

    indices: tuple[int, ...]


class Show(msgspec.Struct, frozen=True, tag=True):
    """The picture at one moment, again from the original. Files: the original."""

    unit: Unit
    plan: Plan
    t: float
    pts: int | None
    page: int
    turned: int
    box: Box
    whole: bool = False    #: the whole picture instead of the box with a margin


class Portray(msgspec.Struct, frozen=True, tag=True):
    """The faces of a picture, or of one moment of a video, and the template of one of them. Files: the picture.

    choice: "prominent" (of its first page, as pictures of one person are measured), or as faces.portrait.group has it.
    """

    choice: str = "prominent"
    at: float | None = None    #: seconds: the first picture of a video or animation from then on
    size: int = 0              #: bytes of the file; asked for by every choice but "prominent"
    keep: bool = False         #: give back the picture that was looked at, as PNG


class Draw(msgspec.Struct, frozen=True, tag=True):
    """A picture for people to look at. Files: the original. Fields: as media.thumbnail.Sight."""

    unit: Unit                 #: a still, or a stream with `warm_from` at the keyframe to decode from
    side: int
    t: float = 0.0
    pts: int | None = None
    page: int = 0
    box: Box | None = None
    margin: float = 0.0
    whole: bool = False
    quality: int = 82
    veiled: bool = False


class Derive(msgspec.Struct, frozen=True, tag=True):
    """The span of a video as a browser can play it. Files: the original."""

    unit: Unit                 #: [start, end) of one stream
    longest: int               #: pixels of the longer side, at most
    sound: bool = True


Request = Probe | Examine | ListMembers | ExtractMembers | Show | Portray | Draw | Derive


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made from the original. fingerprint: of the box alone, as in BestShot."""

    png: bytes
    fingerprint: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Portrayed:
    """The faces of a picture. vector: of the chosen one, float32 little endian, unit length; None with the reason why not."""

    shot: BestShot | None              #: the chosen face
    vector: bytes | None
    norm: float
    reason: str | None
    faces: tuple[BestShot, ...] = ()   #: all of them, from left to right (choice "prominent": the chosen one alone)
    width: int = 0                     #: of the upright picture
    height: int = 0
    note: str = ""                     #: which picture of several it is, and by how much it was turned
    stated: tuple[Stated, ...] = ()    #: what the file says of its times
    png: bytes = b""                   #: the picture that was looked at, where it was asked for


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The bytes cannot be read: what and why."""

    code: str
    reason: str


class Answer(msgspec.Struct, frozen=True):
    """Exactly one field is set."""

    facts: Facts | None = None
    findings: Findings | None = None
    members: tuple[Member, ...] | None = None
    picture: Picture | None = None
    portrayed: Portrayed | None = None
    extracted: int | None = None           #: number of members written
    drawn: Drawn | None = None
    copied: Copied | None = None
    failed: Failed | None = None


class Setup(msgspec.Struct, frozen=True):
    """What a worker is started with. pack: folder of the pack, or empty: it only probes."""

    pack: str = ""


_answer = msgspec.msgpack.Decoder(Answer)
_request: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_setup = msgspec.msgpack.Decoder(Setup)
encode = msgspec.msgpack.Encoder().encode


def decode_answer(raw: bytes) -> Answer:
    """Raises msgspec.DecodeError where the worker's answer is not one."""
    return _answer.decode(raw)


def decode_request(raw: bytes) -> Request:
    """The other direction; the parent is trusted."""
    return _request.decode(raw)


def decode_setup(raw: bytes) -> Setup:
    return _setup.decode(raw)
