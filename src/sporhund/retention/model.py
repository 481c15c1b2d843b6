"""Nouns of retention: a deletion that was proposed, and what a supervisor has to look at."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What a deletion takes."""

    RESULTS = "results"        #: of one basis: candidates with what rests on them, pictures and numbers of its probes
    TEMPLATES = "templates"    #: of the whole case, with the clusters made of them; tracks and boxes stay
    CASE = "case"              #: everything: as `case erase`


class State(StrEnum):
    """How far a deletion has come."""

    PROPOSED = "proposed"      #: nobody has decided
    KEPT = "kept"              #: decided: it is not deleted
    HELD = "held"              #: decided, and waiting until the last hold is lifted
    DUE = "due"                #: decided, and nothing stands in its way
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Deletion:
    """Proposed by a rule or a person, decided by a named one, carried out once no hold stands."""

    id: str
    case_id: str
    what: What
    basis: str | None          #: whose results
    why: str
    proposed_at: datetime
    decided: str | None = None         #: delete | keep
    decided_by: str | None = None      #: user id
    decided_at: datetime | None = None
    decided_why: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One line of the review list."""

    case: str                  #: name
    what: str                  #: end-date | basis | deletion
    state: str                 #: coming | over | not-set; a basis' standing; a deletion's state
    due: datetime | None
    said: str                  #: what it is about, in a sentence
    do: str                    #: what to do about it
    deletion: str | None = None
    basis: str | None = None
    holds: tuple[str, ...] = ()                              #: standing ones, with their reasons
    takes: Mapping[str, int] = field(default_factory=dict)   #: rows that a deletion would destroy, by kind


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has done."""

    bases: int = 0             #: found lapsed
    sessions: int = 0          #: over, and forgotten
    proposed: int = 0
    deleted: tuple[str, ...] = ()      #: ids of deletions carried out
    finished: int = 0          #: erasures that were cut off
    waiting: int = 0           #: decided deletions that a hold stops
