"""What a user can do in a case."""
from typing import TYPE_CHECKING

from sporhund.api.analyse import AnalyseActs
from sporhund.api.cameras import CameraActs
from sporhund.api.documents import Document, case_item, file_counts, moment
from sporhund.api.findings import FindingActs
from sporhund.cases import service as cases
from sporhund.cases import verify
from sporhund.evidence import account
from sporhund.evidence.names import text
from sporhund.retention import sweep
from sporhund.review import tallies

if TYPE_CHECKING:
    from sporhund.api.basis import Bases
    from sporhund.api.catalogue import Catalogue
    from sporhund.api.faces import Faces
    from sporhund.api.identify import Decisions
    from sporhund.api.people import Members
    from sporhund.api.persons import Persons
    from sporhund.api.previews import CasePreviews
    from sporhund.api.retention import Retention
    from sporhund.api.viewing import Viewing
    from sporhund.api.work import Works


class Case(AnalyseActs, FindingActs, CameraActs):
    """One open case."""

    # -- rooms of their own; what they import is imported when they are entered

    @property
    def faces(self) -> "Faces":
        from sporhund.api.faces import Faces

        return Faces(self)

    @property
    def bases(self) -> "Bases":
        from sporhund.api.basis import Bases

        return Bases(self)

    @property
    def members(self) -> "Members":
        from sporhund.api.people import Members

        return Members(self.place, self.row)

    @property
    def decisions(self) -> "Decisions":
        from sporhund.api.identify import Decisions

        return Decisions(self)

    @property
    def persons(self) -> "Persons":
        from sporhund.api.persons import Persons

        return Persons(self)

    @property
    def viewing(self) -> "Viewing":
        from sporhund.api.viewing import Viewing

        return Viewing(self)

    @property
    def catalogue(self) -> "Catalogue":
        from sporhund.api.catalogue import Catalogue

        return Catalogue(self)

    @property
    def previews(self) -> "CasePreviews":
        from sporhund.api.previews import CasePreviews

        return CasePreviews(self, self.place.previews)

    @property
    def retention(self) -> "Retention":
        from sporhund.api.retention import Retention

        return Retention(self)

    @property
    def work(self) -> "Works":
        from sporhund.api.work import Works

        return Works(self)

    # -- the case itself

    def glance(self) -> Document:
        """What stands on every page of this case."""
        from sporhund.api.glance import glance

        return glance(self)

    def show(self) -> Document:
        seen = cases.show(self.name, **self.place.hands)
        with self.place.store.snapshot() as rows:
            exhibits = [{"label": e.label, "files": account.account(rows, self.id, exhibit=e.id).seen}
                        for e in account.exhibits(rows, self.id)]
            runs = tallies.runs(rows, self.id)
        return {
            **case_item(seen.case), "exhibits": exhibits, "cameras": self.cameras(), "runs": runs,
            "templates": seen.templates.allowed,
            "holds": [{"hold": h.id, "reason": h.reason, "by": h.placed_by, "at": moment(h.placed_at),
                       "lifted": moment(h.lifted_at)} for h in seen.holds],
            "files": file_counts(seen.account) if seen.account else None,
        }

    def verify(self) -> Document:
        checked = verify.verify(self.name, **self.place.hands)
        count = {state: sum(one.state == state for one in checked) for state in ("ok", "changed", "missing", "unreadable")}
        return {
            "ok": count["ok"] == len(checked), "checked": len(checked), "same": count["ok"], "changed": count["changed"],
            "missing": count["missing"] + count["unreadable"],
            "problems": [{"path": text(one.path), "state": one.state, "reason": one.reason}
                         for one in checked if one.state != "ok"]}

    def hold(self, *, reason: str | None = None, lift: str | None = None) -> Document:
        if lift:
            cases.lift_hold(self.name, lift, **self.place.hands)
            sweep.sweep(**self.place.hands)                  # what waited for this hold alone is done now
            return {"hold": lift, "state": "lifted"}
        return {"hold": cases.place_hold(self.name, reason=reason or "", **self.place.hands).id, "state": "placed"}

    def erase(self, *, reason: str) -> Document:
        return self.place.erase_case(self.name, reason=reason)
