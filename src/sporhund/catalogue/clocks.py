"""How a camera's clock was tied to the world: its anchors, how far it is off, and how that grows."""
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from sporhund.catalogue.conditions import Times
from sporhund.catalogue.items import Items
from sporhund.catalogue.packed import keys
from sporhund.catalogue.timeline import position
from sporhund.evidence import drift, records
from sporhund.evidence.model import Anchor


def clocks(rows: Connection, case_id: str, items: Items, when: Times) -> dict[str, dict[str, Any]]:
    """Per camera its `anchors` and what they tell, `tells` (evidence.drift.Tells, as the page of the cameras has it).

    An anchor: medium and t (None: of no medium), x on the common clock (None: nobody knows), what the picture `shows`, its
    zone, the `true_time` if a clock was checked, uncertainty.
    """
    found: dict[str, list[Anchor]] = {}
    for anchor in records.anchors(rows, case_id):
        found.setdefault(anchor.camera_id, []).append(anchor)
    return {camera: {"anchors": [_anchor(one, items, when) for one in of], "tells": asdict(drift.tells(of))}
            for camera, of in found.items()}


def _anchor(anchor: Anchor, items: Items, when: Times) -> dict[str, Any]:
    at = int(items.find(keys([anchor.medium_id]))[0]) if anchor.medium_id else -1
    x = position(items, when, at, anchor.t) if at >= 0 else anchor.true_time.timestamp() if anchor.true_time else None
    return {"medium": anchor.medium_id, "t": anchor.t, "x": x, "shows": anchor.shows.isoformat(), "zone": anchor.zone,
            "true_time": anchor.true_time.isoformat() if anchor.true_time else None, "uncertainty_s": anchor.uncertainty_s}
