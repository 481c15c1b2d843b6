"""Where the embedded server of a home keeps its things. Standard library only: the reaper runs on it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """The folder `database` of a home."""

    root: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder; owned by the account that the server runs as."""
        return self.root / "data"

    @property
    def unfinished(self) -> Path:
        """A data folder in the making; renamed to `data` when it is whole."""
        return self.root / "data.new"

    @property
    def users(self) -> Path:
        """Locked shared by every command that uses the server."""
        return self.root / "users.lock"

    @property
    def starting(self) -> Path:
        """Locked alone by whoever starts or stops the server."""
        return self.root / "start.lock"

    @property
    def reaping(self) -> Path:
        """Locked by the one reaper."""
        return self.root / "reaper.lock"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def passwords(self) -> Path:
        """Of the roles app and reader; readable by the home's owner only."""
        return self.root / "passwords.json"

    @property
    def prepared(self) -> Path:
        """Exists once roles and database are there."""
        return self.root / "prepared"
