"""Landlock: the process reads below the given places and nowhere else, writes nowhere, and opens no TCP port.

Source: Linux Documentation/userspace-api/landlock.rst. ABI 1 came with Linux 5.13; what a kernel knows is asked at run time.
"""
import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # ABI -> rights it added: refer, truncate, ioctl
_NET_RIGHTS = 0b11       # ABI 4: bind and connect of TCP
_SCOPES = 0b11           # ABI 6: abstract Unix sockets and signals of processes outside


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi(libc: ctypes.CDLL) -> int:
    """The version of Landlock in this kernel, 0 if there is none."""
    return max(0, int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))))


def confine(libc: ctypes.CDLL, readable: Iterable[Path]) -> int:
    """Restrict this thread and all it will start to reading below `readable`; returns the ABI used.

    Needs PR_SET_NO_NEW_PRIVS before. A place that does not exist is left out. Raises OSError if the kernel refuses.
    """
    version = abi(libc)
    rules = _Ruleset(
        sum(rights for since, rights in _FILE_RIGHTS.items() if since <= version),
        _NET_RIGHTS if version >= 4 else 0, _SCOPES if version >= 6 else 0,
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    for place in readable:
        _allow(libc, ruleset, place)
    _checked(libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    os.close(ruleset)
    return version


def _allow(libc: ctypes.CDLL, ruleset: int, place: Path) -> None:
    try:
        fd = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # /lib64 on some processors; what cannot be reached needs no permission
    rights = _READ_FILE | _READ_DIR if stat.S_ISDIR(os.fstat(fd).st_mode) else _READ_FILE
    rule = _Beneath(rights, fd)
    _checked(libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_RULE_PATH_BENEATH), ctypes.byref(rule),
                          ctypes.c_uint32(0)))
    os.close(fd)


def _checked(answer: int) -> int:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return answer
