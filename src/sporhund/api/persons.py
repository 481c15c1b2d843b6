"""Subjects over cameras, and known persons."""
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sporhund.api.documents import Document, moment
from sporhund.cases.findings import path_fields
from sporhund.evidence.model import WorldTime
from sporhund.persons import subjects
from sporhund.persons.model import Route, Stop, Subject

if TYPE_CHECKING:
    from sporhund.api.case import Case


class Persons:
    """Subjects over cameras, and known persons."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    # -- subjects

    def add_subject(self, tracks: Sequence[str], *, label: str | None = None, note: str = "") -> Document:
        return subject_item(subjects.add(self.case.id, tracks, label=label, note=note, **self.case.place.hands))

    def join_subject(self, subject: str, tracks: Sequence[str], *, note: str = "") -> Document:
        return subject_item(subjects.join(self.case.id, subject, tracks, note=note, **self.case.place.hands))

    def leave_subject(self, subject: str, tracks: Sequence[str]) -> Document:
        return subject_item(subjects.leave(self.case.id, subject, tracks, **self.case.place.hands))

    def rename_subject(self, subject: str, label: str) -> Document:
        return subject_item(subjects.rename(self.case.id, subject, label, **self.case.place.hands))

    def list_subjects(self) -> list[Document]:
        return [subject_item(one) for one in subjects.list_subjects(self.case.id, **self.case.place.hands)]

    def show_subject(self, subject: str) -> Document:
        """A subject with its route: where it was seen, in order as far as the order is known."""
        chosen, route = subjects.show(self.case.id, subject, **self.case.place.hands)
        return subject_item(chosen) | route_item(route)


def subject_item(subject: Subject) -> Document:
    return {"subject": subject.id, "label": subject.label, "by": subject.by, "at": moment(subject.at),
            "tracks": list(subject.tracks), "identity": None, "assertions": [{
                "track": one.track, "note": one.note, "by": one.by, "at": moment(one.at),
                "removed_by": one.removed_by, "removed_at": moment(one.removed_at)} for one in subject.assertions]}


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
