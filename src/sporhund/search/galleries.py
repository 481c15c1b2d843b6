"""In what is searched: the case's templates, and those of the other cases that the basis names."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from sporhund.access import records as access_records
from sporhund.access.model import Basis, Role
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.clusters.records import cluster_of
from sporhund.gallery import service as gallery_service
from sporhund.gallery.model import Gallery
from sporhund.search import records, worth
from sporhund.search.model import ALL, Searched
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True, eq=False)
class One:
    """One case's gallery, and who is who in it."""

    gallery: Gallery
    person: NDArray[np.int32]            #: (n,) equal numbers are one person
    cluster: dict[str, str]
    closed: bool                         #: to the actor: nothing of it is shown


@dataclass(frozen=True, slots=True, eq=False)
class Galleries:
    """Everything that is searched in."""

    each: tuple[One, ...]
    notes: tuple[str, ...] = ()

    def told(self) -> tuple[Searched, ...]:
        return tuple(Searched(one.gallery.case_id, one.gallery.version, one.gallery.digest, len(one.gallery),
                              len(np.unique(one.person)) if one.cluster else len(one.gallery)) for one in self.each)


def opened(
    case_id: str, basis: Basis, scope: str, pack: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Galleries:
    """The galleries of this search, each as it stands now."""
    others: Sequence[str] = [other for other in basis.scope.cases if other != case_id] if scope == ALL else []
    with store.reader() as rows:
        known = records.cases(rows, others)
        closed = access_records.closed_to(rows, actor.user)
    each = [_one(case, pack, case in closed, store, keys) for case in (case_id, *sorted(known))]
    notes = [f"The case {known[one.gallery.case_id].name} has no templates of the pack {pack}: nothing of it was compared."
             for one in each[1:] if not len(one.gallery) and not one.closed]
    gone = len(set(others) - known.keys())
    if gone:
        notes.append(f"{gone} of the cases that the basis names were erased or are not here.")
    if scope == ALL and not others:
        notes.append("The basis names no other case: only this one was searched.")
    if not len(each[0].gallery):
        notes.append(f"This case has no templates of the pack {pack}: nothing in it was compared.")
    return Galleries(tuple(each), tuple(notes))


def _one(case_id: str, pack: str, closed: bool, store: Store, keys: Keys) -> One:
    gallery = gallery_service.opened(case_id, pack, store=store, keys=keys)
    with store.reader() as rows:
        clusters = cluster_of(rows, case_id, pack)
    return One(gallery, worth.persons(gallery, clusters), clusters, closed)


def whom_to_ask(rows: Connection, cases: Sequence[str]) -> tuple[str, ...]:
    """Supervisors of these cases, else all their members, by full name: neither the case nor the person is told."""
    found: list[str] = []
    for case_id in cases:
        members = [user for user, *_ in access_records.member_names(rows, case_id)]
        heads = [user for user in members if Role.SUPERVISOR in user.roles] or members
        found += [f"{user.full_name} ({user.unit})" for user in heads]
    return tuple(sorted(set(found)))
