"""Is this machine fit for work? Database, who may reach whom, sandbox, packs, runtime, disk."""
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sporhund.actor import Clock
from sporhund.errors import SporhundError
from sporhund.jobs.doctor import sandbox_report
from sporhund.packs import install
from sporhund.packs.network import runtime_label
from sporhund.settings import Settings
from sporhund.store.service import open_store

ROOM_BYTES = 5_000_000_000
"""Less free disk than this is worth a warning: findings are small, archive members are not."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    state: str             #: ok | degraded | failed | not-yet
    detail: str
    advice: str = ""


def examine(settings: Settings, clock: Clock) -> dict[str, Any]:
    """Every check, and the facts behind them. Never raises: what cannot be looked at has failed, and says so."""
    checks: list[Check] = []
    database = looked(checks, "database", lambda: check_database(settings))
    sandbox = looked(checks, "sandbox", check_sandbox)
    packs = looked(checks, "packs", lambda: check_packs(settings))
    looked(checks, "runtime", check_runtime)
    looked(checks, "disk", lambda: check_disk(settings))
    return {
        "checks": [vars_of(check) for check in checks], "packs": packs or [], "sandbox": sandbox or {},
        "database": database or {}, "at": clock.now().isoformat()}


def vars_of(check: Check) -> dict[str, str]:
    return {"name": check.name, "state": check.state, "detail": check.detail, "advice": check.advice}


def looked(checks: list[Check], name: str, look: Callable[[], tuple[list[Check], Any]]) -> Any:
    """The facts of one look; its checks are added."""
    try:
        found, facts = look()
    except (SporhundError, OSError) as exc:
        message, hint = (exc.message, exc.hint) if isinstance(exc, SporhundError) else (str(exc), "")
        checks.append(Check(name, "failed", message, hint))
        return None
    checks.extend(found)
    return facts


def check_database(settings: Settings) -> tuple[list[Check], Any]:
    with open_store(settings) as store:
        info = store.server_info()
    embedded = info["mode"] == "embedded"
    said = f"PostgreSQL {info['version']}, {'embedded' if embedded else 'server'}, schema {info['schema']}"
    roles_ok = info["roles"] == "ok"
    return [
        Check("database", "ok", said),
        Check("separation", "degraded" if embedded or not roles_ok else "ok", info["separation"],
              "Keeping people apart needs a server that somebody else runs: SPORHUND_DATABASE_URL." if embedded else
              "" if roles_ok else "Let the named account create roles."),
    ], info


def check_sandbox() -> tuple[list[Check], Any]:
    report = sandbox_report()
    state = {0: "failed", 1: "ok", 2: "degraded"}.get(report["level"], "failed")
    return [Check("sandbox", state, report["detail"], report["advice"])], report


def check_packs(settings: Settings) -> tuple[list[Check], Any]:
    packs = install.list_packs(settings.models)
    checks = []
    for pack in packs:
        if pack.state == "ok" and pack.manifest is not None:
            checks.append(Check(f"pack {pack.label}", "ok", f"{pack.manifest.licence}; trained on {pack.manifest.training_data}"))
        elif pack.state == "not built":
            advice = "It is built when first needed, or now: sporhund models pull base"
            checks.append(Check(f"pack {pack.label}", "degraded", "not built yet", advice))
        else:
            checks.append(Check(f"pack {pack.label}", "failed", pack.state, "Bring it again: sporhund models import PATH"))
    return checks, [{"pack": pack.label, "state": pack.state} for pack in packs]


def check_runtime() -> tuple[list[Check], Any]:
    import onnxruntime

    cuda = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    return [Check("runtime", "ok", runtime_label("cpu") + (" (CUDA is there, and not used)" if cuda else ""))], None


def check_disk(settings: Settings) -> tuple[list[Check], Any]:
    place = settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    state = "ok" if free > ROOM_BYTES else "degraded"
    advice = "" if state == "ok" else "Make room before a large exhibit."
    return [Check("disk", state, f"{free / 1e9:.1f} GB free at {settings.home}", advice)], None
