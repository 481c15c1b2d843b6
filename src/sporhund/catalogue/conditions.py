"""Which media a filter lets through. Plain functions on columns."""
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from sporhund.catalogue import looked, wall
from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.items import Items, Mask, Numbers
from sporhund.catalogue.model import BY, FINDINGS, KINDS, NONE, STATES, Circle, Filter
from sporhund.catalogue.packed import token_of
from sporhund.catalogue.wall import Wall

EARTH_KM = 6371.0
COUNT_OF = dict(zip(FINDINGS, ("faces", "persons", "vehicles", "objects", "motions"), strict=True))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where the clocks hang."""

    person: str                #: by what rows call them: actor.Actor.mark
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Times:
    """First and last moment of each medium on the common clock: seconds since 1970, UTC. NaN: nobody knows."""

    start: Numbers
    end: Numbers
    wall: Wall


def times(items: Items, zone: ZoneInfo) -> Times:
    """Zoned times as they are; others as if their clock hung on a wall of this zone."""
    found = items.memo.get(("times", zone.key))
    if found is None:
        known = items.at[np.isfinite(items.at)]
        over = wall.wall(zone, float(known.min()), float(items.until[np.isfinite(items.until)].max())) if len(known) else (
            wall.wall(zone, 0.0, 0.0))
        both = [np.where(items.zoned == 1, one, over.world(np.nan_to_num(one))) for one in (items.at, items.until)]
        start, end = (np.where(np.isfinite(items.at), one, np.nan) for one in both)
        found = items.memo["times", zone.key] = Times(start, np.maximum(start, end), over)
    return found


def conditions(state: State, wanted: Filter, asker: Asker) -> dict[str, Mask]:
    """Each condition that is said, by the name it has in an address, as a mask over the media."""
    items = state.items
    found: dict[str, Mask] = {}
    if wanted.kinds:
        found["kind"] = np.isin(items.kind, [KINDS.index(kind) for kind in wanted.kinds])
    if wanted.states:
        found["state"] = np.isin(items.state, [STATES.index(one) for one in wanted.states])
    for name, said, tokens in (("exhibit", wanted.exhibit, items.exhibit), ("row", wanted.row, items.row),
                               ("camera", "" if wanted.camera == NONE else wanted.camera, items.camera)):
        if said or (name == "camera" and wanted.camera == NONE):
            found[name] = tokens == np.uint64(token_of(said))
    if wanted.exhibit:
        found["exhibit"][state.elsewhere.within(token_of(wanted.exhibit))] = True
    if wanted.since or wanted.until or wanted.time:
        found["time"] = _in_time(items, wanted, asker.zone)
    if wanted.place:
        found["place"] = _within(items, wanted.place)
    if wanted.has:
        found["has"] = np.all([getattr(items, COUNT_OF[kind]) > 0 for kind in wanted.has], axis=0)
    if wanted.face_px:
        found["face_px"] = items.face_px >= wanted.face_px
    if wanted.copies:
        found["copies"] = items.copies >= wanted.copies
    if wanted.unrecognised:
        found["unrecognised"] = items.unrecognised > 0
    if wanted.seen:
        found["seen"] = seen(state, wanted.seen, asker)
    if wanted.mark:
        found["mark"] = _marked(state, wanted, asker)
    return found


def matching(count: int, of: Mapping[str, Mask], without: str = "") -> Mask:
    """Where every condition holds, but for the one that is left out."""
    held = [mask for name, mask in of.items() if name != without]
    return np.asarray(np.logical_and.reduce(held)) if held else np.ones(count, np.bool_)


def _in_time(items: Items, wanted: Filter, zone: ZoneInfo) -> Mask:
    """What may have been recorded then, its uncertainty given to it."""
    when = times(items, zone)
    known = np.isfinite(when.start)
    found = {"known": known, "none": ~known}.get(wanted.time, np.ones(len(items), np.bool_))
    with np.errstate(invalid="ignore"):
        if wanted.since:
            found = found & (when.end + items.uncertainty_s >= wall.said(wanted.since, zone))
        if wanted.until:
            found = found & (when.start - items.uncertainty_s <= wall.said(wanted.until, zone, fold=1))
    return found


def _within(items: Items, circle: Circle) -> Mask:
    """By the great circle. What states no place is in none."""
    latitude, longitude = np.radians(items.latitude), np.radians(items.longitude)
    north, east = np.radians(circle.latitude), np.radians(circle.longitude)
    chord = np.sin((latitude - north) / 2) ** 2 + np.cos(latitude) * np.cos(north) * np.sin((longitude - east) / 2) ** 2
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))) <= circle.radius_km)


def seen(state: State, said: str, asker: Asker) -> Mask:
    """What of a recording is seen in part is not seen: it stays where it can still be found."""
    anyone, mine = (looked.seen(state.items, state.seen[by]) for by in (ANYBODY, asker.person))
    return {"me": mine, "not-me": ~mine, "anyone": anyone, "nobody": ~anyone}[said]


def _marked(state: State, wanted: Filter, asker: Asker) -> Mask:
    marks = state.marks
    counted = spoken(state, asker, wanted.by)
    if wanted.mark != NONE:
        counted = counted & (marks.value == np.uint64(token_of(wanted.mark)))
    found = np.zeros(len(state.items), np.bool_)
    found[marks.medium[counted]] = True
    return ~found if wanted.mark == NONE else found


def spoken(state: State, asker: Asker, by: str = BY[0]) -> Mask:
    """Marks that this person may count: everybody's last word on media, and their own on what is in them.

    What others say of a track is not shown through its medium: who still has to conclude on it must not learn it so.
    """
    marks = state.marks
    mine = marks.by == np.uint64(token_of(asker.person))
    return np.asarray(marks.newest & (mine if by == "me" else mine | (marks.own == 1)))
