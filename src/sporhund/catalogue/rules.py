"""A filter as it stands in an address, and back; wrong words are said at once. Pure."""
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from urllib.parse import urlencode

from sporhund.catalogue.model import BY, FINDINGS, KINDS, SEEN, SORTS, STATES, TAKEN_IN, TIMES, Circle, Filter
from sporhund.errors import WrongUsage
from sporhund.objects.names import named, shades

LONGEST = 200
"""Characters of an id or of a mark's value in an address."""
FARTHEST_KM = 20_100.0
LARGEST = 1_000_000
COLOUR = "colour:"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?")

Query = Mapping[str, Sequence[str]]


def parse(query: Query) -> Filter:
    """The filter that an address asks for; names that are no condition are left to whoever knows them.

    Raises WrongUsage `bad-filter`, naming the value and what is allowed.
    """
    return Filter(
        kinds=_several(query, "kind", KINDS), exhibit=_plain(query, "exhibit"), camera=_plain(query, "camera"),
        row=_plain(query, "row"), states=_several(query, "state", STATES), since=_time(query, "from"), until=_time(query, "to"),
        time=_one(query, "time", TIMES), place=_place(query), has=_several(query, "has", FINDINGS),
        face_px=_number(query, "face_px"), copies=_number(query, "copies"), seen=_one(query, "seen", SEEN),
        mark=_plain(query, "mark"), by=_one(query, "by", BY) or BY[0],
        unrecognised=_one(query, "unrecognised", ("1",)) == "1")


def address(wanted: Filter) -> str:
    """The filter as the query of an address, without its question mark; '' where nothing is asked for."""
    place = wanted.place
    said: list[tuple[str, str]] = [("kind", kind) for kind in wanted.kinds]
    said += [("exhibit", wanted.exhibit), ("camera", wanted.camera), ("row", wanted.row)]
    said += [("state", state) for state in wanted.states]
    said += [("from", wanted.since), ("to", wanted.until), ("time", wanted.time)]
    said += [("place", f"{place.latitude!r},{place.longitude!r},{place.radius_km!r}" if place else "")]
    said += [("has", kind) for kind in wanted.has]
    said += [("face_px", str(wanted.face_px or "")), ("copies", str(wanted.copies or "")), ("seen", wanted.seen)]
    said += [("mark", wanted.mark), ("by", wanted.by if wanted.by != BY[0] else "")]
    said += [("unrecognised", "1" if wanted.unrecognised else "")]
    return urlencode([(name, value) for name, value in said if value])


def sorting(said: str | None) -> tuple[str, bool]:
    """An order by its name, and whether it goes the other way round. Raises WrongUsage `bad-sort`."""
    name, backwards = (said or TAKEN_IN).removeprefix("-"), (said or "").startswith("-")
    if name.startswith(COLOUR) and not backwards:
        colour = named(name.removeprefix(COLOUR))
        if colour is not None:
            return COLOUR + colour.name, False
        known = ", ".join(f"{one.name} ({one.danish})" for one in shades().values())
        raise WrongUsage("bad-sort", f"{name.removeprefix(COLOUR)!r} is no colour that is known here.", f"Known: {known}.")
    if name not in SORTS:
        raise WrongUsage("bad-sort", f"{said!r} is no order of this list.", f"Orders: {', '.join(SORTS)}, {COLOUR}NAME.")
    return name, backwards


def _bad(name: str, value: str, allowed: str) -> WrongUsage:
    return WrongUsage("bad-filter", f"{name}={value!r} is nothing that can be asked for.", f"Allowed: {allowed}.")


def _said(query: Query, name: str) -> list[str]:
    return [value for value in query.get(name, ()) if value]


def _last(query: Query, name: str) -> str:
    return next(reversed(_said(query, name)), "")


def _several(query: Query, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """In the order of the table, each once: the same filter has one address."""
    said = _said(query, name)
    for value in said:
        if value not in allowed:
            raise _bad(name, value, ", ".join(allowed))
    return tuple(value for value in allowed if value in said)


def _one(query: Query, name: str, allowed: Sequence[str]) -> str:
    value = _last(query, name)
    if value and value not in allowed:
        raise _bad(name, value, ", ".join(allowed))
    return value


def _plain(query: Query, name: str) -> str:
    value = _last(query, name)
    if len(value) > LONGEST or not value.isprintable():
        raise _bad(name, value[:LONGEST], f"up to {LONGEST} printable characters")
    return value


def _number(query: Query, name: str) -> int:
    value = _last(query, name)
    if value and not (value.isascii() and value.isdigit() and len(value) <= 9 and int(value) <= LARGEST):
        raise _bad(name, value, f"a whole number from 0 to {LARGEST}")
    return int(value or 0)


def _time(query: Query, name: str) -> str:
    value = _last(query, name).replace(" ", "T")
    if not value:
        return ""
    try:
        if not _TIME.fullmatch(value):
            raise ValueError(value)
        return datetime.fromisoformat(value).isoformat(timespec="seconds")
    except ValueError as fault:
        raise _bad(name, value, "a time without zone, as 2026-01-31T22:14") from fault


def _place(query: Query) -> Circle | None:
    value = _last(query, "place")
    if not value:
        return None
    try:
        latitude, longitude, radius = (float(part) for part in value.split(","))
    except ValueError as fault:
        raise _bad("place", value, "north,east,kilometres, as 55.676,12.568,2") from fault
    if not (isfinite(radius) and abs(latitude) <= 90 and abs(longitude) <= 180 and 0 < radius <= FARTHEST_KM):
        raise _bad("place", value, "degrees on Earth and up to 20,100 kilometres, as 55.676,12.568,2")
    return Circle(latitude, longitude, radius)
