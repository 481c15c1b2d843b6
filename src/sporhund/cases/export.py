"""Write the findings of a case as CSV and JSON, with a manifest of digests. No name or text of the evidence can run in them."""
import contextlib
import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.cases import findings, rules
from sporhund.cases.model import Case, Exported
from sporhund.cases.service import find
from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.evidence import account
from sporhund.evidence.model import FileStatus
from sporhund.store.service import Store

PAGE = 1000
MANIFEST = "manifest.json"
"""Written last: a folder without it holds no whole export."""
LISTS = ("files", "media", "tracks")
Crop = Callable[[findings.Item, Path], str | None]
"""Writes the picture of a track's best shot to a path (PNG), or says why there is none. Pictures are made in a confined
worker, further up."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list of a room above this one, to be written beside the findings."""

    name: str
    columns: Sequence[str]             #: of the spreadsheet; the JSON lines hold the whole items
    items: Iterable[findings.Item]
    withheld: Sequence[str] = ()       #: what its reader may not see now, in sentences: they stand in the manifest


Further = Callable[[Connection], Sequence[Sheet]]


def nothing_further(rows: Connection) -> Sequence[Sheet]:
    return ()


FILES = ("exhibit", "path", "path_bytes", "state", "code", "reason", "medium")
MEDIA = ("id", "sha256", "sha1", "md5", "bytes", "kind", "type", "state", "code", "reason", "width", "height", "duration",
         "stated.time", "stated.time_origin", "stated.zone", "stated.latitude", "stated.longitude", "stated.device",
         "coverage.decoded_frames", "coverage.sampled_frames")
TRACKS = ("id", "medium", "path", "kind", "class", "shot", "from", "to", "observations", "best.t", "best.box", "best.score",
          "quality", "comparable", "reason", "run")


def export(
    name: str, out: Path, *, crop: Crop | None = None, further: Further = nothing_further, store: Store, keys: Keys,
    clock: Clock, actor: Actor,
) -> list[Exported]:
    """Write files, media and tracks to a folder that is new or empty; what was written, the manifest last.

    Lists are JSON lines (`.jsonl`) and CSV (UTF-8 with a mark, for spreadsheets). crop: also a picture of each track's best
    shot. further: lists of other rooms beside them, of the same moment as these. The audit says what will be written before
    anything leaves the case, and what came of it with its digest.
    Raises WrongUsage `folder-not-empty`, `unfinished-export`, `unknown-case`; EnvironmentFault `cannot-write`.
    """
    with store.transaction() as rows:
        case = find(rows, name)

    def say(outcome: str, **more: object) -> None:
        with store.transaction() as rows:
            audit.record(rows, action="export", outcome=outcome, actor=actor, at=clock.now(), keys=keys, case_id=case.id,
                         payload={"to": str(out), "crops": crop is not None, **more})

    with _writing(out):
        _make_ready(out)
    with store.snapshot() as rows:
        beside = further(rows)
        say("done", step="begins", lists=[*LISTS, *(sheet.name for sheet in beside)])
        with _told(say), _writing(out):
            written = _write_lists(rows, case, out)
            written += [one for sheet in beside for one in _write(out, sheet.name, sheet.columns, sheet.items)]
            found = list(_tracks(rows, case.id)) if crop else []
    with _told(say), _writing(out):          # pictures take hours, and no snapshot is held for so long
        pictures, without = _write_crops(found, out, crop) if crop else ([], {})
        written += pictures
        withheld = [said for sheet in beside for said in sheet.withheld]
        manifest = _manifest(case, written, without, withheld, at=clock.now().isoformat(), by=actor.name)
        say("done", step="ends", files=len(written) + 1, manifest=hashlib.sha256(manifest).hexdigest())
        written.append(_put(out / MANIFEST, manifest))
    return written


@contextlib.contextmanager
def _told(say: Callable[..., None]) -> Iterator[None]:
    """Where it breaks off, the audit says so."""
    try:
        yield
    except BaseException as fault:   # also where somebody stops it: what was written lies there
        say("failed", step="breaks off", reason=type(fault).__name__)
        raise


def withheld(out: Path) -> list[str]:
    """What a finished export leaves out, in sentences."""
    return list(json.loads((out / MANIFEST).read_text("utf-8"))["withheld"])


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise EnvironmentFault(
            "cannot-write", f"{out} cannot be written: {fault.strerror}.", "Check the disk and its rights.") from fault


def _make_ready(out: Path) -> None:
    """A new or empty folder. Raises WrongUsage where there is something in it."""
    out.mkdir(parents=True, exist_ok=True)
    inside = {one.name for one in out.iterdir()}
    if f"{LISTS[0]}.jsonl" in inside and MANIFEST not in inside:
        raise WrongUsage("unfinished-export", f"{out} holds an export that was broken off: its lists may not be whole.",
                         "Delete that folder, or name a new one.")
    if inside:
        raise WrongUsage("folder-not-empty", f"{out} is not empty.", "Name a new folder: an export never overwrites.")


def _write_lists(rows: Connection, case: Case, out: Path) -> list[Exported]:
    listed: tuple[tuple[Sequence[str], Iterable[findings.Item]], ...] = (
        (FILES, (file_item(file) for file in account.each_file(rows, case.id))),
        (MEDIA, _every(lambda after: findings.media(rows, case.id, limit=PAGE, after=after))),
        (TRACKS, _tracks(rows, case.id, observations=True)),
    )
    return [one for name, (columns, items) in zip(LISTS, listed, strict=True) for one in _write(out, name, columns, items)]


def file_item(file: FileStatus) -> findings.Item:
    """One file of the account, as `status --files` prints it."""
    return {
        **findings.path_fields(file.path), "exhibit": file.exhibit, "state": file.state.value, "code": file.code,
        "reason": file.reason, "medium": file.medium, "looks": dict(file.looks),
    }


def _tracks(rows: Connection, case_id: str, *, observations: bool = False) -> Iterator[findings.Item]:
    return _every(lambda after: findings.tracks(rows, case_id, observations=observations, limit=PAGE, after=after))


def _every(page: Callable[[str | None], findings.Item]) -> Iterator[findings.Item]:
    after: str | None = None
    while True:
        found = page(after)
        yield from found["items"]
        after = found["next"]
        if after is None:
            return


def _write(out: Path, name: str, columns: Sequence[str], items: Iterable[findings.Item]) -> list[Exported]:
    """The same items twice, line by line: for programs and for spreadsheets."""
    lines, sheet = out / f"{name}.jsonl", out / f"{name}.csv"
    with open(lines, "x", encoding="utf-8") as plain, open(sheet, "x", encoding="utf-8-sig", newline="") as cells:
        table = csv.writer(cells)
        table.writerow(columns)
        for item in items:
            plain.write(json.dumps(item) + "\n")
            table.writerow([rules.cell(_value(item, column)) for column in columns])
    return [_said(lines), _said(sheet)]


def _value(item: findings.Item, column: str) -> Any:
    value: Any = item
    for name in column.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return " ".join(f"{part:g}" for part in value) if isinstance(value, list | tuple) else value


def _write_crops(
    tracks: Sequence[findings.Item], out: Path, crop: Crop,
) -> tuple[list[Exported], dict[str, str]]:
    """The pictures written, and for each track without one the reason."""
    folder = out / "crops"
    folder.mkdir()
    written, without = [], {}
    for track in tracks:
        picture = folder / f"{track['id']}.png"
        reason = crop(track, picture)
        if reason is None:
            written.append(_said(picture, below=out))
        else:
            without[track["id"]] = reason
    return written, without


def _manifest(
    case: Case, written: Sequence[Exported], without: Mapping[str, str], withheld: Sequence[str], *, at: str, by: str,
) -> bytes:
    said = {
        "case": case.name, "title": case.title, "purpose": case.purpose, "demonstration": case.purpose == "demonstration",
        "exported_at": at, "exported_by": by,
        "files": [{"name": one.name, "sha256": one.sha256, "bytes": one.bytes} for one in written],
        "without_picture": dict(without), "withheld": list(withheld),
    }
    return json.dumps(said, indent=2, ensure_ascii=False).encode()


def _put(path: Path, content: bytes) -> Exported:
    with open(path, "xb") as file:
        file.write(content)
    return _said(path)


def _said(path: Path, *, below: Path | None = None) -> Exported:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Exported(str(path.relative_to(below or path.parent)), digest, path.stat().st_size)
