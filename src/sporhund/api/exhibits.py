"""Exhibits with who took them in, and what the cameras' clocks are known to be off."""
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from sporhund.api.documents import Document, moment
from sporhund.evidence import cameras, drift, records
from sporhund.evidence.model import Anchor
from sporhund.evidence.names import shown

if TYPE_CHECKING:
    from sporhund.api.case import Case


def labels(case: "Case") -> dict[str, str]:
    """Label → id of every exhibit: for links, without a count."""
    with case.place.store.reader() as rows:
        return {one.label: one.id for one in records.exhibits(rows, case.id)}


def troubles(case: "Case") -> dict[str, dict[str, int]]:
    """Label → how many of the exhibit's files `failed` and are read `partly`, as last counted; exhibits without are not in it."""
    found = case.catalogue.standing()["troubles"]
    return {label: found[key] for label, key in labels(case).items() if key in found}


def exhibits(case: "Case") -> list[Document]:
    """Every exhibit by label, with its number of files and its intakes: when, by whom, from where; the first one first.

    `uploaded`: the files came through the browser, and Sporhund has the only copy.
    """
    uploads = os.fsencode(case.place.settings.uploads) + b"/"
    with case.place.store.reader() as rows:
        found = records.exhibits(rows, case.id)
        came = records.intakes(rows, case.id, [one.id for one in found])
    files = case.catalogue.standing()["exhibits"]
    return [{"id": one.id, "label": one.label, "taken_in": moment(one.created_at), "files": files.get(one.id, 0), "intakes": [
        {"at": moment(row.at), "by": row.by, "assurance": row.assurance, "host": row.host, "source": shown(row.source),
         "uploaded": row.source.startswith(uploads)}
        for row in came if row.exhibit_id == one.id]} for one in found]


def bytes_to_verify(case: "Case") -> int:
    """So many bytes are read by `case.verify()`."""
    with case.place.store.reader() as rows:
        return records.bytes_with_digest(rows, case.id)


def clocks(case: "Case") -> list[Document]:
    """Every camera by name with its anchors, and `tells`: what follows from them (`evidence.drift.Tells`)."""
    with case.place.store.reader() as rows:
        found = cameras.cameras(rows, case.id)
        media = {anchor.medium_id for _, anchors in found for anchor in anchors if anchor.medium_id is not None}
        paths = records.paths_of(rows, case.id, sorted(media))
    return [{"camera": camera.name, "anchors": [_anchor(one, paths) for one in anchors], "tells": asdict(drift.tells(anchors))}
            for camera, anchors in found]


def _anchor(anchor: Anchor, paths: dict[str, bytes]) -> Document:
    path = paths.get(anchor.medium_id or "")
    return {"anchor": anchor.id, "medium": anchor.medium_id, "path": shown(path) if path is not None else None, "t": anchor.t,
            "shows": anchor.shows.isoformat(), "zone": anchor.zone, "true_time": moment(anchor.true_time),
            "uncertainty_s": anchor.uncertainty_s}
