"""The embedded PostgreSQL server of a home: made once, started by the first command, joined by the others.

Every command that uses it holds `users.lock` shared; starting and joining happen under `start.lock`; a reaper stops the
server when the users' lock is free. The kernel lets go of locks however a command ends, so kill -9 leaves nothing behind.
As root the server runs as another account, which reaches its data folder through its working directory alone: no
folder above it has to be opened.
"""

import contextlib
import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sporhund.errors import EnvironmentFault
from sporhund.store import binaries, locks, postmaster, roles
from sporhund.store.place import Place

GRACE_S = 5.0  #: how long the server outlives its last command
_START_S = 60.0  # recovery after a crash included
_SOCKET_MAX = 107 - len("/.s.PGSQL.5432")  # bytes of sockaddr_un
_HERE = "/proc/self/cwd"  # the data folder as the server sees it: needs no right on the folders above
_LOG_MAX = 1 << 20

_OPTIONS = {
    "listen_addresses": "",  # the socket only
    "max_connections": "200",
    "jit": "off",  # our queries are short
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What a case holds must not lie in a log that erasure does not reach: no statements, no values, no row contents.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "wal_recycle": "off",  # erasing a case ends with old log segments removed, not renamed
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens and how a role gets in."""

    socket_dir: Path
    passwords: dict[str, str]  #: role → password; owner and bootstrap come in by their system account


class Embedded:
    """One command's share in the server of a home. `join` before use, `leave` after it."""

    def __init__(self, home: Path, postgres: Path | None = None) -> None:
        self.place = Place(home / "database")
        self._postgres = postgres
        self._share: int | None = None

    def join(self) -> Address:
        """Where the server listens; it is made and started if need be. Raises EnvironmentFault."""
        with _home_faults(self.place.root):
            self.place.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locks.exclusive(self.place.starting):
                if self._share is None:
                    self._share = locks.shared(self.place.users)
                return self._running()

    def leave(self) -> None:
        """Give the share back; the last one to leave lets the reaper stop the server."""
        if self._share is not None:
            os.close(self._share)
            self._share = None

    def server_version(self) -> str:
        """What the programs say of themselves."""
        programs = binaries.folder(self._postgres, for_other_account=_account(self.place) is not None)
        said = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True, env=_environment(programs)
        )
        return said.stdout.split()[-1]

    def _running(self) -> Address:
        server = postmaster.find(self.place.data)
        if server is None or not server.ready:
            server = self._started()
        passwords = _passwords(self.place)
        if not self.place.prepared.exists():
            roles.prepare(server.socket_dir, passwords)
            self.place.prepared.touch()
        self._guard()
        return Address(server.socket_dir, passwords)

    def _started(self) -> postmaster.Postmaster:
        account = _account(self.place)
        programs = binaries.folder(self._postgres, for_other_account=account is not None)
        if not self.place.data.is_dir():
            _make(self.place, programs, account)
        _check_version(self.place, programs)
        postmaster.forget_stale(self.place.data)
        return _launch(self.place, programs, account)

    def _guard(self) -> None:
        """Leave a reaper behind, unless one is at work."""
        lock = locks.alone_now(self.place.reaping)
        if lock is None:
            return
        try:
            subprocess.Popen(
                [sys.executable, "-m", "sporhund.store.reaper", str(self.place.root), str(GRACE_S)],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                pass_fds=[lock],  # the lock goes over with it, so that there is never a second one
            )
        finally:
            os.close(lock)


def _account(place: Place) -> pwd.struct_passwd | None:
    """The account that the server runs as, when that is not ours: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    if place.data.is_dir():
        return pwd.getpwuid(place.data.stat().st_uid)
    for name in ("sporhund", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EnvironmentFault(
        "no-account",
        "PostgreSQL does not run as root, and there is no account 'sporhund' or 'nobody' to run it as.",
        "Make a system account named sporhund, or run Sporhund as an ordinary user.",
    )


def _environment(programs: Path) -> dict[str, str]:
    return {"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _spawn(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _make(place: Place, programs: Path, account: pwd.struct_passwd | None) -> None:
    """A new, empty data folder; whole or not there at all."""
    shutil.rmtree(place.unfinished, ignore_errors=True)
    place.unfinished.mkdir(mode=0o700)
    if account:
        os.chown(place.unfinished, account.pw_uid, account.pw_gid)
    made = subprocess.run(
        [
            programs / "initdb",
            "-D",
            _HERE,
            "-U",
            roles.BOOTSTRAP,
            "--auth-local=peer",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--sync-method=syncfs",
        ],
        cwd=place.unfinished,
        env=_environment(programs),
        capture_output=True,
        text=True,
        check=False,
        **_spawn(account),  # type: ignore[call-overload]
    )
    if made.returncode:
        raise _start_fault(made.stderr, "made")
    (place.unfinished / "pg_hba.conf").write_text(roles.hba(), encoding="utf-8")
    (place.unfinished / "pg_ident.conf").write_text(roles.ident(pwd.getpwuid(os.geteuid()).pw_name), encoding="utf-8")
    place.prepared.unlink(missing_ok=True)
    place.unfinished.rename(place.data)


def _check_version(place: Place, programs: Path) -> None:
    made_by = (place.data / "PG_VERSION").read_text().strip()
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False, env=_environment(programs)
    )
    ours = said.stdout.split()[-1].split(".")[0] if said.stdout else "?"
    if made_by != ours:
        raise EnvironmentFault(
            "database-version",
            f"The database of this home was made by PostgreSQL {made_by}; the server here is {ours}.",
            f"Name PostgreSQL {made_by} in SPORHUND_POSTGRES, run `sporhund store backup`, and restore into a new home.",
        )


def _launch(place: Place, programs: Path, account: pwd.struct_passwd | None) -> postmaster.Postmaster:
    """Start the server and wait until it takes connections."""
    socket_dir = _socket_dir(place, account)
    options = [f"--{name}={value}" for name, value in {**_OPTIONS, "unix_socket_directories": str(socket_dir)}.items()]
    if place.log.exists() and place.log.stat().st_size > _LOG_MAX:
        place.log.unlink()
    with open(place.log, "ab") as log:
        told_before = log.tell()
        server = subprocess.Popen(
            [programs / "postgres", "-D", _HERE, *options],
            cwd=place.data,
            env=_environment(programs),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_spawn(account),  # type: ignore[call-overload]
        )
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        found = postmaster.find(place.data)
        if found and found.ready:
            return found
        if server.poll() is not None:
            break
        time.sleep(0.005)
    raise _start_fault(place.log.read_bytes()[told_before:].decode(errors="replace"), "started")


def _socket_dir(place: Place, account: pwd.struct_passwd | None) -> Path:
    """A short folder for the socket, which only the server's account (and we) can enter.

    Paths of sockets end at 107 bytes, so it cannot lie in the home.
    """
    name = f"sporhund-{hashlib.sha256(os.fsencode(place.root)).hexdigest()[:12]}"
    user = account.pw_uid if account else os.geteuid()
    for base in (Path("/run") if account else Path(f"/run/user/{user}"), Path("/tmp")):
        folder = base / name
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)
            facts = folder.lstat()
        except OSError:
            continue
        if (
            stat.S_ISDIR(facts.st_mode)
            and facts.st_uid == user
            and not facts.st_mode & 0o022
            and len(os.fsencode(folder)) <= _SOCKET_MAX
        ):
            return folder
    raise EnvironmentFault(
        "no-socket",
        "There is no folder for the database's socket: neither /run nor /tmp can be used.",
        f"Make /tmp writable, or remove what lies at /tmp/{name} and is not yours.",
    )


def _passwords(place: Place) -> dict[str, str]:
    """The passwords of the roles that do not come in by their system account; made on first use."""
    if not place.passwords.exists():
        made = {role: secrets.token_urlsafe(24) for role in (roles.APP, roles.READER)}
        unfinished = place.passwords.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(made, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(place.passwords)
        place.prepared.unlink(missing_ok=True)  # they have to be told to the server
    read: dict[str, str] = json.loads(place.passwords.read_text(encoding="utf-8"))
    return read


def _start_fault(said: str, what: str) -> EnvironmentFault:
    """What the server's last words mean to a person."""
    if "No space left on device" in said:
        return EnvironmentFault(
            "disk-full",
            f"The database could not be {what}: the disk is full.",
            "Free some space on the disk of the home.",
        )
    if "could not look up effective user ID" in said:
        return EnvironmentFault(
            "no-account",
            f"The database could not be {what}: this account has no name on this machine.",
            "Run Sporhund as an account that is in the password file.",
        )
    last = next(
        (line for line in reversed(said.splitlines()) if "FATAL" in line or "error" in line), said.strip()[-300:]
    )
    return EnvironmentFault(
        "database-down",
        f"The database could not be {what}: {last}",
        "See server.log in the folder `database` of the home.",
    )


@contextlib.contextmanager
def _home_faults(root: Path) -> Iterator[None]:
    try:
        yield
    except (PermissionError, FileExistsError, NotADirectoryError) as fault:
        raise EnvironmentFault(
            "home-unwritable",
            f"The home {root.parent} cannot be used: {fault.strerror} ({fault.filename}).",
            "Name a folder of your own with --home or SPORHUND_HOME; a home made by another account is that account's.",
        ) from fault
    except OSError as fault:
        if fault.errno in (28, 122):  # ENOSPC, EDQUOT
            raise EnvironmentFault(
                "disk-full", f"The disk of the home {root.parent} is full.", "Free some space and try again."
            ) from fault
        if fault.errno == 30:  # EROFS
            raise EnvironmentFault(
                "home-unwritable", f"The home {root.parent} lies on a read-only disk.", "Name another with --home."
            ) from fault
        raise
