"""What people said, brought to the tracks that count now: it outlives runs, modes and packs, and what is lost is told."""
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from sporhund.clusters import carry, records
from sporhund.clusters.frames import Path
from sporhund.clusters.model import Anchor, Named, Statement
from sporhund.clusters.statements import Word

BESIDE_S = 1.0
"""How far beside an anchor's time a track may lie and still be asked for."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of one side's track of one statement."""

    statement: str
    track: str                    #: as it was named
    to: tuple[str, ...]           #: tracks that stand for it now; itself where it still counts; empty: none
    lost: str | None = None       #: why it could not be re-applied


@dataclass(frozen=True, slots=True)
class Brought:
    """All that was said, for the tracks of one pack that count."""

    words: tuple[Word, ...]       #: oldest first; those that lost a side are left out
    report: tuple[Carried, ...]

    @property
    def lost(self) -> tuple[Carried, ...]:
        return tuple(one for one in self.report if one.lost is not None)


Follow = Callable[[Mapping[str, Anchor]], dict[str, tuple[str, ...]]]


def bring(statements: Sequence[Statement], counting: Collection[str], follow: Follow) -> Brought:
    """Words on the tracks that count.

    counting: tracks that count now.   follow: finds, for anchors of others, the tracks in their place.
    """
    missing = {one.track: one.anchor for said in statements for one in _named(said) if one.track not in counting}
    found = follow(missing) if missing else {}
    words: list[Word] = []
    report: list[Carried] = []
    for said in statements:
        told = {one.track: _told(said.id, one, counting, found) for one in _named(said)}
        left, right = (frozenset(to for one in side for to in told[one.track].to) for side in said.sides)
        both = left & right
        if said.kind == "not-same" and both:
            why = "what was said to be two is one track in the run that counts now"
            told |= {track: Carried(said.id, track, (), why) for track, one in told.items() if both.intersection(one.to)}
            left, right = left - both, right - both
        report += told.values()
        if (left and right) or (said.kind == "same" and len(left | right) > 1):
            words.append(Word(said.id, said.kind == "same", (left, right)))
    return Brought(tuple(words), tuple(report))


def _named(said: Statement) -> Iterable[Named]:
    return (*said.sides[0], *said.sides[1])


def _told(statement: str, one: Named, counting: Collection[str], found: Mapping[str, tuple[str, ...]]) -> Carried:
    if one.track in counting:
        return Carried(statement, one.track, (one.track,))
    to = found.get(one.track, ())
    why = None if to else "no track that can be compared with this pack lies at its place and time"
    return Carried(statement, one.track, to, why)


def followers(
    rows: Connection, case_id: str, pack: str, counting: Collection[str], wanted: Mapping[str, Anchor],
) -> dict[str, tuple[str, ...]]:
    """For each of these the counting tracks that were where it was, best first."""
    here = [row for row in records.counting(rows, case_id, pack, sorted({anchor.medium for anchor in wanted.values()}))
            if row.id in counting]
    beside: dict[str, list[str]] = {}
    for track, anchor in wanted.items():
        page = (anchor.medium, anchor.stream, anchor.page)
        beside[track] = [row.id for row in here if (row.medium_id, row.stream, row.page) == page
                         and row.start <= anchor.end + BESIDE_S and row.end >= anchor.start - BESIDE_S]
    paths = records.paths(rows, case_id, sorted({one for some in beside.values() for one in some}))
    return {track: tuple(one.track for one in carry.followers(wanted[track], _of(paths, some))) for track, some in beside.items()}


def _of(paths: Mapping[str, Path], tracks: Iterable[str]) -> dict[str, Path]:
    return {track: paths[track] for track in tracks if track in paths}
