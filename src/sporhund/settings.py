"""Settings: read once from the environment at the edge, then one frozen object handed in."""
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run of Sporhund depends on besides its arguments."""

    home: Path                       #: SPORHUND_HOME or --home: embedded database, keys, models, derived files
    database_url: str | None = None  #: SPORHUND_DATABASE_URL: a PostgreSQL server instead of the embedded one
    postgres: Path | None = None     #: SPORHUND_POSTGRES: a folder with postgres and initdb instead of the wheel's
    zone: str = "Europe/Copenhagen"  #: SPORHUND_ZONE: where the clocks on the wall hang; the desk shows its times
    intake: tuple[Path, ...] = ()    #: SPORHUND_INTAKE: folders, set apart by colons, from which the desk may take material in

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def spool(self) -> Path:
        """Working copies of archive members; emptied when a run ends."""
        return self.home / "spool"

    @property
    def matrices(self) -> Path:
        """Templates of each case and pack as one encrypted matrix: derived, made anew when they are gone."""
        return self.home / "matrices"

    @property
    def uploads(self) -> Path:
        """Files that came through the browser, by case and batch: originals, of which Sporhund has the only copy."""
        return self.home / "uploads"

    @property
    def previews(self) -> Path:
        """Pictures and playable copies, encrypted: derived, made anew when they are gone."""
        return self.home / "previews"

    @property
    def fonts(self) -> Path:
        """Where the drawing library keeps its list of fonts."""
        return self.home / "fonts"


def read(home: Path | None = None) -> Settings:
    """Settings from the environment; `home` (from --home) goes first."""
    env = os.environ  # noqa: TID251 - the one place
    place = home or Path(env.get("SPORHUND_HOME") or Path.home() / ".local/share/sporhund")
    postgres = env.get("SPORHUND_POSTGRES")
    return Settings(place.expanduser().absolute(), env.get("SPORHUND_DATABASE_URL"), Path(postgres) if postgres else None,
                    env.get("SPORHUND_ZONE") or "Europe/Copenhagen", intake_folders(env.get("SPORHUND_INTAKE") or ""))


def intake_folders(said: str) -> tuple[Path, ...]:
    """The folders of SPORHUND_INTAKE."""
    return tuple(Path(one).expanduser().absolute() for one in said.split(os.pathsep) if one)
