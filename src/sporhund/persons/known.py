"""Known persons: enrolled from a link, or from pictures with a live basis of their own; signed in, by name."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases.rules import check_reason
from sporhund.errors import Refused, WrongUsage
from sporhund.evidence.names import printable, text
from sporhund.persons import known_records as records
from sporhund.persons.model import Known, Template
from sporhund.persons.rules import check_label
from sporhund.search import probes, rules
from sporhund.search.model import Probe, Source
from sporhund.store.ids import new_id
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures to enrol somebody from."""

    sources: tuple[Source, ...]
    pack: str                  #: label
    folder: Path               #: where the pack lies
    face: str | None = None    #: which face, as in a search


def enrol_linked(
    case_id: str, link: str, *, label: str, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Known:
    """Enrol who is on both sides of a link: templates of the linked track, and of the probe pictures.

    A track of another case is taken from by its members alone, and that case's log says so. Raises WrongUsage `unknown-link`,
    `bad-name`; Refused `sealed`, `no-live-basis`, `no-template`, `not-a-member`, `sign-in-needed`.
    """
    with gate.act("known enrol", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor, link=link) as doing:
        found = records.linked(doing.rows, case_id, link) if link.isprintable() else None
        if found is None:
            raise WrongUsage("unknown-link", f"There is no link '{printable(link)}' in this case.",
                             "Two examiners make one: sporhund decide.")
        bases.require_readable(doing.rows, case_id, found.basis_id, at=doing.at)
        basis = bases.require_live(doing.rows, case_id, None, at=doing.at)
        gate.require_member(doing.rows, actor, found.track_case)
        templates = records.templates_behind(doing.rows, case_id, found)
        added = _add(doing, case_id, label, templates, link=link, basis=basis.id, actor=actor)
        if found.track_case != case_id:
            audit.record(doing.rows, action="known enrolled", actor=actor, at=doing.at, keys=keys, case_id=found.track_case,
                         payload={"by_case": case_id, "known": added.id, "track": found.track_id})
        return added


def enrol_pictures(
    case_id: str, pictures: Pictures, *, basis: str, label: str, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Known:
    """Enrol somebody from pictures, with a live basis of their own. The pictures are hashed and not kept.

    That it was begun, with which pictures, is in the log before a face is measured, and so is every refusal.

    Raises WrongUsage `unknown-basis`, `no-file`, `bad-name`; Refused `no-live-basis`, `which-face`, `no-face`, `unsuitable`.
    """
    rules.check_face(pictures.face)
    hands: dict[str, Any] = {"store": store, "keys": keys, "clock": clock, "actor": actor}
    gate.check("known enrol", case_id=case_id, **hands)                            # before a file is opened
    with probes.reading(pictures.folder, pictures.sources, pictures.face) as (originals, reader):
        digests = [one.sha256.hex() for one in originals]
        with gate.act("known enrol", action="known enrol begin", case_id=case_id, pictures=digests, basis=basis,
                      **hands) as doing:
            check_label(label, "known person")
            live = bases.require_live(doing.rows, case_id, basis, at=doing.at)     # before anybody's face is measured
        if reader is not None:
            reader.wait()                                                          # not in a transaction
        with gate.act("known enrol", case_id=case_id, pictures=digests, **hands) as doing:
            bases.require_live(doing.rows, case_id, live.id, at=doing.at)          # still
            read = reader.probes() if reader is not None else []
            templates = [_template(one, pictures.pack) for one in read]
            return _add(doing, case_id, label, templates, link=None, basis=live.id, actor=actor)


def remove(case_id: str, known: str, *, why: str, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Known:
    """Take somebody out: templates and hits go, the row stays with who did it. Raises WrongUsage `unknown-known`."""
    with gate.act("known remove", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        chosen = _standing(doing.rows, case_id, known)
        records.remove_known(doing.rows, case_id, chosen.id, by=actor.mark, at=doing.at)
        doing.tell(known=chosen.id, label=chosen.label, why=check_reason(why, "Removing a known person"))
    return chosen


def list_known(case_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> list[Known]:
    """Known persons of a case, removed ones too. Looking is logged."""
    with gate.act("known list", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        return records.known_of(doing.rows, case_id)


def _add(
    doing: gate.Doing, case_id: str, label: str, templates: Sequence[Template], *, link: str | None, basis: str, actor: Actor,
) -> Known:
    if not templates:
        said = "Nothing of this person can be compared: there is no template."
        raise Refused("no-template", said, "Enrol from a better picture.")
    known = Known(new_id("kp"), case_id, check_label(label, "known person"), link, basis, actor.mark, doing.at,
                  templates=_counted(templates))
    records.add_known(doing.rows, known, templates)
    doing.tell(known=known.id, label=known.label, basis=basis, templates=dict(known.templates or {}))
    return known


def _counted(templates: Sequence[Template]) -> Mapping[str, int]:
    packs = [one.pack for one in templates]
    return {pack: packs.count(pack) for pack in dict.fromkeys(packs)}


def _template(probe: Probe, pack: str) -> Template:
    if probe.vector is None or probe.shot is None:
        raise rules.unfit(text(probe.source.path), probe)
    shot: Any = msgspec.to_builtins(probe.shot)
    return Template(pack, probe.vector.astype("<f4").tobytes(), shot)


def _standing(rows: Connection, case_id: str, said: str) -> Known:
    """By id or label, removed ones left out."""
    for known in records.known_of(rows, case_id):
        if known.removed_at is None and said in (known.id, known.label):
            return known
    raise WrongUsage("unknown-known", f"There is no known person '{printable(said)}' in this case.", "See: sporhund known list.")
