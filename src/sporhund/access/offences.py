"""The dated list of offences for which faces may be compared. Data: `data/offences.toml`."""
import tomllib
from datetime import date
from functools import cache
from importlib import resources

from sporhund.access.model import Offence
from sporhund.errors import WrongUsage

ANY = "demonstration"
"""Shows how it is done, with free or consented material: every offence may be used."""


@cache
def offences() -> tuple[Offence, ...]:
    """The whole list, in its order."""
    read = tomllib.loads(resources.files("sporhund.access").joinpath("data/offences.toml").read_text("utf-8"))
    return tuple(Offence(
        one["code"], one["danish"], one["english"], one["paragraph"], one["from"], one.get("until"), frozenset(one["purposes"]),
    ) for one in read["offence"])


def offence_for(wanted: str, purpose: str, on: date) -> Offence:
    """The offence of this code or paragraph, if it is in force on that day and serves the purpose.

    Raises WrongUsage `unknown-offence`, `offence-not-in-force`, `offence-other-purpose`.
    """
    found = [one for one in offences() if _short(wanted) in (_short(one.code), _short(one.paragraph))]
    if not found:
        raise WrongUsage("unknown-offence", f"There is no offence {wanted!r} in the list.", "See: sporhund basis offences.")
    in_force = [one for one in found if one.start <= on and (one.until is None or on <= one.until)]
    if not in_force:
        spans = ", ".join(f"from {one.start} until {one.until or 'now'}" for one in found)
        raise WrongUsage("offence-not-in-force", f"{found[0].code} is not in force on {on}: it is listed {spans}.",
                         "See: sporhund basis offences.")
    if purpose != ANY and purpose not in in_force[0].purposes:
        raise WrongUsage("offence-other-purpose", f"{in_force[0].code} does not serve the purpose '{purpose}'.",
                         f"Those that do: {', '.join(one.code for one in offences() if purpose in one.purposes)}.")
    return in_force[0]


def _short(value: str) -> str:
    """Codes and paragraphs as people type them: "§ 262 a" = "262a" = "stl-262a"."""
    return value.casefold().replace("§", "").replace(" ", "").removeprefix("stl-")
