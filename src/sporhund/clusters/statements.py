"""What people said of tracks, put together: the newest word on a pair holds, contradictions are told. Pure."""
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sporhund.errors import Refused


@dataclass(frozen=True, slots=True)
class Word:
    """One statement, carried over to the tracks that count now."""

    id: str
    same: bool
    sides: tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Said:
    """What holds of all that was said."""

    same: tuple[frozenset[str], ...]                     #: tracks of one person, each group of two or more
    apart: tuple[tuple[frozenset[str], frozenset[str]], ...]  #: each of the one is somebody else than each of the other
    conflicts: tuple["Conflict", ...]

    def group_of(self) -> dict[str, int]:
        """Track -> number of its group in `same`."""
        return {track: number for number, group in enumerate(self.same) for track in group}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A "not the same" between two tracks that other statements make one person."""

    statement: str                       #: id of the "not the same"
    pair: tuple[str, str]
    chain: tuple[tuple[str, str, str], ...]  #: track, track, id of the "same": the way from the one to the other


def put_together(words: Sequence[Word]) -> Said:
    """What holds. A "not the same" that a chain of "same" contradicts is told in `conflicts` and not in `apart`.

    words: oldest first.
    """
    pieces = _pieces(words)
    group = _groups(pieces)
    apart, conflicts = [], []
    for place, word in enumerate(words):
        if word.same:
            continue
        met = _shared_groups(word, group)
        clash = next((pair for pair in _pairs_within(word, group, met) if not _outdone(pair, words[place + 1:])), None)
        if clash is not None:
            conflicts.append(Conflict(word.id, clash, chain(pieces, *clash)))
            continue
        left, right = word.sides
        if not met:
            apart.append((left, right))
        else:
            apart += _without_met(left, right, group, met)
    groups: dict[int | str, set[str]] = {}
    for track, number in group.items():
        groups.setdefault(number, set()).add(track)
    same = sorted((frozenset(tracks) for tracks in groups.values() if len(tracks) > 1), key=min)
    return Said(tuple(same), tuple(pair for pair in apart if pair[0] and pair[1]), tuple(conflicts))


def require_consistent(before: Sequence[Word], after: Sequence[Word], *, hidden: Collection[str] = ()) -> None:
    """Raises Refused `contradiction`, with the chain that leads there, where what is said after contradicts itself anew.

    hidden: statements that the reader must not see: of those it says that they are there, and not what they are.
    """
    known = {(one.statement, one.pair) for one in put_together(before).conflicts}
    for conflict in put_together(after).conflicts:
        if (conflict.statement, conflict.pair) in known:
            continue
        if not {conflict.statement, *(said for _, _, said in conflict.chain)}.isdisjoint(hidden):
            raise Refused("contradiction", "This contradicts what somebody else has said of these tracks.",
                          "You may see what it is after your own conclusion on them.")
        steps = ", ".join(f"{a} same {b} ({said})" for a, b, said in conflict.chain)
        first, second = conflict.pair
        raise Refused(
            "contradiction", f"{first} and {second} cannot be two people ({conflict.statement}) and one: {steps}.",
            "Undo what is wrong first: sporhund faces undo ID --case CASE.")


def _pieces(words: Sequence[Word]) -> list[tuple[str, frozenset[str]]]:
    """Sets of tracks of which each two were said to be the same, and not since to be two: (statement, tracks)."""
    pieces: list[tuple[str, frozenset[str]]] = []
    for word in words:
        left, right = word.sides
        if word.same:
            pieces.append((word.id, left | right))
        else:
            pieces = [(said, part) for said, tracks in pieces for part in _parted(tracks, left, right)]
    return pieces


def _parted(tracks: frozenset[str], left: frozenset[str], right: frozenset[str]) -> list[frozenset[str]]:
    """What is left of "all these are one" where these two sides are two. With a third in it they still hang together by it."""
    a, b = tracks & left, tracks & right
    if not a or not b or tracks - a - b:
        return [tracks]
    return [part for part in (a, b) if len(part) > 1]


def _groups(pieces: Iterable[tuple[str, frozenset[str]]]) -> dict[str, int]:
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for _, tracks in pieces:
        first, *others = sorted(tracks)
        for other in others:
            parent[root(other)] = root(first)
    numbers: dict[str, int] = {}
    return {track: numbers.setdefault(root(track), len(numbers)) for track in sorted(parent)}


def _shared_groups(word: Word, group: Mapping[str, int]) -> set[int | str]:
    left, right = ({group.get(track, track) for track in side} for side in word.sides)
    return left & right


def _without_met(
    left: frozenset[str], right: frozenset[str], group: Mapping[str, int], met: set[int | str],
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Sides without the pairs that newer words make one person: group against group, not track against track."""
    found = [(frozenset(track for track in left if group.get(track, track) not in met), right)]
    for number in sorted(met, key=str):
        found.append((frozenset(track for track in left if group.get(track, track) == number),
                      frozenset(track for track in right if group.get(track, track) != number)))
    return found


def _pairs_within(word: Word, group: Mapping[str, int], met: set[int | str]) -> Iterable[tuple[str, str]]:
    """Pairs of a "not the same" whose both tracks are one person by other words."""
    left, right = ([track for track in sorted(side) if group.get(track, track) in met] for side in word.sides)
    return ((a, b) for a in left for b in right if group.get(a, a) == group.get(b, b))


def _outdone(pair: tuple[str, str], later: Sequence[Word]) -> bool:
    """Whether a newer "same" names both."""
    return any(word.same and all(track in word.sides[0] | word.sides[1] for track in pair) for word in later)


def chain(pieces: Sequence[tuple[str, frozenset[str]]], start: str, goal: str) -> tuple[tuple[str, str, str], ...]:
    """The shortest way from one track to another over what was said to be the same; empty without one."""
    came: dict[str, tuple[str, str]] = {}
    waiting, unused = deque([start]), list(pieces)
    while waiting:
        at = waiting.popleft()
        if at == goal:
            break
        for piece in [piece for piece in unused if at in piece[1]]:
            unused.remove(piece)
            for track in sorted(piece[1] - came.keys() - {start}):
                came[track] = (at, piece[0])
                waiting.append(track)
    steps: list[tuple[str, str, str]] = []
    while goal != start and goal in came:
        before, said = came[goal]
        steps.append((before, goal, said))
        goal = before
    return tuple(reversed(steps))
