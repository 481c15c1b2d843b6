"""Nouns of deciding: what an examiner concludes, on which scale, on which features, and where a candidate stands."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Meaning(StrEnum):
    """What every conclusion of every scale comes to."""

    SAME = "same"
    NOT_SAME = "not-same"
    INCONCLUSIVE = "inconclusive"
    UNSUITABLE = "unsuitable"


class State(StrEnum):
    """Where a candidate stands."""

    OPEN = "open"                    #: nobody has concluded
    NEEDS_SECOND = "needs-second"    #: one has; another must, blind to the first
    NEEDS_THIRD = "needs-third"      #: one said the same, one did not
    LINKED = "linked"                #: two said the same
    CLOSED = "closed"                #: no two can say the same any more

    @property
    def settled(self) -> bool:
        return self in (State.LINKED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Value:
    """One conclusion of a scale."""

    value: str                 #: what is typed: "same", "+2"
    meaning: Meaning
    english: str
    danish: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The conclusions that can be drawn."""

    name: str
    version: str
    values: tuple[Value, ...]
    digest: str                #: SHA-256 of its file, hexadecimal

    @property
    def label(self) -> str:
        """What a conclusion says it was drawn on."""
        return f"{self.name}@{self.version} sha256:{self.digest}"


@dataclass(frozen=True, slots=True)
class Term:
    """A component of a face, or an aspect of picture quality."""

    key: str                   #: what is typed
    english: str
    danish: str


@dataclass(frozen=True, slots=True)
class Form:
    """What an examiner is asked to go through."""

    name: str
    version: str
    components: tuple[Term, ...]
    quality: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One component compared. A is the probe, B the candidate."""

    component: str
    visible_a: str = "yes"     #: yes | partly | no
    visible_b: str = "yes"
    similar: bool = False      #: something in it is alike; both may be
    different: bool = False    #: something in it is not alike
    weight: str = ""           #: class (many people share it) | individual
    explanation: str = ""      #: of a difference: pose, light, expression, age, lens, compression, make-up
    note: str = ""

    @property
    def compared(self) -> bool:
        return self.similar or self.different


@dataclass(frozen=True, slots=True)
class Checklist:
    """What an examiner saw."""

    features: tuple[Feature, ...] = ()
    quality: Mapping[str, str] = field(default_factory=dict)     #: aspect -> what was seen


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one examiner concluded."""

    id: str
    candidate: str
    place: int                 #: 1, 2 or 3
    examiner: str              #: user id
    value: str
    meaning: Meaning
    scale: str
    checklist: Mapping[str, object]
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What decides whether somebody may conclude on a candidate now."""

    examiner: str                          #: user id
    accounts: frozenset[str]               #: user ids of accounts that they, or that created or administer theirs
    decided: tuple[str, ...]               #: user ids of those who concluded, in order
    meanings: tuple[Meaning, ...]          #: what they concluded
    saw: frozenset[str]                    #: who ran the search or has seen its scores
    deleted: bool = False                  #: by a named decision


class Role(StrEnum):
    """What somebody is in the case."""

    VICTIM = "victim"
    WITNESS = "witness"
    SUSPECT = "suspect"
    UNKNOWN = "unknown"


STAGES = ("mistænkt", "sigtet", "tiltalt", "dømt", "frifundet")
"""Legal stages of a suspect: suspected, charged, indicted, convicted, acquitted."""

CERTAINTIES = ("fact", "assessment")


@dataclass(frozen=True, slots=True)
class Named:
    """Who somebody says it is."""

    name: str
    role: Role
    certainty: str             #: fact | assessment
    stage: str | None = None   #: of a suspect
    stage_date: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who is named: entered or confirmed, and not withdrawn."""

    id: str                    #: of the identity
    name: str
    ground: str                #: id of the link or outside ground
    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is on the linked tracks: entered by one person, confirmed by another; it counts only then."""

    id: str
    link: str | None
    ground: str | None
    named: Named
    basis: str
    entered_by: str
    entered_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None

    @property
    def state(self) -> str:
        """entered (does not count yet) | confirmed | withdrawn"""
        return "withdrawn" if self.withdrawn_by else "confirmed" if self.confirmed_by else "entered"
