"""Clusters of a case's faces, and what people correct in them."""
from collections.abc import Callable
from typing import TYPE_CHECKING

from sporhund.errors import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sporhund.api.case import Case
    from sporhund.api.documents import Document
    from sporhund.clusters.corrections import Corrected, Correcting
    from sporhund.clusters.model import Statement
    from sporhund.clusters.service import Hands
    from sporhund.clusters.settle import Settled
    from sporhund.packs.model import Manifest

# The room of clusters imports SciPy: inside the acts, so that a list is quick.

Note = Callable[[str], None]


class ClusterActs:
    """Clusters of a case's faces, and what people correct in them."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    def clusters(self, *, pack: str | None = None, note: Note = lambda said: None) -> "Document":
        """Bring the clusters up to date and show them. Needs a live legal basis.

        Tracks on which this person still has to conclude are in no list but `withheld`; until then no score is told.
        pack: its name or label; None: the newest of which the case has templates.
        """
        from sporhund.clusters import service, shown

        manifest = self._manifest(pack)
        settled = service.cluster(self.case.id, manifest, self._hands)
        for said in lost(settled):
            note(said)
        with self.case.place.store.reader() as rows:
            data = shown.clusters(rows, self.case.id, manifest.label, statements=self._statements(rows), hide=self._hidden(rows))
        return {**data, "bar": round(settled.bar, 6), "new": settled.new}

    def why(self, *tracks: str, pack: str | None = None) -> "Document":
        """Why each of these tracks is in its cluster; of two also `between`, their score. Needs a live legal basis."""
        from sporhund.clusters import records, service, shown

        label = self._manifest(pack).label
        with service.reading(self.case.id, self._hands, "faces why", tracks=list(tracks), pack=label) as rows:
            # Where one searched with a track, its score is the candidate's: hidden until one's own conclusion.
            hidden = self._hidden(rows)
            items = shown.why(rows, self.case.id, label, tracks, statements=self._statements(rows), hide=hidden)
            told = len(tracks) == 2 and hidden.isdisjoint(tracks)
            score = records.score(rows, self.case.id, label, *tracks) if told else None
        return {"pack": label, "items": items, "between": None if score is None else round(score, 6)}

    def constraints(self) -> "Document":
        """What people said of tracks, and what became of it in other runs, modes and packs. Needs a live legal basis.

        What others said of tracks on which this person still has to conclude is left out.
        """
        from sporhund.clusters import records, service, shown

        with service.reading(self.case.id, self._hands, "faces constraints") as rows:
            packs = records.packs(rows, self.case.id)
            items = shown.constraints(rows, self.case.id, packs, statements=self._statements(rows, undone=True))
        return {"items": items, "next": None}

    # -- what people correct

    def same(self, first: str, second: str, *, because: str | None = None) -> "Document":
        """Say that two tracks are one person. because: mirror, poster, screen or collage, where one frame shows both."""
        from sporhund.clusters import corrections

        return self._corrected(corrections.same(self._correcting(), first, second, because=because))

    def not_same(self, first: str, second: str) -> "Document":
        """Say that two tracks are two people."""
        from sporhund.clusters import corrections

        return self._corrected(corrections.not_same(self._correcting(), first, second))

    def split(self, cluster: str, *tracks: str) -> "Document":
        """Take tracks out of a cluster, these alone."""
        from sporhund.clusters import corrections

        return self._corrected(corrections.split(self._correcting(), cluster, tracks))

    def merge(self, first: str, second: str) -> "Document":
        """Say that two clusters, as they are now, are one person."""
        from sporhund.clusters import corrections

        return self._corrected(corrections.merge(self._correcting(), first, second))

    def undo(self, constraint: str | None = None) -> "Document":
        """Take back one's last act, or the one named."""
        from sporhund.clusters import corrections

        return self._corrected(corrections.undo(self._correcting(), constraint))

    def _correcting(self) -> "Correcting":
        from sporhund.clusters import records
        from sporhund.clusters.corrections import Correcting

        with self.case.place.store.reader() as rows:
            packs, hide = records.packs(rows, self.case.id), self._hidden(rows)
        return Correcting(self.case.id, [self._manifest(pack) for pack in packs], self._hands, hide)

    def _corrected(self, done: "Corrected") -> "Document":
        from sporhund.clusters import shown

        said = done.statement
        with self.case.place.store.reader() as rows:
            inside = shown.clusters_of(rows, self.case.id, [*said.tracks(0), *said.tracks(1)], hide=self._hidden(rows))
        named = {side: {track: inside[track] for track in said.tracks(side)} for side in (0, 1)}
        return {**shown.told(done.statement), "now": [named[0], named[1]],
                "replaces": [shown.told(one) for one in done.replaces]}

    def _statements(self, rows: "Connection", *, undone: bool = False) -> "list[Statement]":
        """What was said, as far as this person may see it."""
        from sporhund.clusters import records

        return records.constraints(rows, self.case.id, hide=self._hidden(rows), by=self.case.place.actor.mark, undone=undone)

    def _hidden(self, rows: "Connection") -> "frozenset[str]":
        from sporhund.identify import blind

        return blind.pending_for(rows, self.case.id, self.case.place.actor)

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


def lost(settled: "Settled") -> list[str]:
    """What the caller should know of statements that did not come over."""
    told = []
    away = {one.statement for one in settled.brought.lost}
    if away:
        told.append(f"{len(away)} of what people said could not be re-applied whole: see sporhund faces constraints.")
    if settled.conflicts:
        told.append(f"{len(settled.conflicts)} of what people said contradicts the rest on the tracks that count now and is not "
                    "applied: see sporhund faces constraints.")
    return told
