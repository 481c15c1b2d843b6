"""Search for a face: under a live legal basis, stored whole before anything is shown, stored or not at all."""
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.access.model import Basis
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Refused
from sporhund.evidence.names import shown, text
from sporhund.faces.calibration import Calibration
from sporhund.faces.chance import Chance
from sporhund.packs.model import Manifest
from sporhund.search import candidates, galleries, probes, records, rules, tracks
from sporhund.search.agree import disagreeing
from sporhund.search.galleries import Galleries
from sporhund.search.model import ALL, Ask, Candidate, Found, Probe, Searched
from sporhund.search.probes import Original
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Means:
    """Who searches, when, and with what."""

    store: Store
    keys: Keys
    clock: Clock
    actor: Actor
    pack: Path                          #: its folder
    manifest: Manifest
    calibration: Calibration | None
    version: str                        #: of Sporhund
    require_concluded: Callable[[Connection, str, Actor], None]
    """Raises Refused `conclude-first` where the actor can still conclude blindly in a case: a search or comparison would tell
    scores. Asked before anything is compared and again before it is shown; answered by identify.blind, which is above us."""

    @property
    def hands(self) -> dict[str, Any]:
        return {"store": self.store, "keys": self.keys, "clock": self.clock, "actor": self.actor}


def search(case_id: str, ask: Ask, means: Means) -> Found:
    """Everybody of the galleries, the most alike first, with what each score is worth.

    The basis must be live at the start and again when the result is recorded: if it ends in between, nothing is shown.
    Raises Refused `no-live-basis`, `not-a-member`, `conclude-first`, `which-face`; `no-face`, `unsuitable`, `not-a-picture` and
    the like, which are recorded outcomes; WrongUsage `unknown-basis`, `no-file`, `bad-face`, ...
    """
    rules.check_face(ask.face)
    with ExitStack() as open_now:
        originals, reader = open_now.enter_context(probes.reading(means.pack, ask.sources, ask.face))
        basis = begin(case_id, "faces search", ask, originals, means)
        if reader is not None:
            reader.start()
        # The worker reads the pictures while the matrices are opened here.
        searched = galleries.opened(case_id, basis, ask.scope, means.manifest.label, **means.hands)
        found = read(case_id, "faces search", ask, basis, means, reader)
    usable = [probe for probe in found if probe.vector is not None]
    fits(usable, searched, means.manifest)
    searched = searched.without([probe.source.track for probe in found if probe.source.track is not None])
    result = candidates.ranked(ask, usable, searched, means.calibration, store=means.store)
    return _kept(case_id, ask, basis, found, searched, result, means)


def begin(case_id: str, act: str, ask: Ask, originals: Sequence[Original], means: Means) -> Basis:
    """Whether this may be done now; that it was begun, with what, is in the log whatever becomes of it."""
    with gate.act(act, action=f"{act} begin", case_id=case_id, **means.hands) as doing:
        doing.tell(basis=ask.basis, scope=ask.scope, pack=means.manifest.label, probes=[
            {"path": shown(one.source.path), "at": one.source.at, "sha256": one.sha256.hex()} for one in originals],
            tracks=[source.track for source in ask.sources if source.track])
        if ask.adult:
            gate.require(doing.rows, means.actor, "age", case_id=case_id)
        live = bases.require_live(doing.rows, case_id, ask.basis, at=doing.at)
        for one in (case_id, *(live.scope.cases if ask.scope == ALL else ())):
            means.require_concluded(doing.rows, one, means.actor)
        return live


def read(
    case_id: str, act: str, ask: Ask, basis: Basis, means: Means, reader: probes.Reader | None, *, every: bool = False,
) -> list[Probe]:
    """The probes, in the order asked for; at least one of them can be compared (every: all of them).

    Where none can, that is recorded and refused.
    """
    if reader is not None:
        reader.wait()   # not in a transaction
    with gate.act(act, action=f"{act} probes", case_id=case_id, **means.hands) as doing:
        pictures = iter(reader.probes() if reader is not None else ())
        found = [tracks.probe_of(doing.rows, case_id, source, means.manifest.label) if source.track else next(pictures)
                 for source in ask.sources]
        doing.tell(basis=basis.id, comparable=sum(probe.vector is not None for probe in found), of=len(found))
    wrong = [probe for probe in found if probe.code not in (None, "no-face", rules.UNFIT)]
    fit = [probe for probe in found if probe.vector is not None]
    if wrong or not fit or (every and len(fit) < len(found)):
        bad = (wrong or [probe for probe in found if probe.vector is None])[0]
        raise _unfit(case_id, act, ask, basis, found, bad, means)
    return found


def _unfit(case_id: str, act: str, ask: Ask, basis: Basis, found: Sequence[Probe], bad: Probe, means: Means) -> Refused:
    """That nothing could be compared is an outcome: kept with its pictures. What is said of it."""
    search_id = new_id("q")
    with gate.act(act, case_id=case_id, **means.hands) as doing:
        live = bases.require_live(doing.rows, case_id, basis.id, at=doing.at)
        records.add_search(
            doing.rows, case_id, search_id, basis=live.id, pack=means.manifest.label, scope=ask.scope, outcome="unsuitable",
            gallery={}, settings={**settings(ask, means), "code": bad.code, "reason": bad.reason}, by=means.actor.mark,
            at=doing.at)
        keep_probes(doing.rows, case_id, search_id, found, means.keys)
        doing.tell(search=search_id, basis=live.id, outcome="unsuitable", code=bad.code, reason=bad.reason)
    refusal = rules.unfit(shown(bad.source.path), bad)
    refusal.data = {"search": search_id, "outcome": "unsuitable", "probes": [
        {"path": text(one.source.path), "sha256": one.sha256.hex(), "box": list(one.shot.box) if one.shot else None,
         "comparable": one.vector is not None, "reason": one.reason} for one in found]}
    return refusal


def keep_probes(rows: Connection, case_id: str, search_id: str, found: Sequence[Probe], keys: Keys) -> None:
    records.add_probes(rows, case_id, search_id, [(new_id("p"), probe) for probe in found], keys.for_case(case_id))


def settings(ask: Ask, means: Means) -> dict[str, Any]:
    """What else decided the result."""
    return {
        "top": ask.top, "max_chance": ask.max_chance, "face": ask.face, "adult": ask.adult, "version": means.version,
        "pack_digest": means.manifest.digest, "calibration_digest": means.calibration.digest if means.calibration else None}


def fits(usable: Sequence[Probe], searched: Galleries, manifest: Manifest) -> None:
    """Raises EnvironmentFault `pack-changed` where the pack that is installed is not the one that made the templates."""
    sizes = {one.gallery.vectors.shape[1] for one in searched.each if len(one.gallery)}
    sizes |= {probe.vector.size for probe in usable if probe.vector is not None}
    if len(sizes) > 1:
        said = f"The pack {manifest.label} in this home does not make the templates that this case has under its name."
        raise EnvironmentFault("pack-changed", said, "Give a changed pack another version; see: sporhund models list.")


def _kept(
    case_id: str, ask: Ask, basis: Basis, found: Sequence[Probe], searched: Galleries, result: candidates.Ranking, means: Means,
) -> Found:
    """Store it, then show it: in one transaction under a basis that is still live."""
    shown_now, left_out = rules.split(result.candidates, ask.max_chance)
    with gate.act("faces search", case_id=case_id, **means.hands) as doing:
        live = bases.require_live(doing.rows, case_id, basis.id, at=doing.at)
        galleries.require_on(doing.rows, case_id, searched, doing.at.date())
        for one in searched.each:
            means.require_concluded(doing.rows, one.gallery.case_id, means.actor)
        kept = Found(
            new_id("q"), live.id, means.manifest.label, tuple(found), searched.told(), shown_now, left_out,
            ask=galleries.whom_to_ask(doing.rows, result.closed_hits),
            notes=(*disagreeing(found, means.calibration), *searched.notes, *_about_scope(live), *result.notes))
        records.add_search(
            doing.rows, case_id, kept.id, basis=live.id, pack=kept.pack, scope=ask.scope, outcome="done",
            gallery=gallery_item(kept.searched), by=means.actor.mark, at=doing.at,
            settings={**settings(ask, means), "left_out": [_left_item(one) for one in left_out], "notes": list(kept.notes),
                      "ask": list(kept.ask)})
        keep_probes(doing.rows, case_id, kept.id, found, means.keys)
        records.add_candidates(doing.rows, case_id, kept.id, shown_now)
        doing.tell(search=kept.id, basis=live.id, scope=ask.scope, pack=kept.pack, gallery=gallery_item(kept.searched),
                   probes=[probe.sha256.hex() for probe in found], candidates=len(shown_now), left_out=len(left_out))
        _tell_others(doing, case_id, kept, means)
    return kept


def _tell_others(doing: gate.Doing, case_id: str, kept: Found, means: Means) -> None:
    """Every other case that was looked through has it in its own log."""
    for one in kept.searched:
        if one.case_id != case_id:
            payload = {"from_case": case_id, "search": kept.id, "basis": kept.basis, "gallery": one.version}
            audit.record(doing.rows, action="faces searched", actor=means.actor, at=doing.at, keys=means.keys,
                         case_id=one.case_id, payload=payload)


def gallery_item(searched: Sequence[Searched]) -> dict[str, Any]:
    """What was searched in, as it is kept and printed. version: of one gallery its own, of several a digest of theirs."""
    versions = [one.version for one in searched]
    joined = versions[0] if len(versions) == 1 else "all-" + hashlib.sha256("\n".join(versions).encode()).hexdigest()[:26]
    return {
        "templates": sum(one.templates for one in searched), "people": sum(one.people for one in searched), "version": joined,
        "not_compared": sum(one.not_compared for one in searched),
        "cases": [{"case": one.case_id, "version": one.version, "digest": one.digest, "templates": one.templates,
                   "people": one.people} for one in searched]}


def _left_item(one: Candidate) -> Mapping[str, Any]:
    return {"track": one.track, "case": one.case_id, "score": one.score,
            "expected": one.chance.expected if isinstance(one.chance, Chance) else None}


def _about_scope(basis: Basis) -> list[str]:
    """What a basis limits that no machine can see: period and places of material, and persons."""
    scope, said = basis.scope, []
    if scope.start or scope.end:
        start, end = (at.date().isoformat() if at else "…" for at in (scope.start, scope.end))
        said.append(f"period {start} to {end}")
    if scope.places:
        said.append("places: " + ", ".join(scope.places))
    if scope.persons:
        said.append("persons: " + ", ".join(scope.persons))
    if not said:
        return []
    return [f"The basis is limited ({'; '.join(said)}): whether a candidate lies within it is for you to see."]
