"""The log as one person may read it: filtered, and veiled where it would tell an examiner the answer."""
import io
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.access import records as access_records
from sporhund.access.model import Role
from sporhund.actor import Actor
from sporhund.api.choices import cursor, parse_time, read_checkpoint, refuse_overwriting
from sporhund.api.documents import Document, moment, summary
from sporhund.api.open_home import OpenHome
from sporhund.audit import service as audit
from sporhund.audit import verifier
from sporhund.audit.model import Event, Wanted
from sporhund.cases import records as case_records
from sporhund.errors import EnvironmentFault, WrongUsage
from sporhund.identify import blind

_CLOSED: dict[str, object] = {"withheld": "of a case that you are not on"}
_NOT_YOURS: dict[str, object] = {"withheld": "of somebody of the same name who was not signed in as you are"}


class LogActs(OpenHome):
    """The log of a home."""

    def audit_show(
        self, case: str | None = None, *, limit: int = 100, after: str | None = None, by: str | None = None,
        action: str | None = None, since: str | None = None, until: str | None = None, outcome: str | None = None,
    ) -> Document:
        """The log, newest first. What would tell an examiner the answer is withheld until their own is stored.

        by: account's name.   since, until: ISO 8601 with a zone; `until` is no longer included.   Raises WrongUsage `bad-time`.
        """
        chosen = wanted(actor=by, action=action, since=since, until=until, outcome=outcome)
        filters = {name: value for name, value in asdict(chosen).items() if value is not None}
        return _read(self, "audit read", "audit show", self._case_id(case), chosen, filters, limit, after)

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


def wanted(
    *, actor: str | None = None, action: str | None = None, since: str | None = None, until: str | None = None,
    outcome: str | None = None,
) -> Wanted:
    """What to show of the log. since, until: ISO 8601 with a zone, the second one no longer included.

    Raises WrongUsage `bad-time`.
    """
    first, end = (parse_time(one) if one else None for one in (since, until))
    return Wanted(actor or None, action or None, first, end, outcome or None)


def own(place: OpenHome, *, limit: int, after: str | None) -> Document:
    """What this person did themselves, as the log has it: behind the same veil as for any reader."""
    return _read(place, "own lookups", "own lookups", None, Wanted(actor=place.actor.name), {}, limit, after)


def _read(
    place: OpenHome, right: str, act: str, case_id: str | None, chosen: Wanted, filters: Document, limit: int,
    after: str | None,
) -> Document:
    start, actor = cursor(after), place.actor
    with place.store.reader() as rows:
        names = {one.id: one.name for one in case_records.cases(rows)}
        closed = _closed(rows, actor)
    with gate.act(right, action=act, case_id=case_id, **place.hands) as doing:
        doing.tell(**({"filter": filters} if filters else {}))
        whole = audit.show(place.store, place.keys, case_id, limit + 1, start, chosen)
        # Asked after the events were read, and of their cases alone: what was said in between is veiled too.
        spoken_of = {event.case_id for event in whole if event.case_id is not None} | ({case_id} if case_id else set())
        reader = blind.Reader(blind.veil(doing.rows, spoken_of, actor))
        if right == "own lookups":
            whole = [event if _is_mine(event, actor) else replace(event, payload=_NOT_YOURS) for event in whole]
        events = audit.veiled(whole, reader.withheld)
        blind.note_read(doing.rows, reader, actor, act=act, at=doing.at, closed=closed)
    events = [replace(e, case_id=None, payload=_CLOSED) if e.case_id in closed else e for e in events]
    return {"items": [{
        "event": e.event, "position": e.position, "at": moment(e.at), "actor": e.actor, "action": e.action,
        "case": names.get(e.case_id or ""), "outcome": e.outcome, "payload": e.payload, "summary": summary(e.payload),
    } for e in events[:limit]], "next": str(events[limit - 1].cursor) if len(events) > limit else None}


def _closed(rows: Connection, actor: Actor) -> frozenset[str]:
    """Ids of the cases of which this reader of the log does not learn: an auditor learns of all."""
    return frozenset() if Role.AUDITOR in actor.roles else access_records.closed_to(rows, actor.user)


def _is_mine(event: Event, actor: Actor) -> bool:
    """A local account of the machine may have the name of somebody who signs in. An erased payload tells nothing anyway."""
    return event.payload is None or event.payload.get("actor_assurance") == actor.assurance
