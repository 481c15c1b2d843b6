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
    user: str | None = None      #: id of the account that signed in
    roles: frozenset[str] = frozenset()  #: values of access.model.Role
    unit: str | None = None      #: of the force
    lapsed: bool = False         #: signed in before, and the session is over: nobody is signed in

    @property
    def mark(self) -> str:
        """What rows call this person by: the account's id, or the local user's name, which is no account."""
        return self.user or f"local:{self.name}"


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Aware UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place
