"""Purposes, and what it takes to switch one on for a unit of the force. The list is data: the Danish shipped defaults."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

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


class Role(StrEnum):
    """What an account may do; one may have several."""

    INVESTIGATOR = "investigator"      #: works on cases: analyses, searches, joins subjects
    EXAMINER = "examiner"              #: compares faces and concludes, blind and separately
    SUPERVISOR = "supervisor"          #: opens cases, names their people, answers for bases, holds and deletions
    DESK_OFFICER = "desk-officer"      #: reports and requests
    AUDITOR = "auditor"                #: reads the log, nothing else
    ADMINISTRATOR = "administrator"    #: accounts and purposes; sees no case


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    id: str
    name: str                  #: what is typed to sign in
    full_name: str
    roles: frozenset[Role]
    unit: str
    district: str | None
    created_by: str | None     #: user id; None: on the machine itself
    created_at: datetime
    disabled_at: datetime | None = None
    failures: int = 0          #: wrong passwords in a row
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in."""

    user_id: str
    host: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a basis reaches."""

    cases: tuple[str, ...] = ()        #: ids of further cases that may be searched; its own always
    start: datetime | None = None      #: period of the material; None: open
    end: datetime | None = None
    places: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()      #: who may be searched for, in words


@dataclass(frozen=True, slots=True)
class Offence:
    """One line of the dated list."""

    code: str                  #: "stl-237"
    danish: str
    english: str
    paragraph: str             #: of straffeloven
    start: date                #: first day on which it is in force as listed
    until: date | None         #: last day; None: in force
    purposes: frozenset[str]   #: that may be worked under for it


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says of one purpose."""

    retention_months: int | None = None    #: results and templates are reviewed so long after the basis is over
    scope: tuple[str, ...] = ()            #: what a basis has to name: cases, period, places, persons


class Needed(StrEnum):
    """Whether somebody outside has to authorise a basis."""

    OFF = "off"                #: not asked for, not recorded
    OPTIONAL = "optional"      #: where one was asked for, it has to come
    ALWAYS = "always"          #: recording a basis asks for one


@dataclass(frozen=True, slots=True)
class Policy:
    """What an agency asks of a basis, and what a refusal means. Data: shipped or its own."""

    name: str
    title: str
    note: str
    needed: Needed
    hours: int | None          #: an authorisation may come so long after it was asked for; None: it has to come first
    label: str                 #: whose choice that is, for every place where the clock is shown
    refusal_proposes_deletion: bool
    purposes: Mapping[str, Terms]
    digest: str                #: SHA-256 of its file, hexadecimal

    @property
    def stamp(self) -> str:
        """What a basis keeps of it."""
        return f"{self.name}@{self.digest[:16]}"

    def terms(self, purpose: str) -> Terms:
        return self.purposes.get(purpose, Terms())


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked of somebody who records a basis."""

    offence: str               #: code or paragraph of the list
    journal: str               #: journal number
    reason: str
    necessity: str
    proportionality: str
    valid_until: datetime
    granted_by: str            #: who outside or above stands for it, in words
    valid_from: datetime | None = None     #: None: from now on
    scope: Scope = field(default_factory=Scope)
    continues: str | None = None           #: the basis whose results it takes over


class Standing(StrEnum):
    """How a basis stands at a moment."""

    LIVE = "live"              #: clustering and searching are allowed
    NOT_YET = "not-yet"        #: its validity has not begun
    WAITING = "waiting"        #: an authorisation that must come first has not come
    REFUSED = "refused"        #: authorisation was refused: results are sealed
    LAPSED = "lapsed"          #: authorisation did not come in time: results are sealed
    EXPIRED = "expired"        #: its validity is over: nothing new; results are sealed until another basis continues it
    ENDED = "ended"            #: a person ended it: as expired


@dataclass(frozen=True, slots=True)
class Basis:
    """Why faces of a case may be clustered and searched."""

    id: str
    case_id: str
    purpose: str
    offence: str
    journal: str
    reason: str
    necessity: str
    proportionality: str
    scope: Scope
    valid_from: datetime
    valid_until: datetime
    granted_by: str
    policy: str
    authorisation: str                 #: none | requested | granted | refused
    authorise_before: datetime | None
    continues: str | None
    by: str
    assurance: str
    at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an authorisation, or what the clock did."""

    id: str
    basis_id: str
    step: str                  #: requested | granted | refused | lapsed | expired
    authority: str             #: the court or prosecutor, in words
    note: str
    by: str                    #: mark of who recorded it
    at: datetime
