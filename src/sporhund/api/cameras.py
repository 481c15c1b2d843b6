"""Cameras of a case: where they hang, when they are overwritten, and what their clocks showed."""
from datetime import date

from sqlalchemy import Connection

from sporhund.api.choices import parse_time
from sporhund.api.documents import Document, camera_item, moment
from sporhund.api.open_case import OpenCase
from sporhund.evidence import cameras


class CameraActs(OpenCase):
    """Cameras of a case."""

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
