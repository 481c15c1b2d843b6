"""How a camera's clock was tied to the world: its anchors, how far it is off, and how that grows."""
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from sporhund.catalogue import derive, wall
from sporhund.catalogue.conditions import Times
from sporhund.catalogue.items import Items
from sporhund.catalogue.packed import keys
from sporhund.catalogue.records import places_of
from sporhund.catalogue.timeline import position
from sporhund.evidence import clock, records
from sporhund.evidence.model import Anchor, WorldTime
from sporhund.store import tables

DAY_S = 86_400.0


def clocks(rows: Connection, case_id: str, items: Items, when: Times, zone: ZoneInfo) -> dict[str, dict[str, Any]]:
    """Per camera its `anchors` and `drift`.

    An anchor: medium and t (None: of no medium), x on the common clock (None: nobody knows), what the picture `shows`, its
    zone, the `true_time` if a clock was checked, uncertainty.   drift: `offset_s` that the true time lies behind what the
    clock shows, at the first check; `per_day_s` it grows by, where there are two; number of checks. None without a check.
    """
    found: dict[str, list[Anchor]] = {}
    for anchor in records.anchors(rows, case_id):
        found.setdefault(anchor.camera_id, []).append(anchor)
    return {camera: {"anchors": [_anchor(one, items, when) for one in of], "drift": drift(of, zone)}
            for camera, of in found.items()}


def _anchor(anchor: Anchor, items: Items, when: Times) -> dict[str, Any]:
    at = int(items.find(keys([anchor.medium_id]))[0]) if anchor.medium_id else -1
    x = position(items, when, at, anchor.t) if at >= 0 else anchor.true_time.timestamp() if anchor.true_time else None
    return {"medium": anchor.medium_id, "t": anchor.t, "x": x, "shows": anchor.shows.isoformat(), "zone": anchor.zone,
            "true_time": anchor.true_time.isoformat() if anchor.true_time else None, "uncertainty_s": anchor.uncertainty_s}


def drift(anchors: Sequence[Anchor], zone: ZoneInfo) -> dict[str, Any] | None:
    """How far the clock on the screen is off by its checks; one of an unknown zone is taken to hang in this one."""
    checks = sorted((one for one in anchors if one.true_time is not None), key=lambda one: one.shows)
    off = [one.true_time.timestamp() - one.shows.replace(tzinfo=clock.zone_of(one.zone) or zone).timestamp()
           for one in checks if one.true_time is not None]
    if not off:
        return None
    days = (checks[-1].shows - checks[0].shows).total_seconds() / DAY_S
    return {"offset_s": round(off[0], 3), "per_day_s": round((off[-1] - off[0]) / days, 3) if days > 0 else None,
            "checks": len(checks)}


def moment(rows: Connection, case_id: str, medium: str, t: float) -> WorldTime | None:
    """When moment `t` of a medium was, as its anchors have it; None where nobody knows."""
    m = tables.medium.c
    row = rows.execute(select(
        m.facts["streams"][0]["start"].as_float().label("start"), m.facts["stated"].label("stated"),
    ).where(m.case_id == case_id, m.id == medium)).one()
    places = places_of(rows, case_id, [medium]).get(medium, [])
    return derive.moment(medium, t, row.start or 0.0, places, row.stated or (), records.anchors(rows, case_id))


def on_the_clock(time: WorldTime, zone: ZoneInfo) -> dict[str, Any]:
    """A time as it is said, and where it lies on the common clock, `x`."""
    seconds, zoned = derive.seconds(time.at), time.at.tzinfo is not None
    shown = wall.shown(seconds, zoned, zone)
    return {"at": shown, "zoned": zoned, "uncertainty_s": time.uncertainty_s, "origin": time.origin, "x": wall.said(shown, zone)}
