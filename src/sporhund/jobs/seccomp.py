"""The system call filter of a worker, as raw BPF: a list of refusals, and a closer look at a few calls.

Needs PR_SET_NO_NEW_PRIVS before. Binds the calling thread and all threads it starts afterwards.
"""
import ctypes
import errno
import fcntl
import os
import platform
import struct

from sporhund.jobs import syscalls

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column in syscalls.py, AUDIT_ARCH_*
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16
_PR_GET_SECCOMP, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 21, 22, 2

_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SEND_SIGNALS = (fcntl.F_SETOWN, fcntl.F_SETSIG, 15)  # 15: F_SETOWN_EX; a signal to any process of this user
_TERMINAL = (0x5412, 0x541C, 0x8901, 0x8902)          # TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP

Program = list[bytes]


class Unsupported(OSError):
    """No table of system calls for this processor, or no filter in this kernel."""


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _refuse(error: int = errno.EPERM) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def _argument(index: int) -> bytes:
    return _step(_LOAD, _ARGS_AT + 8 * index)  # low word: both processors are little-endian


def _on(number: int | None, then: Program) -> Program:
    """`then` for this call; it must end in a return. Nothing where the processor has no such call."""
    return [] if number is None else [_step(_EQUAL, number, 0, len(then)), *then]


def _only_if_any_bit(index: int, bits: int) -> Program:
    return [_argument(index), _step(_ANY_BIT, bits, 0, 1), _step(_RETURN, _ALLOW), _refuse()]


def _never_if_any_bit(index: int, bits: int) -> Program:
    return [_argument(index), _step(_ANY_BIT, bits, 0, 1), _refuse(), _step(_RETURN, _ALLOW)]


def _only_values(index: int, values: tuple[int, ...]) -> Program:
    allowed = [part for value in values for part in (_step(_EQUAL, value, 0, 1), _step(_RETURN, _ALLOW))]
    return [_argument(index), *allowed, _refuse()]


def _never_values(index: int, values: tuple[int, ...]) -> Program:
    refused = [part for value in values for part in (_step(_EQUAL, value, 0, 1), _refuse())]
    return [_argument(index), *refused, _step(_RETURN, _ALLOW)]


def program(machine: str, pid: int) -> Program:
    """The filter for this processor and for the process `pid`, which may send signals to itself alone."""
    if machine not in _ARCHITECTURES:
        raise Unsupported(errno.ENOSYS, f"no system call table for {machine}")
    column, arch = _ARCHITECTURES[machine]
    number = {name: numbers[column] for name, numbers in syscalls.JUDGED.items()}
    steps = [
        _step(_LOAD, _ARCH_AT), _step(_EQUAL, arch, 1, 0), _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_AT_LEAST, syscalls.FIRST_UNKNOWN, 0, 1), _refuse(errno.ENOSYS),  # also x32, whose numbers are huge
    ]
    steps += _on(number["clone"], _only_if_any_bit(0, _CLONE_THREAD))
    steps += _on(number["clone3"], [_refuse(errno.ENOSYS)])   # flags out of reach; glibc then takes clone
    steps += _on(number["openat2"], [_refuse(errno.ENOSYS)])  # the same
    steps += _on(number["open"], _never_if_any_bit(1, _WRITING))
    steps += _on(number["openat"], _never_if_any_bit(2, _WRITING))
    steps += _on(number["kill"], _only_values(0, (pid,)))
    steps += _on(number["tgkill"], _only_values(0, (pid,)))
    steps += _on(number["prlimit64"], _only_values(0, (0, pid)))
    steps += _on(number["fcntl"], _never_values(1, _SEND_SIGNALS))
    steps += _on(number["ioctl"], _never_values(1, _TERMINAL))
    for numbers in syscalls.REFUSED.values():
        steps += _on(numbers[column], [_refuse()])
    return [*steps, _step(_RETURN, _ALLOW)]


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def available(libc: ctypes.CDLL) -> bool:
    """Whether this kernel knows filters and this processor has its table."""
    return platform.machine() in _ARCHITECTURES and libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def confine(libc: ctypes.CDLL) -> None:
    """Put the filter on this thread and all it will start. Raises Unsupported or OSError if the kernel has none."""
    steps = program(platform.machine(), os.getpid())
    text = ctypes.create_string_buffer(b"".join(steps))
    given = _Filter(len(steps), ctypes.cast(text, ctypes.c_void_p))
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(given), 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"seccomp: {os.strerror(code)}")


def holds() -> bool:
    """Whether the filter is in force, by a call that it alone refuses: /proc also counts the filter of a container."""
    try:
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    except PermissionError:
        return True
    return False
