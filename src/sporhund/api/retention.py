"""What of a case may not be kept for ever."""
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from sporhund.api.documents import Document, moment
from sporhund.retention import review, rules, service, sweep
from sporhund.retention.model import Deletion, Matter

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.home import Sporhund


class Retention:
    """What of a case may not be kept for ever."""

    def __init__(self, case: "Case") -> None:
        self.case = case

    def propose(self, what: str, *, basis: str | None = None, why: str) -> Document:
        """Put a deletion to a supervisor. what: results (of a basis) | templates | case."""
        return deletion_item(service.propose(self.case.id, what, basis=basis, why=why, **self.case.place.hands))

    def set_ends(self, ends: date, *, why: str) -> Document:
        service.set_ends(self.case.id, ends, why=why, **self.case.place.hands)
        return {"case": self.case.name, "ends": ends.isoformat()}


class Reviews:
    """The review list of a home."""

    def __init__(self, place: "Sporhund") -> None:
        self.place = place

    def list(self) -> Document:
        """`closed`: how many more cases are open to their members alone."""
        found, closed = review.matters(**self.place.hands)
        return {"items": [matter_item(matter) for matter in found], "next": None, "closed": closed}

    def takes(self, deletion: str) -> Document:
        """What a deletion would destroy, by kind: to be read before it is decided."""
        return {"deletion": deletion, "takes": service.takes(deletion, **self.place.hands)}

    def decide(self, deletion: str, *, delete: bool, why: str) -> Document:
        """Decide by name; what was decided to be deleted is deleted now, or once no hold stands any more."""
        decided, holds = service.decide(deletion, delete=delete, why=why, **self.place.hands)
        done = delete and sweep.carry_out(decided, **self.place.hands)
        state = "done" if done else rules.state_of(decided, held=bool(holds)).value
        return deletion_item(decided) | {"state": state, "holds": [f"{hold.id}: {hold.reason}" for hold in holds]}

    def sweep(self) -> Document:
        """Do what time alone brings about."""
        return asdict(sweep.sweep(**self.place.hands))


def deletion_item(deletion: Deletion) -> Document:
    return {"deletion": deletion.id, "what": deletion.what.value, "basis": deletion.basis, "why": deletion.why,
            "proposed": moment(deletion.proposed_at), "decided": deletion.decided, "decided_by": deletion.decided_by,
            "decided_at": moment(deletion.decided_at), "decided_why": deletion.decided_why, "done": moment(deletion.done_at)}


def matter_item(matter: Matter) -> Document:
    return {**asdict(matter), "due": moment(matter.due)}
