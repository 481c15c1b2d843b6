"""What somebody must not see as long as they can still conclude: asked by every list, log and export that could tell them."""
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.access import records as access_records
from sporhund.access import users
from sporhund.access.model import Allowed, Role
from sporhund.actor import Actor
from sporhund.errors import Refused
from sporhund.identify import records, rules
from sporhund.identify.model import Conclusion, Question
from sporhund.identify.records import Answer

EMPTY: frozenset[str] = frozenset()
STILL_YOURS = "withheld: you can still conclude on a candidate that this speaks of"
STILL_OPEN = "withheld: the examiners have not all concluded"
TELLS = ("decide",)
"""Acts whose events tell what others concluded: whoever has read one cannot conclude blindly any more."""
_ID = re.compile(r"[a-z]+_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class Pending:
    """On what one person can still conclude, and what would tell them about it. Ids."""

    candidates: frozenset[str] = EMPTY
    tracks: frozenset[str] = EMPTY
    searches: frozenset[str] = EMPTY

    @property
    def telling(self) -> frozenset[str]:
        """Whatever speaks of one of these may tell."""
        return self.candidates | self.tracks | self.searches


@dataclass(frozen=True, slots=True)
class Eyes:
    """An examiner, with the accounts that count as theirs and what they have seen."""

    examiner: str
    accounts: frozenset[str]                   #: not their own
    viewed: frozenset[tuple[str, str]]         #: those searches (case, id) asked about whose scores they have seen, or can know


def eyes(rows: Connection, examiner: str, found: Collection[Row[Any]]) -> Eyes:
    """found: the candidates that are asked about."""
    searches = {(row.case_id, row.search_id) for row in found}
    return Eyes(examiner, users.answers_for(rows, examiner) - {examiner}, records.views(rows, examiner, searches))


def question(row: Row[Any], made: Sequence[Conclusion | Answer], who: Eyes) -> Question:
    """What decides whether they may conclude. row: of `records.candidate`; made: what was concluded on it, in order."""
    saw = {row.searched_by} | ({who.examiner} if (row.case_id, row.search_id) in who.viewed else set())
    return Question(who.examiner, who.accounts, tuple(one.examiner for one in made), tuple(one.meaning for one in made),
                    frozenset(saw), row.deleted_at is not None)


def pending(rows: Connection, case_id: str, actor: Actor) -> Pending:
    """On what this actor could still conclude in a case, or on material of it from another."""
    return pending_in(rows, [case_id], actor)


def pending_in(rows: Connection, cases: Collection[str] | None, actor: Actor) -> Pending:
    """As `pending`, of several cases; None: of every case.

    A seal or an expired basis does not end blindness: another basis may bring the candidate back. Where the home has accounts
    and nobody is signed in, this may be any examiner: then it is everything that is not settled.
    """
    if actor.user is None:
        if not access_records.any_accounts(rows):
            return Pending()
    elif Role.EXAMINER not in actor.roles:
        return Pending()
    found = records.candidates_touching(rows, cases, by=actor.user)
    if not found:
        return Pending()
    decided = records.answers(rows, found)
    who = eyes(rows, actor.user, found) if actor.user is not None else None
    still = [row for row in found if _open(row, decided.get((row.case_id, row.id), ()), who)]
    return Pending(frozenset(row.id for row in still), frozenset(row.track_id for row in still),
                   frozenset(row.search_id for row in still))


def _open(row: Row[Any], made: Sequence[Answer], who: Eyes | None) -> bool:
    """Whether they can still conclude. who None: nobody who is known; then, whether anybody can."""
    if who is None:
        return row.deleted_at is None and not rules.outcome([one.meaning for one in made]).settled
    return isinstance(rules.may_conclude(question(row, made, who)), Allowed)


def pending_for(rows: Connection, case_id: str, actor: Actor) -> frozenset[str]:
    """Tracks of a case on which this actor could still conclude: what others said of them is hidden from him."""
    return pending(rows, case_id, actor).tracks


def require_concluded(rows: Connection, case_id: str, actor: Actor) -> None:
    """Raises Refused `conclude-first` to an actor who can still conclude on a candidate of a case, or on one that lies in it:
    searching or comparing there would tell them its score. Those that touch a case which is closed to them are not theirs to
    conclude. Sealed ones count: another basis may bring them back.
    """
    open_to = pending(rows, case_id, actor).candidates
    if not open_to:
        return
    closed = access_records.closed_to(rows, actor.user)
    if not any(row.id in open_to and closed.isdisjoint((row.case_id, row.track_case))
               for row in records.candidates_touching(rows, [case_id])):
        return
    if actor.user is None:
        raise Refused("sign-in-needed", "Candidates wait for their examiners here: who searches or compares has to be known.",
                      "Sign in: sporhund login NAME.")
    raise Refused("conclude-first", "You can still conclude on candidates here: a search or comparison would tell their scores.",
                  "Conclude first: sporhund candidates --case CASE. Or let somebody search who concludes on none of them.")


@dataclass(frozen=True, slots=True)
class Veil:
    """What of the log is withheld from one person."""

    telling: frozenset[str]              #: ids that no payload may speak of
    unsettled: frozenset[str] = EMPTY    #: candidates whose conclusions are still closed to everybody but the auditor

    def withheld(self, action: str, payload: Mapping[str, object] | None) -> str | None:
        """Why this event's payload is withheld; None: it is not."""
        if payload is None or not (self.telling or self.unsettled):
            return None
        spoken = frozenset(_ID.findall(json.dumps(payload)))
        if not spoken.isdisjoint(self.telling):
            return STILL_YOURS
        if action == "decide" and not spoken.isdisjoint(self.unsettled):
            return STILL_OPEN
        return None


class Reader:
    """Reads the log behind a veil, and keeps what was spoken of in it."""

    def __init__(self, behind: Veil | None = None) -> None:
        """behind: what is withheld; it has to be there before anything is read."""
        self.behind, self.spoken = behind, set[str]()

    def withheld(self, action: str, payload: Mapping[str, object] | None) -> str | None:
        """As `Veil.withheld`."""
        if self.behind is None:
            raise ValueError("the log is read without a veil")
        why = self.behind.withheld(action, payload)
        if why is None and payload is not None and action in TELLS:
            self.spoken.update(_ID.findall(json.dumps(payload)))
        return why


def veil(rows: Connection, cases: Collection[str] | None, actor: Actor) -> Veil:
    """What of the log of these cases (None: of all) this person may not read now. An auditor who decides nothing reads all."""
    examiner = Role.EXAMINER in actor.roles
    if Role.AUDITOR in actor.roles and not examiner:
        return Veil(EMPTY)
    return Veil(pending_in(rows, cases, actor).telling, _unsettled(rows, cases))


def _unsettled(rows: Connection, cases: Collection[str] | None) -> frozenset[str]:
    return frozenset(key for key, made in records.begun(rows, cases).items() if not rules.outcome(made).settled)


def note(rows: Connection, searches: Collection[tuple[str, str]], actor: Actor, *, act: str, at: datetime) -> None:
    """Keep that this person has seen scores of these searches (case, id): they cannot conclude blindly on them any more."""
    records.note_views(rows, searches, by=actor.mark, act=act, at=at)


def note_read(
    rows: Connection, reader: Reader, actor: Actor, *, act: str, at: datetime, closed: Collection[str] = (),
) -> None:
    """As `note`, for the searches of which the log told this reader. closed: cases of which it tells them nothing."""
    told = [one for one in records.searches_among(rows, reader.spoken) if one[0] not in closed]
    note(rows, told, actor, act=act, at=at)
