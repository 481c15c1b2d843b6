"""How near the colour of a track is to the one that is looked for: an order of the list, never a filter."""
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Double, case, cast, column, func, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from sporhund.errors import WrongUsage
from sporhund.objects.names import LIGHTNESS, Shades, named, shades
from sporhund.store import tables

LITTLE_OF_IT = 10.0
"""What a colour of which next to nothing is seen lies further away than one that is all that is seen."""
CALLED_OTHERWISE = 8.0
"""What a colour that has another name lies further away: a bluish grey comes after every blue, and before a red."""
LAST = 1e6
"""The distance of what has no colour: behind everything that has one."""
GREY = "no colour: grey or infrared picture"


def asked(word: str) -> Shades:
    """The colour of this name, English or Danish. Raises WrongUsage `unknown-colour`."""
    found = named(word)
    if found is None:
        known = ", ".join(f"{one.name} ({one.danish})" for one in shades().values())
        raise WrongUsage("unknown-colour", f"{word!r} is no colour that is known here.", f"Known: {known}.")
    return found


def nearness(colour: Shades, part: str | None) -> LateralFromClause:
    """To be joined to tracks: `away`, the distance of a track's nearest colour, 0 to about 100 (objects.names); LAST without one.

    part: upper | lower | body; None: whichever is nearest. A colour of which little is seen lies up to LITTLE_OF_IT further,
    one that is called otherwise CALLED_OTHERWISE.
    """
    colours = tables.track.c.colours
    seen = func.jsonb_array_elements(colours).table_valued(column("value", colours.type), name="seen").render_derived()
    one = seen.c.value
    axes = ("l", "a", "b")
    shade = func.unnest(*(cast([lab[axis] for lab in colour.labs], ARRAY(Double)) for axis in range(3))).table_valued(
        *(column(axis, Double) for axis in axes), name="shade").render_derived()
    wanted = [one["name"].astext.is_not(None), *([one["part"].astext == part] if part else [])]
    numbers = [cast(one["lab"][place].astext, Double).label(axis) for place, axis in enumerate(axes)]
    # The offset keeps the numbers from being read out of the document again for each shade: half of the time (measured).
    little = LITTLE_OF_IT * (1.0 - cast(one["share"].astext, Double))
    other = case((one["name"].astext == colour.name, 0.0), else_=CALLED_OTHERWISE)
    said = select(*numbers, (little + other).label("more")).select_from(seen).where(*wanted).offset(0).correlate(
        tables.track).subquery("said")
    off = [said.c[axis] - shade.c[axis] for axis in axes]
    away = func.sqrt(LIGHTNESS ** 2 * off[0] * off[0] + off[1] * off[1] + off[2] * off[2])
    least = func.min(away + said.c.more)
    return select(func.coalesce(least, LAST).label("away")).select_from(said.join(shade, true())).correlate(tables.track).lateral(
        "near")


def items(stored: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The colours of one track for the reader; a grey picture is said to be one."""
    seen = [{name: one[name] for name in ("part", "name", "danish", "share", "lab")} for one in stored or ()]
    grey = bool(seen) and all(one["name"] is None for one in seen)
    return {"colours": [] if grey else seen, "colours_reason": GREY if grey else None}
