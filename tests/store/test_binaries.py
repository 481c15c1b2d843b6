"""The server's programs are found, also by an account that cannot enter the folder they were installed in."""
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sporhund.errors import EnvironmentFault
from sporhund.store import binaries

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """The package, installed below a folder that only root can enter."""
    package = binaries._packaged().parents[1]
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    shutil.copytree(package, folder / package.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    return folder / package.name / "pginstall/bin"


@pytest.fixture
def shelf() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_programs_in_a_closed_folder_are_copied_once_to_where_everybody_can_run_them(
    closed: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_packaged", lambda: closed)
    monkeypatch.setattr(binaries, "_SHELVES", (shelf / "sporhund",))
    umask = os.umask(0o077)

    place = binaries.folder(None, for_other_account=True)

    os.umask(umask)
    nobody = pwd.getpwnam("nobody").pw_uid
    for program in ("postgres", "initdb"):
        assert subprocess.run([place / program, "--version"], user=nobody, capture_output=True, check=False).returncode == 0
    assert binaries.folder(None, for_other_account=True) == place
    assert len(list((shelf / "sporhund").iterdir())) == 1


def test_a_place_that_somebody_else_prepared_is_not_trusted(closed: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_packaged", lambda: closed)
    monkeypatch.setattr(binaries, "_SHELVES", (shelf / "sporhund",))
    (shelf / "sporhund").mkdir()
    os.chown(shelf / "sporhund", pwd.getpwnam("nobody").pw_uid, -1)

    with pytest.raises(EnvironmentFault) as fault:
        binaries.folder(None, for_other_account=True)

    assert fault.value.code == "no-postgres"


def test_a_named_folder_that_others_cannot_enter_is_refused_for_root(closed: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot enter"):
        binaries.folder(closed, for_other_account=True)

    assert binaries.folder(closed.parent, for_other_account=False) == closed
