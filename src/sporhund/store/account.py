"""The system account that the embedded server runs as, and how its programs are run."""
import contextlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sporhund.errors import EnvironmentFault


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of one PostgreSQL, and as whom they run."""

    folder: Path
    account: pwd.struct_passwd | None    #: None: as ourselves

    def major(self) -> int:
        """The major version. Raises EnvironmentFault("no-postgres") for programs that do not run here."""
        said = self.run("postgres", "--version", cwd=Path("/"))
        words = said.stdout.split()
        if said.returncode or len(words) < 3:
            raise EnvironmentFault(
                "no-postgres", f"{self.folder / 'postgres'} does not run here: {said.stderr.strip()}",
                "Name the folder of a PostgreSQL for this machine in SPORHUND_POSTGRES.",
            )
        return int(words[2].split(".")[0])                     # postgres (PostgreSQL) 18.6 (Debian 18.6-1)

    def run(self, name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            [self.folder / name, *arguments], cwd=cwd, env=self._environment(), capture_output=True, text=True, check=False,
            user=self._user(), group=self._group(), extra_groups=self._extra(),
        )

    def start(self, name: str, *arguments: str, cwd: Path, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start a program in a session of its own: what stops the command does not stop it."""
        return subprocess.Popen(
            [self.folder / name, *arguments], cwd=cwd, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, user=self._user(), group=self._group(), extra_groups=self._extra(),
        )

    def own(self, folder: Path) -> None:
        """Give a folder to the account."""
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)

    @property
    def uid(self) -> int:
        return self.account.pw_uid if self.account else os.geteuid()

    def _environment(self) -> dict[str, str]:
        return {"PATH": f"{self.folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _user(self) -> int | None:
        return self.account.pw_uid if self.account else None

    def _group(self) -> int | None:
        return self.account.pw_gid if self.account else None

    def _extra(self) -> list[str | int] | None:
        return [] if self.account else None


def of(data: Path) -> pwd.struct_passwd | None:
    """The account for the server of a data folder, when that is not ours: PostgreSQL refuses to run as root.

    A folder that is there keeps its owner; a new one goes to `sporhund`, or to `nobody` where there is no such account.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        if data.is_dir():
            return pwd.getpwuid(data.stat().st_uid)
        for name in ("sporhund", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
    raise EnvironmentFault(
        "no-account", "PostgreSQL does not run as root, and there is no account to run it as.",
        "Make a system account named sporhund (it has to own the folder database/data), or run Sporhund as an ordinary user.",
    )
