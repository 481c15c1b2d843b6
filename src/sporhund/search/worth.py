"""What stands beside a score: how many others would reach it by accident, what to mind, and what the case itself knows."""
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from sporhund.clusters import frames
from sporhund.clusters import records as cluster_records
from sporhund.faces.chance import Crowd, Local, band_of, crowd_of
from sporhund.gallery.model import Gallery

_MEDIA = 200
_TRACKS = 12
_PAIRS = 4000
"""How much of the case's own is asked: media with several faces, of each so many tracks, in all so many pairs."""


def persons(gallery: Gallery, cluster_of: Mapping[str, str]) -> NDArray[np.int32]:
    """(n,) equal numbers are one person: below n a track that is in no cluster, from n on the tracks of a cluster."""
    person = np.arange(len(gallery), dtype=np.int32)
    if not cluster_of or not len(gallery):
        return person
    members = sorted(cluster_of)
    known = np.array([track.encode() for track in members])
    names = np.unique(np.array([cluster_of[track].encode() for track in members]), return_inverse=True)[1]
    rows = np.minimum(np.searchsorted(gallery.tracks, known), len(gallery) - 1)
    there = gallery.tracks[rows] == known
    person[rows[there]] = len(gallery) + names[there].astype(np.int32)
    return person


def crowd(
    galleries: Sequence[Gallery], person: Sequence[NDArray[np.int32]], kept: Sequence[NDArray[np.intp]] | None = None,
) -> Crowd:
    """Everybody in these galleries, as the chance counts them. Nobody is taken to be in two cases. kept: only these rows."""
    people: Counter[tuple[int, int]] = Counter()
    for place, (gallery, who) in enumerate(zip(galleries, person, strict=True)):
        bands = band_of(gallery.width_px, gallery.sharpness)
        if kept is not None and len(kept[place]) < len(gallery):
            who, bands = who[kept[place]], bands[kept[place]]
        alone = who < len(gallery)     # most are: counted without sorting a million numbers
        people.update({(band, 1): int(count) for band, count in enumerate(np.bincount(bands[alone])) if count})
        people.update(crowd_of(who[~alone].astype(np.int64), bands[~alone]).people)
    return Crowd(dict(people))


def local(rows: Connection, gallery: Gallery, person: NDArray[np.int32]) -> Local | None:
    """Pairs that the case knows to be two people: faces in one frame. A bounded sample, always the same of one gallery.

    Pairs of one cluster are left out: together in a frame and in a cluster they are where a person said mirror or poster.
    """
    counts = np.bincount(gallery.medium_row, minlength=len(gallery.media))
    chosen = np.flatnonzero(counts > 1)[:_MEDIA]
    if not len(chosen):
        return None
    inside = np.flatnonzero(np.isin(gallery.medium_row, chosen))
    inside = inside[np.argsort(gallery.medium_row[inside], kind="stable")]
    media = gallery.medium_row[inside]
    first = np.concatenate([[0], np.flatnonzero(np.diff(media)) + 1])
    place = np.arange(len(inside)) - np.repeat(first, np.diff(np.append(first, len(inside))))
    inside = inside[place < _TRACKS]
    pairs = _apart(rows, gallery, inside, person)
    if not len(pairs):
        return None
    scores = np.einsum("ij,ij->i", gallery.vectors[pairs[:, 0]], gallery.vectors[pairs[:, 1]]).astype(np.float64)
    band = band_of(gallery.width_px, gallery.sharpness)
    return Local(scores, band[pairs[:, 0]], band[pairs[:, 1]])


def _apart(
    rows: Connection, gallery: Gallery, inside: NDArray[np.intp], person: NDArray[np.int32],
) -> NDArray[np.int64]:
    """(m, 2) pairs of these rows that some frame shows at different places."""
    ids = [gallery.track(row) for row in inside]
    spans = cluster_records.spans(rows, gallery.case_id, ids)
    known = [(row, track) for row, track in zip(inside.tolist(), ids, strict=True) if track in spans]
    meeting = frames.overlapping([spans[track] for _, track in known], [0] * len(known))
    pairs = [(i, j) for i, j in meeting if person[known[i][0]] != person[known[j][0]]][:_PAIRS]
    wanted = sorted({at for pair in pairs for at in pair})
    paths = cluster_records.paths(rows, gallery.case_id, [known[at][1] for at in wanted])
    shown = {at: paths[known[at][1]] for at in wanted if known[at][1] in paths}
    pairs = [(i, j) for i, j in pairs if i in shown and j in shown]
    apart = frames.apart(pairs, shown)
    return np.array([(known[i][0], known[j][0]) for i, j in apart], np.int64).reshape(-1, 2)
