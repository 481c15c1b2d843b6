"""What was found, what became of every file, and taking it out."""
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from sporhund.access import bases
from sporhund.api.choices import LATER, refuse_overwriting
from sporhund.api.documents import Document, file_counts
from sporhund.api.open_case import OpenCase
from sporhund.audit import service as audit
from sporhund.cases import export, findings
from sporhund.errors import EnvironmentFault, Refused, Unreadable
from sporhund.evidence import account
from sporhund.evidence.model import State
from sporhund.evidence.names import text
from sporhund.review import tallies
from sporhund.review.model import KINDS

if TYPE_CHECKING:
    from sporhund.review import pictures

# Showing pictures imports the runtime: inside the acts that need it, so that a list is quick.


class FindingActs(OpenCase):
    """What was found, what became of every file, and taking it out."""

    # -- the account

    def troubles(self, *, limit: int = 100, after: str | None = None) -> Document:
        """Files that could not be read, or only partly, each with the reason."""
        with self.place.store.reader() as rows:
            page = account.status_files(rows, self.id, states=(State.FAILED, State.PARTLY), limit=limit, after=after)
        return {"items": [export.file_item(file) for file in page.items], "next": page.next}

    def status(self) -> Document:
        with self.place.store.snapshot() as rows:
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

    # -- the findings

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
