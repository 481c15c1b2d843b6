"""What workers on this machine can be kept from, found out by starting one that tries."""
import json
import os
from typing import Any

from sporhund.errors import EnvironmentFault
from sporhund.jobs.local import Ending, Level, Task, Workers

_WORST = 3
_SECONDS = 30


def sandbox_report() -> dict[str, Any]:
    """{"level", "landlock_abi", "seccomp", "namespaces", "refused", "possible", "detail", "advice"} for `sporhund doctor`.

    level: 1 to 3, see jobs.confine; 0 if no worker could be started. refused, possible: what a worker tried. detail, advice:
    sentences for a person; advice is empty at level 1.
    """
    try:
        with Workers("sporhund.jobs.probe", count=1, config=str(os.getpid()).encode(), allow_level=_WORST) as workers:
            workers.submit(Task("probe", b"", _SECONDS, list))
            outcome = workers.wait()
            level = workers.level
    except EnvironmentFault as fault:
        return _report(Level(0, fault.message, 0, False, False), {}, fault.hint)
    if outcome is None or outcome.ending is not Ending.DONE:
        return _report(level, {}, f"The probe did not finish: {outcome.detail if outcome else 'no answer'}.")
    tried: dict[str, str | None] = json.loads(outcome.reply)
    return _report(level, tried, _advice(level, [name for name, refusal in tried.items() if refusal is None]))


def _report(level: Level, tried: dict[str, str | None], advice: str) -> dict[str, Any]:
    return {
        "level": level.number, "landlock_abi": level.landlock, "seccomp": level.seccomp, "namespaces": level.namespaces,
        "refused": {name: refusal for name, refusal in tried.items() if refusal is not None},
        "possible": [name for name, refusal in tried.items() if refusal is None],
        "detail": level.text, "advice": advice,
    }


def _advice(level: Level, possible: list[str]) -> str:
    """What to do so that more holds."""
    parts = []
    if possible:
        parts.append(f"A worker could still {', '.join(possible)}.")
    if not level.landlock:
        parts.append("Use a kernel with Landlock (Linux 5.13 or newer, `landlock` in the kernel's lsm= list).")
    if not level.seccomp:
        parts.append("Use a kernel with seccomp filters (x86_64, aarch64); in a container, a profile that allows them.")
    if not level.namespaces:
        parts.append("Allow unprivileged user namespaces to give workers a network of their own; theirs is closed by the "
                     "system call filter." if level.seccomp else "Allow unprivileged user namespaces.")
    return " ".join(parts)
