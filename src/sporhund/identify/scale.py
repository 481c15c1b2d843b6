"""The scale in use: the agency's own, where there is one in the home, else the one that is shipped."""
import hashlib
import tomllib
from importlib import resources
from pathlib import Path

import msgspec

from sporhund.errors import EnvironmentFault
from sporhund.identify import rules
from sporhund.identify.model import Meaning, Scale, Value

OWN = "scale.toml"
"""The agency's own scale, in the home."""


class _Value(msgspec.Struct, forbid_unknown_fields=True):
    value: str
    meaning: Meaning
    english: str
    danish: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    version: str
    value: list[_Value]


def in_use(home: Path) -> Scale:
    """The scale on which conclusions are drawn now. Raises EnvironmentFault `bad-scale`: nobody concludes on a broken scale."""
    own = home / OWN
    try:
        content = own.read_bytes() if own.exists() else shipped(OWN)
        return parse(content)
    except OSError as fault:
        raise EnvironmentFault("bad-scale", f"{own} cannot be read: {fault.strerror}.", "Check its rights.") from fault
    except ValueError as fault:      # decoding, TOML, msgspec and the rules all raise it
        hint = "Compare it with the example: sporhund candidates scale --example."
        raise EnvironmentFault("bad-scale", f"{own} is no scale: {fault}", hint) from fault


def shipped(name: str) -> bytes:
    """A file of this room's data."""
    return (resources.files("sporhund.identify") / "data" / name).read_bytes()


def parse(content: bytes) -> Scale:
    """A scale out of its file. Raises ValueError naming what is wrong."""
    said = msgspec.convert(tomllib.loads(content.decode("utf-8")), _File)
    values = tuple(Value(one.value, one.meaning, one.english, one.danish) for one in said.value)
    rules.check_scale(values)
    for word in (said.name, said.version):
        if not word.strip() or not word.isprintable() or len(word) > 100:
            raise ValueError(f"{word!r} is no name or version")
    return Scale(said.name, said.version, values, hashlib.sha256(content).hexdigest())
