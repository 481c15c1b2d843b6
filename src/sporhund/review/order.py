"""What a run is asked to do, what it is given to work with, and what it came to."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from sporhund.actor import Actor, Clock
from sporhund.audit.keys import Keys
from sporhund.review.model import Plan
from sporhund.store.service import Store


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be analysed, and how."""

    case_id: str
    exhibit: str
    paths: Sequence[bytes]
    plan: Plan
    pack: Path                                  #: folder of the pack
    pack_digest: str
    version: str
    workers: int
    camera: str | None = None
    near: Callable[[], Mapping[str, float]] = dict
    """medium -> how near to the moment asked for (--around), least first; asked about once a second, also while it runs."""
    still_allowed: Callable[[Connection], None] = lambda rows: None   #: raises Refused when templates may not be made any more
    not_looked: Mapping[str, str] = field(default_factory=dict)  #: kind asked for -> why this pack cannot find it
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to. The account is asked of the evidence room."""

    run_id: str
    occurrences: tuple[str, ...]                #: every file of this run, members of archives included
    media: tuple[str, ...]                      #: those of them in which there was something to look at
    resumed: int                                #: files whose findings were there already
    wall_seconds: float


@dataclass(frozen=True, slots=True)
class Room:
    """What the review is given to work with."""

    store: Store
    keys: Keys
    clock: Clock
    actor: Actor
    spool: Path
