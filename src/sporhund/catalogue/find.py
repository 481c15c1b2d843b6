"""Media by what people have in their hand: an id, the beginning of a digest, the beginning of a file's name. By indexes alone."""
import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from sporhund.evidence.names import MEMBER, unshown
from sporhund.evidence.records import among
from sporhund.store import tables

DIGITS = range(8, 65)
"""Digits of a SHA-256 that tell a medium from others."""
NAME_FROM = 2
"""Characters that the beginning of a name has at least."""
LONGEST = 1000
"""Characters of a name that the index holds, bytes beyond ASCII as four each."""
_BEHIND = "\U0010ffff"
"""Sorts behind every name that begins in the same way."""
_FILES = 50
"""Files of a name that are looked at for each that may be shown, where their folder decides."""
_BEGINS = (f"select medium_id, path from occurrence where case_id = :case_id and {tables.NAMED} >= :begin"
           f" and {tables.NAMED} < :end and medium_id is not null order by {tables.NAMED} limit :limit")


@dataclass(frozen=True, slots=True)
class Found:
    """What fits."""

    ids: tuple[str, ...]       #: media; the best fitting first
    more: bool                 #: there are more than were asked for
    by: str                    #: id | digest | name | nothing


def find(rows: Connection, case_id: str, said: str, limit: int) -> Found:
    """The media that this names, at most `limit`."""
    wanted = said.strip()
    for by, looked in (("id", _by_id), ("digest", _by_digest), ("name", _by_name)):
        ids = looked(rows, case_id, wanted, limit + 1)
        if ids:
            return Found(tuple(ids[:limit]), len(ids) > limit, by)
    return Found((), False, "nothing")


def _by_id(rows: Connection, case_id: str, said: str, _limit: int) -> list[str]:
    """Of a medium, or of a track in it."""
    if not (said.isascii() and said.isprintable()) or len(said) > 100:
        return []
    m, t = tables.medium.c, tables.track.c
    found = list(rows.scalars(select(m.id).where(m.case_id == case_id, m.id == said)))
    return found or list(rows.scalars(select(t.medium_id).where(t.case_id == case_id, t.id == said)))


def _by_digest(rows: Connection, case_id: str, said: str, limit: int) -> list[str]:
    digits = said.lower()
    if len(digits) not in DIGITS or set(digits) - set("0123456789abcdef"):
        return []
    m = tables.medium.c
    low, high = bytes.fromhex(digits.ljust(64, "0")), bytes.fromhex(digits.ljust(64, "f"))
    wanted = select(m.id).where(m.case_id == case_id, m.sha256.between(low, high)).order_by(m.sha256)
    return list(rows.scalars(wanted.limit(limit)))


def _by_name(rows: Connection, case_id: str, said: str, limit: int) -> list[str]:
    """Files called so, or whose name begins so; with folders before it, those at the end of whose path they stand."""
    folder, _, name = said.rpartition("/")
    if len(name) < NAME_FROM:
        return []
    begins = sorted({indexed(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")})   # as on a Mac, and elsewhere
    wanted, found = text(_BEGINS), dict[str, None]()
    for begin in begins:
        files = rows.execute(wanted, {"case_id": case_id, "begin": begin, "end": begin + _BEHIND,
                                      "limit": _FILES * limit if folder else 2 * limit})
        found |= {row.medium_id: None for row in files if not folder or _lies_in(row.path, folder)}
    return _shown(rows, case_id, list(found))[:limit]


def _lies_in(path: bytes, folder: str) -> bool:
    above = path.replace(MEMBER, b"/").rpartition(b"/")[0]
    return (b"/" + above).endswith(b"/" + unshown(folder.strip("/")))


def _shown(rows: Connection, case_id: str, ids: list[str]) -> list[str]:
    """Those that the catalogue has; archives are only what they hold."""
    i = tables.item.c
    known = set(rows.scalars(select(i.medium_id).where(i.case_id == case_id, among(i.medium_id, ids)))) if ids else set()
    return [one for one in ids if one in known]


def indexed(name: str) -> str:
    """The beginning of a name as the index has it: bytes beyond ASCII as their numbers, capitals as small letters."""
    plain = (chr(byte) if 0 < byte < 128 and byte != 0x5C else "\\\\" if byte == 0x5C else f"\\{byte:03o}"
             for byte in unshown(name))
    return "".join(plain).lower()[:LONGEST]
