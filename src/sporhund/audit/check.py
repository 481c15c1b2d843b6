"""One walk along the whole chain in the database: every event, link and payload."""
from typing import Any

from sqlalchemy import Row

from sporhund.audit import payload, verifier
from sporhund.audit.keys import CannotOpen
from sporhund.audit.model import Checkpoint, Problem, Verification

_SHOWN = 100


class Walk:
    """Takes the links in the order of the chain; `finish` says what it saw."""

    def __init__(self, opener: payload.Opener, checkpoint: Checkpoint | None) -> None:
        self._opener, self._checkpoint = opener, checkpoint
        self._chain, self._cases = verifier.Chain("chain"), dict[str, verifier.Chain]()
        self._problems: list[Problem] = []
        self._rows = self._opened = self._erased = 0
        self._erased_cases: set[str] = set()
        self._at_checkpoint: bytes | None = None

    def link(self, row: Row[Any]) -> None:
        """Check the next link with its event."""
        self._rows += 1
        case = self._cases.setdefault(row.chain_case, verifier.Chain(verifier.chain_name(row.chain_case)))
        self._compare(row)
        if row.event is None:
            self._say(row.position, f"the event at position {row.position} is missing from the log")
            self._chain.position, self._chain.head = row.position, row.head
            case.position, case.head = row.case_position, row.case_head
            return
        digest = verifier.row_digest(payload.fields(row))
        for sentence in self._chain.follow(row.position, row.head, digest):
            self._say(row.position, sentence)
        for sentence in case.follow(row.case_position, row.case_head, digest):
            self._say(row.position, sentence)
        if (row.case_id or "") != row.chain_case:
            self._say(row.position, f"the event at position {row.position} was moved to another case")
        self._payload(row)

    def _compare(self, row: Row[Any]) -> None:
        kept = self._checkpoint
        if kept is None:
            return
        if kept.case_id is None and row.position == kept.position:
            self._at_checkpoint = row.head
        elif kept.case_id is not None and (kept.case_id, kept.position) == (row.chain_case, row.case_position):
            self._at_checkpoint = row.case_head

    def _payload(self, row: Row[Any]) -> None:
        try:
            opened = self._opener.opened(row)
        except CannotOpen as fault:
            self._say(row.position, f"the payload at position {row.position} cannot be opened: {fault}")
            return
        if opened is None:
            self._erased += 1
            self._erased_cases.add(row.chain_case)
        elif verifier.payload_digest(*opened) == row.digest:
            self._opened += 1
        else:
            self._say(row.position, f"the payload at position {row.position} does not belong to its digest")

    def finish(self, waiting: int, lost: int) -> Verification:
        """The verdict. waiting, lost: events without a link that are queued for one, and that are not."""
        if lost:
            self._say(None, f"{lost} events have no place in the chain and wait for none: its end was cut, or its queue")
        kept = self._checkpoint
        if kept and kept.position:
            if self._at_checkpoint is None:
                self._say(None, f"the checkpoint knows {kept.position} events; the chain ends before: its tail was cut")
            elif self._at_checkpoint.hex() != kept.head:
                self._say(kept.position, f"the head at position {kept.position} is not the checkpoint's: the chain was rebuilt")
        return Verification(
            ok=not self._problems,
            rows=self._rows,
            lag=waiting,
            problems=tuple(self._problems[:_SHOWN]),
            opened=self._opened,
            erased=self._erased,
            checked_against=kept.position if kept else None,
            erased_cases=tuple(sorted(self._erased_cases)),
        )

    def _say(self, position: int | None, sentence: str) -> None:
        self._problems.append(Problem(position, sentence))
