"""What a user can do in a case."""
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

import sporhund
from sporhund.access import bases
from sporhund.access import service as access
from sporhund.access.model import Denied, Verdict
from sporhund.api.choices import LATER, able, parse_time, processors, refuse_overwriting, wanted_kinds, zone_said
from sporhund.api.documents import Document, camera_item, case_item, file_counts, moment, trouble, trouble_of_copy
from sporhund.audit import service as audit
from sporhund.cases import export, findings, verify
from sporhund.cases import service as cases
from sporhund.cases.model import Case as CaseRow
from sporhund.errors import EnvironmentFault, Refused, Unreadable
from sporhund.evidence import account, cameras
from sporhund.evidence.model import State
from sporhund.evidence.names import shown, text
from sporhund.retention import sweep
from sporhund.review import plan, tallies
from sporhund.review.model import KINDS, Plan
from sporhund.review.progress import Report, silent
from sporhund.work.model import Focus

if TYPE_CHECKING:
    from sporhund.api.basis import Bases
    from sporhund.api.catalogue import Catalogue
    from sporhund.api.faces import Faces
    from sporhund.api.home import Sporhund
    from sporhund.api.identify import Decisions
    from sporhund.api.people import Members
    from sporhund.api.persons import Persons
    from sporhund.api.previews import CasePreviews
    from sporhund.api.retention import Retention
    from sporhund.api.viewing import Viewing
    from sporhund.api.work import Works
    from sporhund.packs.model import Manifest
    from sporhund.review import pictures
    from sporhund.review.order import Order, Result

# Looking through and showing pictures import the runtime and SciPy: inside the acts that need them, so that a list is quick.

Note = Callable[[str], None]


class Case:
    """One open case."""

    def __init__(self, place: "Sporhund", row: CaseRow) -> None:
        self.place, self.row = place, row
        self.id, self.name = row.id, row.name

    # -- rooms of their own; what they import is imported when they are entered

    @property
    def faces(self) -> "Faces":
        from sporhund.api.faces import Faces

        return Faces(self)

    @property
    def bases(self) -> "Bases":
        from sporhund.api.basis import Bases

        return Bases(self)

    @property
    def members(self) -> "Members":
        from sporhund.api.people import Members

        return Members(self.place, self.row)

    @property
    def decisions(self) -> "Decisions":
        from sporhund.api.identify import Decisions

        return Decisions(self)

    @property
    def persons(self) -> "Persons":
        from sporhund.api.persons import Persons

        return Persons(self)

    @property
    def viewing(self) -> "Viewing":
        from sporhund.api.viewing import Viewing

        return Viewing(self)

    @property
    def catalogue(self) -> "Catalogue":
        from sporhund.api.catalogue import Catalogue

        return Catalogue(self)

    @property
    def previews(self) -> "CasePreviews":
        from sporhund.api.previews import CasePreviews

        return CasePreviews(self, self.place.previews)

    @property
    def retention(self) -> "Retention":
        from sporhund.api.retention import Retention

        return Retention(self)

    @property
    def work(self) -> "Works":
        from sporhund.api.work import Works

        return Works(self)

    # -- looking through

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
        checked = self.persons.check_known(media, manifest, folder)
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
        with self.place.store.reader() as rows:
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

    # -- the account and the findings

    def glance(self) -> Document:
        """What stands on every page of this case."""
        from sporhund.api.glance import glance

        return glance(self)

    def troubles(self, *, limit: int = 100, after: str | None = None) -> Document:
        """Files that could not be read, or only partly, each with the reason."""
        with self.place.store.reader() as rows:
            page = account.status_files(rows, self.id, states=(State.FAILED, State.PARTLY), limit=limit, after=after)
        return {"items": [export.file_item(file) for file in page.items], "next": page.next}

    def status(self) -> Document:
        with self.place.store.reader() as rows:
            came_to = account.account(rows, self.id)
            running = tallies.running(rows, self.id)
            tracks = tallies.track_counts(rows, self.id)
            looked = tallies.kinds_looked_for(rows, self.id)
        return {"case": self.name, "files": file_counts(came_to), "video": asdict(came_to.video),
                "tracks": {kind: tracks[kind] for kind in KINDS if kind in looked}, "running": running}

    def files(self, *, state: str | None = None, limit: int = 100, after: str | None = None) -> Document:
        states = (State(state),) if state else ()
        with self.place.store.reader() as rows:
            page = account.status_files(rows, self.id, states=states, limit=limit, after=after)
        return {"items": [export.file_item(file) for file in page.items], "next": page.next}

    def media(self, **options: Any) -> Document:
        with self.place.store.reader() as rows:
            return findings.media(rows, self.id, **options)

    def tracks(self, *, clusters: bool = True, **options: Any) -> Document:
        """`findings.tracks`. What clusters tell of a track on which this person still has to conclude is withheld.

        clusters: whether they are asked for at all.
        """
        with self.place.store.reader() as rows:
            data = findings.tracks(rows, self.id, clusters=clusters and self._compared(rows), **options)
            if any(item["cluster"] for item in data["items"]):
                self._cover(rows, data["items"])
        return data

    def _cover(self, rows: Connection, items: list[Document]) -> None:
        from sporhund.clusters import shown
        from sporhund.identify import blind

        hidden = blind.pending_for(rows, self.id, self.place.actor)
        if hidden:
            shown.cover(rows, self.id, items, hidden)

    def _compared(self, rows: Connection) -> bool:
        """Whether what came of comparing faces may be shown: a legal basis is live."""
        try:
            bases.require_live(rows, self.id, None, at=self.place.clock.now())
        except Refused:
            return False
        return True

    def not_looked_for(self, kind: str | None, *, unrecognised: bool = False) -> list[str]:
        """What an empty list does not mean: kinds that no run of this case has looked for."""
        if kind in LATER:
            return [f"{LATER[kind]}: an empty list does not mean that there is none."]
        with self.place.store.reader() as rows:
            looked = tallies.kinds_looked_for(rows, self.id)
        wanted = ("face", "person", "vehicle", "object") if unrecognised else (kind,) if kind else ()
        missing = [one for one in wanted if one not in looked]
        return [f"Nobody has looked for: {', '.join(missing)}. Nothing listed does not mean nothing there."] if missing else []

    def reproduce(self, track: str, *, out: Path | None = None, whole: bool = False) -> Document:
        """Decode the original again and compare with what is stored. Looking at a track's picture is logged."""
        if out is not None:
            refuse_overwriting(out)
        with self._pictures() as show:
            row, found = show(track, whole)
        with self.place.store.transaction() as rows:
            audit.record(rows, action="track view", actor=self.place.actor, at=self.place.clock.now(), keys=self.place.keys,
                         case_id=self.id, payload={"track": track, "out": str(out) if out else None, "whole": whole})
            path = tallies.first_path(rows, self.id, row.medium_id)
        if out is not None:
            write_bytes(out, found.picture.png)
        return {
            "same": found.same, "distance": round(found.distance, 6), "track": row.id, "t": found.shot.t, "pts": found.shot.pts,
            "box": [round(side, 2) for side in found.shot.box], "path": text(path), "out": str(out) if out else None}

    def _pictures(self) -> "AbstractContextManager[pictures.Viewer]":
        from sporhund.review import pictures

        return pictures.viewer(self.place.store, self.id, self.place.settings.spool)

    def export(self, out: Path, *, crops: bool = False) -> Document:
        """Findings and what people concluded, as CSV and JSON lines with digests; with each track's best shot on request.

        `withheld`: what was left out because whoever exports may not see it yet.
        """
        from sporhund.api.viewing import mark_sheet
        from sporhund.identify import sheets

        place, actor = self.place, self.place.actor
        with place.store.transaction() as rows:
            sheets.note(rows, self.id, actor, place.clock.now())

        def decided(rows: Connection) -> list[export.Sheet]:
            return [*sheets.sheets(rows, self.id, actor, place.clock.now()), mark_sheet(rows, self.id, actor)]

        if not crops:
            written = export.export(self.name, out, further=decided, **place.hands)
        else:
            with self._pictures() as show:
                written = export.export(self.name, out, crop=crop_with(show), further=decided, **place.hands)
        return {"out": str(out), "files": [asdict(file) for file in written], "withheld": export.withheld(out)}

    # -- the case itself

    def show(self) -> Document:
        seen = cases.show(self.name, **self.place.hands)
        with self.place.store.reader() as rows:
            exhibits = [{"label": e.label, "files": account.account(rows, self.id, exhibit=e.id).seen}
                        for e in account.exhibits(rows, self.id)]
            runs = tallies.runs(rows, self.id)
        return {
            **case_item(seen.case), "exhibits": exhibits, "cameras": self.cameras(), "runs": runs,
            "templates": seen.templates.allowed,
            "holds": [{"hold": h.id, "reason": h.reason, "by": h.placed_by, "at": moment(h.placed_at),
                       "lifted": moment(h.lifted_at)} for h in seen.holds],
            "files": file_counts(seen.account) if seen.account else None,
        }

    def verify(self) -> Document:
        checked = verify.verify(self.name, **self.place.hands)
        count = {state: sum(one.state == state for one in checked) for state in ("ok", "changed", "missing", "unreadable")}
        return {
            "ok": count["ok"] == len(checked), "checked": len(checked), "same": count["ok"], "changed": count["changed"],
            "missing": count["missing"] + count["unreadable"],
            "problems": [{"path": text(one.path), "state": one.state, "reason": one.reason}
                         for one in checked if one.state != "ok"]}

    def hold(self, *, reason: str | None = None, lift: str | None = None) -> Document:
        if lift:
            cases.lift_hold(self.name, lift, **self.place.hands)
            sweep.sweep(**self.place.hands)                  # what waited for this hold alone is done now
            return {"hold": lift, "state": "lifted"}
        return {"hold": cases.place_hold(self.name, reason=reason or "", **self.place.hands).id, "state": "placed"}

    def erase(self, *, reason: str) -> Document:
        return self.place.erase_case(self.name, reason=reason)

    # -- cameras

    def add_camera(
        self, name: str, *, place: str | None = None, owner: str | None = None, overwritten_on: date | None = None,
        files: str | None = None,
    ) -> Document:
        return camera_item(cameras.add(
            self.id, name, place=place, owner=owner, overwritten_on=overwritten_on, files=files,
            then=self._camera_changed, **self.place.hands))

    def _camera_changed(self, rows: Connection, camera: str) -> None:
        """Its media have another camera or another time now: the catalogue says so in the same transaction."""
        from sporhund.catalogue import records

        records.refresh(rows, self.id, records.media_of_camera(rows, self.id, camera))

    def cameras(self) -> list[Document]:
        with self.place.store.reader() as rows:
            found = cameras.cameras(rows, self.id)
        return [camera_item(camera) | {"anchors": [{
            "medium": a.medium_id, "t": a.t, "shows": a.shows.isoformat(), "zone": a.zone, "true_time": moment(a.true_time),
            "uncertainty_s": a.uncertainty_s} for a in anchors]} for camera, anchors in found]

    def anchor(
        self, camera: str, *, t: float, shows: str, zone: str = "unknown", medium: str | None = None,
        true_time: str | None = None, uncertainty_s: float = 1.0,
    ) -> Document:
        cameras.anchor(self.id, camera, t=t, shows=shows, zone=zone, medium=medium, uncertainty_s=uncertainty_s,
                       true_time=parse_time(true_time) if true_time else None, then=self._camera_changed, **self.place.hands)
        return {"camera": camera, "t": t, "shows": shows, "zone": zone}


def write_bytes(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as fault:
        raise EnvironmentFault("cannot-write", f"{out} cannot be written: {fault.strerror}.", "Name another place.") from fault


def crop_with(show: "pictures.Viewer") -> export.Crop:
    """Writes the picture of a track, or says why there is none."""
    def crop(item: findings.Item, out: Path) -> str | None:
        try:
            _, found = show(item["id"], False)
        except Unreadable as exc:
            return exc.message
        write_bytes(out, found.picture.png)
        return None

    return crop


def label_of(source: bytes) -> str:
    """The exhibit's label where none was given: the name of what was handed in."""
    return shown(source.rstrip(b"/").rpartition(b"/")[2] or source)
