"""The timeline as it is drawn: rows with their ground line, bars and bins, and where each lies. Pure.

The server draws it first, in per cent of the width, so that it is there without a script; a script gets the same rows.
"""
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Doc = dict[str, Any]
Why = Callable[[str | None, str | None], str]
"""Words for a code and a reason; "" for none."""
ROW = 29
LANES: Mapping[str, tuple[float, float]] = {
    "motion": (3, 4), "person": (8, 4), "vehicle": (13, 3), "object": (17, 3), "face": (21, 3)}
"""Kind of track → where its bars begin in a row and how high they are, pixels: the kind is never told by colour alone."""
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
         1209600, 2419200, 7862400, 31536000)
DAY = 86400.0
SHORTEST, LONGEST = 1.0, 200 * 366 * DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Between two moments of the common clock, seconds since 1970."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start

    def x(self, at: float) -> float:
        """Per cent of the width."""
        return round(min(max((at - self.start) / self.length * 100, -1.0), 101.0), 3)

    def beyond(self, at: float) -> float:
        """As `x`, also far outside: a line from there keeps its slope."""
        return round(min(max((at - self.start) / self.length * 100, -1e5), 1e5), 3)

    def wide(self, start: float, end: float) -> float:
        return round(max(0.0, self.x(end) - self.x(start)), 3)

    def zoomed(self, factor: float, around: float | None = None) -> "Window":
        """factor below 1: nearer. around: what stays where it is; none, or outside: the middle."""
        length = min(max(self.length * factor, SHORTEST), LONGEST)
        still = around if around is not None and self.start <= around <= self.end else (self.start + self.end) / 2
        start = still - (still - self.start) / self.length * length
        return Window(start, start + length)

    def moved(self, by: float) -> "Window":
        """By so many widths."""
        return Window(self.start + by * self.length, self.end + by * self.length)


def window(start: float, end: float) -> Window:
    """At least a second, at most what a calendar shows; given the wrong way round it is turned."""
    low, high = min(start, end), max(start, end)
    if high - low < SHORTEST:
        low, high = (low + high - SHORTEST) / 2, (low + high + SHORTEST) / 2
    return Window(low, min(high, low + LONGEST))


def around(start: float, end: float) -> Window:
    """With some room on both sides, so that nothing lies at the edge."""
    room = max((end - start) * 0.02, 5.0)
    return window(start - room, end + room)


# ------------------------------------------------------------------ the axis

@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    moment: datetime           #: on the wall
    midnight: bool
    step: float


def ticks(view: Window, zone: ZoneInfo, most: int) -> list[Tick]:
    """At most so many lines at round times of the wall."""
    step = next((one for one in STEPS if view.length / one <= most), STEPS[-1] * ceil(view.length / most / STEPS[-1]))
    local = ceil((view.start + _offset(view.start, zone)) / step) * step
    found = []
    for number in range(most + 2):
        shown = local + number * step
        at = _world(shown, zone)
        if view.start <= at <= view.end:
            apart = abs(shown - round(shown / DAY) * DAY)
            found.append(Tick(at, _EPOCH.replace(tzinfo=None) + timedelta(seconds=shown), apart < 0.01, step))
    return found


def _offset(at: float, zone: ZoneInfo) -> float:
    found = (_EPOCH + timedelta(seconds=at)).astimezone(zone).utcoffset()
    return found.total_seconds() if found is not None else 0.0


def _world(shown: float, zone: ZoneInfo) -> float:
    return (_EPOCH.replace(tzinfo=None) + timedelta(seconds=shown)).replace(tzinfo=zone).timestamp()


# ------------------------------------------------------------------ the rows

def rows(found: Doc, view: Window, bins: int, why: Why) -> list[Doc]:
    """What each row draws, moments to the millisecond.

    `looked` [from, length, from, length, ...]: what was looked at, milliseconds behind the view's start. `unlooked` [from, to,
    state, why], state: waiting | unread | partly (somewhere in it parts are unread). `bars` [track, kind, from, to, seen].
    `bins` kind → [first, count, level, first, ...]. Long lists are flat: an answer has thousands of each (measured).
    found: of `case.catalogue.timeline`, asked for so many bins.
    """
    width, filled = view.length / bins, _bins(found["rows"])
    return [{
        "id": row["key"], "name": row["name"], "media": row["media"], "in_view": row["in_view"],
        "unzoned": row["unzoned"] > 0, "uncertainty_s": _unsure(row), "looked": _looked(row, view, width),
        "unlooked": _unlooked(row, view, width, why),
        "bars": [[one["id"], one["kind"], round(one["from"], 3), round(one["to"], 3), one["seen_by_anyone"]]
                 for one in sorted(row["tracks"], key=lambda one: (one["from"], one["id"]))],
        "bins": filled[number],
        "tracks": len(row["tracks"]) + sum(of["tracks"] for of in row["density"].values()),
        "anchors": [one["x"] for one in row["anchors"] if one["x"] is not None], "tells": row["tells"],
    } for number, row in enumerate(found["rows"])]


def _unsure(row: Doc) -> float:
    """Seconds by which the recordings in view may be off; of stills alone as much as any of the row."""
    return round(float(max((span["uncertainty_s"] for span in row["spans"]), default=row["uncertainty_s"])), 3)


def _looked(row: Doc, view: Window, width: float) -> list[int]:
    """What was looked at, without what of it waits or cannot be read; a gap is what nobody recorded."""
    holes = [(one["from"], one["to"]) for name in ("unread", "waiting") for one in row[name]]
    looked = [(span["from"], span["to"]) for span in row["spans"] if span["state"] != "waiting"]
    line = [part for span in looked for part in without(span, holes)]
    line += [(one["x"], one["x"]) for one in row["stills"]]
    line += _filled(row["stills_in_bins"], view, width)
    return [number for start, end in joined(line)
            for number in (round((start - view.start) * 1000), round((end - start) * 1000))]


def _unlooked(row: Doc, view: Window, width: float, why: Why) -> list[list[Any]]:
    """What waits, what cannot be read."""
    told: list[list[Any]] = [[span["from"], span["to"], "waiting", None] for span in row["spans"] if span["state"] == "waiting"]
    for name in ("waiting", "unread"):
        told += [[start, end, name, None] for start, end in _filled(row[f"{name}_in_bins"], view, width)]
        told += [[one["from"], one["to"], "partly" if one["in_part"] else name, why(one["code"], one["why"]) or None]
                 for one in row[name]]
    return [[round(start, 3), round(end, 3), *rest] for start, end, *rest in told]


def _filled(counts: Sequence[int] | Counts, view: Window, width: float) -> list[tuple[float, float]]:
    """Bins that touch and hold anything as one span."""
    if not len(counts):
        return []
    held = np.zeros(len(counts) + 2, np.bool_)
    held[1:-1] = np.asarray(counts) > 0
    edges = np.flatnonzero(held[1:] != held[:-1]).reshape(-1, 2)
    return [(view.start + first * width, view.start + end * width) for first, end in edges.tolist()]


def without(span: tuple[float, float], holes: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """What of a span is left beside the holes, in order."""
    left, at = [], span[0]
    for start, end in sorted(holes):
        if end <= at or start >= span[1]:
            continue
        if start > at:
            left.append((at, start))
        at = max(at, end)
    return [*left, (at, span[1])] if at < span[1] else left


def joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans in order; those that touch as one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + 0.001:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


FULL = (1, 2, 5)
"""From so many tracks on a bin is drawn faint, plain, strong."""


def _bins(rows: Sequence[Doc]) -> list[dict[str, list[int]]]:
    """Per row: bins of a kind that touch and are equally full as one bar: a still night is one mark, not a thousand.

    All rows at once: one by one they took half of what the answer takes (measured).
    """
    found: list[dict[str, list[int]]] = [{} for _ in rows]
    lines = [(number, kind, of["bins"]) for number, row in enumerate(rows) for kind, of in row["density"].items()]
    if not lines:
        return found
    counts = np.stack([np.asarray(of) for _, _, of in lines])
    level = np.zeros(counts.shape, np.int8)
    for least in FULL:
        level += counts >= least
    changes = np.ones(level.shape, np.bool_)                             # each line begins a bar, so none goes on into the next
    changes[:, 1:] = level[:, 1:] != level[:, :-1]
    begins = np.flatnonzero(changes)
    full = level.ravel()[begins]
    line, first = np.divmod(begins, counts.shape[1])
    bars = np.column_stack([first, np.diff(begins, append=level.size), full])
    ends = np.searchsorted(line, np.arange(len(lines)), side="right").tolist()
    for (number, kind, _), begin, end in zip(lines, [0, *ends], ends, strict=False):
        found[number][kind] = bars[begin:end][full[begin:end] > 0].ravel().tolist()
    return found


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a row as the page draws it, per cent of the width."""

    x: float
    width: float
    state: str = ""            #: of a part that nobody looked at: waiting | unread | partly
    why: str | None = None
    track: str = ""            #: of a bar: its id,
    kind: str = ""
    start: float = 0.0         #: and when it begins


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `rows` as the page draws it before its script does."""

    id: str
    name: str
    sure: str
    clock: str
    tracks: int
    unlooked: tuple[Mark, ...]
    bars: tuple[Mark, ...]
    anchors: tuple[float, ...]         #: per cent


LEAST, LEAST_BAR = 0.3, 0.25
"""Per cent of the width: what is shorter is seen all the same."""


def drawn(row: Doc, view: Window) -> Row:
    """row: of `rows`, with what is said of its clock (`sure`, `clock`)."""
    unlooked = tuple(Mark(view.x(start), max(view.wide(start, end), LEAST), state, why)
                     for start, end, state, why in row["unlooked"])
    bars = tuple(Mark(view.x(start), max(view.wide(start, end), LEAST_BAR), track=track, kind=kind, start=start)
                 for track, kind, start, end, _ in row["bars"])
    return Row(row["id"], row["name"], row["sure"], row["clock"], row["tracks"], unlooked, bars,
               tuple(view.x(at) for at in row["anchors"] if view.start <= at <= view.end))


THINNEST = 0.002
"""Of the width: a still has no length and is seen all the same."""
GROUND, THICK = 25.3, 1.4
"""Of a row's ground line: pixels from its top, pixels high."""


def paths(drawn: Sequence[Doc]) -> list[tuple[str, int, str]]:
    """All bins of a kind and a level as one path: x in bins, y in pixels. (kind, level, path)."""
    parts: dict[tuple[str, int], list[str]] = {}
    for number, row in enumerate(drawn):
        for kind, of in row["bins"].items():
            top, high = LANES[kind]
            for first, count, level in zip(of[::3], of[1::3], of[2::3], strict=True):
                parts.setdefault((kind, level), []).append(f"M{first} {number * ROW + top}h{count}v{high}h-{count}z")
    return [(kind, level, "".join(of)) for (kind, level), of in parts.items()]


def looked(drawn: Sequence[Doc], view: Window, bins: int) -> str:
    """What was looked at, of all rows as one path: a week of a case has a thousand such parts. x in bins, y in pixels."""
    scale, least = bins / view.length / 1000, bins * THINNEST
    of = []
    for number, row in enumerate(drawn):
        for start, length in zip(row["looked"][::2], row["looked"][1::2], strict=True):
            wide = max(length * scale, least)
            of.append(f"M{start * scale:.2f} {number * ROW + GROUND}h{wide:.2f}v{THICK}h-{wide:.2f}z")
    return "".join(of)
