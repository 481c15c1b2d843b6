"""Candidates, conclusions, links and identities of a case."""
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sporhund.api.choices import refuse_overwriting
from sporhund.api.documents import Document, day, moment
from sporhund.errors import EnvironmentFault
from sporhund.evidence.names import text
from sporhund.identify import candidates, checklist, decisions, identities
from sporhund.identify import scale as scales
from sporhund.identify.candidates import Sealed, Seen, Whole
from sporhund.identify.identities import Ground, Held, Listed
from sporhund.identify.model import Checklist, Conclusion, Identity, Named, Role

if TYPE_CHECKING:
    from sporhund.api.case import Case


def scale_of(home: Path, *, example: bool = False) -> Document:
    """The conclusions that can be drawn in a home now, or the example of a scale that an agency can start from."""
    if example:
        return {"example": scales.shipped("scale-seven.toml").decode("utf-8")}
    scale = scales.in_use(home)
    return {"name": scale.name, "version": scale.version, "digest": scale.digest, "own": str(home / scales.OWN), "values": [
        {"value": one.value, "meaning": one.meaning.value, "english": one.english, "danish": one.danish} for one in scale.values]}


class Decisions:
    """Candidates, conclusions, links and identities of a case."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    # -- candidates

    def candidates(self, *, limit: int = 100, after: str | None = None) -> Document:
        """What is yours to conclude first, blind; then how the others stand; of a sealed one only that it is there.

        `yours`: how many are left for you.   `closed`: left out, because they lie in cases that are closed to you.
        """
        page = candidates.queue(self.case.id, limit=limit, after=after, **self.case.place.hands)
        items = [_seen(one) if isinstance(one, Seen) else _sealed(one) for one in page.items]
        return {"items": items, "next": page.next, "yours": page.yours, "closed": page.closed}

    def candidate(self, candidate: str) -> Document:
        """One candidate: blind as long as you can conclude on it, afterwards with its whole context."""
        found = candidates.show(self.case.id, candidate, **self.case.place.hands)
        return _seen(found) if isinstance(found, Seen) else _whole(found)

    def form(self, candidate: str) -> str:
        """An empty checklist for this candidate, as TOML, to fill in."""
        found = candidates.show(self.case.id, candidate, **self.case.place.hands)
        return checklist.empty(found.row.id if isinstance(found, Seen) else found.seen.row.id)

    def pictures(self, candidate: str, out: Path) -> Document:
        """Write the faces to compare into a folder: of each probe, and of the candidate. Nothing is written over."""
        from sporhund.identify import pictures

        found = pictures.faces(self.case.id, candidate, **self.case.place.hands)
        for face in found:
            refuse_overwriting(out / face.name)
        try:
            out.mkdir(parents=True, exist_ok=True)
            for face in found:
                with open(out / face.name, "xb") as file:
                    file.write(face.png)
        except OSError as fault:
            said = f"{out} cannot be written: {fault.strerror}."
            raise EnvironmentFault("cannot-write", said, "Name another folder.") from fault
        return {"candidate": candidate, "out": str(out), "files": [{"name": face.name, "same": face.same} for face in found]}

    def decide(
        self, candidate: str, value: str, *, note: str = "", form: Path | None = None, features: Sequence[str] = (),
    ) -> Document:
        """Conclude. form: a filled checklist.   features: `ears=similar:individual:attached lobes`, beside it or instead."""
        seen = checklist.read(form, candidate) if form else Checklist()
        if features:
            seen = checklist.both(seen, checklist.spoken(features))
        made = decisions.decide(self.case.id, candidate, said=value, seen=seen, note=note, **self.case.place.hands)
        return {**_conclusion(made.conclusion, self.case.place.actor.name), "words": made.value.english,
                "candidate": made.conclusion.candidate, "state": made.state.value, "link": made.link}

    def age(self, track: str, *, child: bool) -> Document:
        """State that the face of a track is a child's, or an adult's."""
        return {"track": decisions.state_age(self.case.id, track, child=child, **self.case.place.hands), "child": child}

    # -- identities

    def add_ground(self, *, document: str, authority: str, officer: str, dated: date, tracks: Sequence[str]) -> Document:
        """Record that somebody was identified outside."""
        said = Ground(document, authority, officer, dated, tuple(tracks))
        return {"ground": identities.add_ground(self.case.id, said, **self.case.place.hands)}

    def grounds(self) -> list[Document]:
        """Outside grounds; of a withheld one only that it is there."""
        return [_ground(one) for one in identities.grounds(self.case.id, **self.case.place.hands)]

    def enter_identity(
        self, *, name: str, role: str, certainty: str, link: str | None = None, ground: str | None = None,
        stage: str | None = None, stage_date: date | None = None,
    ) -> Document:
        """Say who it is. It counts when another person has confirmed it."""
        named = Named(name, Role(role), certainty, stage, stage_date)
        return _identity(identities.enter(self.case.id, named, link=link, ground=ground, **self.case.place.hands))

    def confirm_identity(self, identity: str) -> Document:
        return _identity(identities.confirm(self.case.id, identity, **self.case.place.hands))

    def withdraw_identity(self, identity: str, *, why: str) -> Document:
        return _identity(identities.withdraw(self.case.id, identity, why=why, **self.case.place.hands))

    def identities(self) -> list[Document]:
        return [_listed(one, self.case.id) for one in identities.listed(self.case.id, **self.case.place.hands)]


def _seen(one: Seen) -> Document:
    """A candidate without scores, ranks, chances and conclusions of others."""
    row = one.row
    return {
        "candidate": row.id, "yours": one.yours, "state": one.state.value if one.state else "yours", "sealed": False,
        "search": row.search_id, "probes": [_probe(probe) for probe in one.probes], "track": row.track_id,
        "medium": row.medium_id, "path": text(one.path) if one.path is not None else None, "t": row.at_s, "box": row.box,
        "warnings": row.warnings, "concluded": one.own.value if one.own else None, "link": one.link}


def _sealed(one: Sealed) -> Document:
    """That it is there. Which track it is, what was warned of and how it stands are results: they are sealed too."""
    return {"candidate": one.candidate, "search": one.search, "sealed": True}


def _probe(row: Any) -> Document:
    return {"probe": row.id, "path": text(row.path), "sha256": row.sha256.hex(), "box": row.shot["box"] if row.shot else None,
            "comparable": row.reason is None, "reason": row.reason}


def _whole(found: Whole) -> Document:
    row, search = found.seen.row, found.search
    return {
        **_seen(found.seen), "rank": row.rank, "score": row.score, "chance": row.chance, "chance_reason": row.chance_reason,
        "cluster": row.cluster_id, "also": row.also, "link": found.link,
        "conclusions": [_conclusion(one, found.names[one.examiner]) for one in found.conclusions],
        "asked": {"search": search.id, "basis": search.basis_id, "pack": search.pack, "scope": search.scope,
                  "gallery": search.gallery, "settings": _settings(found), "by": found.names[search.by],
                  "at": moment(search.at)},
        "ranked": None if found.ranked is None else [{
            "rank": one.rank, "candidate": one.id, "track": one.track_id, "score": one.score, "chance": one.chance,
            "chance_reason": one.chance_reason, "state": found.states[one.id].value} for one in found.ranked],
        "left": found.left, "closed": found.closed}


def _settings(found: Whole) -> Document:
    """What else decided the result. What was left out of the list has scores of its own: hidden as long as the list is."""
    return {name: value for name, value in found.search.settings.items() if name != "left_out" or found.ranked is not None}


def _conclusion(one: Conclusion, examiner: str) -> Document:
    return {"decision": one.id, "place": one.place, "examiner": examiner, "value": one.value, "meaning": one.meaning.value,
            "scale": one.scale, "checklist": dict(one.checklist), "note": one.note, "at": moment(one.at)}


def _identity(one: Identity) -> Document:
    named = one.named
    return {
        "identity": one.id, "state": one.state, "link": one.link, "ground": one.ground, "name": named.name,
        "role": named.role.value, "stage": named.stage, "stage_date": day(named.stage_date), "certainty": named.certainty,
        "basis": one.basis, "entered_at": moment(one.entered_at), "confirmed_at": moment(one.confirmed_at),
        "withdrawn_at": moment(one.withdrawn_at), "withdrawn_why": one.withdrawn_why}


def _ground(one: Held) -> Document:
    row = one.row
    said = {"document": row.document, "authority": row.authority, "officer": row.officer, "dated": day(row.dated),
            "tracks": list(row.tracks), "at": moment(row.at)}
    return {"ground": row.id, **(dict.fromkeys(said) if one.withheld else said), "withheld": one.withheld}


def _listed(one: Listed, case_id: str) -> Document:
    """An identity; of a withheld one only that it is there: tracks, link and state tell what was concluded."""
    said = {key: value for key, value in _identity(one.identity).items() if key != "identity"}
    said |= {"tracks": identities.words(one.tracks, case_id), "people": list(one.names)}
    return {"identity": one.identity.id, **(dict.fromkeys(said) if one.withheld else said), "withheld": one.withheld}
