"""What was measured, as the contract's document. Pure."""
from dataclasses import asdict
from typing import Any

from sporhund.measure.model import ChanceCheck, Interval, Measured
from sporhund.measure.service import Outcome

NAMES = {"tar_1e-03": "tar_at_far 1e-3", "tar_1e-04": "tar_at_far 1e-4", "eer": "eer",
         "precision": "clusters precision", "recall": "clusters recall"}


def document(label: str, outcome: Outcome, *, extended: bool) -> dict[str, Any]:
    """The document of `evaluate faces`."""
    looked, measured = outcome.looked, outcome.measured
    plain = measured.pairs
    found = {
        "pack": label, "people": len(set(looked.people)), "people_compared": measured.people, "pictures": len(looked.names),
        "no_face": [looked.names[index] for index in looked.left_out],
        "left_out": {looked.names[index]: why for index, why in looked.left_out.items()}, "mated": plain.mated,
        "nonmated": plain.nonmated, "tar_at_far": plain.tar_at_far, "thresholds": plain.thresholds, "eer": plain.eer,
        "rank1": plain.rank1, "det": plain.det, "histogram": plain.histogram,
        "clusters": None if measured.grouping is None else asdict(measured.grouping),
        "clusters_reason": "the pack states no clustering" if measured.grouping is None else None,
        "seconds": outcome.seconds}
    return found | _more(measured) if extended else found


def _more(measured: Measured) -> dict[str, Any]:
    return {
        "intervals": {NAMES[name]: _interval(one) for name, one in measured.intervals.items()},
        "bands": [{"band": band.name, "people": band.people, "mated": band.figures.mated, "nonmated": band.figures.nonmated,
                   "tar_at_far": band.figures.tar_at_far, "eer": band.figures.eer, "det": band.figures.det}
                  for band in measured.bands],
        "chance": _chance(measured.chance) if measured.chance else None, "chance_reason": measured.no_chance}


def _chance(check: ChanceCheck) -> dict[str, Any]:
    return {"people_with_expected_at_most_1": _interval(check.found), "should_be": 1.0, "probes": check.probes,
            "people": check.people, "hidden_by_floor": check.hidden}


def _interval(one: Interval) -> dict[str, float]:
    return {"value": one.value, "low": one.low, "high": one.high}
