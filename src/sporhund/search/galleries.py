"""In what is searched: the case's templates, and those of the other cases that the basis names."""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from sporhund.access import records as access_records
from sporhund.access import service as access
from sporhund.access.model import Basis, Role
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.clusters.records import cluster_of
from sporhund.errors import Refused
from sporhund.gallery import service as gallery_service
from sporhund.gallery.model import Gallery
from sporhund.search import records, worth
from sporhund.search.model import ALL, Searched
from sporhund.store.service import Store

CHILDREN = "victim-identification"
"""In this purpose every face counts as a child's until an examiner says otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class One:
    """One case's gallery, and who is who in it."""

    gallery: Gallery
    person: NDArray[np.int32]            #: (n,) equal numbers are one person
    cluster: dict[str, str]
    closed: bool                         #: to the actor: nothing of it is shown
    children: bool                       #: every face of this case counts as a child's until an examiner says otherwise
    not_compared: int                    #: face tracks that count and cannot be searched
    clustered: int                       #: tracks that clustering has looked at
    kept: NDArray[np.intp]               #: rows that are compared: all but those of the probe's own tracks


@dataclass(frozen=True, slots=True, eq=False)
class Galleries:
    """Everything that is searched in."""

    each: tuple[One, ...]
    notes: tuple[str, ...] = ()

    def told(self) -> tuple[Searched, ...]:
        """What is compared: the rows that are kept, of the matrices with these digests."""
        return tuple(Searched(one.gallery.case_id, one.gallery.version, one.gallery.digest, len(one.kept),
                              len(np.unique(one.person[one.kept])) if one.cluster else len(one.kept),
                              one.not_compared) for one in self.each)

    def without(self, tracks: Sequence[str]) -> "Galleries":
        """Less these tracks of the searching case: a track that is searched with is not found by itself."""
        own, *others = self.each
        kept = np.setdiff1d(own.kept, own.gallery.rows_of(list(tracks)))
        said = (*self.notes, "Besides what was searched with, nothing in this case was compared.") if len(own.kept) and not len(
            kept) else self.notes
        return Galleries((replace(own, kept=kept), *others), said)


def opened(
    case_id: str, basis: Basis, scope: str, pack: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Galleries:
    """The galleries of this search, each as it stands now."""
    others: Sequence[str] = [other for other in basis.scope.cases if other != case_id] if scope == ALL else []
    with store.reader() as rows:
        there = records.cases(rows, others)
        off = _off(rows, sorted(there), clock.now().date())
        closed = access_records.closed_to(rows, actor.user)
    known = {other: row for other, row in there.items() if other not in off}
    each = [_one(case, pack, case in closed, store, keys) for case in (case_id, *sorted(known))]
    notes = [f"The case {known[one.gallery.case_id].name} has no templates of the pack {pack}: nothing of it was compared."
             for one in each[1:] if not len(one.gallery) and not one.closed]
    notes += [f"{'A case that is closed to you' if other in closed else f'The case {there[other].name}'} was left out: faces may "
              "not be compared under its purpose now." for other in off]
    notes += [said for one in each if not one.closed for said in _unseen(one)]
    gone = len(set(others) - there.keys())
    if gone:
        notes.append(f"{gone} of the cases that the basis names were erased or are not here.")
    if scope == ALL and not others:
        notes.append("The basis names no other case: only this one was searched.")
    if not len(each[0].gallery):
        notes.append(f"This case has no templates of the pack {pack}: nothing in it was compared.")
    return Galleries(tuple(each), tuple(notes))


def _unseen(one: One) -> list[str]:
    """What of a case's faces a search does not answer for."""
    said, fresh = [], len(one.gallery) - one.clustered
    if one.not_compared:
        said.append(f"{one.not_compared} found faces are not compared: unsuitable, or without a template. "
                    "No hit does not mean not there; why: sporhund faces clusters, sporhund tracks --kind face.")
    if fresh > 0 and len(one.gallery) > 1:
        said.append(f"{fresh} tracks were not clustered yet: each counts as a person of its own, so one person may be listed "
                    "several times and counted among the others. First: sporhund faces clusters.")
    return said


def _one(case_id: str, pack: str, closed: bool, store: Store, keys: Keys) -> One:
    gallery = gallery_service.opened(case_id, pack, store=store, keys=keys)
    with store.reader() as rows:
        clusters = cluster_of(rows, case_id, pack)
        young = children(rows, case_id)
        unfit, seen = records.not_compared(rows, case_id, pack), records.clustered(rows, case_id, pack)
    return One(gallery, worth.persons(gallery, clusters), clusters, closed, young, unfit, seen, np.arange(len(gallery)))


def children(rows: Connection, case_id: str) -> bool:
    """Whether every face of this case counts as a child's until an examiner says otherwise."""
    return access_records.purpose_of_case(rows, case_id)[0] == CHILDREN


def _off(rows: Connection, cases: Sequence[str], today: date) -> list[str]:
    """Those of these cases whose own purpose does not let faces be compared today, whatever the basis of another says."""
    return [case_id for case_id in cases if not access.templates_allowed(rows, case_id, today).allowed]


def require_on(rows: Connection, case_id: str, searched: Galleries, today: date) -> None:
    """Raises Refused `purpose-off` where another case's purpose was switched off while it was searched."""
    if _off(rows, [one.gallery.case_id for one in searched.each if one.gallery.case_id != case_id], today):
        raise Refused("purpose-off", "The purpose of a case that was searched was switched off meanwhile: nothing is shown.",
                      "Search again: that case is left out.")


def whom_to_ask(rows: Connection, cases: Sequence[str]) -> tuple[str, ...]:
    """Supervisors of these cases, else all their members, by full name: neither the case nor the person is told."""
    found: list[str] = []
    for case_id in cases:
        members = [user for user, *_ in access_records.member_names(rows, case_id)]
        heads = [user for user in members if Role.SUPERVISOR in user.roles] or members
        found += [f"{user.full_name} ({user.unit})" for user in heads]
    return tuple(sorted(set(found)))
