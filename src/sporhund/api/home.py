"""Everything in one home: what a user can do outside of a case, and the way to a case.

    import sporhund
    with sporhund.open("J-2026-17") as case:
        case.analyse(["/evidence/K1"])
        for track in case.tracks(kind="face")["items"]:
            print(track["from"], track["path"])

Results are plain dicts, ready for JSON: what `--json` prints as `data`.
"""
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sporhund.access import gate
from sporhund.access import records as access_records
from sporhund.access import service as access
from sporhund.access.model import Denied, Role
from sporhund.api.agency import AgencyActs
from sporhund.api.case import Case
from sporhund.api.documents import Document, case_item, day, moment
from sporhund.api.glance import overview
from sporhund.api.log import LogActs
from sporhund.api.packs import PackActs
from sporhund.cases import erase
from sporhund.cases import records as case_records
from sporhund.cases import service as cases
from sporhund.cases.model import Case as CaseRow
from sporhund.retention import service as retention

if TYPE_CHECKING:
    from sporhund.api.people import Members, People
    from sporhund.api.retention import Reviews
    from sporhund.api.viewing import Own


def open(case: str | None = None, *, home: Path | str | None = None) -> Any:
    """A case to work with, or with no name the whole of Sporhund. Use it with `with`."""
    place = Sporhund(Path(home) if home else None)
    return place if case is None else _Lent(place, case)


class Sporhund(AgencyActs, PackActs, LogActs):
    """Everything in one home: cases, packs, purposes, the audit log."""

    # -- rooms of their own

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
        self.lately.forget(certificate.case_id)
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
