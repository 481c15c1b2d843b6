"""What is kept beside a picture or a copy on the shelf: its size, its time, where the track lies in it."""
import msgspec

from sporhund.media.model import Drawn
from sporhund.previews import trust
from sporhund.previews.model import Copy, Shown


class _Beside(msgspec.Struct, frozen=True, array_like=True):
    """What is kept beside a picture."""

    width: int
    height: int
    whole_width: int
    whole_height: int
    t: float
    before: float | None
    after: float | None
    box: tuple[float, float, float, float] | None
    damaged: bool
    veiled: bool
    of_type: str


def of_picture(drawn: Drawn, veiled: bool, of_type: str) -> bytes:
    return msgspec.msgpack.encode(_Beside(
        drawn.width, drawn.height, drawn.whole_width, drawn.whole_height, drawn.t, drawn.before, drawn.after, drawn.box,
        drawn.damaged, veiled, of_type))


_beside = msgspec.msgpack.Decoder(_Beside)
_copy = msgspec.msgpack.Decoder(Copy)


def shown(kept: tuple[bytes, bytes], name: str) -> Shown:
    about = _beside.decode(kept[0])
    return Shown(kept[1], trust.JPEG, name, about.width, about.height, about.whole_width, about.whole_height, about.t,
                 about.before, about.after, about.box, about.damaged, about.veiled, about.of_type)


def of_copy(found: Copy) -> bytes:
    return msgspec.msgpack.encode(found)


def copy(about: bytes) -> Copy:
    return _copy.decode(about)
