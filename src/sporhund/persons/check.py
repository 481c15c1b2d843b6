"""New material against known persons: exact, within one pack, where bases on both sides cover it. Nobody is named."""
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.access import service as access
from sporhund.access.model import Basis, Standing
from sporhund.access.rules import standing
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.clusters.records import cluster_of
from sporhund.faces.calibration import Calibration, calibration_of
from sporhund.faces.chance import Chance, NoChance, band_of, chances, where_covered
from sporhund.faces.shot import seen_of
from sporhund.faces.warnings import warnings
from sporhund.gallery.model import Gallery
from sporhund.gallery.service import opened
from sporhund.packs.model import Manifest
from sporhund.persons import known_records as records
from sporhund.persons.matching import Chosen, Compared, choose
from sporhund.persons.model import Hit, Template
from sporhund.search import worth
from sporhund.search.ages import ages
from sporhund.search.galleries import children
from sporhund.store.ids import new_id
from sporhund.store.service import Store
from sporhund.tracks.model import BestShot

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to."""

    tracks: int = 0            #: new ones that were compared
    known: int = 0             #: persons they were compared with
    hits: int = 0              #: new ones, with a chance that is small enough
    listed: int = 0            #: new ones that no number decides on
    left: int = 0              #: further ones without a number, of lower scores: counted, not listed
    ended: int = 0             #: persons of whom nothing was kept: a basis or a purpose ended while they were compared


@dataclass(frozen=True, slots=True)
class _Person:
    """A known person whom this material may be compared with."""

    case_id: str
    id: str
    children: bool             #: of a case in which every face counts as a child's
    templates: tuple[Template, ...]

    @property
    def vectors(self) -> FloatArray:
        """(k, d) unit length."""
        return np.stack([np.frombuffer(one.vector, "<f4") for one in self.templates])

    @property
    def shots(self) -> list[BestShot]:
        return [msgspec.convert(one.shot, BestShot) for one in self.templates]


def new_material(
    case_id: str, media: Sequence[str], pack: Manifest, folder: Path, *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Checked:
    """Compare the templates of these media with every known person whose case's live basis reaches this case.

    Nothing happens without a live basis of this case under a purpose that is on, and nothing is kept where that or the known
    person's ended before the comparing did. Hits are kept with their chance and warnings;
    the log of this case names no person, that of the known person's case says where the hit is.
    """
    with store.reader() as rows:
        people = list(_reaching(rows, case_id, pack.label, clock.now()))
    if not people:
        return Checked()
    gallery = opened(case_id, pack.label, store=store, keys=keys)
    new = np.flatnonzero(np.isin(gallery.media, np.array([one.encode() for one in media]))[gallery.medium_row])
    if not len(new):
        return Checked()
    with gate.act("case open", action="known check", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        desk = _Desk(doing.rows, gallery, new, calibration_of(folder, pack))
        compared = [(person, desk.choose(person)) for person in people]
        still = _still(doing.rows, case_id, {person.case_id for person in people}, clock.now())
        count = Checked(len(new), len(people), ended=sum(person.case_id not in still for person in people))
        for person, chosen in compared:
            if person.case_id not in still:
                continue
            found = desk.hits(person, chosen, doing.at)
            kept = records.add_hits(doing.rows, case_id, found)
            hits = sum(hit.id in kept for hit in found[:len(chosen.hits)])
            count = replace(count, hits=count.hits + hits, listed=count.listed + len(kept) - hits, left=count.left + chosen.left)
            if kept:
                audit.record(doing.rows, action="known hit", actor=actor, at=doing.at, keys=keys, case_id=person.case_id,
                             payload={"known": person.id, "material_of": case_id, "hits": sorted(kept)})
        doing.tell(**asdict(count))
    return count


def covered(rows: Connection, case_id: str, now: datetime) -> bool:
    """Whether faces of this case may be compared now: its purpose is on, and a basis of it lives."""
    return access.templates_allowed(rows, case_id, now.date()).allowed and any(
        standing(basis, now) is Standing.LIVE for basis in bases.of_case(rows, case_id))


def reaches(rows: Connection, known_case: str, case_id: str, now: datetime) -> bool:
    """Whether known persons of a case may be looked for in another now: a live basis of theirs names it, their purpose is on."""
    return access.templates_allowed(rows, known_case, now.date()).allowed and any(
        standing(basis, now) is Standing.LIVE and _names(basis, case_id) for basis in bases.of_case(rows, known_case))


def _still(rows: Connection, case_id: str, owners: Collection[str], now: datetime) -> frozenset[str]:
    """Whose known persons may be looked for still, now that the comparing is done: time ran on meanwhile."""
    if not covered(rows, case_id, now):
        return frozenset()
    return frozenset(owner for owner in owners if reaches(rows, owner, case_id, now))


def _names(basis: Basis, case_id: str) -> bool:
    return case_id == basis.case_id or case_id in basis.scope.cases


def _reaching(rows: Connection, case_id: str, pack: str, now: datetime) -> Iterator[_Person]:
    owners = records.cases_with_known(rows)
    if not owners or not covered(rows, case_id, now):
        return
    for owner in owners:
        if not reaches(rows, owner, case_id, now):
            continue
        young = children(rows, owner)
        for known, templates in records.known_templates(rows, owner, pack).items():
            yield _Person(owner, known, young, tuple(templates))


class _Desk:
    """The new tracks of a case, ready to be compared with one known person after the other."""

    def __init__(self, rows: Connection, gallery: Gallery, new: NDArray[np.intp], calibration: Calibration | None) -> None:
        self._rows, self._gallery, self._calibration = rows, gallery, calibration
        self._tracks = [gallery.track(row) for row in new]
        self._vectors = gallery.vectors[new]
        self._children = children(rows, gallery.case_id)
        self._ages = ages(rows, gallery.case_id, self._tracks)
        person = worth.persons(gallery, cluster_of(rows, gallery.case_id, gallery.pack))
        self._crowd, self._local = worth.crowd([gallery], [person]), worth.local(rows, gallery, person)

    def choose(self, person: _Person) -> Chosen:
        """Every new track against every template of the person: one product."""
        table = self._vectors @ person.vectors.T
        best = table.argmax(axis=1)
        scores = table[np.arange(len(best)), best]
        probes = [int(band_of(shot.box[2], shot.sharpness)) for shot in person.shots]
        young = [self._child(track, person) for track in self._tracks]
        odds = chances(scores, probes=probes, crowd=self._crowd, calibration=self._calibration, local=self._local, children=young)
        return choose([Compared(track, float(score), int(place), chance) for track, score, place, chance in zip(
            self._tracks, scores, best, odds, strict=True)])

    def hits(self, person: _Person, chosen: Chosen, at: datetime) -> list[Hit]:
        wanted = (*chosen.hits, *chosen.listed)
        shots = records.best_shots(self._rows, self._gallery.case_id, [one.track for one in wanted])
        # Made in the order of the tracks: no id tells which of them is more alike.
        made = {one.track: self._hit(person, one, shots[one.track], at) for one in sorted(wanted, key=lambda one: one.track)}
        return [made[one.track] for one in wanted]

    def _hit(self, person: _Person, one: Compared, shot: Any, at: datetime) -> Hit:
        child = self._child(one.track, person)
        known, seen = seen_of(person.shots[one.template]), seen_of(msgspec.convert(shot, BestShot), child=child)
        chance = where_covered(one.chance, known, seen)
        number = asdict(chance) if isinstance(chance, Chance) else None
        reason = chance.reason if isinstance(chance, NoChance) else None
        said = warnings(known, seen)
        return Hit(new_id("kh"), person.case_id, person.id, one.track, one.score, number, reason, tuple(said), at)

    def _child(self, track: str, person: _Person) -> bool:
        """Whether one of the two may be a child: an examiner's word on the track goes before the purpose's."""
        return person.children or self._ages.get(track, self._children)
