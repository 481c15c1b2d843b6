"""Two pictures against each other: under a basis and recorded, as a search is."""
from dataclasses import asdict

from sporhund.access import bases, gate
from sporhund.faces.chance import Chance, NoChance, where_covered
from sporhund.faces.warnings import warnings
from sporhund.search import candidates, galleries, probes, records, worth
from sporhund.search.galleries import Galleries
from sporhund.search.model import CASE, Ask, Compared, Probe, Source
from sporhund.search.service import Means, begin, fits, gallery_item, keep_probes, read, settings
from sporhund.store.ids import new_id

ACT = "faces compare"


def compare(case_id: str, first: Source, second: Source, *, basis: str, face: str | None, means: Means) -> Compared:
    """How alike two pictures are, and how many people of the case's gallery would be as much like one of them by accident.

    Raises as `service.search` (an examiner's `conclude-first` too); both pictures must be fit.
    """
    ask = Ask((first, second), basis, face)
    with probes.reading(means.pack, ask.sources, face) as (originals, reader):
        live = begin(case_id, ACT, ask, originals, means)
        if reader is not None:
            reader.start()
        searched = galleries.opened(case_id, live, CASE, means.manifest.label, **means.hands)
        one, other = read(case_id, ACT, ask, live, means, reader, every=True)
    fits([one, other], searched, means.manifest)
    result = _result(one, other, searched, means)
    with gate.act(ACT, case_id=case_id, **means.hands) as doing:
        live = bases.require_live(doing.rows, case_id, live.id, at=doing.at)
        means.require_concluded(doing.rows, case_id, means.actor)
        said = asdict(result.chance) if isinstance(result.chance, Chance) else {"reason": result.chance.reason}
        records.add_search(
            doing.rows, case_id, result.id, basis=live.id, pack=means.manifest.label, scope=CASE, outcome="done",
            gallery=gallery_item(searched.told()), by=means.actor.mark, at=doing.at,
            settings={**settings(ask, means), "compare": {"score": result.score, "chance": said,
                                                          "warnings": list(result.warnings)}})
        keep_probes(doing.rows, case_id, result.id, (one, other), means.keys)
        doing.tell(search=result.id, basis=live.id, pack=means.manifest.label, probes=[one.sha256.hex(), other.sha256.hex()])
    return result


def _result(one: Probe, other: Probe, searched: Galleries, means: Means) -> Compared:
    assert one.vector is not None and other.vector is not None and one.seen is not None and other.seen is not None
    score = round(float(one.vector @ other.vector), 6)
    return Compared(new_id("q"), (one, other), score, _chance((one, other), score, searched, means),
                    tuple(warnings(one.seen, other.seen)))


def _chance(
    pictures: tuple[Probe, Probe], score: float, searched: Galleries, means: Means,
) -> Chance | NoChance:
    """The larger of what either picture gives as the probe; who is on them, no gallery knows."""
    (own,) = searched.each
    if not len(own.gallery):
        return NoChance("the case has no gallery of this pack in which others could be as much alike by accident")
    crowd = worth.crowd([own.gallery], [own.person])
    with means.store.reader() as rows:
        known = worth.local(rows, own.gallery, own.person)
    each = [candidates.Odds([probe], crowd, means.calibration, known).of([score], [own.children])[0] for probe in pictures]
    largest = max(each, key=lambda chance: chance.expected if isinstance(chance, Chance) else float("inf"))
    return where_covered(largest, *(probe.seen for probe in pictures if probe.seen is not None))
