"""Nouns of the rooms as documents of the contract: plain dicts, ready for JSON."""
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sporhund.cases import findings
from sporhund.cases.model import Case as CaseRow
from sporhund.evidence.model import Account, Camera, FileStatus
from sporhund.packs.model import Installed

Document = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    """ISO 8601 UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def summary(payload: Mapping[str, object] | None) -> str:
    """The payload in one line, for a table."""
    if payload is None:
        return "erased"
    return ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in payload.items()
                     if value not in (None, [], {}) and not name.startswith("actor_"))[:160]


def _short(value: object) -> str:
    """As people write it: no brackets, no digits that nobody measured."""
    match value:
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case Mapping():
            return " ".join(f"{name}={_short(one)}" for name, one in value.items())
        case list() | tuple():
            return " ".join(_short(one) for one in value)
    return str(value)


def file_counts(came_to: Account) -> Document:
    return {name: getattr(came_to, name) for name in ("seen", "analysed", "partly", "duplicate", "skipped", "failed", "waiting")}


def case_item(case: CaseRow) -> Document:
    return {"case": case.name, "id": case.id, "title": case.title, "purpose": case.purpose, "unit": case.unit,
            "state": case.state, "ends": day(case.ends), "created": moment(case.created_at), "created_by": case.created_by}


def camera_item(camera: Camera) -> Document:
    return {"camera": camera.id, "name": camera.name, "place": camera.place, "owner": camera.owner,
            "overwritten_on": day(camera.overwritten_on), "files": camera.files, "asked_on": day(camera.asked_on),
            "received_on": day(camera.received_on)}


def pack_item(pack: Installed) -> Document:
    manifest = pack.manifest
    roles: Document = {}
    if manifest is not None:
        for role, part in (("face-detector", manifest.faces), ("object-detector", manifest.objects)):
            if part is not None:
                roles[role] = {"file": part.file, "layout": part.layout}
        if manifest.embedders:
            embedders = manifest.embedders
            roles["face-embedder"] = {"files": [e.file for e in embedders], "dimensions": sum(e.dimensions for e in embedders)}
    return {
        "pack": pack.label, "version": manifest.version if manifest else None, "roles": roles, "state": pack.state,
        "licence": manifest.licence if manifest else None, "training_data": manifest.training_data if manifest else None,
        "source": manifest.source if manifest else None, "notes": manifest.notes if manifest else None}
def trouble(file: FileStatus) -> Document:
    return {**findings.path_fields(file.path), "state": file.state.value, "code": file.code, "reason": file.reason}




def trouble_of_copy(path: bytes, state: str, code: str, reason: str) -> Document:
    """A duplicate of a content that could not be read, or only partly: the loss does not go under with it."""
    said = f"the same bytes as another file, which is {state}: {reason}"
    return {**findings.path_fields(path), "state": "duplicate", "code": code, "reason": said}
