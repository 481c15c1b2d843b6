"""What a user can do with background work in a case, and the runner that a server starts."""
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sporhund.actor import Actor
from sporhund.api import training
from sporhund.api.choices import parse_time, wanted_kinds
from sporhund.api.documents import Document, moment, trouble
from sporhund.cases import findings
from sporhund.errors import SporhundError, WrongUsage
from sporhund.evidence import account
from sporhund.evidence.model import State as FileState
from sporhund.evidence.names import shown
from sporhund.review.model import KINDS
from sporhund.work import intake, live, rules, runner, service, unsent, uploads
from sporhund.work.model import Asked, Focus, Kind, State, Upload, Work
from sporhund.work.runner import Told

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.home import Sporhund


class Works:
    """`case.work`: analyses in the background, and files that are uploaded for them."""

    def __init__(self, case: "Case") -> None:
        self._case, self._hands, self._store = case, case.place.hands, case.place.store

    @property
    def uploads(self) -> "Uploads":
        return Uploads(self._case)

    def ask(
        self, paths: Sequence[str | bytes | Path] = (), *, batch: str | None = None, exhibit: str | None = None,
        mode: str = "normal", find: Sequence[str] = (), pack: str = "base", around: str | None = None, within_s: float = 1800.0,
        camera: str | None = None, focus_camera: str | None = None,
    ) -> Document:
        """Have everything below `paths`, and of a batch of uploads, looked through in the background, behind what waits already.

        around, within_s, focus_camera: what is looked at first.   `left_out` of the answer: files of the batch that never came.
        Raises WrongUsage for choices that there are not; Refused `outside-intake` for a place this server may not read,
        `upload-under-way` while files of the batch are still coming.
        """
        if find:
            wanted_kinds(find)
        named, left_out = [os.fsencode(path) for path in paths], 0
        if batch is not None:
            folder, left_out = uploads.folder(self._case.id, batch, store=self._store)
            named.append(folder)
        if focus_camera is not None and around is None:
            raise WrongUsage("bad-focus", "A camera alone is no time to look at first.", "Give the time as well.")
        focus = _focus(around, within_s, focus_camera)
        asked = Asked(Kind.ANALYSE, tuple(named), exhibit, mode, tuple(find), pack, camera, focus)
        return work_item(service.ask(self._case.id, asked, **self._hands)) | {"left_out": left_out}

    def list(self) -> Sequence[Document]:
        """What runs, what waits in its order, what is paused, and the newest of what is over."""
        return [work_item(work) for work in service.list_works(self._case.id, store=self._store)]

    def show(self, work: str) -> Document:
        return work_item(service.show(self._case.id, work, store=self._store))

    def pause(self, work: str) -> Document:
        """Stop it within seconds; `resume` goes on from there. Raises Refused `work-state`, as all of these do."""
        return work_item(service.pause(self._case.id, work, **self._hands))

    def resume(self, work: str) -> Document:
        return work_item(service.resume(self._case.id, work, **self._hands))

    def cancel(self, work: str) -> Document:
        """Stop it for good; what is finished is kept."""
        return work_item(service.cancel(self._case.id, work, **self._hands))

    def retry(self, work: str) -> Document:
        """Once more: what was not finished, and files that were not to be had."""
        return work_item(service.retry(self._case.id, work, **self._hands))

    def move(self, work: str, *, before: str | None = None) -> Sequence[Document]:
        """Another order among those that wait; None: last of them. As `list` then."""
        return [work_item(one) for one in service.move(self._case.id, work, before=before, **self._hands)]

    def focus(
        self, work: str, *, around: str | None, within_s: float = 1800.0, camera: str | None = None,
    ) -> Document:
        """What is looked at first from now on, while it runs too; around None: nothing in particular."""
        return work_item(service.focus(self._case.id, work, _focus(around, within_s, camera), **self._hands))

    def troubles(self, work: str, *, limit: int = 100, after: str | None = None) -> Document:
        """Files of its exhibit that could not be read, or only partly, each with its reason."""
        found = service.show(self._case.id, work, store=self._store)
        label = exhibit_of(found.asked)
        with self._store.reader() as rows:
            exhibits = {one.label: one.id for one in account.exhibits(rows, self._case.id)}
            if label not in exhibits:
                return {"items": [], "next": None}
            page = account.status_files(rows, self._case.id, exhibit=exhibits[label], limit=limit, after=after,
                                        states=(FileState.FAILED, FileState.PARTLY))
        return {"items": [trouble(file) for file in page.items], "next": page.next}

    def news(self, told: dict[str, Work]) -> Sequence[Document]:
        """Works that changed since `told`, which the caller keeps: begin with {}. One short query, for a loop of one's own."""
        return [work_item(work) for work in live.news(self._case.id, told, store=self._store)]

    def browse(self, path: str | bytes | None = None) -> Document:
        """What lies in a folder that this server may read; None: the folders that an administrator named."""
        self._case.place.check("work", self._case.id)
        found = intake.browse(os.fsencode(path) if path is not None else None, self._case.place.settings)
        return {"path": shown(found.path) if found.path is not None else None,
                "above": shown(found.above) if found.above is not None else None, "more": found.more,
                "items": [{"name": shown(one.name), "path": shown(one.path), "kind": one.kind, "bytes": one.bytes}
                          for one in found.entries]}


class Uploads:
    """`case.work.uploads`: files that come through the browser. Those of one batch are taken in as one folder: `ask(batch=…)`."""

    def __init__(self, case: "Case") -> None:
        self._case, self._hands, self._store = case, case.place.hands, case.place.store

    def new_batch(self) -> str:
        return uploads.new_batch()

    def begin(self, batch: str, name: str | bytes, size: int) -> Document:
        """Announce a file: `upload` of the answer is what its bytes are sent to. name: its path within what was chosen."""
        return upload_item(uploads.begin(self._case.id, batch, os.fsencode(name), size, **self._hands))

    def receive(self, upload: str) -> AbstractContextManager[uploads.Receiving]:
        """`with … as into: into.take(block)`; at the end the file is whole, or broken and removed. See work.uploads.receive."""
        return uploads.receive(self._case.id, upload, **self._hands)

    def give_up(self, upload: str) -> Document:
        """A file that was announced will not come. Raises Refused `upload-under-way` while it does."""
        return upload_item(unsent.give_up(self._case.id, upload, **self._hands))

    def show(self, upload: str) -> Document:
        return upload_item(uploads.show(self._case.id, upload, store=self._store))

    def list(self, batch: str) -> Sequence[Document]:
        """The files of a batch by name, each with how it stands."""
        return [upload_item(one) for one in uploads.list_batch(self._case.id, batch, store=self._store)]


def upload_item(upload: Upload) -> Document:
    return {"upload": upload.id, "batch": upload.batch, **findings.path_fields(upload.name), "bytes": upload.size,
            "received": upload.received, "sha256": upload.sha256.hex() if upload.sha256 else None, "state": upload.state.value,
            "at": moment(upload.at)}


def _focus(around: str | None, within_s: float, camera: str | None) -> Focus | None:
    if around is None:
        return None
    parse_time(around, zoneless=True)
    return Focus(around, within_s, camera)


def exhibit_of(asked: Asked) -> str:
    """The label under which its files are taken in."""
    from sporhund.api.analyse import label_of

    return asked.exhibit or (label_of(asked.paths[0]) if asked.paths else training.EXHIBIT)


def work_item(work: Work) -> Document:
    asked = work.asked
    return {
        "work": work.id, "kind": asked.kind.value, "paths": [findings.path_fields(path) for path in asked.paths],
        "exhibit": exhibit_of(asked), "mode": asked.mode, "find": list(asked.find or KINDS), "pack": asked.pack,
        "camera": asked.camera, "focus": asdict(asked.focus) if asked.focus else None, "state": work.state.value,
        "wish": work.wish.value if work.wish else None, "by": work.actor.name, "asked_at": moment(work.at),
        "started_at": moment(work.started_at), "ended_at": moment(work.ended_at),
        "progress": dict(work.progress) if work.progress is not None else None,
        "outcome": dict(work.outcome) if work.outcome is not None else None, "code": work.code, "reason": work.reason,
        "can": list(rules.possible(work.state, work.wish))}


def training_case(place: "Sporhund", name: str) -> Document:
    """A case on made-up material whose answers are known, looked through in the background: `{"case", "work"}`.

    One that is there is gone through again. Raises as opening a case does.
    """
    case = training.opened(place, name)
    going = service.list_works(case.id, store=place.store, ended=0)
    if any(work.asked.kind is Kind.TRAINING and work.state is not State.PAUSED for work in going):
        raise WrongUsage("training-under-way", f"The training case '{name}' is being made.", "Look at its work.")
    work = service.ask(case.id, Asked(Kind.TRAINING, exhibit=training.EXHIBIT), **place.hands)
    return {"case": case.name, "id": case.id, "work": work_item(work)}


# ------------------------------------------------------------------ the runner of a server

class Runner:
    """Does what waits, one work after the other, as the persons who asked for it. One for each server."""

    def __init__(self, place: "Sporhund") -> None:
        self._place = place
        self._runner = runner.Runner(self._do, **place.hands)

    def start(self) -> None:
        """Begin; what was under way when a server died goes on."""
        self._runner.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Stop cleanly: the work under way goes on with the next server. False: it has not ended within that time."""
        return self._runner.stop(timeout_s)

    @property
    def fault(self) -> str | None:
        """What keeps it from working, a sentence; None: nothing does."""
        fault = self._runner.fault
        if fault is None or isinstance(fault, SporhundError):
            return fault.message if fault else None
        return f"{type(fault).__name__}: {fault}"

    def let_go(self) -> None:
        """Uploads that were announced and are not sent hold their batch up no longer. Cheap: call it once a minute."""
        unsent.let_go(**self._place.hands)

    def _do(self, work: Work, actor: Actor, told: Told) -> Mapping[str, Any]:
        place = self._place.acting(actor)
        case = place.case_of(work.case_id)
        if work.asked.kind is Kind.TRAINING:
            told.look("the material is made")
            exhibit = training.material(place, told.look)
            done = _without_lists(_analyse(case, [exhibit.folder], work.asked, told))
            found = training.compared(case, exhibit, told.note)
            return done | {"clusters": len(found["clusters"]["clusters"]), "candidates": len(found["search"]["candidates"])}
        return _without_lists(_analyse(case, work.asked.paths, work.asked, told))


def _analyse(case: "Case", paths: Sequence[bytes | Path], asked: Asked, told: Told) -> Document:
    return case.analyse(
        paths, exhibit=asked.exhibit, mode=asked.mode, find=asked.find or KINDS, pack=asked.pack, camera=asked.camera,
        report=told, note=told.note, say=told.look, first=lambda: told.focus)


def _without_lists(done: Document) -> Document:
    """What an analysis came to; which files failed is asked of the account, which counts copies as copies: how many of them
    cannot be read either, `copies_in_trouble`, is kept here."""
    kept = {name: value for name, value in done.items() if name not in ("failures", "skipped")}
    return kept | {"copies_in_trouble": sum(one["state"] == "duplicate" for one in done["failures"])}
