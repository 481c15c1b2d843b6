"""Candidates as their reader may see them: blind until one has concluded, with everything that was shown afterwards."""
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.access import bases, gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.errors import Refused
from sporhund.evidence import cursor
from sporhund.evidence.names import printable
from sporhund.identify import blind, elsewhere, records, rules
from sporhund.identify.decisions import unknown
from sporhund.identify.model import Conclusion, State
from sporhund.search.records import paths
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate as somebody may see it without its scores."""

    row: Row[Any]
    path: bytes | None                     #: of the file in which the track lies
    probes: tuple[Row[Any], ...]
    yours: bool                            #: its reader can still conclude: nothing else of it is told
    state: State | None                    #: None where it is still the reader's
    own: Conclusion | None                 #: what the reader concluded
    link: str | None                       #: where two said the same, and the reader may know it


@dataclass(frozen=True, slots=True)
class Sealed:
    """A candidate whose basis is not live: that it is there, and nothing of what it says."""

    candidate: str
    search: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a queue."""

    items: tuple[Seen | Sealed, ...]
    next: str | None
    yours: int                             #: in the whole queue
    closed: int                            #: left out: their tracks lie in cases that are closed to the reader


@dataclass(frozen=True, slots=True)
class Whole:
    """A candidate with its whole context, for somebody who need not be blind to it any more."""

    seen: Seen
    search: Row[Any]
    ranked: tuple[Row[Any], ...] | None    #: the list as it was seen; None: the reader can still conclude on some of it
    left: int                              #: candidates of the same search on which the reader can still conclude
    closed: int                            #: of it that lie in cases which are closed to the reader: left out of the list
    states: dict[str, State]               #: of the ranked list
    conclusions: tuple[Conclusion, ...]    #: all where it is settled, else the reader's own
    link: str | None
    names: dict[str, str]                  #: of the examiners and of who searched


def queue(
    case_id: str, *, limit: int = 100, after: str | None = None, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Page:
    """Candidates in an order of the reader's own, which tells neither rank nor anybody's answer.

    Logged. Raises WrongUsage `bad-cursor`; Refused as `gate.act`.
    """
    with gate.act("candidates", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        rows = doing.rows
        kept = records.names(rows, case_id)
        closed = elsewhere.closed_among(rows, case_id, kept, actor)
        found = [row for row in kept if row.track_case not in closed]
        sealed = sealed_among(rows, case_id, found, doing.at)
        open_to = blind.pending(rows, case_id, actor).candidates.intersection(
            row.id for row in found if row.basis_id not in sealed)
        placed = sorted(((_place(actor, row.id, yours=row.id in open_to), row) for row in found), key=lambda one: one[0])
        if after is not None:
            (last,) = cursor.decode(after, str)
            placed = [one for one in placed if one[0] > str(last)]
        shown = placed[:limit]
        page = {row.id: row for row in records.candidates(rows, case_id, ids=[row.id for _, row in shown])}
        seen = {one.row.id: one for one in _seen(
            rows, case_id, [row for row in page.values() if row.basis_id not in sealed], open_to, actor)}
        items = tuple(seen.get(row.id) or Sealed(row.id, page[row.id].search_id) for _, row in shown)
        doing.tell(listed=len(items), closed=len(kept) - len(found))
        elsewhere.tell(doing, "candidates", [one.row for one in seen.values()], keys=keys, actor=actor)
    more = cursor.encode([shown[-1][0]]) if len(placed) > limit else None
    return Page(items, more, len(open_to), len(kept) - len(found))


def _place(actor: Actor, candidate_id: str, *, yours: bool) -> str:
    """A candidate's place in this reader's queue: the same every time, and nobody else's; what is theirs to conclude first."""
    return ("0" if yours else "1") + hashlib.sha256(f"{actor.mark} {candidate_id}".encode()).hexdigest()


def _seen(
    rows: Connection, case_id: str, found: Sequence[Row[Any]], open_to: Collection[str], actor: Actor,
) -> list[Seen]:
    decided = records.conclusions(rows, case_id, [row.id for row in found])
    probes = records.probes(rows, case_id, {row.search_id for row in found})
    places = paths(rows, {(row.track_case, row.medium_id) for row in found})
    links = records.links_of(rows, case_id, [row.id for row in found])
    items = []
    for row in found:
        made, yours = decided.get((case_id, row.id), []), row.id in open_to
        state = None if yours else rules.outcome([one.meaning for one in made])
        own = next((one for one in made if one.examiner == actor.user), None)
        place = places.get((row.track_case, row.medium_id))
        link = None if yours else links.get(row.id)
        items.append(Seen(row, place, tuple(probes.get(row.search_id, ())), yours, state, own, link))
    return items


def sealed_among(rows: Connection, case_id: str, found: Iterable[Row[Any]], at: datetime) -> frozenset[str]:
    """Those of these candidates' bases under which nothing may be seen now."""
    return frozenset(basis for basis in {row.basis_id for row in found} if not readable(rows, case_id, basis, at))


def readable(rows: Connection, case_id: str, basis_id: str, at: datetime) -> bool:
    """Whether results under this basis may be seen now."""
    try:
        bases.require_readable(rows, case_id, basis_id, at=at)
    except Refused:
        return False
    return True


def show(
    case_id: str, candidate_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Seen | Whole:
    """One candidate: blind while its reader can still conclude on it, else with its whole context.

    Who sees scores here can never conclude blindly on that search again. Logged. Raises WrongUsage `unknown-candidate`;
    Refused `sealed`, `candidate-deleted`, as `gate.act`, and `not-a-member` of the case in which its track lies.
    """
    with gate.act("candidates", action="candidates show", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor,
                  candidate=printable(candidate_id)) as doing:
        rows, row = doing.rows, records.candidate(doing.rows, case_id, candidate_id)
        if row is None:
            raise unknown(candidate_id)
        if row.deleted_at is not None:
            raise Refused("candidate-deleted", "This candidate was deleted by a named decision.", "See: sporhund audit show.")
        elsewhere.require_open(rows, case_id, row, actor)
        bases.require_readable(rows, case_id, row.basis_id, at=doing.at)
        pending = blind.pending(rows, case_id, actor)
        (seen,) = _seen(rows, case_id, [row], pending.candidates, actor)
        doing.tell(blind=seen.yours, search=row.search_id)
        elsewhere.tell(doing, "candidates show", [row], keys=keys, actor=actor)
        return seen if seen.yours else _whole(doing, case_id, seen, pending, actor)


def _whole(doing: gate.Doing, case_id: str, seen: Seen, pending: blind.Pending, actor: Actor) -> Whole:
    rows, row = doing.rows, seen.row
    whole = records.candidates(rows, case_id, search=row.search_id)
    closed = elsewhere.closed_among(rows, case_id, whole, actor)
    listed = [one for one in whole if one.track_case not in closed]
    decided = records.conclusions(rows, case_id, [one.id for one in listed])
    states = {one.id: rules.outcome([made.meaning for made in decided.get((case_id, one.id), ())]) for one in listed}
    left = len(pending.candidates.intersection(states))
    made = decided.get((case_id, row.id), [])
    told = made if states[row.id].settled else [one for one in made if one.examiner == actor.user]
    if not left:
        blind.note(rows, [(case_id, row.search_id)], actor, act="candidates show", at=doing.at)
    return Whole(
        seen, records.search(rows, case_id, row.search_id), None if left else tuple(listed), left,
        len(whole) - len(listed), states, tuple(told),
        records.link_of(rows, case_id, row.id), records.account_names(rows, {row.searched_by, *(one.examiner for one in told)}))
