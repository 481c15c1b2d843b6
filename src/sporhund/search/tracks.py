"""A track of the case as a probe: its template is there already, and its picture lies in the original."""
import msgspec
import numpy as np
from sqlalchemy import Connection

from sporhund.errors import Refused
from sporhund.faces.shot import seen_of
from sporhund.media.model import Stated
from sporhund.review.pictures import track_named
from sporhund.search import records, rules
from sporhund.search.ages import ages
from sporhund.search.model import Probe, Source
from sporhund.tracks.model import BestShot


def probe_of(rows: Connection, case_id: str, source: Source, pack: str) -> Probe:
    """Raises WrongUsage `unknown-track`; Refused `no-template` where it is fit, but has none of this pack."""
    named = track_named(rows, case_id, str(source.track))
    known = records.tracks(rows, case_id, [named.id])[named.id]
    template = records.template(rows, case_id, named.id, pack)
    shot = msgspec.convert(named.best[0], BestShot)
    if template is None and named.comparable:
        raise Refused("no-template", f"The track {named.id} has no template of the pack {pack}.",
                      "Analyse its file with that pack, or name another with --pack.")
    vector = np.frombuffer(template.vector, "<f4") if template is not None else None
    stated = msgspec.convert((known.facts or {}).get("stated") or (), tuple[Stated, ...])
    named_so = Source(f"track:{named.id}".encode(), track=named.id)   # typed by an alias it is the same probe
    child = ages(rows, case_id, [named.id]).get(named.id)
    return Probe(
        named_so, bytes(known.sha256), b"", shot, vector, template.norm if template is not None else 0.0, named.reason,
        "a track of the case", seen_of(shot, taken=rules.taken(stated), child=child),
        None if vector is not None else rules.UNFIT)
