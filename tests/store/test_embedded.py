"""The embedded server: started once, shared, and usable after every kind of kill."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from sporhund.errors import EnvironmentFault
from sporhund.settings import Settings
from sporhund.store import embedded, locks, postmaster
from sporhund.store.place import Place
from sporhund.store.service import Store, open_store

_AS_ROOT = os.geteuid() == 0

_USE = textwrap.dedent("""
    import sys
    from pathlib import Path
    from sporhund.settings import Settings
    from sporhund.store import embedded
    from sporhund.store.service import open_store
    embedded.GRACE_S = 0.2
    with open_store(Settings(Path(sys.argv[1]))) as store:
        print("open", store.server_info()["version"], flush=True)
        sys.stdin.read()
""")

_JOIN = textwrap.dedent("""
    import sys
    from pathlib import Path
    from sporhund.store import embedded
    embedded.GRACE_S = 0.2
    server = embedded.Embedded(Path(sys.argv[1]))
    server.join()
    print("open", flush=True)
    sys.stdin.read()
""")


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "GRACE_S", 0.2)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    _expect_stopped(tmp_path / "home")


@pytest.fixture
def users() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for user in started:
        user.kill()
        user.communicate()


def _use(home: Path, script: str = _USE, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    """A command in a process of its own that uses the store until its standard input ends."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*before, sys.executable, "-c", script, str(home)], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def _as_nobody(home: Path) -> subprocess.Popen[str]:
    """The same as an ordinary user, who may read everything (the interpreter may lie below /root) and write nothing of root's."""
    nobody = pwd.getpwnam("nobody")
    may_read = [
        "setpriv",
        f"--reuid={nobody.pw_uid}",
        f"--regid={nobody.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_read_search",
        "--ambient-caps=+dac_read_search",
    ]
    return _use(home, before=may_read)


def _opened(user: subprocess.Popen[str]) -> bool:
    assert user.stdout is not None
    return user.stdout.readline().startswith("open")


def _until(true: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def _expect_stopped(home: Path) -> None:
    assert _until(lambda: postmaster.find(Place(home / "database").data) is None)


def _is_free(lock: Path) -> bool:
    descriptor = locks.alone_now(lock)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def _starts(home: Path) -> int:
    return Place(home / "database").log.read_text().count("starting PostgreSQL")


def _keep(store: Store, value: str) -> None:
    with store.transaction() as rows:
        rows.execute(
            text("insert into hold (id, case_id, reason, placed_by, placed_at) values (:v, 'c', 'r', 'p', now())"),
            {"v": value},
        )


def _case(store: Store) -> None:
    with store.transaction() as rows:
        rows.execute(
            text(
                'insert into "case" (id, name, title, purpose, unit, created_at, created_by, state)'
                " values ('c', 'c', 't', 'demonstration', 'u', now(), 'p', 'open')"
            )
        )


def _kept(store: Store) -> list[str]:
    with store.reader() as rows:
        return list(rows.execute(text("select id from hold order by id")).scalars())


def test_eight_commands_that_begin_at_once_share_one_server(home: Path, users: list[subprocess.Popen[str]]) -> None:
    users += [_use(home, _JOIN) for _ in range(8)]

    assert all(_opened(user) for user in users)

    assert _starts(home) == 1


def test_the_server_stops_when_its_last_user_is_killed(home: Path, users: list[subprocess.Popen[str]]) -> None:
    users += [_use(home, _JOIN), _use(home, _JOIN)]
    assert all(_opened(user) for user in users)

    users[0].kill()
    users[0].wait()
    time.sleep(0.6)
    assert postmaster.find(Place(home / "database").data) is not None
    users[1].kill()

    _expect_stopped(home)


def test_a_killed_server_is_there_for_the_next_transaction_with_all_that_was_committed(home: Path) -> None:
    with open_store(Settings(home)) as store:
        _case(store)
        _keep(store, "before")
        server = postmaster.find(Place(home / "database").data)
        assert server is not None

        os.kill(server.pid, signal.SIGKILL)
        _until(lambda: not psutil.pid_exists(server.pid) or psutil.Process(server.pid).status() == psutil.STATUS_ZOMBIE)
        _keep(store, "after")

        assert _kept(store) == ["after", "before"]


def test_a_killed_backend_costs_one_transaction(home: Path) -> None:
    with open_store(Settings(home)) as store:
        _case(store)
        with pytest.raises(EnvironmentFault) as fault, store.transaction() as rows:
            backend = rows.execute(text("select pg_backend_pid()")).scalar_one()
            os.kill(backend, signal.SIGKILL)
            time.sleep(0.3)
            rows.execute(text("select 1"))

        assert fault.value.code == "database-down"
        _keep(store, "after")
        assert _kept(store) == ["after"]


def test_a_pid_file_whose_number_went_to_another_process_is_no_hindrance(home: Path) -> None:
    with open_store(Settings(home)) as store:
        _case(store)
        _keep(store, "kept")
    _expect_stopped(home)
    place = Place(home / "database")
    (place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{place.data}\n1\n5432\n/tmp\n\n1 1\nready\n")

    with open_store(Settings(home)) as store:
        assert _kept(store) == ["kept"]


def test_a_killed_reaper_is_replaced_by_the_next_command(home: Path, users: list[subprocess.Popen[str]]) -> None:
    users.append(_use(home, _JOIN))
    assert _opened(users[0])
    for process in psutil.process_iter(["cmdline"]):
        if (
            "sporhund.store.reaper" in (process.info["cmdline"] or [])
            and str(home / "database") in process.info["cmdline"]
        ):
            process.kill()
    place = Place(home / "database")
    assert _until(lambda: _is_free(place.reaping))

    with open_store(Settings(home)):
        pass
    users[0].kill()

    _expect_stopped(home)


def test_a_creation_that_was_killed_half_way_is_begun_anew(home: Path) -> None:
    place = Place(home / "database")
    place.unfinished.mkdir(parents=True)
    (place.unfinished / "PG_VERSION").write_text("18\n")

    with open_store(Settings(home)) as store:
        assert _kept(store) == []


def test_a_home_with_a_long_path_has_a_short_socket(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30) / "home"

    with open_store(Settings(home)) as store:
        assert store.server_info()["mode"] == "embedded"
    _expect_stopped(home)


def test_a_database_of_another_major_version_is_refused_with_what_to_do(home: Path) -> None:
    with open_store(Settings(home)):
        pass
    _expect_stopped(home)
    (Place(home / "database").data / "PG_VERSION").write_text("16\n")

    with pytest.raises(EnvironmentFault, match="made by PostgreSQL 16") as fault:
        open_store(Settings(home))

    assert fault.value.code == "database-version"
    assert "store backup" in fault.value.hint


def test_a_home_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(EnvironmentFault) as fault:
        open_store(Settings(tmp_path / "home"))

    assert fault.value.code == "home-unwritable"


def test_a_named_folder_without_a_server_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        open_store(Settings(tmp_path / "home", postgres=tmp_path))

    assert fault.value.code == "no-postgres"


@pytest.mark.skipif(not _AS_ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_needs_nothing_from_root(users: list[subprocess.Popen[str]]) -> None:
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    users.append(_as_nobody(folder / "home"))

    assert _opened(users[0])

    database = folder / "home/database"
    assert (database / "data").stat().st_uid == nobody.pw_uid
    assert database.stat().st_mode & 0o777 == 0o700
    users[0].kill()
    _expect_stopped(folder / "home")
    shutil.rmtree(folder)


@pytest.mark.skipif(not _AS_ROOT, reason="as an ordinary user the server is that user")
def test_as_root_no_folder_above_the_home_is_opened_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with open_store(Settings(closed / "home")) as store:
        assert store.server_info()["mode"] == "embedded"

    assert closed.stat().st_mode & 0o777 == 0o700
    assert (closed / "home/database/data").stat().st_uid != 0
    _expect_stopped(closed / "home")


@pytest.mark.skipif(not _AS_ROOT, reason="only root can become somebody else")
def test_a_home_of_somebody_else_is_refused_in_a_sentence(tmp_path: Path, users: list[subprocess.Popen[str]]) -> None:
    users.append(_as_nobody(tmp_path / "home"))

    _, said = users[0].communicate()

    assert "EnvironmentFault: The home" in said
    assert "Permission denied" in said
