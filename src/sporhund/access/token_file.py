"""Where the command line keeps its token: a file below the home that only its own user of the operating system can read."""
import os
import stat
from pathlib import Path

from sporhund.errors import EnvironmentFault


def read(home: Path) -> str | None:
    """The token, if there is one. Raises EnvironmentFault `token-open`: others could have read or written it."""
    try:
        descriptor = os.open(_file(home), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as fault:
        said = f"{_file(home)} cannot be read: {fault.strerror}."
        raise EnvironmentFault("token-open", said, "Remove it and sign in again.") from fault
    with open(descriptor, encoding="ascii") as file:
        about = os.fstat(descriptor)
        if about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) & 0o077:
            raise EnvironmentFault("token-open", f"{_file(home)} can be read by others: the sign-in in it is worth nothing.",
                                   "Remove the file and sign in again.")
        return file.read().strip() or None


def keep(home: Path, token: str) -> None:
    """Raises EnvironmentFault `cannot-write`."""
    file = _file(home)
    fresh = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w", encoding="ascii") as out:
            out.write(token + "\n")
        fresh.replace(file)
    except OSError as fault:
        said = f"{file} cannot be written: {fault.strerror}."
        raise EnvironmentFault("cannot-write", said, "Check the rights of the home.") from fault


def forget(home: Path) -> None:
    _file(home).unlink(missing_ok=True)


def _file(home: Path) -> Path:
    return home / "sessions" / f"uid-{os.getuid()}"
