"""When a case is due for review, and how far a deletion has come. Pure."""
from collections.abc import Iterable
from datetime import date, timedelta

from sporhund.errors import Refused, WrongUsage
from sporhund.retention.model import Deletion, State, What

COMING = timedelta(days=30)
"""How long before its end a case or a basis is on the review list."""


def state_of(deletion: Deletion, *, held: bool) -> State:
    """How far it has come. held: a hold stands on the case."""
    if deletion.done_at is not None:
        return State.DONE
    if deletion.decided is None:
        return State.PROPOSED
    if deletion.decided == "keep":
        return State.KEPT
    return State.HELD if held else State.DUE


def may_carry_out(deletion: Deletion, *, held: bool) -> bool:
    """Only what a person decided to delete, and never under a hold."""
    return state_of(deletion, held=held) is State.DUE


def may_decide(deletion: Deletion) -> None:
    """Decided once. Raises Refused `decided-already`, naming what was decided; another proposal can be made."""
    if deletion.decided is not None:
        said = f"It was decided already: {deletion.decided}, on {deletion.decided_at:%Y-%m-%d}."
        raise Refused("decided-already", said, "See: sporhund retention list; propose again: sporhund retention propose.")


def may_propose(what: What, basis: str | None, earlier: Iterable[Deletion]) -> None:
    """One open proposal for one thing. Raises WrongUsage `basis-missing`; Refused `proposed-already`, `deleted-already`."""
    if (what is What.RESULTS) != (basis is not None):
        said = "Results belong to a basis, and nothing else does."
        raise WrongUsage("basis-missing", said, "Name it with --basis, or leave it out.")
    for one in earlier:
        if (one.what, one.basis) != (what, basis):
            continue
        if one.decided != "keep" and one.done_at is None:
            raise Refused("proposed-already", f"That is proposed already: {one.id}.", "See: sporhund retention list.")
        if one.done_at is not None and what is What.RESULTS:
            raise Refused("deleted-already", f"These results were deleted on {one.done_at:%Y-%m-%d}.", "Nothing is left of them.")


def end_state(ends: date | None, today: date) -> str | None:
    """not-set | coming | over; None: far away. A case is kept to the end of its last day."""
    if ends is None:
        return "not-set"
    if ends < today:
        return "over"
    return "coming" if ends - today <= COMING else None


def proposes_case(ends: date | None, today: date, earlier: Iterable[Deletion]) -> bool:
    """Whether the end of a case has to be put to a supervisor now: it is over, and was not put since.

    Who decided to keep it sets a later day; until then it stays on the list, and is not proposed again and again.
    """
    if ends is None or ends >= today:
        return False
    return not any(one.what is What.CASE and one.proposed_at.date() > ends for one in earlier)


def check_ends(ends: date, today: date) -> date:
    """A day of review lies ahead. Raises WrongUsage `ends-in-past`."""
    if ends < today:
        raise WrongUsage("ends-in-past", f"The day of review, {ends.isoformat()}, is over.", "Give a later day.")
    return ends


def months_later(start: date, months: int) -> date:
    """The same day of the month that many months on, or that month's last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:                           # there is no 31 June
            continue
    return date(year, month + 1, start.day)
