"""What a worker can and cannot do, tried from inside it."""
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sporhund.errors import EnvironmentFault
from sporhund.jobs import doctor
from sporhund.jobs.local import Ending, Outcome, Workers

Start = Callable[..., Workers]
Ask = Callable[..., Outcome]


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    """One worker for all attempts: none of them should change it."""
    with Workers("targets", count=1, config=b"", modules=[Path(__file__).parent]) as workers:
        yield workers


def _needs(pool: Workers, what: str) -> None:
    if not getattr(pool.level, what):
        pytest.skip(f"this kernel holds workers without {what}: {pool.level.text}")


def test_nothing_that_the_probe_tries_is_possible(start: Start, ask: Ask) -> None:
    pool = start("sporhund.jobs.probe", config=str(os.getpid()).encode())
    _needs(pool, "landlock")
    _needs(pool, "seccomp")

    tried = json.loads(ask(pool, "").reply)

    assert len(tried) >= 9
    assert [name for name, refusal in tried.items() if refusal is None] == []


def test_the_probe_finds_everything_possible_where_nothing_is_confined() -> None:
    """The control: its refusals mean something."""
    script = "import os; from sporhund.jobs.probe import serve; print(serve(str(os.getpid()).encode())(b'', []).decode())"

    tried = json.loads(subprocess.check_output([sys.executable, "-c", script]))

    assert {name: refusal for name, refusal in tried.items() if refusal is not None} == {}


@pytest.mark.parametrize("attempt", [
    "chmod given file", "signal by descriptor", "limit of parent", "priority of parent", "more memory", "unlink", "mkdir",
    "memory file", "io_uring", "clone3", "a call of tomorrow", "write installation", "write given file",
])
def test_the_system_call_filter_refuses(pool: Workers, ask: Ask, tmp_path: Path, attempt: str) -> None:
    (tmp_path / "given").write_bytes(b"evidence")
    _needs(pool, "seccomp")

    refusal = ask(pool, f"try {attempt}", tmp_path / "given")

    assert refusal.reply != b"", f"{attempt} was possible"
    assert (tmp_path / "given").read_bytes() == b"evidence"


@pytest.mark.parametrize("attempt", ["read from a thread", "parent's environment"])
def test_landlock_refuses(pool: Workers, ask: Ask, attempt: str) -> None:
    _needs(pool, "landlock")

    assert ask(pool, f"try {attempt}").reply == b"Permission denied"


@pytest.mark.parametrize("attempt", ["thread", "installation"])
def test_a_worker_can_still(pool: Workers, ask: Ask, attempt: str) -> None:
    assert ask(pool, f"try {attempt}").reply == b""


def test_a_worker_starts_with_nothing_of_its_parents(start: Start, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORHUND_DATABASE_URL", "postgresql://secret")

    about = json.loads(ask(start(), "about").reply)

    assert "secret" not in str(about["environment"])
    assert "HOME" not in about["environment"]
    assert about["environment"]["ORT_DISABLE_TELEMETRY"] == "1"
    assert (about["session"], about["cwd"], about["core"]) == (about["pid"], "/", [0, 0])


def test_a_worker_has_no_database_driver_however_much_it_loads(start: Start, ask: Ask) -> None:
    outcome = ask(start(), "databases model frame runtime decode probe sample line detect align embed look")

    assert (outcome.ending, outcome.detail) == (Ending.DONE, "")
    loaded = json.loads(outcome.reply)
    assert loaded["drivers"] == []
    assert "sporhund.media.frame" in loaded["rooms"]


def test_a_worker_confined_less_firmly_than_allowed_is_refused() -> None:
    with pytest.raises(EnvironmentFault, match="level 0 is required") as fault:
        Workers("targets", count=1, config=b"", modules=[Path(__file__).parent], allow_level=0)

    assert fault.value.code == "sandbox-too-weak"


_WEAKER_KERNEL = """
import ctypes, errno, json, os, platform, sys
from sporhund.jobs import doctor, seccomp
libc = ctypes.CDLL(None, use_errno=True)
column = seccomp._ARCHITECTURES[platform.machine()][0]
steps = [seccomp._step(seccomp._LOAD, 0)]
if "landlock" in sys.argv:
    steps += seccomp._on(444, [seccomp._refuse(errno.ENOSYS)])
if "namespaces" in sys.argv:
    steps += seccomp._on((272, 97)[column], [seccomp._refuse(errno.EPERM)])
if "seccomp" in sys.argv:
    steps += seccomp._on((157, 167)[column], seccomp._never_values(0, (21, 22)))
steps.append(seccomp._step(seccomp._RETURN, seccomp._ALLOW))
text = ctypes.create_string_buffer(b"".join(steps))
given = seccomp._Filter(len(steps), ctypes.cast(text, ctypes.c_void_p))
assert libc.prctl(38, ctypes.c_ulong(1), 0, 0, 0) == 0
assert libc.prctl(22, ctypes.c_ulong(2), ctypes.byref(given), 0, 0) == 0
print(json.dumps(doctor.sandbox_report()))
"""


@pytest.mark.parametrize(("missing", "level", "possible"), [
    ((), 1, set()),
    (("namespaces",), 2, set()),
    (("landlock",), 2, {"read another file", "list a folder"}),
    (("landlock", "namespaces"), 2, {"read another file", "list a folder"}),
])
def test_a_kernel_that_can_less_is_used_as_far_as_it_goes(missing: tuple[str, ...], level: int, possible: set[str]) -> None:
    """Kernels without Landlock or user namespaces are played by an outer filter."""
    here = doctor.sandbox_report()["level"]
    if here > level:
        pytest.skip(f"this machine itself reaches level {here} only: in a container or chroot there are no user namespaces")
    report = json.loads(subprocess.check_output([sys.executable, "-c", _WEAKER_KERNEL, *missing]))

    assert (report["level"], set(report["possible"])) == (level, possible), report
    assert bool(report["advice"]) == bool(missing)


def test_without_a_system_call_filter_the_level_is_three_and_the_report_says_so() -> None:
    report = json.loads(subprocess.check_output([sys.executable, "-c", _WEAKER_KERNEL, "landlock", "namespaces", "seccomp"]))

    assert (report["level"], report["seccomp"], report["landlock_abi"]) == (3, False, 0)
    assert "run a program" in report["possible"]
    assert "seccomp filters" in report["advice"]


def test_the_report_of_doctor_agrees_with_the_pool(start: Start) -> None:
    report, level = doctor.sandbox_report(), start().level

    assert (report["level"], report["landlock_abi"], report["seccomp"]) == (level.number, level.landlock, level.seccomp)
    assert report["detail"] == level.text
