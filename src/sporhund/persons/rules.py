"""How a subject is numbered, and in which order its tracks come. Pure."""
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from sporhund.errors import WrongUsage
from sporhund.evidence.clock import comparable
from sporhund.evidence.model import WorldTime
from sporhund.persons.model import Route, Stop

_NUMBERED = re.compile(r"Ukendt (\d+)")
_CHARACTERS = 100


def next_label(labels: Iterable[str]) -> str:
    """"Ukendt 1", "Ukendt 2", ...: one more than the highest number that the case has used."""
    used = (_NUMBERED.fullmatch(label) for label in labels)
    return f"Ukendt {max((int(match[1]) for match in used if match), default=0) + 1}"


def check_label(label: str, what: str = "subject") -> str:
    """The label, trimmed. Raises WrongUsage `bad-name`."""
    trimmed = label.strip()
    if not 1 <= len(trimmed) <= _CHARACTERS or not trimmed.isprintable():
        raise WrongUsage("bad-name", f"This cannot be the label of a {what}.", f"1 to {_CHARACTERS} printable characters.")
    return trimmed


def route(stops: Sequence[Stop]) -> Route:
    """The stops in order, what of the order is unsure, and what cannot be true of one person.

    Where some clock has no zone, all are compared as clocks on a wall. Stops without a time of the world are kept apart and
    ordered within their medium alone: between media nobody knows.
    """
    placed = [stop for stop in stops if stop.begins is not None and stop.ends is not None]
    unplaced = sorted((stop for stop in stops if stop not in placed), key=lambda stop: (stop.medium, stop.start, stop.track))
    if not placed:
        return Route("none", (), tuple(unplaced), frozenset(), _of_tracks(stops))
    spans = dict(zip((stop.track for stop in placed), _spans(placed), strict=True))
    placed.sort(key=lambda stop: (*spans[stop.track], stop.track))
    zoned = all(stop.begins is not None and stop.begins.at.tzinfo is not None for stop in placed)
    unsure = frozenset(after.track for before, after in pairwise(placed) if _unsure(before, after, spans))
    return Route("world" if zoned else "wall", tuple(placed), tuple(unplaced), unsure,
                 (*_of_places(placed, spans), *_of_tracks(stops)))


Span = tuple[datetime, datetime]


def _spans(placed: Sequence[Stop]) -> list[Span]:
    """First and last moment of each stop, all on one scale."""
    times = comparable([time.at for stop in placed for time in (stop.begins, stop.ends) if time is not None])
    return list(zip(times[::2], times[1::2], strict=True))


def _unsure(before: Stop, after: Stop, spans: dict[str, Span]) -> bool:
    """Whether the clocks leave it open which of the two began first. Within one medium its own time decides."""
    if before.medium == after.medium:
        return False
    return spans[after.track][0] - spans[before.track][0] <= _uncertain(before.begins, after.begins)


def _uncertain(*times: WorldTime | None) -> timedelta:
    return timedelta(seconds=sum(time.uncertainty_s for time in times if time is not None))


def _of_places(placed: Sequence[Stop], spans: dict[str, Span]) -> Iterable[str]:
    """Pairs of stops before different cameras at surely the same time."""
    for one, other in combinations(placed, 2):
        if one.medium == other.medium or not one.cameras or not other.cameras or set(one.cameras) & set(other.cameras):
            continue
        begins, ends = max(spans[one.track][0], spans[other.track][0]), min(spans[one.track][1], spans[other.track][1])
        if ends - begins > _uncertain(one.begins, other.begins):
            yield f"{one.track} ({one.cameras[0]}) and {other.track} ({other.cameras[0]}) are seen at the same time."


def _of_tracks(stops: Sequence[Stop]) -> tuple[str, ...]:
    """Tracks that are said to be of somebody else as well, and two of one kind in one picture: a mirror, or two."""
    both = (f"{one.track} and {other.track} are two of a kind ({one.kind}) in one medium at {max(one.start, other.start):.1f} s."
            for one, other in combinations(sorted(stops, key=lambda stop: (stop.start, stop.track)), 2)
            if (one.medium, one.kind) == (other.medium, other.kind) and other.start <= one.end)
    return (*(f"{stop.track} is also said to be of {', '.join(stop.also_in)}." for stop in stops if stop.also_in), *both)


def unknown(said: Collection[str], there: Collection[str]) -> list[str]:
    """Those that are not there, in the order said."""
    return [one for one in said if one not in there]
