"""From scores to candidates: one for each person, with everything that is shown beside it."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Row

from sporhund.faces.calibration import Calibration
from sporhund.faces.chance import Chance, Crowd, Local, NoChance, band_of, chances, where_covered
from sporhund.faces.model import Seen
from sporhund.faces.shot import seen_of
from sporhund.faces.warnings import warnings
from sporhund.media.model import Stated
from sporhund.search import ages, records, rules, worth
from sporhund.search.galleries import Galleries, One
from sporhund.search.model import Ask, Candidate, FloatArray, Probe
from sporhund.search.rank import Ranked, rank, scores
from sporhund.store.ids import blind_id
from sporhund.store.service import Store
from sporhund.tracks.model import BestShot

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
    ask: Ask, usable: Sequence[Probe], searched: Galleries, calibration: Calibration | None, *, store: Store,
) -> Ranking:
    """The people most like the probe, best first; what each score is worth, against everybody searched."""
    probes = np.stack([probe.vector for probe in usable if probe.vector is not None])
    hits: list[_Hit] = []
    closed: list[_Hit] = []
    for one in searched.each:
        (closed if one.closed else hits).extend(_Hit(one, found) for found in _best(one, probes, ask.top))
    hits = sorted(hits, key=lambda hit: -hit.found.score)[:ask.top]
    crowd = worth.crowd([one.gallery for one in searched.each], [one.person for one in searched.each],
                        [one.kept for one in searched.each])
    with store.reader() as rows:
        own = searched.each[0]
        known = worth.local(rows, own.gallery, own.person)
        odds = Odds(usable, crowd, calibration, known)
        probe_child = not ask.adult and any(
            own.children if probe.seen.child is None else probe.seen.child for probe in usable if probe.seen is not None)
        candidates = tuple(
            replace(candidate, rank=place)
            for place, candidate in enumerate(_candidates(rows, hits, usable, odds, probe_child), start=1))
        ask_in = _worth_asking(rows, closed, odds, probe_child)
        unsaid = _unsaid([one for one in searched.each if not one.closed], rows)
    return Ranking(candidates, ask_in, (*_notes(closed, odds), *unsaid, *_together(candidates, usable, own)))


def _best(one: One, probes: FloatArray, top: int) -> list[Ranked]:
    """The people of one case most like the probe, among the rows that are compared. Rows are the gallery's."""
    found = scores(one.gallery.vectors, probes)
    if len(one.kept) == len(one.gallery):
        return rank(found, one.person, top=top)
    best = rank(found[one.kept], one.person[one.kept], top=top)
    return [Ranked(int(one.kept[each.row]), each.score, tuple((int(one.kept[row]), score) for row, score in each.also))
            for each in best]


@dataclass(frozen=True, slots=True)
class Odds:
    """What the chance needs besides a score."""

    probes: Sequence[Probe]
    crowd: Crowd
    calibration: Calibration | None
    local: Local | None

    def of(self, found: Sequence[float], children: Sequence[bool]) -> list[Chance | NoChance]:
        bands = [int(band_of(probe.seen.width_px, probe.seen.sharpness)) for probe in self.probes if probe.seen is not None]
        return chances(found, probes=bands, crowd=self.crowd, calibration=self.calibration, local=self.local, children=children)


def _candidates(
    rows: Connection, hits: Sequence[_Hit], usable: Sequence[Probe], odds: Odds, probe_child: bool,
) -> list[Candidate]:
    known = _known(rows, hits)
    young = _young(rows, hits)
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


def _known(rows: Connection, hits: Sequence[_Hit]) -> Mapping[tuple[str, str], _Known]:
    found: dict[tuple[str, str], _Known] = {}
    for case_id in {_key(hit)[0] for hit in hits}:
        ids = [track for case, track in map(_key, hits) if case == case_id]
        tracks = records.tracks(rows, case_id, ids)
        paths = records.paths(rows, {(case_id, row.medium_id) for row in tracks.values()})
        found |= {(case_id, key): _Known(row, paths.get((case_id, row.medium_id), b"")) for key, row in tracks.items()}
    return found


def _young(rows: Connection, hits: Sequence[_Hit]) -> list[bool]:
    """Whether each counts as a child's face: as an examiner said last, else as its own case has it, not the searching one."""
    said: dict[tuple[str, str], bool] = {}
    for case_id in {_key(hit)[0] for hit in hits}:
        ids = [track for case, track in map(_key, hits) if case == case_id]
        said |= {(case_id, track): child for track, child in ages.ages(rows, case_id, ids).items()}
    return [said.get(_key(hit), hit.one.children) for hit in hits]


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


def _worth_asking(rows: Connection, closed: Sequence[_Hit], odds: Odds, probe_child: bool) -> tuple[str, ...]:
    """Cases with somebody whom accident hardly explains. Without a number (no calibration, a child's face) nobody can say that
    accident does, so they are all asked about."""
    worth_of = odds.of([hit.found.score for hit in closed], [probe_child or child for child in _young(rows, closed)])
    return tuple(sorted({
        hit.one.gallery.case_id for hit, chance in zip(closed, worth_of, strict=True)
        if isinstance(chance, NoChance) or chance.expected <= WORTH_ASKING}))


def _together(found: Sequence[Candidate], usable: Sequence[Probe], own: One) -> tuple[str, ...]:
    """Which candidates are nothing new: a track that was searched with is in one cluster with them already."""
    tracks = [probe.source.track for probe in usable if probe.source.track is not None]
    theirs = {own.cluster[track] for track in tracks if track in own.cluster}
    ranks = [str(one.rank) for one in found if one.case_id == own.gallery.case_id and one.cluster in theirs]
    return (f"Already in one cluster with a track that was searched with: rank {', '.join(ranks)}.",) if ranks else ()


def _unsaid(searched: Sequence[One], rows: Connection) -> tuple[str, ...]:
    """What examiners said of ages and could not be brought to the tracks that are compared."""
    lost = [track for one in searched for track in ages.lost(rows, one.gallery)]
    if not lost:
        return ()
    return (f"An examiner said of {len(lost)} faces whether they are a child's, and no face that is compared lies in their "
            f"place: {', '.join(lost)}. Where it has another track now, say it again of that one: sporhund age.",)


def _notes(closed: Sequence[_Hit], odds: Odds) -> tuple[str, ...]:
    if closed and odds.calibration is None:
        return ("Cases that are closed to you were searched too; without a calibration nobody can say whether to ask there.",)
    return ()
