"""The system call filter read as a rule, for both processors: a few steps of BPF are carried out here."""
import errno
import os
import struct

import pytest

from sporhund.jobs import seccomp, syscalls

_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_PID = 4711
_ALLOWED = 0x7FFF0000
_CLONE_THREAD, _SIGCHLD = 0x10000, 17

both = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


def _judge(machine: str, number: int, *arguments: int, arch: int | None = None) -> int:
    """What the filter returns for one call."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<IIQ6Q", number, _ARCH[machine] if arch is None else arch, 0, *padded)
    steps = [struct.unpack("=HBBI", step) for step in seccomp.program(machine, _PID)]
    at = value = 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        if code == 0x20:
            value = struct.unpack_from("<I", data, operand)[0]
        elif code == 0x06:
            return operand
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += yes if holds else no


def _refused(error: int) -> int:
    return 0x00050000 | error


def _number(machine: str, name: str) -> int:
    number = (syscalls.REFUSED | syscalls.JUDGED)[name][_COLUMN[machine]]
    assert number is not None
    return number


@both
def test_every_call_of_the_list_is_refused(machine: str) -> None:
    numbers = [numbers[_COLUMN[machine]] for numbers in syscalls.REFUSED.values()]

    verdicts = {number: _judge(machine, number) for number in numbers if number is not None}

    assert set(verdicts.values()) == {_refused(errno.EPERM)}
    assert len(verdicts) > 100


@both
def test_a_thread_may_be_started_and_a_process_may_not(machine: str) -> None:
    assert _judge(machine, _number(machine, "clone"), _CLONE_THREAD | 0xF00) == _ALLOWED
    assert _judge(machine, _number(machine, "clone"), _SIGCHLD) == _refused(errno.EPERM)
    assert _judge(machine, _number(machine, "clone3")) == _refused(errno.ENOSYS)


@both
def test_signals_and_limits_reach_the_worker_alone(machine: str) -> None:
    for name in ("kill", "tgkill", "prlimit64"):
        assert _judge(machine, _number(machine, name), _PID) == _ALLOWED
        assert _judge(machine, _number(machine, name), _PID + 1) == _refused(errno.EPERM)
    assert _judge(machine, _number(machine, "kill"), 2**32 - 1) == _refused(errno.EPERM)  # -1: everyone
    assert _judge(machine, _number(machine, "kill"), 0) == _refused(errno.EPERM)          # 0: the group


@both
@pytest.mark.parametrize("flags", [os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_TMPFILE | os.O_RDWR])
def test_a_file_is_opened_for_reading_or_not_at_all(machine: str, flags: int) -> None:
    assert _judge(machine, _number(machine, "openat"), 0, 0, os.O_RDONLY | os.O_CLOEXEC) == _ALLOWED
    assert _judge(machine, _number(machine, "openat"), 0, 0, flags) == _refused(errno.EPERM)


@both
def test_calls_younger_than_the_list_do_not_exist_for_a_worker(machine: str) -> None:
    assert _judge(machine, 449) == _ALLOWED
    assert _judge(machine, 450) == _refused(errno.ENOSYS)
    assert _judge(machine, 0x40000000 | 41) == _refused(errno.ENOSYS)  # the x32 twin of socket


@both
def test_a_call_in_the_numbers_of_another_processor_ends_the_worker(machine: str) -> None:
    assert _judge(machine, 0, arch=0x40000003) == 0x80000000  # 32-bit x86


def test_a_processor_without_a_table_is_unsupported() -> None:
    with pytest.raises(seccomp.Unsupported):
        seccomp.program("riscv64", _PID)
