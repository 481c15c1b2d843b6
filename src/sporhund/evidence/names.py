"""Names of evidence are bytes: how they are shown, and how a camera's pattern is matched. Pure."""
import base64
import fnmatch
import re

_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")
MEMBER = b"\0"
"""Stands between an archive's path and its member's name; no path of a file system contains it."""


def text(name: bytes) -> str:
    r"""A name as a string for machines: as it is, bytes that are no UTF-8 as `\xNN`. A member reads `archive.zip/member`."""
    return name.replace(MEMBER, b"/").decode("utf-8", "backslashreplace")


def shown(name: bytes) -> str:
    r"""A name that can be printed anywhere: what is not plain text is written as its bytes, `\xNN`; a backslash as `\x5c`.

    Control characters, invisible and direction-changing ones are escaped too: `\u202egpj.exe` must not read as a picture.
    A member of an archive reads as `archive.zip/member`. `unshown` gives the bytes back (save for that slash).
    """
    return "".join(_character(character) for character in name.replace(MEMBER, b"/").decode("utf-8", "surrogateescape"))


def printable(said: str) -> str:
    """Text from evidence (a name, a device) that can be printed anywhere: like `shown`, but a backslash stays as it is."""
    return "".join(character if character == "\\" else _character(character) for character in said)


def _character(character: str) -> str:
    if character != "\\" and character.isprintable():
        return character
    surrogate, byte = 0xD800 <= ord(character) <= 0xDFFF, 0xDC80 <= ord(character) <= 0xDCFF
    encoded = character.encode("utf-8", "surrogatepass" if surrogate and not byte else "surrogateescape")
    return "".join(f"\\x{byte:02x}" for byte in encoded)


def unshown(text: str) -> bytes:
    """The bytes of a shown name."""
    parts = _ESCAPED.split(text)
    return b"".join(
        bytes([int(part, 16)]) if odd else part.encode("utf-8", "surrogateescape")
        for part, odd in ((part, index % 2 == 1) for index, part in enumerate(parts))
    )


def in_base64(name: bytes) -> str | None:
    """The bytes for a machine, where the name is not valid UTF-8; else None."""
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(name).decode("ascii")
    return None


def matches(path: bytes, pattern: str) -> bool:
    """Whether a path below an exhibit belongs to a camera: `cam3`, `cam3/*`, `*_ch03_*`. `*` also covers folders below.

    A pattern without a wildcard is a folder or a file; a pattern without a slash is also matched against the file's name.
    Bytes that are no text are written as they are shown, `\\xNN`.
    """
    wanted = unshown(pattern.strip().strip("/"))
    if not wanted:
        return False
    if path == wanted or path.startswith(wanted + b"/"):
        return True
    name = path.rpartition(b"/")[2]
    return fnmatch.fnmatchcase(path, wanted) or (b"/" not in wanted and fnmatch.fnmatchcase(name, wanted))


def folder(path: bytes) -> bytes:
    """The folder of a path below an exhibit; empty at the top."""
    return path.rpartition(b"/")[0]
