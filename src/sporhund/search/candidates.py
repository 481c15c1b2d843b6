"""From scores to candidates: one for each person, with everything that is shown beside it."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Row

from sporhund.access import records as access_records
from sporhund.faces.calibration import Calibration
from sporhund.faces.chance import Chance, Crowd, Local, NoChance, band_of, chances, where_covered
from sporhund.faces.model import Seen
from sporhund.faces.shot import seen_of
from sporhund.faces.warnings import warnings
from sporhund.media.model import Stated
from sporhund.search import records, rules, worth
from sporhund.search.galleries import Galleries, One
from sporhund.search.model import Ask, Candidate, Probe
from sporhund.search.rank import Ranked, rank, scores
from sporhund.store.ids import blind_id
from sporhund.store.service import Store
from sporhund.tracks.model import BestShot

CHILDREN = "victim-identification"
"""In this purpose every face counts as a child's until an examiner says otherwise."""
WORTH_ASKING = 1.0
"""E up to which a hit in a case that is closed to the actor is worth asking about."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What came out."""

    candidates: tuple[Candidate, ...]
    closed_hits: tuple[str, ...]       #: cases, closed to the actor, in which somebody is worth asking about
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    """A person of one of the galleries."""

    one: One
    found: Ranked


def ranked(
    case_id: str, ask: Ask, usable: Sequence[Probe], searched: Galleries, calibration: Calibration | None, *, store: Store,
) -> Ranking:
    """The people most like the probe, best first; what each score is worth, against everybody searched."""
    probes = np.stack([probe.vector for probe in usable if probe.vector is not None])
    hits: list[_Hit] = []
    closed: list[_Hit] = []
    for one in searched.each:
        best = rank(scores(one.gallery.vectors, probes), one.person, top=ask.top)
        (closed if one.closed else hits).extend(_Hit(one, found) for found in best)
    hits = sorted(hits, key=lambda hit: -hit.found.score)[:ask.top]
    crowd = worth.crowd([one.gallery for one in searched.each], [one.person for one in searched.each])
    with store.reader() as rows:
        own = searched.each[0]
        known = worth.local(rows, own.gallery, own.person)
        odds = Odds(usable, crowd, calibration, known, children=children(rows, case_id))
        candidates = tuple(
            replace(candidate, rank=place)
            for place, candidate in enumerate(_candidates(rows, hits, ask, usable, odds), start=1))
    return Ranking(candidates, _worth_asking(closed, odds), _notes(closed, odds))


@dataclass(frozen=True, slots=True)
class Odds:
    """What the chance needs besides a score."""

    probes: Sequence[Probe]
    crowd: Crowd
    calibration: Calibration | None
    local: Local | None
    children: bool                    #: every face counts as a child's until somebody has said otherwise

    def of(self, found: Sequence[float], children: Sequence[bool] | None = None) -> list[Chance | NoChance]:
        bands = [int(band_of(probe.seen.width_px, probe.seen.sharpness)) for probe in self.probes if probe.seen is not None]
        return chances(found, probes=bands, crowd=self.crowd, calibration=self.calibration, local=self.local, children=children)

    def child(self, said: bool | None) -> bool:
        return self.children if said is None else said


def children(rows: Connection, case_id: str) -> bool:
    """Whether every face of this case counts as a child's until an examiner says otherwise."""
    return access_records.purpose_of_case(rows, case_id)[0] == CHILDREN


def _candidates(
    rows: Connection, hits: Sequence[_Hit], ask: Ask, usable: Sequence[Probe], odds: Odds,
) -> list[Candidate]:
    probe_child = any(odds.child(False if ask.adult else probe.seen.child) for probe in usable if probe.seen is not None)
    known = _known(rows, hits)
    young = [odds.child(known[_key(hit)].child) for hit in hits]
    worth_of = odds.of([hit.found.score for hit in hits], [probe_child or child for child in young])
    return [_candidate(hit, known[_key(hit)], usable, chance, child)
            for hit, chance, child in zip(hits, worth_of, young, strict=True)]


def _key(hit: _Hit) -> tuple[str, str]:
    return hit.one.gallery.case_id, hit.one.gallery.track(hit.found.row)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of a track."""

    row: Row[Any]
    path: bytes
    child: bool | None     #: as an examiner said last


def _known(rows: Connection, hits: Sequence[_Hit]) -> Mapping[tuple[str, str], _Known]:
    found: dict[tuple[str, str], _Known] = {}
    for case_id in {_key(hit)[0] for hit in hits}:
        ids = [track for case, track in map(_key, hits) if case == case_id]
        tracks = records.tracks(rows, case_id, ids)
        paths = records.paths(rows, case_id, [row.medium_id for row in tracks.values()])
        ages = records.ages(rows, case_id, ids)
        found |= {(case_id, key): _Known(row, paths.get(row.medium_id, b""), ages.get(key)) for key, row in tracks.items()}
    return found


def _candidate(hit: _Hit, known: _Known, usable: Sequence[Probe], chance: Chance | NoChance, child: bool) -> Candidate:
    gallery = hit.one.gallery
    case_id, track = _key(hit)
    shot = msgspec.convert(known.row.best[0], BestShot)
    stated = msgspec.convert((known.row.facts or {}).get("stated") or (), tuple[Stated, ...])
    seen = seen_of(shot, taken=rules.taken(stated), child=child)
    nearest = _nearest(usable, gallery.vectors[hit.found.row])
    chance = where_covered(chance, nearest, seen)
    return Candidate(
        blind_id("h"), 0, case_id, track, known.row.medium_id, known.path, shot.t, shot.box, round(hit.found.score, 6),
        chance if isinstance(chance, Chance) else None, chance.reason if isinstance(chance, NoChance) else None,
        hit.one.cluster.get(track), tuple((gallery.track(row), round(score, 6)) for row, score in hit.found.also),
        tuple(warnings(nearest, seen)))


def _nearest(usable: Sequence[Probe], template: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Seen:
    """What is known of the probe picture that the score is of."""
    best = max(usable, key=lambda probe: float(probe.vector @ template) if probe.vector is not None else -1.0)
    assert best.seen is not None   # it has a template, so a face was seen
    return best.seen


def _worth_asking(closed: Sequence[_Hit], odds: Odds) -> tuple[str, ...]:
    """Cases with somebody whom accident hardly explains. Without a calibration nobody can say, so all are asked about."""
    worth_of = odds.of([hit.found.score for hit in closed])
    return tuple(sorted({
        hit.one.gallery.case_id for hit, chance in zip(closed, worth_of, strict=True)
        if isinstance(chance, NoChance) or chance.expected <= WORTH_ASKING}))


def _notes(closed: Sequence[_Hit], odds: Odds) -> tuple[str, ...]:
    if closed and odds.calibration is None:
        return ("Cases that are closed to you were searched too; without a calibration nobody can say whether to ask there.",)
    return ()
