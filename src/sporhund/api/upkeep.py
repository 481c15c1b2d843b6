"""What is done with a home as a whole, from outside: is the machine fit for it, a backup, and bringing one back."""
from pathlib import Path

from sporhund import settings as settings_room
from sporhund.actor import SystemClock
from sporhund.api.documents import Document


def doctor(home: Path | None = None) -> Document:
    """Is this machine fit for work?"""
    from sporhund.review import doctor as doctors

    return doctors.examine(settings_room.read(home), SystemClock())


def backup(home: Path | None, out: Path) -> Document:
    """Everything Sporhund holds, keys included, in one file, but for uploaded originals: `uploads` says how many lie where."""
    from sporhund.store.backup import backup as write
    from sporhund.work.uploads import held

    settings = settings_room.read(home)
    write(settings, out)
    files, size = held(settings)
    return {"out": str(out), "bytes": out.stat().st_size,
            "uploads": {"files": files, "bytes": size, "folder": str(settings.uploads)}}


def restore(home: Path | None, source: Path) -> Document:
    """A backup into an empty home."""
    from sporhund.store.backup import restore as bring

    settings = settings_room.read(home)
    bring(settings, source)
    return {"home": str(settings.home)}
