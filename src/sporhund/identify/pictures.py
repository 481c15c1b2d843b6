"""The faces to compare, of each probe and of the candidate: made again from the kept bytes in a confined worker."""
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from sporhund.access import bases, gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import CannotOpen, Key, Keys
from sporhund.errors import Refused, Unreadable
from sporhund.evidence.names import printable, text
from sporhund.identify import elsewhere, records
from sporhund.identify.decisions import unknown
from sporhund.jobs.local import Task, Workers
from sporhund.jobs.process import read_only
from sporhund.media.model import Sampling
from sporhund.review import messages
from sporhund.review.hear import asked, lied
from sporhund.review.messages import Show
from sporhund.review.model import Plan
from sporhund.review.pictures import viewer
from sporhund.review.plan import picture_unit
from sporhund.search.records import picture_of
from sporhund.store.service import Store
from sporhund.tracks.model import BestShot

SECONDS = 120.0
OF_TRACK = b"track:"
"""How the path of a probe begins that was a track of the case."""


@dataclass(frozen=True, slots=True)
class Face:
    """One picture to compare."""

    name: str                  #: of the file to write; it tells neither rank nor score
    png: bytes
    same: bool                 #: of a track: the same picture as when it was found


@dataclass(frozen=True, slots=True)
class _Kept:
    """A probe as it was kept."""

    row: Row[Any]
    picture: bytes


def faces(
    case_id: str, candidate_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> list[Face]:
    """The face of every probe that was compared (probe-1.png, ...) and of the candidate (candidate.png), with a margin.

    Logged before anything is made. Raises WrongUsage `unknown-candidate`; Refused `sealed`, `candidate-deleted`, as
    `gate.act`, and `not-a-member` of the case in which its track lies; Unreadable where an original, or a kept picture, cannot
    be read any more.
    """
    with gate.act("candidates", action="candidates pictures", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  candidate=printable(candidate_id)) as doing:
        row = records.candidate(doing.rows, case_id, candidate_id)
        if row is None:
            raise unknown(candidate_id)
        if row.deleted_at is not None:
            raise Refused("candidate-deleted", "This candidate was deleted by a named decision.", "See: sporhund audit show.")
        elsewhere.require_open(doing.rows, case_id, row, actor)
        bases.require_readable(doing.rows, case_id, row.basis_id, at=doing.at)
        key = keys.for_case(case_id)
        kept = [_Kept(one, _picture(doing.rows, case_id, one, key))
                for one in records.probes(doing.rows, case_id, [row.search_id]).get(row.search_id, []) if one.shot is not None]
        doing.tell(search=row.search_id, track=row.track_id)
        elsewhere.tell(doing, "candidates pictures", [row], keys=keys, actor=actor)
    shown = _probes(store, case_id, [one for one in kept if not one.row.path.startswith(OF_TRACK)])
    shown += [_track(store, case_id, one.row.path.removeprefix(OF_TRACK).decode(), f"track-{number}.png")
              for number, one in enumerate((one for one in kept if one.row.path.startswith(OF_TRACK)), start=1)]
    return [*shown, _track(store, row.track_case, row.track_id, "candidate.png")]


def _picture(rows: Connection, case_id: str, probe: Row[Any], key: Key) -> bytes:
    """The bytes that were searched with. Raises Unreadable `damaged`."""
    try:
        return picture_of(rows, case_id, probe.id, key) or b""
    except CannotOpen as fault:
        raise Unreadable("damaged", f"the kept picture of {text(probe.path)} was changed: {fault}") from fault


def _track(store: Store, case_id: str, track: str, name: str) -> Face:
    with viewer(store, case_id, store.settings.spool) as show:
        _, found = show(track, False)
    return Face(name, found.picture.png, found.same)


def _probes(store: Store, case_id: str, kept: Sequence[_Kept]) -> list[Face]:
    if not kept:
        return []
    with Workers("sporhund.review.line", count=1, config=messages.encode(messages.Setup())) as workers:
        return [Face(f"probe-{number}.png", _face(workers, one), True) for number, one in enumerate(kept, start=1)]


def _face(workers: Workers, one: _Kept) -> bytes:
    """The chosen face of a kept picture, as PNG. Raises Unreadable."""
    shot = msgspec.convert(one.row.shot, BestShot)
    facts = _ask(workers, one, messages.Probe(len(one.picture))).facts
    if facts is None:
        raise lied("facts")
    plan = Plan((), Sampling(), "", False)
    found = _ask(workers, one, Show(
        picture_unit("probe", facts), plan, shot.t, shot.pts, shot.page, shot.turned, shot.box)).picture
    if found is None:
        raise lied("picture")
    return found.png


def _ask(workers: Workers, one: _Kept, question: messages.Request) -> messages.Answer:
    return asked(workers, Task(key=one.row.id, seconds=SECONDS, files=lambda: [read_only(one.picture)],
                               request=messages.encode(question)))
