"""What the audit log says: events, how sure we are of them, and what to keep elsewhere."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    event: str  #: id
    position: int | None  #: in the chain; None: not chained yet
    case_id: str | None
    at: datetime
    actor: str
    action: str  #: "analyse", "track view", "export", ...
    outcome: str  #: done | refused | failed
    payload: dict[str, object] | None  #: None: its key was destroyed
    cursor: int  #: hand it to `show(after=...)` for what comes behind


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to show; None: whatever it is."""

    actor: str | None = None         #: account's name
    action: str | None = None        #: as the log calls it: "faces search"
    since: datetime | None = None    #: at this time or later
    until: datetime | None = None    #: before this time
    outcome: str | None = None       #: done | refused | failed


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not fit."""

    position: int | None  #: in the chain; None: of the log as a whole
    sentence: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of checking the whole log."""

    ok: bool
    rows: int  #: chained events
    lag: int  #: events that wait for their place in the chain
    problems: tuple[Problem, ...]  #: the first hundred
    opened: int  #: payloads read and found to belong to their digest
    erased: int  #: payloads whose key was destroyed
    checked_against: int | None  #: position of the checkpoint; None: a cut tail cannot be told
    erased_cases: tuple[str, ...] = ()  #: to compare with the certificates: a deleted key file looks like an erasure


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One key and the events whose payloads it opens."""

    key: str  #: its id, which names the file
    case_id: str | None  #: None: of what belongs to no case
    events: int
    first: datetime
    last: datetime
    there: bool  #: False: destroyed, or not in this home; those payloads can be read by nobody


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head to keep elsewhere: it finds a cut tail and a rebuilt chain."""

    position: int  #: events chained so far
    head: str  #: hexadecimal
    case_id: str | None = None  #: of one case's chain; None: of the whole log
