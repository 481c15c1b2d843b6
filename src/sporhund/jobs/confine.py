"""Confining a fresh process, step by step, and reading back what holds.

1  Landlock (files), system call filter, own user and network namespace
2  system call filter, with or without one of the other two
3  resource limits, no new privileges, no capabilities, and `nobody` where root can step down

Order matters: everything binds the one thread there is and its later children; a thread that already runs stays free. So it
is done before numpy, av and onnxruntime are imported. Measured: these import, decode and infer under level 1.
"""
import ctypes
import os
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sporhund.jobs import landlock, seccomp

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_NEW_USER, _NEW_NET, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_READ_ANY = 1 << 2  # CAP_DAC_READ_SEARCH
_OPEN_FILES = 256
_NOBODY = 65534     # no entry in the list of users needed
_ALL = "files, network, programs and other processes are out of reach"
_SYSTEM = (
    "/lib", "/usr/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
    "/sys/devices/system/cpu", "/dev/null", "/dev/urandom",
)


@dataclass(frozen=True, slots=True)
class Level:
    """How firmly a worker is held, as read back from inside it."""

    number: int            #: 1 all of it, 2 system call filter, 3 limits only
    text: str              #: for a person, with what is missing and why
    landlock: int          #: ABI in force, 0 none
    seccomp: bool
    namespaces: bool       #: own user and network namespace


def confine(readable: Sequence[Path], address_space: int) -> Level:
    """Confine this process for good and say how firmly. address_space: bytes. One thread, before any heavy import."""
    libc = ctypes.CDLL(None, use_errno=True)
    network = _network()
    _limit(address_space)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    if not seccomp.available(libc):
        _step_down()
    places = [*_installed(), *readable]
    kept = _READ_ANY if _only_root_reads(libc, places) else 0
    missing = _tried({"own namespaces": lambda: _unshare(libc, _NEW_NET | _NEW_IPC | (0 if kept else _NEW_USER))})
    _set_capabilities(libc, kept, kept)
    missing |= _tried({
        "Landlock": lambda: landlock.confine(libc, places),
        "system call filter": lambda: seccomp.confine(libc),
    })
    return _read_back(libc, network, missing)


def close_memory() -> None:
    """Keep other processes of the same user, such as a worker without Landlock, from reading the memory of this one."""
    _prctl(ctypes.CDLL(None, use_errno=True), _PR_SET_DUMPABLE, 0)


def _tried(steps: dict[str, Callable[[], object]]) -> dict[str, str]:
    """Take each step; those that this kernel refuses, with its reason."""
    missing = {}
    for name, step in steps.items():
        try:
            step()
        except OSError as refused:
            missing[name] = refused.strerror or str(refused)
    return missing


def _read_back(libc: ctypes.CDLL, network: Path, missing: dict[str, str]) -> Level:
    """What holds now, by looking and not by remembering."""
    filtered = seccomp.holds()
    files = landlock.abi(libc) if not _may_list(Path("/")) else 0
    alone = _network() != network
    number = 3 if not filtered else 1 if files and alone else 2
    lacking = "; ".join(f"no {name} ({why})" for name, why in missing.items())
    return Level(number, f"level {number}: {lacking or _ALL}", files, filtered, alone)


def _network() -> Path:
    return Path("/proc/self/ns/net").readlink()


def _may_list(place: Path) -> bool:
    try:
        next(place.iterdir(), None)
    except OSError:
        return False
    return True


def _installed() -> list[Path]:
    """Where the interpreter, the libraries and this package lie; also of an installation that points to its sources."""
    package = Path(__file__).resolve().parents[1]
    places = [Path(sys.prefix), Path(sys.base_prefix), package, *map(Path, sys.path), *map(Path, _SYSTEM)]
    return [place for place in places if place.is_absolute() and place != Path("/")]


def _limit(address_space: int) -> None:
    """Limits that also hold where the kernel has no sandbox. Threads stay bounded by the address space of their stacks:
    RLIMIT_NPROC would count all processes of the user."""
    for what, limit in (
        (resource.RLIMIT_AS, address_space), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES), (resource.RLIMIT_MEMLOCK, 0),
    ):
        hard = resource.getrlimit(what)[1]
        lower = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (lower, lower))


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def _unshare(libc: ctypes.CDLL, what: int) -> None:
    if libc.unshare(ctypes.c_int(what)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _only_root_reads(libc: ctypes.CDLL, places: Sequence[Path]) -> bool:
    """Whether these places can be read by the privileges of root alone: an installation below another user's closed home.

    Then the worker keeps the one capability to read (what it may read stays with Landlock), and no user namespace, which ends it.
    """
    if os.geteuid() != 0:
        return False
    needed = [place for place in places if place.exists()]
    permitted = _permitted(libc)
    _set_capabilities(libc, 0, permitted)
    readable = all(os.access(place, os.R_OK, effective_ids=True) for place in needed)
    _set_capabilities(libc, permitted, permitted)
    return not readable


def _permitted(libc: ctypes.CDLL) -> int:
    words = (ctypes.c_uint32 * 6)()
    if libc.capget(_capability_header(), words) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"capget: {os.strerror(code)}")
    return words[1] | words[4] << 32


def _set_capabilities(libc: ctypes.CDLL, effective: int, permitted: int) -> None:
    """With none of them root is still the owner of its files, but no longer master of the machine."""
    low, high = 0xFFFFFFFF, 32
    words = (effective & low, permitted & low, 0, effective >> high, permitted >> high, 0)
    if libc.capset(_capability_header(), (ctypes.c_uint32 * 6)(*words)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"capset: {os.strerror(code)}")


def _capability_header() -> ctypes.Array[ctypes.c_uint32]:
    return (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process


def _step_down() -> None:
    """Become `nobody` where this is root and nobody can read the installation; else stay (without capabilities)."""
    if os.geteuid() != 0:
        return
    needed = [place for place in _installed() if place.is_dir()]
    os.setegid(_NOBODY)
    os.seteuid(_NOBODY)
    reaches = all(os.access(place, os.R_OK, effective_ids=True) for place in needed)
    os.seteuid(0)
    os.setegid(0)
    if reaches:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
