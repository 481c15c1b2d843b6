"""Subjects: an officer joins tracks of any kind over cameras into "Ukendt 1". An assertion with its author, no identity."""
import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.cases.records import lock_case
from sporhund.errors import WrongUsage
from sporhund.evidence.names import printable
from sporhund.identify import blind
from sporhund.persons import places, records, rules
from sporhund.persons.model import Route, Subject
from sporhund.review.pictures import track_named
from sporhund.store.ids import new_id
from sporhund.store.service import Store

SHORT = re.compile(r"[0-9a-z]{6,20}")
"""The end of an id: what pages show of it, or more."""


def add(
    case_id: str, tracks: Sequence[str], *, label: str | None = None, note: str = "",
    store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Subject:
    """A new subject of these tracks; without a label the next "Ukendt N" of the case.

    Raises WrongUsage `unknown-track`, `bad-name`, `subject-exists`.
    """
    with gate.act("subject", action="subject add", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        lock_case(doing.rows, case_id)                    # two officers at once do not both make "Ukendt 3"
        labels = [subject.label for subject in records.subjects(doing.rows, case_id)]
        named = rules.check_label(label) if label is not None else rules.next_label(labels)
        _refuse_taken(named, labels)
        subject, counted = Subject(new_id("s"), named, actor.mark, doing.at), _counted(doing.rows, case_id, tracks)
        records.add_subject(doing.rows, case_id, subject)
        records.assert_tracks(doing.rows, case_id, subject.id, counted, note=printable(note), by=actor.mark, at=doing.at)
        doing.tell(subject=subject.id, label=named, tracks=counted, note=printable(note))
        return _told(doing.rows, case_id, actor, [_named(doing.rows, case_id, subject.id)])[0]


def join(
    case_id: str, subject: str, tracks: Sequence[str], *, note: str = "", store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Subject:
    """Say that these tracks are of a subject too; one that is in it already is left alone.

    A track may be in two subjects: that contradiction is shown, not resolved. Raises WrongUsage `unknown-subject`,
    `unknown-track`.
    """
    with gate.act("subject", action="subject join", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        lock_case(doing.rows, case_id)
        chosen = _named(doing.rows, case_id, subject)
        new = [track for track in _counted(doing.rows, case_id, tracks) if track not in chosen.tracks]
        records.assert_tracks(doing.rows, case_id, chosen.id, new, note=printable(note), by=actor.mark, at=doing.at)
        doing.tell(subject=chosen.id, label=chosen.label, tracks=new, note=printable(note))
        return _told(doing.rows, case_id, actor, [_named(doing.rows, case_id, chosen.id)])[0]


def leave(
    case_id: str, subject: str, tracks: Sequence[str], *, store: Store, keys: Keys, clock: Clock, actor: Actor,
) -> Subject:
    """Take back that these tracks are of a subject; that it was said stays.

    Raises WrongUsage `unknown-subject`, `not-in-subject`.
    """
    with gate.act("subject", action="subject leave", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        lock_case(doing.rows, case_id)
        chosen = _named(doing.rows, case_id, subject)
        counted = _counted(doing.rows, case_id, tracks)
        missing = rules.unknown(counted, chosen.tracks)
        if missing:
            raise WrongUsage("not-in-subject", f"{missing[0]} is not in '{chosen.label}'.", "See: sporhund subject show.")
        records.take_back(doing.rows, case_id, chosen.id, counted, by=actor.mark, at=doing.at)
        doing.tell(subject=chosen.id, label=chosen.label, tracks=counted)
        return _told(doing.rows, case_id, actor, [_named(doing.rows, case_id, chosen.id)])[0]


def rename(case_id: str, subject: str, label: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> Subject:
    """Give a subject another label; the log keeps the one before. Raises WrongUsage `unknown-subject`, `subject-exists`."""
    with gate.act("subject", action="subject rename", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        lock_case(doing.rows, case_id)
        chosen, named = _named(doing.rows, case_id, subject), rules.check_label(label)
        _refuse_taken(named, [one.label for one in records.subjects(doing.rows, case_id) if one.id != chosen.id])
        records.rename(doing.rows, case_id, chosen.id, named)
        doing.tell(subject=chosen.id, before=chosen.label, label=named)
        return _told(doing.rows, case_id, actor, [_named(doing.rows, case_id, chosen.id)])[0]


def list_subjects(case_id: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> list[Subject]:
    """Every subject of the case, oldest first. Looking is logged."""
    with gate.act("subject", action="subject list", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        return _told(doing.rows, case_id, actor, records.subjects(doing.rows, case_id))


def show(case_id: str, subject: str, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> tuple[Subject, Route]:
    """A subject with its route over the cameras. Looking is logged. Raises WrongUsage `unknown-subject`."""
    with gate.act("subject", action="subject show", case_id=case_id, store=store, keys=keys, clock=clock, actor=actor) as doing:
        everyone = _told(doing.rows, case_id, actor, records.subjects(doing.rows, case_id))
        chosen = _among(everyone, subject)
        also = {track: [one.label for one in everyone if one.id != chosen.id and track in one.tracks] for track in chosen.tracks}
        doing.tell(subject=chosen.id, label=chosen.label)
        return chosen, rules.route(places.stops(doing.rows, case_id, chosen.tracks, also_in=also))


def _told(rows: Connection, case_id: str, actor: Actor, found: Sequence[Subject]) -> list[Subject]:
    """Subjects as this person may see them: what others asserted of tracks on which they can
    still conclude is left out, and counted."""
    still = blind.pending_for(rows, case_id, actor)
    told = []
    for one in found:
        kept = tuple(said for said in one.assertions if said.track not in still or said.by == actor.mark)
        told.append(replace(one, assertions=kept, withheld=len(one.assertions) - len(kept)))
    return told


def _named(rows: Connection, case_id: str, said: str) -> Subject:
    return _among(records.subjects(rows, case_id), said)


def _among(subjects: Sequence[Subject], said: str) -> Subject:
    """By id or label."""
    for subject in subjects:
        if said in (subject.id, subject.label):
            return subject
    hint = "See: sporhund subject list --case CASE."
    raise WrongUsage("unknown-subject", f"There is no subject '{printable(said)}' in this case.", hint)


def _refuse_taken(label: str, labels: Sequence[str]) -> None:
    if label in labels:
        raise WrongUsage("subject-exists", f"There is a subject '{label}' already.", "Give another --label.")


def _counted(rows: Connection, case_id: str, tracks: Sequence[str]) -> list[str]:
    """The ids that count for these tracks, each once: a track that went on over a joint has two."""
    return list(dict.fromkeys(track_named(rows, case_id, _whole(rows, case_id, track)).id for track in tracks))


def _whole(rows: Connection, case_id: str, said: str) -> str:
    """The id of a track of which its end was said, as the desk shows it: "…x8k2m4". Raises WrongUsage `ambiguous-track`."""
    ending = said.removeprefix("…").lower()
    if not SHORT.fullmatch(ending):
        return said
    found = records.tracks_ending(rows, case_id, ending)
    if len(found) > 1:
        raise WrongUsage("ambiguous-track", f"Several tracks of this case end in {ending!r}.",
                         "Give the whole id: it stands in the panel of the track.")
    return found[0] if found else said
