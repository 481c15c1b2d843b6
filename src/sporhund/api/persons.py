"""Subjects over cameras, and known persons."""
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from sporhund.access import records as access
from sporhund.api.documents import Document, moment
from sporhund.cases.findings import path_fields
from sporhund.errors import WrongUsage
from sporhund.evidence.model import WorldTime
from sporhund.persons import subjects
from sporhund.persons.model import Known, Route, Stop, Subject

if TYPE_CHECKING:
    from sporhund.api.open_case import OpenCase
    from sporhund.packs.model import Manifest
    from sporhund.persons.hits import Shown


NEW = "new"
"""In place of a subject's id: none of those that are there."""


class Persons:
    """Subjects over cameras, and known persons."""

    def __init__(self, case: "OpenCase") -> None:
        self.case = case

    def _subject(self, subject: Subject) -> Document:
        return subject_item(subject, self._names())

    def _known(self, known: Known) -> Document:
        return known_item(known, self._names())

    def _names(self) -> dict[str, str]:
        """Account id → name; the local user's mark is no account and stays as it is."""
        with self.case.place.store.reader() as rows:
            return {user.id: user.name for user in access.users(rows)}

    # -- subjects

    def add_subject(self, tracks: Sequence[str], *, label: str | None = None, note: str = "") -> Document:
        return self._subject(subjects.add(self.case.id, tracks, label=label, note=note, **self.case.place.hands))

    def join_subject(self, subject: str, tracks: Sequence[str], *, note: str = "") -> Document:
        return self._subject(subjects.join(self.case.id, subject, tracks, note=note, **self.case.place.hands))

    def to_subject(self, tracks: Sequence[str], *, subject: str = "", label: str = "", note: str = "") -> Document:
        """As a form says it: these tracks are of a subject that is there, or of a new one.

        subject: by id; NEW, or nothing beside a label: a new one, by that label, else the next "Ukendt N".
        Raises WrongUsage `two-subjects`, `no-subject-chosen`, and as `add_subject` and `join_subject`.
        """
        named = label.strip()
        if subject in ("", NEW):
            if not named and not subject:
                raise WrongUsage("no-subject-chosen", "No subject is chosen, and none is named.",
                                 "Choose one, write the name of a new one, or choose 'a new one'.")
            return self.add_subject(tracks, label=named or None, note=note)
        if named:
            raise WrongUsage("two-subjects", "A subject is chosen, and another one is named: the track was put on neither.",
                             "Choose 'a new one' for this name, or take the name away.")
        return self.join_subject(subject, tracks, note=note)

    def leave_subject(self, subject: str, tracks: Sequence[str]) -> Document:
        return self._subject(subjects.leave(self.case.id, subject, tracks, **self.case.place.hands))

    def rename_subject(self, subject: str, label: str) -> Document:
        return self._subject(subjects.rename(self.case.id, subject, label, **self.case.place.hands))

    def list_subjects(self) -> list[Document]:
        names = self._names()
        return [subject_item(one, names) for one in subjects.list_subjects(self.case.id, **self.case.place.hands)]

    def show_subject(self, subject: str) -> Document:
        """A subject with its route: where it was seen, in order as far as the order is known."""
        chosen, route = subjects.show(self.case.id, subject, **self.case.place.hands)
        return self._subject(chosen) | route_item(route)


    # -- known persons

    def enrol_linked(self, link: str, *, label: str) -> Document:
        """Enrol who is on both sides of a link."""
        from sporhund.persons import known

        return self._known(known.enrol_linked(self.case.id, link, label=label, **self.case.place.hands))

    def enrol_pictures(
        self, paths: Sequence[str | bytes | Path], *, basis: str, label: str, face: str | None = None, pack: str = "base",
    ) -> Document:
        """Enrol somebody from pictures, with a live basis of their own."""
        from sporhund.persons import known
        from sporhund.search.probes import source_of

        folder, manifest = self.case.place.pack(pack, lambda said: None)
        pictures = known.Pictures(tuple(source_of(os.fsencode(path)) for path in paths), manifest.label, folder, face)
        return self._known(known.enrol_pictures(self.case.id, pictures, basis=basis, label=label, **self.case.place.hands))

    def remove_known(self, known: str, *, why: str) -> Document:
        from sporhund.persons import known as room

        return self._known(room.remove(self.case.id, known, why=why, **self.case.place.hands))

    def list_known(self) -> list[Document]:
        from sporhund.persons import known

        names = self._names()
        return [known_item(one, names) for one in known.list_known(self.case.id, **self.case.place.hands)]

    def known_hits(self) -> Document:
        """Hits on known persons in this case's material; without access to the person's case only whom to ask."""
        from sporhund.persons import hits

        shown, sealed = hits.list_hits(self.case.id, **self.case.place.hands)
        return {"items": [hit_item(one) for one in shown], "next": None, "sealed": sealed}

    def check_known(self, media: Sequence[str], pack: "Manifest", folder: Path) -> Document:
        """Compare new material with known persons, where bases cover it: called at the end of an analysis."""
        from sporhund.persons import check

        return asdict(check.new_material(self.case.id, media, pack, folder, **self.case.place.hands))


def known_item(known: Known, names: Mapping[str, str]) -> Document:
    return {"known": known.id, "label": known.label, "link": known.link, "basis": known.basis,
            "by": names.get(known.by, known.by), "at": moment(known.at),
            "removed_at": moment(known.removed_at), "templates": dict(known.templates or {})}


def hit_item(shown: "Shown") -> Document:
    """Who may not know the person, or not yet, learns which track it is about and whom to ask: no label, no score."""
    hit = shown.hit
    told: Document = {"hit": hit.id, "track": hit.track, "at": moment(hit.at), "access": shown.known is not None,
                      "ask": {"name": shown.ask.name, "unit": shown.ask.unit}}
    if shown.withheld is not None:
        return told | {"withheld": shown.withheld}
    if shown.known is None:
        return told
    return told | {"known": hit.known, "label": shown.known.label, "score": round(hit.score, 4), "chance": hit.chance,
                   "chance_reason": hit.chance_reason, "warnings": list(hit.warnings)}


def subject_item(subject: Subject, names: Mapping[str, str]) -> Document:
    return {"subject": subject.id, "label": subject.label, "by": names.get(subject.by, subject.by), "at": moment(subject.at),
            "tracks": list(subject.tracks), "identity": None, "withheld": subject.withheld, "assertions": [{
                "track": one.track, "note": one.note, "by": names.get(one.by, one.by), "at": moment(one.at),
                "removed_by": names.get(one.removed_by, one.removed_by) if one.removed_by else None,
                "removed_at": moment(one.removed_at)} for one in subject.assertions]}


def route_item(route: Route) -> Document:
    placed = [stop_item(stop) | {"order_unsure": stop.track in route.unsure} for stop in route.placed]
    return {"clock": route.clock, "route": placed,
            "time_unknown": [stop_item(stop) for stop in route.unplaced], "contradictions": list(route.contradictions)}


def stop_item(stop: Stop) -> Document:
    return {"track": stop.track, "kind": stop.kind, "class": stop.label, "medium": stop.medium, **path_fields(stop.path),
            "cameras": list(stop.cameras), "from": stop.start, "to": stop.end, "begins": _time(stop.begins),
            "ends": _time(stop.ends), "also_in": list(stop.also_in)}


def _time(time: WorldTime | None) -> Document | None:
    """`at` has a zone only where one is known: else it is what hung on the wall."""
    if time is None:
        return None
    at = moment(time.at) if time.at.tzinfo is not None else time.at.isoformat()
    return {"at": at, "zone": time.zone, "uncertainty_s": round(time.uncertainty_s, 3), "from": time.origin}
