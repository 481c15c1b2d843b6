"""What is in a case, on one clock."""
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import numpy as np

from sporhund.api.documents import Document
from sporhund.catalogue import clocks, columns, conditions, recordings, rules, timeline, wall
from sporhund.catalogue.columns import State
from sporhund.catalogue.conditions import Asker
from sporhund.catalogue.lines import lines
from sporhund.catalogue.model import FINDINGS
from sporhund.catalogue.timeline import MOST_BINS, View
from sporhund.errors import WrongUsage
from sporhund.evidence import cursor

if TYPE_CHECKING:
    from sporhund.api.case import Case

Moment = float | str | None
"""Seconds since 1970 (UTC); or ISO 8601, without a zone as on the wall; None: as far as there is something."""
UNSEEN = ("", "me", "nobody")
LONGEST_STRIP = 500


class Clocked:
    """The media and tracks of one case on the common clock, as the person who acts may ask for them.

    `x` is a moment on that clock: seconds since 1970, UTC. What has no zone is taken to hang on a wall of the desk's zone,
    and `zoned` says that it has none.
    """

    def __init__(self, case: "Case") -> None:
        self._case = case
        place = case.place
        self._asker = Asker(place.actor.mark, ZoneInfo(place.settings.zone))
        self._kept: dict[bool, State] | None = None

    def at_once(self) -> Self:
        """From now on of one moment: for an answer that is put together from several questions."""
        self._kept = {}
        return self

    def _state(self, sort: str | None = None) -> State:
        shades = (sort or "").startswith(rules.COLOUR)
        if self._kept is not None and shades in self._kept:
            return self._kept[shades]
        place = self._case.place
        state = columns.held(place.shelf, place.store, self._case.id).now(self._asker.person, shades=shades)
        if self._kept is not None:
            self._kept[shades] = state
        return state

    def extent(self) -> Document | None:
        """First and last moment of all media, and those between which nearly all lie; None where nothing has a time."""
        found = timeline.extent(self._state(), self._asker)
        if found is None:
            return None
        said = dict(zip(("start", "end", "likely_start", "likely_end"), found, strict=True))
        return {**said, "shown": {name: self._shown(x) for name, x in said.items()}}

    def first_view(self) -> Document | None:
        """Between which moments one begins to look: all that is likely where recordings fill it, else the stretch where most was
        recorded; None where nothing has a time."""
        state = self._state()
        found = timeline.extent(state, self._asker)
        if found is None:
            return None
        start, end = recordings.first_view(state, self._asker, found[2:])
        return {"start": start, "end": end}

    def recording_beside(self, x: float, *, later: bool) -> Document | None:
        """The stretch of recording after x, or the one before it; None where there is none."""
        found = recordings.beside(recordings.of_case(self._state(), self._asker), x, later=later)
        return {"start": found[0], "end": found[1]} if found is not None else None

    def row_name(self, key: str) -> str | None:
        """What a row of the timeline is called; None where there is none of this key."""
        return next((one.name for one in lines(self._state()).rows if one.key == key), None)

    def timeline(
        self, start: Moment = None, end: Moment = None, *, bins: int = 600, kinds: Sequence[str] = FINDINGS, unseen: str = "",
    ) -> Document:
        """What every camera, and every folder without a camera, recorded between two moments, and what was found in it.

        `rows`: each with `spans` and `stills` that were recorded, `unread` and `waiting` parts (`in_part`: of the whole, that is
        somewhere in it), `anchors` and what they tell of the clock (`tells`, evidence.drift.Tells), and `tracks`. More than 2,000
        pictures that were looked at, or that were not: their number by bin, `stills_in_bins`, `unread_in_bins`,
        `waiting_in_bins`; more than 2,000 tracks (`dense`): their number by kind and bin, `density`. Numbers by bin are arrays.
        `untimed`: media without any time, by row, with their number. `offsets`: [[x, seconds], ...] that a clock on the wall is
        ahead of x from then on.
        unseen: me | nobody: only tracks that I have, or nobody has, seen not yet. Raises WrongUsage `bad-view`.
        """
        state = self._state()
        when = conditions.times(state.items, self._asker.zone)
        view = self._view(state, start, end, bins, kinds, unseen)
        with self._case.place.store.reader() as rows:
            found = timeline.timeline(rows, self._case.id, state, self._asker, view)
            tied = clocks.clocks(rows, self._case.id, state.items, when)
        for row in found["rows"]:
            row |= tied.get(row["camera"], {"anchors": [], "tells": None})
        shown = {"start": self._shown(view.start), "end": self._shown(view.end)}
        return {"start": view.start, "end": view.end, "bins": view.bins, "bin_s": view.bin_s, "zone": self._asker.zone.key,
                "shown": shown, "offsets": self._offsets(view), **found}

    def tracks_at(
        self, row: str, start: Moment = None, end: Moment = None, *, kinds: Sequence[str] = FINDINGS, unseen: str = "",
        limit: int = 100, after: str | None = None,
    ) -> Document:
        """Tracks of one row (its `key`) in order of time, for a strip of best shots.

        Raises WrongUsage `bad-view`, `bad-cursor`.
        """
        state = self._state()
        view = self._view(state, start, end, 1, kinds, unseen)
        begin = cursor.decode(after, float, str) if after else None
        behind = (float(begin[0]), str(begin[1])) if begin else None
        items, more = timeline.strip(state, self._asker, row, view, max(1, min(limit, LONGEST_STRIP)), behind)
        for item in items:
            item["at"] = wall.at(item["from"], item["zoned"], self._asker.zone)
        return {"items": items, "next": cursor.encode([items[-1]["from"], items[-1]["id"]]) if more else None}

    def places_of(self, tracks: Sequence[str]) -> list[Document]:
        """Row and moments of these tracks, in their order: for the route of a subject. None where there is no row, or no time."""
        return timeline.places_of(self._state(), self._asker, list(tracks))

    def showing(self, x: float) -> list[Document]:
        """What every row shows at that moment: `row`, `medium`, and `t` in it."""
        return timeline.showing(self._state(), self._asker, x)

    def _shown(self, x: float) -> str:
        return wall.shown(x, True, self._asker.zone)

    def _view(self, state: State, start: Moment, end: Moment, bins: int, kinds: Sequence[str], unseen: str) -> View:
        known = timeline.extent(state, self._asker) or (0.0, 1.0, 0.0, 1.0)
        first, last = (self._moment(said, as_far) for said, as_far in ((start, known[2]), (end, known[3])))
        wrong = [kind for kind in kinds if kind not in FINDINGS]
        if wrong or unseen not in UNSEEN or not 1 <= bins <= MOST_BINS:
            raise WrongUsage("bad-view", f"{wrong or unseen or bins!r} is nothing that the timeline shows.",
                             f"Kinds: {', '.join(FINDINGS)}; unseen by: me, nobody; 1 to {MOST_BINS} bins.")
        if last < first:
            raise WrongUsage("bad-view", "This ends before it begins.", "Give the earlier moment first.")
        return View(first, max(last, first + 1.0), bins, tuple(kind for kind in FINDINGS if kind in kinds), unseen)

    def _moment(self, said: Moment, otherwise: float) -> float:
        if said is None or said == "":
            return otherwise
        try:
            x = float(said) if isinstance(said, int | float) or _number(said) else wall.said(said, self._asker.zone)
        except (ValueError, OverflowError) as fault:
            raise WrongUsage("bad-view", f"{said!r} is no moment.", "Write it as 2026-01-31T22:14.") from fault
        if not isfinite(x) or not wall.EARLIEST <= x <= wall.LATEST:
            raise WrongUsage("bad-view", f"{said!r} is no moment.", "Write it as 2026-01-31T22:14.")
        return x

    def _offsets(self, view: View) -> list[list[float]]:
        over = wall.wall(self._asker.zone, view.start, view.end)
        inside = [at for at in over.changes.tolist() if view.start < at <= view.end]
        moments = [view.start, *inside]
        return [[x, float(offset)] for x, offset in zip(moments, over.offset(np.array(moments)).tolist(), strict=True)]


def _number(said: str) -> bool:
    try:
        float(said)
    except ValueError:
        return False
    return True
