"""Making the data folder of an embedded server, and starting it."""
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path

from sporhund.errors import EnvironmentFault
from sporhund.store import postmaster, roles
from sporhund.store.account import Programs
from sporhund.store.place import Place

_START_S = 120.0       # recovery after a crash included
_POLL_S = 0.005
_SOCKET_MAX = 107 - len("/.s.PGSQL.5432")   # bytes of sockaddr_un
_LOG_MAX = 1 << 20

# The data folder as the server sees it. It reaches it as its working directory, which we enter for it: so it needs no
# right on any folder above, and a home below a closed folder of root's stays closed.
_HERE = "/proc/self/cwd"

_OPTIONS = {
    "listen_addresses": "",                 # the socket only
    "max_connections": "200",
    # A case has some forty partitions with their indexes; dropping one touches those of all cases (64: no room for 400).
    "max_locks_per_transaction": "1024",
    "jit": "off",                           # our queries are short
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What a case holds must not lie in a log that erasure does not reach: no statements, no values, no row contents.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "wal_recycle": "off",                   # erasing a case ends with old log segments removed, not renamed
}


def make(place: Place, programs: Programs) -> None:
    """A new data folder with our rules of entry; whole, or not there at all."""
    shutil.rmtree(place.unfinished, ignore_errors=True)
    place.unfinished.mkdir(mode=0o700)
    programs.own(place.unfinished)
    # A locale that needs nothing of the machine, and one sync of the disk, came with 17.
    modern = ("--locale-provider=builtin", "--sync-method=syncfs") if programs.major() >= 17 else ()
    made = programs.run(
        "initdb", "-D", _HERE, "-U", roles.BOOTSTRAP, "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8",
        "--locale=C.UTF-8", *modern, cwd=place.unfinished,
    )
    if made.returncode:
        raise _fault(made.stderr, "made")
    (place.unfinished / "pg_hba.conf").write_text(roles.hba(), encoding="utf-8")
    (place.unfinished / "pg_ident.conf").write_text(roles.ident(pwd.getpwuid(os.geteuid()).pw_name), encoding="utf-8")
    place.prepared.unlink(missing_ok=True)
    place.unfinished.rename(place.data)


def start(place: Place, programs: Programs) -> postmaster.Postmaster:
    """Start the server of a data folder and wait until it takes connections."""
    _check_version(place, programs)
    postmaster.forget_stale(place.data)
    options = {**_OPTIONS, "unix_socket_directories": str(_socket_dir(place, programs))}
    if place.log.exists() and place.log.stat().st_size > _LOG_MAX:
        place.log.unlink()
    with open(place.log, "ab") as log:
        told_before = log.tell()
        server = programs.start("postgres", "-D", _HERE, *(f"--{name}={value}" for name, value in options.items()),
                                cwd=place.data, log=log)
    ready = await_ready(place, server)
    if ready is None:
        raise _fault(place.log.read_bytes()[told_before:].decode(errors="replace"), "started")
    return ready


def await_ready(place: Place, server: "subprocess.Popen[bytes] | None" = None) -> postmaster.Postmaster | None:
    """The server when it takes connections; None when it ended, or its time did. server: ours; None: somebody else's."""
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        found = postmaster.find(place.data)
        if found and found.ready:
            return found
        if server.poll() is not None if server else found is None:
            return None
        time.sleep(_POLL_S)
    return None


def _check_version(place: Place, programs: Programs) -> None:
    made_by, ours = int((place.data / "PG_VERSION").read_text()), programs.major()
    if made_by != ours:
        raise EnvironmentFault(
            "database-version", f"The database of this home was made by PostgreSQL {made_by}; the server here is {ours}.",
            f"Name PostgreSQL {made_by} in SPORHUND_POSTGRES, run `sporhund store backup`, and restore into a new home.",
        )


def _socket_dir(place: Place, programs: Programs) -> Path:
    """A short folder for the socket, which only the server's account (and root) can enter.

    Paths of sockets end at 107 bytes, so it cannot lie in the home. It is named for the data folder itself, not its path:
    a home that is made anew at the same path is another server.
    """
    data = place.data.stat()
    name = f"sporhund-{hashlib.sha256(f'{data.st_dev}:{data.st_ino}'.encode() + os.fsencode(place.root)).hexdigest()[:12]}"
    for base in (Path("/run") if programs.account else Path(f"/run/user/{programs.uid}"), Path("/tmp")):
        folder = base / name
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            programs.own(folder)
            facts = folder.lstat()
        except OSError:
            continue
        ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == programs.uid and not facts.st_mode & 0o077
        if ours and len(os.fsencode(folder)) <= _SOCKET_MAX:
            return folder
    raise EnvironmentFault(
        "no-socket", "There is no folder for the database's socket: neither /run nor /tmp can be used.",
        f"Make /tmp writable, or remove what lies at /tmp/{name} and is not yours.",
    )


def _fault(said: str, what: str) -> EnvironmentFault:
    """What the server's last words mean to a person."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return EnvironmentFault(
            "disk-full", f"The database could not be {what}: the disk is full.", "Free some space on the disk of the home.")
    if "could not look up effective user ID" in said:
        return EnvironmentFault(
            "no-account", f"The database could not be {what}: this account has no name on this machine.",
            "Run Sporhund as an account that is in the password file.",
        )
    telling = (line for line in reversed(said.splitlines()) if "FATAL" in line or "PANIC" in line or "error" in line)
    last = next(telling, said.strip()[-300:])
    return EnvironmentFault(
        "database-down", f"The database could not be {what}: {last}", "See server.log in the folder `database` of the home.")
