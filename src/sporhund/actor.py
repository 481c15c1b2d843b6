"""Who acts, and what time it is: both are handed in at the edge, so that rules and shells can be tested."""
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts."""

    name: str                    #: account name; for a command line without sign-in the operating system's user
    assurance: str = "local"     #: local: nobody signed in, no decision counts | signed-in
    host: str = ""


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Aware UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place
