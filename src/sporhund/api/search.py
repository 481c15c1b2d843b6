"""Looking for a face, and comparing two pictures."""
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sporhund
from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.evidence.names import shown

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.documents import Document
    from sporhund.faces.chance import Chance
    from sporhund.search.model import Candidate, Found, Probe
    from sporhund.search.service import Means

Note = Callable[[str], None]
Picture = str | bytes | Path
"""A file; FILE@SECONDS is a moment of a video or animation."""


class SearchActs:
    """Looking for a face, and comparing two pictures."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    def search(
        self, pictures: Sequence[Picture] = (), *, basis: str, tracks: Sequence[str] = (), face: str | None = None,
        scope: str = "case", max_chance: float | None = None, top: int = 20, pack: str | None = None, adult: bool = False,
        note: Note = lambda said: None,
    ) -> "Document":
        """The people most like those on the pictures, which all show one person; what each score is worth.

        face: which one, where a picture shows several.   scope: case | all (what the basis names).   max_chance: leave out whose
        number is higher; candidates without a number stay.   adult: an examiner says that the probe shows an adult.
        note: what the caller should know of the result.
        """
        from sporhund.search import service
        from sporhund.search.model import ALL, CASE, Ask, Source
        from sporhund.search.probes import source_of

        sources = (*(source_of(os.fsencode(one)) for one in pictures),
                   *(Source(f"track:{one}".encode(), track=one) for one in tracks))
        if not sources:
            raise WrongUsage("no-probe", "Nothing to search with was named.", "Name a picture, or a track with --track.")
        if scope not in (CASE, ALL):
            raise WrongUsage("bad-scope", f"{scope!r} is no scope.", "--scope takes case or all.")
        found = service.search(self.case.id, Ask(sources, basis, face, scope, max_chance, top, adult), self._means(pack, note))
        for said in (*found.notes, *_unfit(found.probes), *_hidden(found)):
            note(said)
        return self._document(found)

    def compare(
        self, first: Picture, second: Picture, *, basis: str, face: str | None = None, pack: str | None = None,
        note: Note = lambda said: None,
    ) -> "Document":
        """How alike the faces of two pictures are, and what that is worth. Recorded as a search is."""
        from sporhund.faces.chance import Chance, NoChance, sentence
        from sporhund.search.compare import compare
        from sporhund.search.probes import source_of

        made = compare(self.case.id, source_of(os.fsencode(first)), source_of(os.fsencode(second)), basis=basis, face=face,
                       means=self._means(pack, note))
        chance = made.chance if isinstance(made.chance, Chance) else None
        return {
            "search": made.id, "score": made.score, "chance": asdict(chance) if chance else None,
            "chance_reason": made.chance.reason if isinstance(made.chance, NoChance) else None,
            "meaning": sentence(made.chance), "warnings": list(made.warnings), "probes": [probe_item(one) for one in made.probes]}

    def _means(self, pack: str | None, note: Note) -> "Means":
        from sporhund.faces.calibration import calibration_of
        from sporhund.identify.blind import require_concluded
        from sporhund.search.service import Means

        place = self.case.place
        folder, manifest = place.pack(self._pack_named(pack), note)
        if not manifest.embedders:
            raise EnvironmentFault("missing-role", f"The pack {manifest.label} compares no faces.", "Name another with --pack.")
        return Means(pack=folder, manifest=manifest, calibration=calibration_of(folder, manifest),
                     version=sporhund.__version__, require_concluded=require_concluded, **place.hands)

    def _pack_named(self, pack: str | None) -> str:
        """A pack of which the case has templates: the one asked for, else base, else the newest."""
        from sporhund.gallery import service as galleries

        with self.case.place.store.reader() as rows:
            there = galleries.packs(rows, self.case.id)
        name = pack or ("base" if not there or any(label.startswith("base@") for label in there) else there[-1])
        fitting = [label for label in there if name in (label, label.partition("@")[0])]
        return fitting[-1] if fitting else name

    def _document(self, found: "Found") -> "Document":
        from sporhund.search.service import gallery_item

        names = self._case_names({one.case_id for one in found.candidates})
        return {
            "search": found.id, "basis": found.basis, "pack": found.pack, "probes": [probe_item(one) for one in found.probes],
            "gallery": {name: value for name, value in gallery_item(found.searched).items() if name != "cases"},
            "candidates": [candidate_item(one, names[one.case_id]) for one in found.candidates],
            "left_out": len(found.left_out), "ask": list(found.ask)}

    def _case_names(self, ids: set[str]) -> dict[str, str]:
        from sporhund.search import records

        with self.case.place.store.reader() as rows:
            return {key: row.name for key, row in records.cases(rows, list(ids)).items()}


def probe_item(probe: "Probe") -> "Document":
    from sporhund.cases.findings import path_fields

    shot = probe.shot
    return {
        **path_fields(probe.source.path), "sha256": probe.sha256.hex(), "box": list(shot.box) if shot else None,
        "t": shot.t if shot else None, "track": probe.source.track, "turned": shot.turned if shot else 0,
        "comparable": probe.vector is not None, "reason": probe.reason, "note": probe.note or None}


def candidate_item(one: "Candidate", case: str) -> "Document":
    from sporhund.cases.findings import path_fields

    return {
        "rank": one.rank, "candidate": one.id, "case": case, "track": one.track, "medium": one.medium, **path_fields(one.path),
        "t": one.t, "box": list(one.box), "score": one.score, "chance": _chance_item(one.chance),
        "chance_reason": one.chance_reason, "cluster": one.cluster, "also": [list(other) for other in one.also],
        "warnings": list(one.warnings)}


def _chance_item(chance: "Chance | None") -> dict[str, Any] | None:
    return asdict(chance) if chance is not None else None


def _unfit(probes: "Sequence[Probe]") -> list[str]:
    return [f"{shown(probe.source.path)} was not compared: {probe.reason}." for probe in probes if probe.vector is None]


def _hidden(found: "Found") -> list[str]:
    said = []
    if found.left_out:
        said.append(f"{len(found.left_out)} candidates whose number is beyond --max-chance are not shown; they are kept with the "
                    "search. Candidates without a number are never left out.")
    if found.ask:
        said.append("There may be something in a case that is closed to you. Ask: " + "; ".join(found.ask) + ".")
    return said
