"""What people concluded, as lists that leave the case: what their reader must not see yet stays out, and that is said."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row

from sporhund.actor import Actor
from sporhund.cases.export import Sheet
from sporhund.identify import blind, elsewhere, identities, records, rules
from sporhund.identify.candidates import readable
from sporhund.identify.model import Conclusion, State

CANDIDATES = ("search", "rank", "candidate", "track_case", "track", "medium", "t", "box", "score", "chance.expected",
              "chance.low", "chance.high", "chance.floor", "chance.people", "chance_reason", "warnings", "state")
DECISIONS = ("candidate", "place", "examiner", "value", "meaning", "scale", "note", "at")
LINKS = ("link", "candidate", "track_case", "track", "at")
IDENTITIES = ("identity", "state", "name", "role", "stage", "stage_date", "certainty", "link", "ground", "tracks", "entered_by",
              "entered_at", "confirmed_by", "confirmed_at", "withdrawn_by", "withdrawn_at", "withdrawn_why")


@dataclass(frozen=True, slots=True)
class _Told:
    """A case's candidates, and which of them may be told to one reader."""

    listed: Sequence[Row[Any]]             #: with rank and score: of searches on none of which the reader can still conclude
    decided: Sequence[Row[Any]]            #: with what was concluded: on which the reader cannot
    made: Mapping[str, list[Conclusion]]
    states: Mapping[str, State]
    notes: tuple[str, ...]


def _told(rows: Connection, case_id: str, actor: Actor, at: datetime) -> _Told:
    kept = [row for row in records.candidates(rows, case_id) if row.deleted_at is None]
    closed = elsewhere.closed_among(rows, case_id, kept, actor)
    found = [row for row in kept if row.track_case not in closed]
    still = blind.pending(rows, case_id, actor)
    open_to_read = {basis for basis in {row.basis_id for row in found} if readable(rows, case_id, basis, at)}
    readable_now = [row for row in found if row.basis_id in open_to_read]
    listed = [row for row in readable_now if row.search_id not in still.searches]
    decided = [row for row in readable_now if row.id not in still.candidates]
    made = {key: all_ for (_, key), all_ in records.conclusions(rows, case_id).items()}
    states = {row.id: rules.outcome([one.meaning for one in made.get(row.id, ())]) for row in decided}
    yours, sealed = len(readable_now) - len(listed), len(found) - len(readable_now)
    waiting = sum(not state.settled for state in states.values())
    notes = [f"{yours} candidates are left out: you can still conclude on them, or on others of the same search"] if yours else []
    notes += [f"{len(kept) - len(found)} candidates are left out: they lie in cases that are closed to you"] if closed else []
    notes += [f"{sealed} candidates are left out: their results are sealed"] if sealed else []
    notes += [f"{waiting} candidates are not settled: what others concluded on them is left out"] if waiting else []
    return _Told(listed, decided, made, states, tuple(notes))


def sheets(rows: Connection, case_id: str, actor: Actor, at: datetime) -> list[Sheet]:
    """Candidates, decisions, links and identities of a case, as this person may see them now."""
    told = _told(rows, case_id, actor, at)
    names = records.account_names(rows, {one.examiner for all_ in told.made.values() for one in all_})
    decisions = [_decision(one, names) for row in told.decided for one in told.made.get(row.id, ())
                 if told.states[row.id].settled or one.examiner == actor.user]
    decided = {row.id for row in told.decided}
    links = [{"link": row.id, "candidate": row.candidate_id, "track_case": row.track_case, "track": row.track_id,
              "at": _moment(row.at)} for row in records.links(rows, case_id) if row.candidate_id in decided]
    return [
        Sheet("candidates", CANDIDATES, [_candidate(row, told.states[row.id]) for row in told.listed], told.notes),
        Sheet("decisions", DECISIONS, decisions), Sheet("links", LINKS, links),
        Sheet("identities", IDENTITIES, *_identities(rows, case_id, actor, at))]


def note(rows: Connection, case_id: str, actor: Actor, at: datetime) -> None:
    """Keep, before anything leaves, whose scores this person is about to see."""
    told = _told(rows, case_id, actor, at)
    blind.note(rows, {(case_id, row.search_id) for row in told.listed}, actor, act="export", at=at)


def _candidate(row: Row[Any], state: State) -> dict[str, Any]:
    return {
        "search": row.search_id, "rank": row.rank, "candidate": row.id, "track_case": row.track_case, "track": row.track_id,
        "medium": row.medium_id, "t": row.at_s, "box": row.box, "score": row.score, "chance": row.chance,
        "chance_reason": row.chance_reason, "cluster": row.cluster_id, "also": row.also,
        "warnings": "; ".join(row.warnings), "state": state.value}


def _decision(one: Conclusion, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "decision": one.id, "candidate": one.candidate, "place": one.place, "examiner": names[one.examiner], "value": one.value,
        "meaning": one.meaning.value, "scale": one.scale, "checklist": dict(one.checklist), "note": one.note,
        "at": _moment(one.at)}


def _identities(rows: Connection, case_id: str, actor: Actor, at: datetime) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    found = identities.all_of(rows, case_id, actor, at)
    items = []
    for one in found:
        if one.withheld:
            continue
        who, named = one.identity, one.identity.named
        names = records.account_names(rows, {by for by in (who.entered_by, who.confirmed_by, who.withdrawn_by) if by})
        items.append({
            "identity": who.id, "state": who.state, "name": named.name, "role": named.role.value, "stage": named.stage,
            "stage_date": named.stage_date.isoformat() if named.stage_date else None, "certainty": named.certainty,
            "link": who.link, "ground": who.ground, "tracks": " ".join(identities.words(one.tracks, case_id)),
            "entered_by": names[who.entered_by], "entered_at": _moment(who.entered_at),
            "confirmed_by": names.get(who.confirmed_by or ""), "confirmed_at": _moment(who.confirmed_at),
            "withdrawn_by": names.get(who.withdrawn_by or ""), "withdrawn_at": _moment(who.withdrawn_at),
            "withdrawn_why": who.withdrawn_why})
    left = len(found) - len(items)
    return items, (f"{left} identities are left out: sealed, or on a track that you can still conclude on",) if left else ()


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
