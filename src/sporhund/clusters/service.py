"""Clusters of a case: made under a live legal basis, kept under their names, and every one able to say why."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from sporhund.access import bases, gate
from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.clusters import records
from sporhund.clusters.settle import Moves, Settled, settle
from sporhund.errors import Refused
from sporhund.gallery import service as galleries
from sporhund.packs.model import Clustering, Manifest
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts, when, and on what."""

    store: Store
    keys: Keys
    clock: Clock
    actor: Actor


def cluster(case_id: str, manifest: Manifest, hands: Hands) -> Settled:
    """Bring the clusters of a case up to date with one pack.

    Raises Refused `no-live-basis`, `purpose-off`, `no-clustering` (the pack was not measured for it), `not-allowed`, ...
    """
    spec = spec_of(manifest)
    with gate.act("faces clusters", case_id=case_id, store=hands.store, keys=hands.keys, clock=hands.clock, actor=hands.actor,
                  pack=manifest.label, pack_digest=manifest.digest) as doing:
        basis = bases.require_live(doing.rows, case_id, None, at=doing.at)
        records.lock(doing.rows, case_id)
        gallery = galleries.opened(case_id, manifest.label, store=hands.store, keys=hands.keys)
        settled = settle(doing.rows, case_id, gallery, spec, manifest.unsuitable, at=doing.at)
        bases.require_live(doing.rows, case_id, basis.id, at=hands.clock.now())     # still: else nothing of it is kept
        doing.tell(basis=basis.id, gallery=gallery.version, tracks=settled.tracks, new=settled.new, left=settled.left,
                   founded=settled.founded, merged=dict(settled.merged), bar=round(settled.bar, 6))
    return settled


@contextmanager
def reading(case_id: str, hands: Hands, action: str, **payload: object) -> Iterator[Connection]:
    """Look at what was clustered: allowed while a legal basis is live, and logged."""
    with gate.act("faces clusters", action=action, case_id=case_id, store=hands.store, keys=hands.keys, clock=hands.clock,
                  actor=hands.actor, **payload) as doing:
        bases.require_live(doing.rows, case_id, None, at=doing.at)
        yield doing.rows


def again(rows: Connection, case_id: str, manifest: Manifest, hands: Hands, moves: Moves) -> Settled:
    """Bring the clusters of a pack up to date after a correction, in its transaction. The caller holds the lock, and asks
    for the basis afterwards: it may have ended meanwhile.
    """
    gallery = galleries.opened(case_id, manifest.label, store=hands.store, keys=hands.keys)
    return settle(rows, case_id, gallery, spec_of(manifest), manifest.unsuitable, at=hands.clock.now(), moves=moves)


def spec_of(manifest: Manifest) -> Clustering:
    """How the pack's clusters are made. Raises Refused `no-clustering` where nobody has measured it."""
    if manifest.clustering is None:
        raise Refused(
            "no-clustering", f"The pack {manifest.label} does not say how the scores of two people are distributed with it.",
            "Ask its maker for a pack.toml with the table [clustering] (docs/packs.md), or name another pack with --pack.")
    return manifest.clustering
