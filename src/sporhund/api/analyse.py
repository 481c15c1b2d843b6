"""Looking through material: what is looked for and first, what may be, and what came of it."""
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

import sporhund
from sporhund.access import service as access
from sporhund.access.model import Denied, Verdict
from sporhund.api.choices import LATER, able, parse_time, processors, wanted_kinds, zone_said
from sporhund.api.documents import Document, file_counts, trouble, trouble_of_copy
from sporhund.api.open_case import OpenCase
from sporhund.errors import Refused
from sporhund.evidence import account, cameras
from sporhund.evidence.model import State
from sporhund.evidence.names import shown
from sporhund.review import plan, tallies
from sporhund.review.model import KINDS, Plan
from sporhund.review.progress import Report, silent
from sporhund.work.model import Focus

if TYPE_CHECKING:
    from sporhund.packs.model import Manifest
    from sporhund.review.order import Order, Result

# Looking through imports the runtime and SciPy: inside the acts that need them, so that a list is quick.

Note = Callable[[str], None]


class AnalyseActs(OpenCase):
    """Looking through material."""

    def analyse(
        self, paths: Sequence[str | bytes | Path], *, exhibit: str | None = None, mode: str = "normal",
        find: Sequence[str] = KINDS, pack: str = "base", around: str | None = None, within_s: float | None = 1800.0,
        camera: str | None = None, workers: int | None = None, engine: str = "local", report: Report = silent,
        note: Note = lambda said: None, say: Note = lambda said: None, first: Callable[[], Focus | None] | None = None,
    ) -> Document:
        """Take in, look through and account for everything below `paths`. Again: goes on where it stopped.

        note: what the caller should know of the result.   say: what goes on while a pack is built for the first time.
        first: what is looked at first, instead of `around`; asked again while it runs.
        """
        from sporhund.packs.network import runtime_label
        from sporhund.review import service as review
        from sporhund.review.order import Order, Room

        if engine != "local":
            raise Refused("not-yet", "The engine 'ray' is not built yet.", "Leave --engine out.")
        if around and parse_time(around, zoneless=True) and not zone_said(around):
            note(f"--around {around} is taken as UTC: no zone was given.")
        kinds, later = wanted_kinds(find)
        for kind in later:
            note(LATER[kind])
        verdict = self._templates()
        if isinstance(verdict, Denied) and "face" in kinds:
            note(f"No face templates are made: {verdict.missing} {verdict.hint}")
        folder, manifest = self.place.pack(pack, say)
        kinds, missing = able(kinds, manifest)
        for kind, why in missing.items():
            note(f"{kind}: {why}")
        sources = [os.fsencode(path) for path in paths]
        order = Order(
            self.id, exhibit or label_of(sources[0]), sources,
            Plan(tuple(kinds), plan.sampling(mode), manifest.label, verdict.allowed), folder,
            pack_digest=manifest.digest, version=sporhund.__version__, workers=workers or processors(), camera=camera,
            near=self._first(first or (lambda: Focus(around, within_s or 0.0, camera) if around else None)), not_looked=missing,
            still_allowed=self._still_allowed if verdict.allowed else lambda rows: None,
            settings={"version": sporhund.__version__, "pack_files": manifest.files, "runtime": runtime_label("cpu")})
        place = self.place
        room = Room(place.store, place.keys, place.clock, place.actor, place.settings.spool)
        result = review.analyse(order, room, report)
        return self._result(order, result, note) | {"known": self._known(result.media, manifest, folder, note)}

    def _known(self, media: Sequence[str], manifest: "Manifest", folder: Path, note: Note) -> Document:
        """New material is compared with known persons where bases on both sides cover it."""
        from sporhund.api.persons import Persons

        checked = Persons(self).check_known(media, manifest, folder)
        if checked["hits"] or checked["listed"]:
            note(f"{checked['hits']} tracks look like known persons, {checked['listed']} more are for a person to look at: "
                 f"sporhund known hits --case {self.name}")
        if checked["left"]:
            note(f"{checked['left']} further comparisons with known persons have no number and lower scores: not listed.")
        return checked

    def templates_today(self) -> Document:
        """Whether faces may be made into templates today: `allowed`, and why not."""
        verdict = self._templates()
        if isinstance(verdict, Denied):
            return {"allowed": False, "code": verdict.code, "why": verdict.missing, "hint": verdict.hint}
        return {"allowed": True, "code": None, "why": None, "hint": None}

    def _templates(self) -> Verdict:
        with self.place.store.reader() as rows:
            return access.templates_allowed(rows, self.id, self.place.clock.now().date())

    def _still_allowed(self, rows: Connection) -> None:
        """Raises Refused when the purpose was switched off, or lapsed, while the run went on."""
        verdict = access.templates_allowed(rows, self.id, self.place.clock.now().date())
        if isinstance(verdict, Denied):
            said = f"Face templates may not be made any more: {verdict.missing} What is finished is kept."
            raise Refused(verdict.code, said, verdict.hint)

    def _first(self, wanted: Callable[[], Focus | None]) -> Callable[[], dict[str, float]]:
        """Media that may show what is wanted first, the nearest first; looked up when something else is wanted."""
        known: list[tuple[Focus | None, dict[str, float]]] = [(None, {})]

        def near() -> dict[str, float]:
            now = wanted()
            if now != known[0][0]:
                known[0] = (now, self._near(now) if now is not None else {})
            return known[0][1]

        return near

    def _near(self, focus: Focus) -> dict[str, float]:
        """Media that may show the moment, the nearest first."""
        with self.place.store.reader() as rows:
            near = cameras.media_around(
                rows, self.id, parse_time(focus.around, zoneless=True), timedelta(seconds=focus.within_s), focus.camera)
        return {medium.medium: float(place) for place, medium in enumerate(near)}

    def _result(self, order: "Order", result: "Result", note: Note) -> Document:
        scope = list(result.occurrences)
        with self.place.store.snapshot() as rows:
            came_to = account.account(rows, self.id, occurrences=scope)
            told = list(account.each_file(
                rows, self.id, occurrences=scope, states=(State.FAILED, State.PARTLY, State.SKIPPED)))
            copies = tallies.copies_in_trouble(rows, self.id, scope)
            units = tallies.unit_counts(rows, self.id, result.run_id, result.media)
            tracks = tallies.track_counts(rows, self.id, result.run_id, result.media)
            if tallies.outdone(rows, self.id, result.run_id, result.media):
                note("A more thorough run was there already: it stays the one that status, tracks and export show.")
        return {
            "case": self.name, "exhibit": order.exhibit, "run": result.run_id, "files": file_counts(came_to),
            "resumed": result.resumed, "units": units, "tracks": {kind: tracks[kind] for kind in order.plan.looks},
            "video_seconds": round(came_to.video.decoded, 3), "wall_seconds": round(result.wall_seconds, 3),
            "failures": [*(trouble(file) for file in told if file.state is not State.SKIPPED),
                         *(trouble_of_copy(*copy) for copy in copies)],
            "skipped": [trouble(file) for file in told if file.state is State.SKIPPED],
        }


def label_of(source: bytes) -> str:
    """The exhibit's label where none was given: the name of what was handed in."""
    return shown(source.rstrip(b"/").rpartition(b"/")[2] or source)
