"""Clusters of a case's faces, and what people correct in them."""
from collections.abc import Callable
from typing import TYPE_CHECKING

from sporhund.errors import Refused

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.documents import Document
    from sporhund.clusters.service import Hands
    from sporhund.packs.model import Manifest

# The room of clusters imports SciPy: inside the acts, so that a list is quick.

Note = Callable[[str], None]


class ClusterActs:
    """Clusters of a case's faces, and what people correct in them."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    def clusters(self, *, pack: str | None = None, note: Note = lambda said: None) -> "Document":
        """Bring the clusters up to date and show them. Needs a live legal basis.

        pack: its name or label; None: the newest of which the case has templates.
        """
        from sporhund.clusters import records, service, shown

        manifest = self._manifest(pack)
        settled = service.cluster(self.case.id, manifest, self._hands)
        with self.case.place.store.reader() as rows:
            data = shown.clusters(rows, self.case.id, manifest.label, statements=records.constraints(rows, self.case.id))
        return {**data, "bar": round(settled.bar, 6), "new": settled.new}

    def why(self, *tracks: str, pack: str | None = None) -> "Document":
        """Why each of these tracks is in its cluster. Needs a live legal basis."""
        from sporhund.clusters import records, service, shown

        label = self._manifest(pack).label
        with service.reading(self.case.id, self._hands, tracks=list(tracks)) as rows:
            items = shown.why(rows, self.case.id, label, tracks, statements=records.constraints(rows, self.case.id))
        return {"pack": label, "items": items}

    @property
    def _hands(self) -> "Hands":
        from sporhund.clusters.service import Hands

        return Hands(**self.case.place.hands)

    def _manifest(self, pack: str | None) -> "Manifest":
        return self.case.place.pack(pack or self._newest(), lambda said: None)[1]

    def _newest(self) -> str:
        from sporhund.gallery import service as galleries

        with self.case.place.store.reader() as rows:
            packs = galleries.packs(rows, self.case.id)
        if not packs:
            raise Refused("no-templates", "There are no templates of faces in this case.",
                          "Look through it first: sporhund analyse FOLDER --case CASE --find faces.")
        return packs[-1]


