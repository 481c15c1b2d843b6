"""Purposes, and what it takes to switch one on for a unit of the force. The list is data: the Danish shipped defaults."""
from dataclasses import dataclass
from datetime import date, datetime

DEFAULT_UNIT = "default"
"""The unit of a force that keeps no units apart."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What material may be looked at for."""

    name: str
    danish: str
    templates: bool            #: faces may be made into templates (LED Art. 10) where it is switched on
    always_on: bool = False    #: needs no impact assessment
    marked: bool = False       #: named on every page and export: free or consented material only
    note: str = ""


@dataclass(frozen=True, slots=True)
class Enabled:
    """A purpose switched on for a unit, on an impact assessment."""

    id: str
    unit: str
    purpose: str
    assessment: str            #: the impact assessment's id
    assessed_on: date
    until: date | None         #: last day on which it is on; None: until it is switched off
    enabled_by: str
    enabled_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """A rule says yes."""

    why: str
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Denied:
    """A rule says no, and names what is missing."""

    code: str
    missing: str               #: one line: what is missing
    hint: str                  #: one line: what to do
    allowed: bool = False


Verdict = Allowed | Denied

PURPOSES: tuple[Purpose, ...] = (
    Purpose("victim-identification", "identifikation af forurettede", templates=True),
    Purpose("crime-against-persons", "alvorlig personfarlig kriminalitet", templates=True),
    Purpose("manhunt", "større menneskejagt", templates=True),
    Purpose("state-security", "forbrydelser mod statens sikkerhed", templates=True),
    Purpose("gang", "bandekriminalitet", templates=True, note="to be decided later by the legislator"),
    Purpose("objects", "genstande og spor uden ansigter", templates=False, always_on=True),
    Purpose("demonstration", "demonstration", templates=True, always_on=True, marked=True,
            note="free or consented material only"),
)
"""Sources: the package against online abuse of children (2022) for victims; the agreement of September 2024 for the others."""
