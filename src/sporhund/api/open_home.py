"""An open home: who acts in it, when, and on what. Everything that is done in it is done with this."""
import getpass
import os
import socket
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sporhund import settings as settings_room
from sporhund.actor import Actor, Clock, SystemClock
from sporhund.api.glance import Lately
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.catalogue.shelf import Shelf
from sporhund.previews.service import Previews
from sporhund.retention import sweep
from sporhund.settings import Settings
from sporhund.store.service import Store, open_store

if TYPE_CHECKING:
    from sporhund.catalogue.columns import Columns


def local_actor() -> Actor:
    """A command line without sign-in: the operating system's user, whose decisions do not count."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return Actor(name, "local", socket.gethostname())


class OpenHome:
    """One open home."""

    def __init__(
        self, home: Path | None = None, *, settings: Settings | None = None, actor: Actor | None = None,
        clock: Clock | None = None, store: Store | None = None,
    ) -> None:
        """store: one that somebody else opened; its settings hold."""
        self.settings = store.settings if store is not None else settings or settings_room.read(home)
        self.clock = clock or SystemClock()
        self.notes: list[str] = []      #: what whoever opened it should know
        self.store: Store = store or open_store(self.settings)
        self.keys = Keys(self.settings.keys)
        self.previews = Previews(self.store, self.keys, self.settings)   # starts nothing until something is shown
        self.lately = Lately()
        self.shelf: Shelf[Columns] = Shelf()   #: cases in memory: one for everybody whom this process serves
        try:
            self.actor = actor or self._who()
            sweep.at_start(**self.hands)
        except BaseException:
            self.store.close()
            raise

    def _who(self) -> Actor:
        """Who signed in on this home, else the operating system's user."""
        from sporhund.access import sessions, token_file

        nobody, token = local_actor(), token_file.read(self.settings.home)
        if token is None:
            return nobody
        signed = sessions.actor_of(token, host=nobody.host, store=self.store, clock=self.clock)
        if signed is None:
            self.notes.append("Your sign-in is over; nothing done now counts as yours. Sign in again: sporhund login NAME")
        return signed or replace(nobody, lapsed=True)

    def acting(self, actor: Actor) -> Self:
        """The same home for another person: what one server does for many. It is closed by whoever opened it, not by them."""
        other = copy(self)
        other.actor, other.notes = actor, []
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            audit.sequence(self.store)
        finally:
            try:
                self.previews.close()
            finally:
                self.store.close()

    @property
    def hands(self) -> dict[str, Any]:
        """Who acts, when, and on what: what every room's service is given."""
        return {"store": self.store, "keys": self.keys, "clock": self.clock, "actor": self.actor}

    def keep_up(self) -> None:
        """Chain what waits in the log, and do what time alone brings about. Cheap where nothing is due."""
        audit.sequence(self.store)
        sweep.at_start(**self.hands)
