"""Find a medium by what people type: its id, or a path."""
import os

from sqlalchemy import Connection, func, or_, select

from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import MEMBER, printable, text, unshown
from sporhund.store import tables


def medium_named(rows: Connection, case_id: str, said: str) -> str:
    """The id of the medium with this id, or of the file at this path: below its exhibit, its end, or where it lies.

    Raises WrongUsage `unknown-medium`; Refused `which-medium` where several media fit.
    """
    m = tables.medium.c
    if said.isascii() and said.isprintable() and rows.scalar(select(m.id).where(m.case_id == case_id, m.id == said)):
        return said
    found = _by_path(rows, case_id, said) or _by_member(rows, case_id, said)
    if not found:
        hint = "See: sporhund media --case CASE."
        raise WrongUsage("unknown-medium", f"There is no medium '{printable(said)}' in this case.", hint)
    if len(found) > 1:
        raise Refused("which-medium", f"{len(found)} media fit '{printable(said)}'.",
                      "Give more of the path, or one id: " + ", ".join(sorted(found)[:5]))
    return found.pop()


def _by_path(rows: Connection, case_id: str, said: str) -> set[str]:
    """The whole path first; only if nothing has it, the paths that end in it."""
    o = tables.occurrence.c
    typed = {os.fsencode(said), unshown(said)}
    mine = select(o.medium_id).where(o.case_id == case_id, o.medium_id.is_not(None))
    places = {os.path.abspath(one) for one in typed}  # noqa: PTH100 - names of evidence are bytes
    whole = set(rows.scalars(mine.where(or_(o.path.in_(typed), o.location.in_(places)), o.member_of.is_(None))))
    if whole:
        return whole
    ends = [func.substring(o.path, func.octet_length(o.path) - len(one)) == b"/" + one for one in typed]
    return set(rows.scalars(mine.where(or_(*ends), func.octet_length(o.path) > min(map(len, typed)))))


def _by_member(rows: Connection, case_id: str, said: str) -> set[str]:
    """A member of an archive, written as it is shown: archive.zip/member."""
    o = tables.occurrence.c
    members = rows.execute(select(o.path, o.medium_id).where(
        o.case_id == case_id, o.member_of.is_not(None), o.medium_id.is_not(None)))
    found = {medium: path for path, medium in members if _fits(path, said)}
    return set(found)


def _fits(path: bytes, said: str) -> bool:
    plain = path.replace(MEMBER, b"/")
    return text(path) == said or plain == unshown(said) or plain.endswith(b"/" + os.fsencode(said))
